// Puts header and trailer around a body when it is sent: BeginString, BodyLength, MsgType, MsgSeqNum, CompIDs,
// SendingTime, CheckSum. Frames are appended to one buffer, back to back, and each is written once, from front to back.
//
// Header fields stand in ascending order of their tags behind 8, 9, 35. Timestamps have milliseconds, in FIX 4.0 and 4.1
// seconds, unless another precision is asked for.
#pragma once

#include "protocol/commit.hpp"
#include "protocol/types.hpp"
#include "protocol/utc.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace troupe::protocol {

struct wire_header {
  std::string_view begin_string;    // BeginString(8)
  std::string_view msg_type;        // MsgType(35)
  std::string_view sender_comp_id;  // SenderCompID(49)
  std::string_view target_comp_id;  // TargetCompID(56)
  seq_num number{};                 // MsgSeqNum(34)
  utc_time sending_time{};          // SendingTime(52)
  bool is_possible_duplicate = false;            // PossDupFlag(43)=Y; not written if false
  std::optional<utc_time> orig_sending_time{};   // OrigSendingTime(122)
  // Empty, or 0: not written. One of the same tag among the further header fields wins.
  std::string_view sender_sub_id{};       // SenderSubID(50)
  std::string_view target_sub_id{};       // TargetSubID(57)
  std::string_view sender_location_id{};  // SenderLocationID(142)
  std::string_view target_location_id{};  // TargetLocationID(143)
  seq_num last_processed{};               // LastMsgSeqNumProcessed(369)
  std::optional<utc_precision> precision{};  // of the timestamps; empty: what the version allows
};

// What is stamped anew on a message that was stored.
struct restamp {
  utc_time sending_time{};
  seq_num last_processed{};                  // 0: LastMsgSeqNumProcessed(369) stays as it is
  std::optional<utc_precision> precision{};  // empty: what the version allows
};

// Appends one frame to `wire` and says where it lies. `extra_header` (further header fields, ascending) and `body` are
// written as they are, each field of them ended by SOH. `clock` spares the formatting of a SendingTime that did not
// change. Allocates only if `wire` has to grow.
byte_range append_frame(std::string& wire, const wire_header& header, std::string_view extra_header, std::string_view body, utc_text& clock);
byte_range append_frame(std::string& wire, const wire_header& header, std::string_view extra_header, std::string_view body);

// Appends a frame that was sent before, as it is sent again: PossDupFlag(43)=Y, OrigSendingTime(122) = SendingTime(52) of
// then, SendingTime(52) of now; all other header fields and every byte of the body are kept, PossResend(97) and the number
// among them. nullopt, and `wire` unchanged, if `stored_frame` is no true frame (BodyLength, CheckSum) with a
// MsgSeqNum and a SendingTime. `stored_frame` must not lie in `wire`.
std::optional<byte_range> append_resend(std::string& wire, std::string_view stored_frame, const restamp& now, utc_text& clock);
std::optional<byte_range> append_resend(std::string& wire, std::string_view stored_frame, const restamp& now);

// Appends a frame that was stamped and stored, but waited and goes out for the first time now: SendingTime(52) of now, all
// else as it stands. nullopt as above.
std::optional<byte_range> append_delayed(std::string& wire, std::string_view stored_frame, const restamp& now, utc_text& clock);

}  // namespace troupe::protocol
