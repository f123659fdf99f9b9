#include "apps/terminal_text.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace troupe::apps {
namespace {

bool begins_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }

}  // namespace

std::size_t terminal_columns() {
  winsize size{};
  if (::isatty(STDOUT_FILENO) == 0 || ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 1000;
  return size.ws_col;
}

std::string printable(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  return text;
}
std::size_t width_of(std::string_view text) { return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins_character)); }

std::string cut(std::string line, std::size_t columns) {
  while (!line.empty() && line.back() == ' ') line.pop_back();
  if (width_of(line) <= columns) return line + '\n';
  std::size_t end = 0;
  for (std::size_t seen = 0; end < line.size() && (seen += begins_character(line[end])) < columns; ++end) {}
  return line.substr(0, end) + "…\n";
}

std::string age_text(std::chrono::milliseconds age) {
  struct unit {
    std::int64_t seconds;
    const char* name;
  };
  constexpr std::array units{unit{86400, " d"}, unit{3600, " h"}, unit{60, " min"}, unit{1, " s"}};
  auto left = std::max<std::int64_t>(age.count() / 1000, 0);
  for (std::size_t i = 0; i + 1 < units.size(); ++i) {
    if (left < units[i].seconds) continue;
    const auto rest = left % units[i].seconds / units[i + 1].seconds;
    return std::to_string(left / units[i].seconds) + units[i].name + (rest == 0 ? "" : ' ' + std::to_string(rest) + units[i + 1].name);
  }
  return std::to_string(left) + " s";
}

}  // namespace troupe::apps
