// What can be said against a message without a dictionary: the first fault that is worth a Reject(3).
//
// Checked per field, in the order of the wire: a valid tag number (SessionRejectReason(373) 0), a value (4), data
// fields as long as their length field says (6, or 1 if one of the two is missing), the place in header, body or trailer
// (14; the header field behind the body is to blame), no tag twice outside of repeating groups (13), and the formats of
// what the session itself reads in the header: MsgSeqNum(34), PossDupFlag(43), PossResend(97), SendingTime(52),
// OrigSendingTime(122) (6).
#pragma once

#include "protocol/message_view.hpp"
#include "protocol/tags.hpp"

#include <cstdint>
#include <optional>

namespace troupe::protocol {

struct structure_fault {
  session_reject_reason reason{};
  // RefTagID(371). May be zero or negative, as the tag came; nothing if it does not fit into a number.
  std::optional<std::int64_t> ref_tag;
};

// A message that passes is not valid yet, but every field of it can be read, and the session can go by its header. A
// tag may be repeated behind a group's count, as long as it can belong to the group: the rule never rejects
// a valid message, and lets some faults pass that only a dictionary can see.
[[nodiscard]] std::optional<structure_fault> structure_check(const message_view& message);

}  // namespace troupe::protocol
