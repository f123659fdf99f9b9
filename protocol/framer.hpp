// Cuts a byte stream into FIX frames: bytes -> frame | need more | garbled.
//
// A frame is `8=FIX…|9=N|` + N bytes + `10=ccc|` with a true BodyLength(9) and CheckSum(10), three digits. BeginString
// may be anything from "FIX" on, up to 16 characters; whether it is the session's is the session's business.
//
// Anything else is garbled: it consumes no MsgSeqNum. Each piece of it is reported once, as soon as it is known; the
// bytes up to the next frame are then skipped without a word:
//   - between frames, up to the next `8=FIX`;
//   - after a broken frame, up to the next `8=FIX` that starts a field. What a plausible BodyLength claims is skipped first,
//     as the scripted session tests (2.m) want it; a CheckSum that is well formed and wrong takes its frame with it.
//   - if a whole, true frame lies within what a BodyLength claims, as fields of its own and not in a data field, the
//     claim is a lie, and the framer goes on at the inner frame at once.
//
// A peer that cannot count may be put up with, see frame_check. What leads out of a frame is still there: a BodyLength that is a number
// within the limit, and a CheckSum of three digits.
//
// Bounded: a frame longer than `max_frame` is garbled as soon as its BodyLength says so; nothing is allocated or
// awaited because a peer claims a length; every byte is looked at a few times at most, however the reads split the
// stream. The result does not depend on how they do.
#pragma once

#include "protocol/inner_frame_search.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace troupe::protocol {

enum class framing_error : std::uint8_t {
  none,
  no_begin_string,  // bytes in front of the next 8=FIX
  bad_body_length,  // 9= is not the second field, not a number, or does not lead to the CheckSum
  too_long,         // BodyLength beyond the limit
  bad_check_sum,    // not three digits, or the wrong ones
};
[[nodiscard]] std::string_view to_string(framing_error error);

enum class frame_check : std::uint8_t {
  length_and_sum,
  length,   // the CheckSum may be any
  neither,  // nor need the BodyLength lead to it: then the frame ends with the first CheckSum field in it, before the next true frame
};

struct frame_result {
  enum class kind : std::uint8_t { frame, need_more, garbled };
  kind what = kind::need_more;
  std::size_t consumed = 0;  // bytes to take off the front of the input, with any kind
  std::string_view frame{};  // kind::frame: the whole frame, a view into the input, at the end of what is consumed
  framing_error error = framing_error::none;
};

// One per connection: it remembers how far it looked. Call it with all unread bytes, take off `consumed` whatever the
// kind, and call again until need_more; then with more bytes behind the rest.
class framer {
 public:
  explicit framer(std::size_t max_frame = 1 << 20, frame_check check = frame_check::length_and_sum) : max_frame_(max_frame), check_(check) {}

  // `unread`: everything received and not yet consumed, in order. No allocation.
  [[nodiscard]] frame_result next(std::string_view unread);

  // The most bytes that need_more can ever leave unconsumed: how large a receive buffer must be able to grow.
  [[nodiscard]] std::size_t max_unread() const;

 private:
  // Where the stream stands at the front of `unread`.
  enum class place : std::uint8_t {
    between_frames,   // a frame should start here
    in_noise,         // reported; on to the next 8=FIX
    in_broken_frame,  // reported; on to the next 8=FIX behind a SOH
  };

  [[nodiscard]] std::size_t skip_to_begin(std::string_view unread);
  [[nodiscard]] frame_result next_frame(std::string_view unread);
  [[nodiscard]] frame_result close_frame(std::string_view unread, std::size_t body_end, std::uint32_t sum);
  [[nodiscard]] frame_result end_before(std::string_view unread, std::size_t inner);
  [[nodiscard]] frame_result end_at_check_sum(std::string_view unread);
  [[nodiscard]] frame_result take(std::string_view unread, std::size_t length);
  [[nodiscard]] frame_result garbled(framing_error error, std::size_t consumed, place next);

  std::size_t max_frame_;
  frame_check check_;
  std::size_t looked_ = 0;  // 0: by BodyLength; else by the first CheckSum field, and none begins before here
  place place_ = place::between_frames;
  inner_frame_search inner_;
};

}  // namespace troupe::protocol
