#include "protocol/number.hpp"

#include <array>
#include <charconv>

namespace troupe::protocol {
namespace {

template <class Number>
std::optional<Number> parse_digits(std::string_view text) {
  Number value{};
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return value;
}

template <class Number>
void append_number(std::string& to, Number value) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  to.append(digits.data(), end);
}

}  // namespace

std::optional<std::int64_t> parse_int(std::string_view text) { return parse_digits<std::int64_t>(text); }

// Short ones, which always fit, are the rule: MsgSeqNum(34) of every message.
std::optional<std::uint64_t> parse_unsigned(std::string_view text) {
  if (text.empty() || text.size() > 19) return parse_digits<std::uint64_t>(text);
  std::uint64_t value = 0;
  for (const char c : text) {
    const auto digit = static_cast<unsigned char>(c - '0');
    if (digit > 9) return std::nullopt;
    value = value * 10 + digit;
  }
  return value;
}

void append_int(std::string& to, std::int64_t value) { append_number(to, value); }
void append_unsigned(std::string& to, std::uint64_t value) { append_number(to, value); }

}  // namespace troupe::protocol
