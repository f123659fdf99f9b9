#include "protocol/framer.hpp"

#include "protocol/byte_sum.hpp"
#include "protocol/frame_parts.hpp"

#include <algorithm>

namespace troupe::protocol {
namespace {

using kind = frame_result::kind;

framing_error to_error(frame_header::state state) {
  switch (state) {
    case frame_header::state::no_begin_string:
      return framing_error::no_begin_string;
    case frame_header::state::too_long:
      return framing_error::too_long;
    default:
      return framing_error::bad_body_length;
  }
}

}  // namespace

std::string_view to_string(framing_error error) {
  switch (error) {
    case framing_error::none:
      return "none";
    case framing_error::no_begin_string:
      return "no BeginString(8) where a message should begin";
    case framing_error::bad_body_length:
      return "BodyLength(9) is not a number or does not lead to the CheckSum(10)";
    case framing_error::too_long:
      return "BodyLength(9) beyond the limit";
    case framing_error::bad_check_sum:
      return "CheckSum(10) is not three digits, or wrong";
  }
  return "unknown";
}

frame_result framer::next(std::string_view unread) {
  const std::size_t skipped = skip_to_begin(unread);
  frame_result result;
  if (place_ == place::between_frames) result = next_frame(unread.substr(skipped));
  result.consumed += skipped;
  return result;
}

std::size_t framer::max_unread() const { return std::max<std::size_t>(max_frame_, 64); }

// How much noise to drop. The place becomes between_frames once a frame may begin right behind it.
std::size_t framer::skip_to_begin(std::string_view unread) {
  if (place_ == place::between_frames) return 0;
  constexpr std::string_view begin_behind_soh = "\x01" "8=FIX";
  const bool is_field = place_ == place::in_broken_frame;
  const std::string_view wanted = is_field ? begin_behind_soh : frame_begin;
  const std::size_t found = unread.find(wanted);
  if (found == std::string_view::npos) return unread.size() - std::min(unread.size(), wanted.size() - 1);
  place_ = place::between_frames;
  return found + (is_field ? 1 : 0);
}

frame_result framer::next_frame(std::string_view unread) {
  if (looked_ != 0) return end_at_check_sum(unread);
  const frame_header header = read_frame_header(unread, max_frame_);
  if (header.what == frame_header::state::incomplete) return {};
  if (header.what != frame_header::state::complete) {
    const bool has_begun = unread.substr(0, frame_begin.size()) == frame_begin;
    return garbled(to_error(header.what), 1, has_begun ? place::in_broken_frame : place::in_noise);
  }
  const bool is_all_there = unread.size() >= header.body_end + trailer_length;
  const frame_scan scan = is_all_there ? scan_frame(unread.substr(0, header.body_end)) : frame_scan{0, true};
  if (scan.has_inner_begin)
    if (const auto inner = inner_.find(unread, header.body, header.body_end))
      return end_before(unread, *inner);
  return close_frame(unread, header.body_end, scan.sum);
}

// The body is no reason to object; what about the CheckSum behind it?
frame_result framer::close_frame(std::string_view unread, std::size_t body_end, std::uint32_t sum) {
  if (unread.size() < body_end) return {};
  const std::string_view trailer = unread.substr(body_end);
  const auto state = unread[body_end - 1] == '\x01' ? read_frame_trailer(trailer) : trailer_state::no_check_sum;
  switch (state) {
    case trailer_state::incomplete:
      return {};
    case trailer_state::no_check_sum:
      if (check_ == frame_check::neither) return end_at_check_sum(unread);
      return garbled(framing_error::bad_body_length, body_end - 1, place::in_broken_frame);
    case trailer_state::bad_digits:
      if (check_ == frame_check::neither) return end_at_check_sum(unread);
      return garbled(framing_error::bad_check_sum, body_end - 1, place::in_broken_frame);
    case trailer_state::complete:
      break;
  }
  const std::size_t length = body_end + trailer_length;
  const bool is_true = check_ != frame_check::length_and_sum || (sum & 0xff) == check_sum_value(trailer);
  return is_true ? take(unread, length) : garbled(framing_error::bad_check_sum, length, place::between_frames);
}

// The claim goes beyond a frame that is true: what stands before that one may still be whole.
frame_result framer::end_before(std::string_view unread, std::size_t inner) {
  if (check_ == frame_check::neither) {
    const auto r = end_at_check_sum(unread.substr(0, inner));
    if (r.what != kind::need_more) return r;
  }
  return garbled(framing_error::bad_body_length, inner, place::between_frames);
}

// Nobody knows how long it is. The first CheckSum field ends it; before that, no other frame may begin.
frame_result framer::end_at_check_sum(std::string_view unread) {
  constexpr std::string_view check_sum = "\x01" "10=", next_frame = "\x01" "8=FIX";
  const auto within = unread.substr(0, max_frame_);
  for (looked_ = std::max(looked_, frame_begin.size());; ++looked_) {
    looked_ = std::min(within.find('\x01', looked_), within.size());
    const auto rest = within.substr(looked_);
    if (rest.starts_with(next_frame)) return garbled(framing_error::bad_body_length, looked_, place::in_broken_frame);
    if (next_frame.starts_with(rest)) break;  // the bytes to come will say
    if (!check_sum.starts_with(rest.substr(0, check_sum.size()))) continue;
    const auto state = read_frame_trailer(rest.substr(1));
    if (state == trailer_state::complete) return take(unread, looked_ + 1 + trailer_length);
    if (state == trailer_state::incomplete) break;
  }
  return unread.size() < max_frame_ ? frame_result{} : garbled(framing_error::too_long, 1, place::in_broken_frame);
}

frame_result framer::take(std::string_view unread, std::size_t length) {
  inner_.restart();
  looked_ = 0;
  return {kind::frame, length, unread.substr(0, length), framing_error::none};
}

frame_result framer::garbled(framing_error error, std::size_t consumed, place next) {
  place_ = next;
  inner_.restart();
  looked_ = 0;
  return {kind::garbled, consumed, {}, error};
}

}  // namespace troupe::protocol
