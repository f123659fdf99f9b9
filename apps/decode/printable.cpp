#include "apps/decode/printable.hpp"

#include <algorithm>
#include <cstdint>

namespace troupe::decode {
namespace {

std::uint8_t byte_of(char c) { return static_cast<std::uint8_t>(c); }
bool is_plain(char c) { return byte_of(c) >= 0x20 && byte_of(c) < 0x7F; }

std::uint32_t code_point(std::string_view sequence) {
  std::uint32_t code = sequence.size() == 2 ? byte_of(sequence[0]) & 0x1FU : sequence.size() == 3 ? byte_of(sequence[0]) & 0x0FU : byte_of(sequence[0]) & 0x07U;
  for (const char c : sequence.substr(1)) code = code << 6 | (byte_of(c) & 0x3FU);
  return code;
}

bool hurts(std::uint32_t code) {
  return (code >= 0x80 && code < 0xA0) || (code >= 0x200B && code <= 0x200F) || (code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069) ||
         code == 0x061C || code == 0xFEFF;
}

void append_hex(std::string& into, std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  for (const char c : bytes) {
    into += "\\x";
    into += digits[byte_of(c) >> 4];
    into += digits[byte_of(c) & 15];
  }
}

}  // namespace

std::size_t utf8_length(std::string_view text) {
  if (text.empty()) return 0;
  const auto first = byte_of(text[0]);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xC2 && first < 0xE0 ? 2 : first >= 0xE0 && first < 0xF0 ? 3 : first >= 0xF0 && first < 0xF5 ? 4 : 0;
  if (length == 0 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte_of(text[i]) & 0xC0) != 0x80) return 0;
  const auto code = code_point(text.substr(0, length));
  const bool is_shortest = length < 3 || code >= (length == 3 ? 0x800U : 0x10000U);
  return is_shortest && (code < 0xD800 || code > 0xDFFF) && code <= 0x10FFFF ? length : 0;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t n = utf8_length(text);
    if (n == 0) return false;
    text.remove_prefix(n);
  }
  return true;
}

void append_printable(std::string& into, std::string_view text) {
  while (!text.empty()) {
    const auto plain = static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_plain) - text.begin());
    into += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) return;
    const std::size_t n = utf8_length(text);
    const std::size_t taken = n == 0 ? 1 : n;
    if (n > 1 && !hurts(code_point(text.substr(0, n))))
      into += text.substr(0, n);
    else
      append_hex(into, text.substr(0, taken));
    text.remove_prefix(taken);
  }
}

}  // namespace troupe::decode
