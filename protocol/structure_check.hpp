// What can be said against a message without a dictionary: the first fault that is worth a Reject(3).
//
// Checked field by field, in the order of the wire; SessionRejectReason(373) in brackets:
//   - a valid tag number (0)
//   - a value (4)
//   - header, body, trailer in this order (14); the field that comes too late is to blame
//   - no tag twice (13), as far as this can be told: up to the first field that may head a repeating group. What is
//     repeated behind it is the dictionary's to judge.
//   - a data field only behind its length field (1), and as long as that says (6)
//   - formats of what the session reads in the header (6): MsgSeqNum(34), PossDupFlag(43), PossResend(97),
//     SendingTime(52), OrigSendingTime(122)
#pragma once

#include "protocol/message_view.hpp"
#include "protocol/session_header.hpp"
#include "protocol/tag_marks.hpp"
#include "protocol/tags.hpp"
#include "protocol/utc.hpp"

#include <cstdint>
#include <optional>

namespace troupe::protocol {

struct structure_fault {
  session_reject_reason reason{};
  // RefTagID(371): zero or negative if the tag came so; nothing if it does not fit into a number.
  std::optional<std::int64_t> ref_tag;
};

// What a session may be told to put up with.
struct structure_rules {
  bool may_be_empty = false;      // fields without a value (QuickFIX: ValidateFieldsHaveValues=N)
  bool may_be_disordered = false; // header, body and trailer fields anywhere (ValidateFieldsOutOfOrder=N)
};

// Checks messages one behind the other. What is kept between two only saves work.
//
// Never objects to a valid message. A message that passes can still be invalid, but all its fields can be read and the
// session can go by its header. No allocation; time in proportion to the number of fields.
class structure_checker {
 public:
  // `read`: what it has read of the header for that. Of a message with a fault that is not to be relied upon.
  [[nodiscard]] std::optional<structure_fault> check(const message_view& message, const structure_rules& rules, session_header& read);

 private:
  tag_marks marks_;
  utc_reader times_;
};

// The same for a single one.
[[nodiscard]] inline std::optional<structure_fault> structure_check(const message_view& message, const structure_rules& rules = {}) {
  session_header unused;
  return structure_checker{}.check(message, rules, unused);
}

}  // namespace troupe::protocol
