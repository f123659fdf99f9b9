#include "protocol/decimal.hpp"

#include "protocol/number.hpp"

#include <array>
#include <charconv>
#include <cstddef>

namespace troupe::protocol {
namespace {

std::uint64_t magnitude(std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  return value < 0 ? 0 - bits : bits;
}

int digit_count(std::uint64_t value) {
  int count = 1;
  while (value >= 10) value /= 10, ++count;
  return count;
}

std::uint64_t power_of_ten(int exponent) {
  std::uint64_t power = 1;
  while (exponent-- > 0) power *= 10;
  return power;
}

// Compares a × 10^shift with b, 0 <= shift <= 19, without a number larger than 64 bits.
std::strong_ordering compare_shifted(std::uint64_t a, int shift, std::uint64_t b) {
  const std::uint64_t power = power_of_ten(shift);
  if (const auto order = a <=> b / power; order != 0) return order;
  return b % power == 0 ? std::strong_ordering::equal : std::strong_ordering::less;
}

std::strong_ordering reversed(std::strong_ordering order) { return 0 <=> order; }

std::strong_ordering compare_magnitudes(const decimal& a, const decimal& b) {
  const std::uint64_t x = magnitude(a.mantissa), y = magnitude(b.mantissa);
  const auto top_x = std::int64_t{a.exponent} + digit_count(x), top_y = std::int64_t{b.exponent} + digit_count(y);
  if (top_x != top_y) return top_x <=> top_y;
  const std::int64_t shift = std::int64_t{a.exponent} - b.exponent;  // at most 19: both have their top digit at one place
  return shift >= 0 ? compare_shifted(x, static_cast<int>(shift), y) : reversed(compare_shifted(y, static_cast<int>(-shift), x));
}

int sign(std::int64_t value) { return value > 0 ? 1 : value < 0 ? -1 : 0; }

}  // namespace

std::strong_ordering operator<=>(const decimal& a, const decimal& b) {
  if (sign(a.mantissa) != sign(b.mantissa)) return sign(a.mantissa) <=> sign(b.mantissa);
  if (a.mantissa == 0) return std::strong_ordering::equal;
  const auto order = compare_magnitudes(a, b);
  return a.mantissa > 0 ? order : reversed(order);
}

std::optional<decimal> parse_decimal(std::string_view text) {
  const bool is_negative = !text.empty() && text[0] == '-';
  const std::string_view digits = text.substr(is_negative ? 1 : 0);
  std::int64_t mantissa = 0;
  std::size_t point = digits.size(), seen = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (digits[i] == '.' && point == digits.size() && i + 1 <= digits.size()) {
      point = i;
      continue;
    }
    if (digits[i] < '0' || digits[i] > '9') return std::nullopt;
    const int digit = digits[i] - '0';
    if (__builtin_mul_overflow(mantissa, 10, &mantissa)) return std::nullopt;
    if (__builtin_sub_overflow(mantissa, digit, &mantissa)) return std::nullopt;
    ++seen;
  }
  if (seen == 0) return std::nullopt;
  if (!is_negative && __builtin_sub_overflow(std::int64_t{0}, mantissa, &mantissa)) return std::nullopt;
  const std::size_t behind = point == digits.size() ? 0 : digits.size() - point - 1;
  return decimal{mantissa, -static_cast<std::int32_t>(behind)};
}

void append_decimal(std::string& to, const decimal& value) {
  std::array<char, 20> buffer;
  char* const end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), magnitude(value.mantissa)).ptr;
  const std::string_view digits{buffer.data(), static_cast<std::size_t>(end - buffer.data())};
  if (value.mantissa < 0) to += '-';
  if (value.exponent >= 0) {
    to.append(digits).append(value.mantissa == 0 ? 0 : static_cast<std::size_t>(value.exponent), '0');
    return;
  }
  const auto behind = static_cast<std::size_t>(-std::int64_t{value.exponent});
  const std::size_t ahead = digits.size() > behind ? digits.size() - behind : 0;
  to.append(ahead > 0 ? digits.substr(0, ahead) : "0");
  to.append(1, '.').append(behind - (digits.size() - ahead), '0').append(digits.substr(ahead));
}

}  // namespace troupe::protocol
