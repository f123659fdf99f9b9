// FIX numbers as text: int, and the unsigned numbers of the header.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::protocol {

// FIX int: an optional '-', then digits (leading zeros are allowed, "+5", " 5" and "" are not). nullopt also if the
// number does not fit.
[[nodiscard]] std::optional<std::int64_t> parse_int(std::string_view text);
// Digits only, at least one.
[[nodiscard]] std::optional<std::uint64_t> parse_unsigned(std::string_view text);

void append_int(std::string& to, std::int64_t value);
void append_unsigned(std::string& to, std::uint64_t value);

}  // namespace troupe::protocol
