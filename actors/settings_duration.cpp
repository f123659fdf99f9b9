#include "actors/settings_duration.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace troupe::actors {
namespace {

using std::chrono::nanoseconds;

struct unit {
  std::string_view name;
  double nanoseconds;
};

// The longer name first where one begins with another.
constexpr std::array units{unit{"ns", 1}, unit{"us", 1e3}, unit{"µs", 1e3}, unit{"ms", 1e6}, unit{"s", 1e9}, unit{"m", 60e9}, unit{"h", 3600e9}};
constexpr double longest = 366.0 * 24 * 3600e9;

// Takes "1.5h" off the front.
std::optional<double> take_part(std::string_view& text) {
  const auto digits = std::min(text.find_first_not_of("0123456789."), text.size());
  double count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + digits, count);
  if (digits == 0 || error != std::errc{} || end != text.data() + digits) return std::nullopt;
  text.remove_prefix(digits);
  const auto found = std::find_if(units.begin(), units.end(), [&](const unit& u) { return text.starts_with(u.name); });
  if (found == units.end()) return std::nullopt;
  text.remove_prefix(found->name.size());
  return count * found->nanoseconds;
}

}  // namespace

std::optional<nanoseconds> read_duration(std::string_view text) {
  if (text.empty()) return std::nullopt;
  double sum = 0;
  while (!text.empty()) {
    const auto part = take_part(text);
    if (!part || (sum += *part) > longest) return std::nullopt;
  }
  return nanoseconds{static_cast<nanoseconds::rep>(sum)};
}

}  // namespace troupe::actors
