#include "apps/decode/separator.hpp"

#include "apps/decode/piece_walk.hpp"
#include "protocol/field_text.hpp"

#include <algorithm>
#include <array>

namespace troupe::decode {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t longest_separator = 10;
constexpr std::size_t longest_version = 16;
constexpr std::size_t enough_bytes = 128;  // to know
constexpr std::array usual = {"\x01"sv, "|"sv, "^A"sv, "\\x01"sv, "\\u0001"sv, "\\001"sv, "<SOH>"sv, "[SOH]"sv, ";"sv, "~"sv, "^"sv};

bool is_word(char c) { return protocol::is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

// FIX.4.4, FIXT.1.1, FIX.5.0SP2: where it ends; a version of another form ends at the first odd character.
std::size_t version_end(std::string_view text) {
  std::size_t at = 5;  // behind 8=FIX
  const auto has_digit = [&](std::size_t i) { return i < text.size() && protocol::is_digit(text[i]); };
  if (at < text.size() && text[at] == 'T') ++at;
  if (at < text.size() && text[at] == '.' && has_digit(at + 1) && text.substr(at + 2, 1) == "." && has_digit(at + 3)) {
    at += 4;
    return text.substr(at, 2) == "SP" && has_digit(at + 2) ? at + 3 : at;
  }
  while (at < text.size() && at < longest_version && (is_word(text[at]) || text[at] == '.')) ++at;
  return at;
}

bool is_separator(std::string_view text) {
  if (text.empty() || text.size() > longest_separator || text.find('=') != text.npos) return false;
  if (text.find('\n') != text.npos) return text == "\n" || text == "\r\n";
  return text.size() > 1 || !is_word(text[0]);
}

}  // namespace

message_start find_separator(std::string_view text) {
  const std::size_t end = version_end(text);
  const std::size_t body_length = text.find("9=", end);
  if (body_length != text.npos && is_separator(text.substr(end, body_length - end))) return {text.substr(end, body_length - end)};
  const auto line = text.substr(0, std::min(text.find('\n'), enough_bytes));
  const bool is_cut = line.size() == text.size() && text.size() < enough_bytes;
  const bool may_be_newline = text.substr(end).find_first_not_of("\r\n9") == text.npos && text.size() < end + 4;
  if (is_cut || may_be_newline) return {{}, true};
  for (const auto one : usual)
    for (std::size_t at = line.find(one, end); at != line.npos; at = line.find(one, at + 1))
      if (begins_field(line, at + one.size())) return {one};
  return {};
}

}  // namespace troupe::decode
