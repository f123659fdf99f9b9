#include "apps/decode/message_extent.hpp"

#include "apps/decode/piece_walk.hpp"
#include "apps/decode/separator.hpp"
#include "protocol/field_text.hpp"
#include "protocol/number.hpp"

#include <algorithm>

namespace troupe::decode {
namespace {

using kind = message_extent::kind;
constexpr std::size_t check_sum_length = 7;  // 10=ccc and a separator of one character

// Where BodyLength(9) says that CheckSum(10) begins; 0: it says nothing, or too much.
std::size_t claimed_end(std::string_view text, std::string_view separator, std::size_t limit) {
  if (separator.size() != 1) return 0;
  const std::size_t field = text.find(separator);
  if (field == text.npos || text.substr(field + 1, 2) != "9=") return 0;
  const std::size_t end = text.find(separator, field + 3);
  if (end == text.npos || end - field > 20) return 0;
  const auto length = protocol::parse_unsigned(text.substr(field + 3, end - field - 3));
  return length && *length <= limit ? end + 1 + static_cast<std::size_t>(*length) : 0;
}

// Another message begins in `body`: behind a separator, or in a later line. One within a value is none.
bool has_inner_begin(std::string_view body, char separator) {
  const std::size_t line = std::min(body.find('\n'), body.size());
  for (std::size_t at = body.find("8=FIX", 1); at != body.npos; at = body.find("8=FIX", at + 5))
    if (body[at - 1] == separator || at > line) return true;
  return false;
}

// A CheckSum(10) in `body` ends its line.
bool has_inner_end(std::string_view body, std::string_view separator) {
  for (std::size_t at = body.find('\n'); at != body.npos; at = body.find('\n', at + 1)) {
    auto line = body.substr(0, at);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.ends_with(separator)) line.remove_suffix(separator.size());
    const std::size_t last = line.rfind(separator);
    if (last != line.npos && line.substr(last + separator.size()).starts_with("10=")) return true;
  }
  return false;
}

// What the bytes that are there say of the end that BodyLength(9) claims.
enum class claim : std::uint8_t { none, open, holds };

claim judge(std::string_view text, std::string_view separator, std::size_t claimed) {
  if (claimed == 0) return claim::none;
  const auto body = text.substr(0, claimed);
  if (has_inner_begin(body, separator[0]) || has_inner_end(body, separator)) return claim::none;
  if (claimed + check_sum_length > text.size()) return claim::open;
  const auto end = text.substr(claimed - 1, check_sum_length + 1);
  const bool fits = end[0] == separator[0] && end.substr(1, 3) == "10=" && protocol::is_digit(end[4]) && protocol::is_digit(end[5]) &&
                    protocol::is_digit(end[6]) && end[7] == separator[0];
  return fits ? claim::holds : claim::none;
}

// Behind CheckSum(10), which may be followed by anything in a log.
message_extent end_of_check_sum(std::string_view text, const piece& last, std::string_view separator, bool is_all) {
  std::size_t end = last.value;
  while (end < last.end && (protocol::is_digit(text[end]) || text[end] == '*')) ++end;
  const bool is_soh = separator[0] == protocol::soh;
  const bool may_go_on = last.how == piece_end::bytes && (is_soh || separator.starts_with(text.substr(end)));
  if (may_go_on && !is_all) return {kind::need_more};
  const bool is_clean = end == last.end || (is_soh && last.how == piece_end::separator);
  if (is_clean) return {kind::message, last.how == piece_end::separator ? last.next : last.end, separator};
  return {kind::message, text.substr(end).starts_with(separator) ? end + separator.size() : end, separator};
}

message_extent walk_to_end(std::string_view text, std::string_view separator, bool is_all) {
  piece_walk walk{text, separator, is_all ? piece_walk::extent::line : piece_walk::extent::growing};
  std::size_t end = 0;
  while (walk.next()) {
    const piece& at = walk.at();
    if (at.begin > 0 && text.substr(at.begin, 5) == "8=FIX") return {kind::message, at.begin, separator};
    if (at.is_field && at.tag == 10) return end_of_check_sum(text, at, separator, is_all);
    end = at.how == piece_end::separator ? at.next : at.end;
    if (at.how == piece_end::bytes && !is_all) return {kind::need_more};
  }
  if (end == text.size() && !is_all) return {kind::need_more};
  return {kind::message, end, separator};
}

}  // namespace

// Whatever part of the text has come, the answer is the same or need_more.
message_extent measure_message(std::string_view text, bool is_all, std::size_t limit) {
  const auto start = find_separator(text);
  if (start.is_undecided && !is_all) return {kind::need_more};
  if (start.separator.empty()) return {kind::none};
  const std::size_t claimed = claimed_end(text, start.separator, limit);
  const claim says = judge(text, start.separator, claimed);
  if (says == claim::holds) return {kind::message, claimed + check_sum_length, start.separator};
  if (says == claim::open && !is_all) return {kind::need_more};
  return walk_to_end(text, start.separator, is_all);
}

}  // namespace troupe::decode
