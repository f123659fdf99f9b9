#include "apps/exit_codes.hpp"

namespace troupe::apps {

std::string exit_codes_in_brief() {
  std::string text = "Exit codes:\n";
  for (const auto& e : exit_meanings) text += "  " + std::to_string(e.code) + (e.code > 99 ? " " : "   ") + std::string{e.brief} + '\n';
  return text;
}

std::string describe_exit_codes() {
  std::string page =
      "# Exit codes\n\n"
      "<!-- Made by `cmake --build … --target docs` from apps/exit_codes.hpp. Do not edit. -->\n\n"
      "Of every subcommand of `troupe`. Whoever starts it again by itself should do so after 5, and never after 1, 2 or 7.\n\n"
      "| code | meaning |\n|---|---|\n";
  for (const auto& e : exit_meanings) page += "| " + std::to_string(e.code) + " | " + std::string{e.meaning} + " |\n";
  return page;
}

}  // namespace troupe::apps
