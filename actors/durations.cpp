#include "actors/durations.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

namespace troupe::actors {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds longest = std::chrono::hours{24};
constexpr std::size_t most_waits = 1'000;

struct unit {
  std::string_view name;
  double milliseconds;
};
// The longer name first: "ms" is no minute.
constexpr std::array units{unit{"ms", 1}, unit{"us", 0.001}, unit{"ns", 0.000001}, unit{"h", 3'600'000}, unit{"m", 60'000}, unit{"s", 1'000}};

std::optional<std::uint32_t> whole(std::string_view text) {
  std::uint32_t n = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  return error == std::errc{} && end == text.data() + text.size() ? std::optional{n} : std::nullopt;
}

// "1.5s" off the front of the text, in milliseconds.
std::optional<double> take_part(std::string_view& text) {
  const auto digits = std::min(text.find_first_not_of("0123456789."), text.size());
  double n = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + digits, n, std::chars_format::fixed);
  if (error != std::errc{} || end != text.data() + digits) return std::nullopt;
  text.remove_prefix(digits);
  const auto* const u = std::find_if(units.begin(), units.end(), [&](const unit& one) { return text.starts_with(one.name); });
  if (u == units.end()) return std::nullopt;
  text.remove_prefix(u->name.size());
  return n * u->milliseconds;
}

std::optional<milliseconds> within_bounds(double in_milliseconds) {
  if (!(in_milliseconds <= static_cast<double>(longest.count()))) return std::nullopt;
  return milliseconds{std::llround(in_milliseconds)};
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

std::optional<milliseconds> parse_duration(std::string_view text) {
  if (const auto seconds = whole(text)) return within_bounds(1'000.0 * *seconds);
  if (text.empty()) return std::nullopt;
  double sum = 0;
  while (!text.empty()) {
    const auto part = take_part(text);
    if (!part) return std::nullopt;
    sum += *part;
  }
  return within_bounds(sum);
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
    if (!count || *count == 0 || *count > most_waits - waits.size() || !wait || wait->count() == 0) return std::nullopt;
    waits.insert(waits.end(), *count, *wait);
  }
  return waits;
}

}  // namespace troupe::actors
