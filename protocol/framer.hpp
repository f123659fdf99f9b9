// Cuts a byte stream into FIX frames: bytes -> frame | need more | garbled.
//
// A frame is `8=FIX…|9=N|` + N bytes + `10=ccc|` with a true BodyLength(9) and CheckSum(10). Anything else is
// garbled: it consumes no MsgSeqNum, and the framer goes on at the next `8=FIX` that starts a field.
// Bounded: a frame longer than `max_frame` is garbled as soon as its BodyLength says so; nothing is allocated or
// awaited because a peer claims a length. The result does not depend on how reads split the stream.
#pragma once

#include <cstddef>
#include <string_view>

namespace troupe::protocol {

enum class framing_error {
  none,
  no_begin_string,   // bytes in front of the next 8=FIX
  bad_body_length,   // 9= is not the second field, not a number, or does not lead to the CheckSum
  too_long,          // BodyLength beyond the limit
  bad_check_sum,     // not three digits, or the wrong ones
};
[[nodiscard]] std::string_view to_string(framing_error error);

struct frame_result {
  enum class kind { frame, need_more, garbled };
  kind what = kind::need_more;
  std::size_t consumed = 0;     // bytes to take off the front of the input; 0 with need_more
  std::string_view frame{};     // kind::frame: the whole frame, a view into the input
  framing_error error = framing_error::none;
};

// Stateless between frames: call it with all unconsumed bytes, again after `consumed` until need_more.
class framer {
 public:
  explicit framer(std::size_t max_frame = 1 << 20) : max_frame_(max_frame) {}

  // `unread`: everything received and not yet consumed, in order. O(bytes looked at); no allocation.
  [[nodiscard]] frame_result next(std::string_view unread) const;

  // The most bytes that need_more can ever leave unconsumed: how large a receive buffer must be able to grow.
  [[nodiscard]] std::size_t max_unread() const;

 private:
  std::size_t max_frame_;
};

}  // namespace troupe::protocol
