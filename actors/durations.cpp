#include "actors/durations.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

namespace troupe::actors {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr double longest = 366.0 * 24 * 3600e9;
constexpr nanoseconds longest_wait = std::chrono::hours{24};
constexpr std::size_t most_waits = 1'000;

struct unit {
  std::string_view name;
  double nanoseconds;
};
// The longer name first where one begins with another: "ms" is no minute.
constexpr std::array units{unit{"ns", 1}, unit{"us", 1e3}, unit{"µs", 1e3}, unit{"ms", 1e6}, unit{"s", 1e9}, unit{"m", 60e9}, unit{"h", 3600e9}};

std::optional<std::uint32_t> whole(std::string_view text) {
  std::uint32_t n = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  return error == std::errc{} && end == text.data() + text.size() ? std::optional{n} : std::nullopt;
}

// Takes "1.5h" off the front.
std::optional<double> take_part(std::string_view& text) {
  const auto digits = std::min(text.find_first_not_of("0123456789."), text.size());
  double count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + digits, count, std::chars_format::fixed);
  if (error != std::errc{} || end != text.data() + digits) return std::nullopt;
  text.remove_prefix(digits);
  const auto* const found = std::find_if(units.begin(), units.end(), [&](const unit& u) { return text.starts_with(u.name); });
  if (found == units.end()) return std::nullopt;
  text.remove_prefix(found->name.size());
  return count * found->nanoseconds;
}

// "3x30" -> 3, "30"
std::optional<std::uint32_t> take_count(std::string_view& text) {
  const auto sign = text.find_first_of("x*");
  if (sign == std::string_view::npos) return 1;
  const auto count = whole(text.substr(0, sign));
  text.remove_prefix(sign + 1);
  return count;
}

}  // namespace

std::optional<nanoseconds> parse_duration(std::string_view text) {
  if (text.size() > 1 && text.front() == '+') text.remove_prefix(1);
  if (text.empty()) return std::nullopt;
  double sum = 0;
  if (const auto seconds = whole(text)) {
    sum = 1e9 * *seconds;
    text = {};
  }
  while (!text.empty()) {
    const auto part = take_part(text);
    if (!part) return std::nullopt;
    sum += *part;
  }
  return sum <= longest ? std::optional{nanoseconds{std::llround(sum)}} : std::nullopt;
}

std::optional<std::vector<milliseconds>> parse_waits(std::string_view text) {
  std::vector<milliseconds> waits;
  for (bool is_last = false; !is_last;) {
    const auto end = text.find(';');
    auto one = text.substr(0, end);
    is_last = end == std::string_view::npos;
    text.remove_prefix(is_last ? text.size() : end + 1);
    const auto count = take_count(one);
    const auto wait = parse_duration(one);
    if (!count || *count == 0 || *count > most_waits - waits.size() || !wait || *wait < milliseconds{1} || *wait > longest_wait) return std::nullopt;
    waits.insert(waits.end(), *count, std::chrono::ceil<milliseconds>(*wait));
  }
  return waits;
}

}  // namespace troupe::actors
