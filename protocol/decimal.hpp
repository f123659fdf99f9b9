// A decimal number as it stands on the wire: Price, Qty, Amt, Percentage, float. Exact; never binary floating point.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::protocol {

// mantissa × 10^exponent. `1.50` keeps its last zero: {150, -2}; == compares numbers, so that {150, -2} == {15, -1}.
struct decimal {
  std::int64_t mantissa = 0;
  std::int32_t exponent = 0;

  [[nodiscard]] friend bool operator==(const decimal& a, const decimal& b) { return (a <=> b) == 0; }
  friend std::strong_ordering operator<=>(const decimal& a, const decimal& b);
  [[nodiscard]] constexpr decimal operator-() const { return {-mantissa, exponent}; }  // not for the least mantissa
};

inline namespace literals {
// 101.25_dec, exact: digits and at most one '.'; anything else (1e5, 0x1F, too many digits) does not compile.
consteval decimal operator""_dec(const char* text) {
  decimal value;
  bool is_behind_point = false;
  for (; *text != 0; ++text) {
    if (*text == '\'') continue;
    if (*text == '.') {
      is_behind_point = true;
      continue;
    }
    if (*text < '0' || *text > '9') throw "a decimal has digits and at most one '.'";
    value.mantissa = value.mantissa * 10 + (*text - '0');
    value.exponent -= is_behind_point ? 1 : 0;
  }
  return value;
}
}  // namespace literals

// FIX float: an optional '-', digits, at most one '.', at least one digit; no '+', exponent, space or comma. nullopt also
// if the digits do not fit into 63 bits.
[[nodiscard]] std::optional<decimal> parse_decimal(std::string_view text);

// As FIX float: all digits of the mantissa, no exponent. A positive exponent becomes zeros.
void append_decimal(std::string& to, const decimal& value);

}  // namespace troupe::protocol
