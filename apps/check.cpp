#include "apps/check.hpp"

#include "apps/exit_codes.hpp"

#include <algorithm>
#include <iostream>

namespace troupe::apps {

void tell(const std::vector<actors::settings_problem>& problems, const std::filesystem::path& file) {
  for (const auto& problem : problems) std::cerr << actors::to_string(problem, file) << '\n';
}

std::optional<actors::settings> read_or_complain(const std::filesystem::path& file) {
  auto result = actors::read_settings(file);
  tell(result.problems, file);
  return std::move(result.value);
}

int check(const std::filesystem::path& file) {
  const auto result = actors::read_settings(file);
  tell(result.problems, file);
  const auto& settings = result.value;
  if (!settings || std::any_of(result.problems.begin(), result.problems.end(), [](const auto& p) { return p.is_of_one_session; })) return exit_code::wrong_settings;
  std::cout << file.string() << ": good, " << settings->sessions.size() << (settings->sessions.size() == 1 ? " session\n" : " sessions\n");
  for (const auto& t : settings->templates) {
    const auto& v = t.variants;
    std::cout << "  template " << protocol::to_string(v.front().config.id) << (v.size() > 1 ? " and " + std::to_string(v.size() - 1) + " more versions" : "") << '\n';
  }
  for (const auto& s : settings->sessions) std::cout << "  " << protocol::to_string(s.config.id) << '\n';
  return exit_code::done;
}

}  // namespace troupe::apps
