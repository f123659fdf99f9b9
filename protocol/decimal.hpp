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
};

// FIX float: an optional '-', digits, at most one '.', at least one digit; no '+', exponent, space or comma. nullopt also
// if the digits do not fit into 63 bits.
[[nodiscard]] std::optional<decimal> parse_decimal(std::string_view text);

// As FIX float: all digits of the mantissa, no exponent. A positive exponent becomes zeros.
void append_decimal(std::string& to, const decimal& value);

}  // namespace troupe::protocol
