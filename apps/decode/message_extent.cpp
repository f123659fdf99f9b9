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

// Where BodyLength(9) says that CheckSum(10) begins; 0: it says nothing.
std::size_t claimed_end(std::string_view text, std::string_view separator) {
  if (separator.size() != 1) return 0;
  const std::size_t field = text.find(separator);
  if (field == text.npos || text.substr(field + 1, 2) != "9=") return 0;
  const std::size_t end = text.find(separator, field + 3);
  if (end == text.npos || end - field > 20) return 0;
  const auto length = protocol::parse_unsigned(text.substr(field + 3, end - field - 3));
  return length && *length < (std::uint64_t{1} << 40) ? end + 1 + static_cast<std::size_t>(*length) : 0;
}

bool has_inner_begin(std::string_view body, char separator) {
  for (std::size_t at = body.find("8=FIX"); at != body.npos; at = body.find("8=FIX", at + 5))
    if (at > 0 && (body[at - 1] == separator || body[at - 1] == '\n')) return true;
  return false;
}

bool leads_to_check_sum(std::string_view text, std::string_view separator, std::size_t claimed) {
  if (claimed == 0 || claimed + check_sum_length > text.size()) return false;
  const auto end = text.substr(claimed - 1, check_sum_length + 1);
  const bool fits = end[0] == separator[0] && end.substr(1, 3) == "10=" && protocol::is_digit(end[4]) && protocol::is_digit(end[5]) &&
                    protocol::is_digit(end[6]) && end[7] == separator[0];
  return fits && !has_inner_begin(text.substr(0, claimed), separator[0]);
}

// Behind CheckSum(10), which may be followed by anything in a log.
message_extent end_of_check_sum(std::string_view text, const piece& last, std::string_view separator, bool is_all) {
  std::size_t end = last.value;
  while (end < last.end && (protocol::is_digit(text[end]) || text[end] == '*')) ++end;
  const bool is_clean = end == last.end || (separator[0] == protocol::soh && last.how == piece_end::separator);
  if (last.how == piece_end::bytes && separator.starts_with(text.substr(end)) && !is_all) return {kind::need_more};  // a part of one, perhaps
  if (is_clean) return {kind::message, last.how == piece_end::separator ? last.next : last.end, separator};
  return {kind::message, text.substr(end).starts_with(separator) ? end + separator.size() : end, separator};
}

message_extent walk_to_end(std::string_view text, std::string_view separator, bool is_all, std::size_t limit, std::size_t claimed) {
  piece_walk walk{text, separator, is_all ? piece_walk::extent::line : piece_walk::extent::growing};
  std::size_t end = 0;
  while (walk.next()) {
    const piece& at = walk.at();
    if (at.begin > 0 && text.substr(at.begin, 5) == "8=FIX") return {kind::message, at.begin, separator};
    if (at.is_field && at.tag == 10) return end_of_check_sum(text, at, separator, is_all);
    end = at.how == piece_end::separator ? at.next : at.end;
    if (at.how == piece_end::bytes && !is_all) return {kind::need_more};
    const bool is_line_inside = at.how == piece_end::line && claimed > at.end && claimed + check_sum_length > text.size() && claimed <= limit;
    if (is_line_inside && separator[0] == protocol::soh && !is_all) return {kind::need_more};
  }
  if (end == text.size() && !is_all) return {kind::need_more};
  return {kind::message, end, separator};
}

}  // namespace

message_extent measure_message(std::string_view text, bool is_all, std::size_t limit) {
  const auto start = find_separator(text);
  if (start.is_undecided && !is_all) return {kind::need_more};
  if (start.separator.empty()) return {kind::none};
  const std::size_t claimed = claimed_end(text, start.separator);
  if (leads_to_check_sum(text, start.separator, claimed)) return {kind::message, claimed + check_sum_length, start.separator};
  return walk_to_end(text, start.separator, is_all, limit, claimed);
}

}  // namespace troupe::decode
