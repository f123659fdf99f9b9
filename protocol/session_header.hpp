// What the session goes by in every message, read: the first field with each tag, wherever it stands. nullopt: absent, or not of its
// format.
#pragma once

#include "protocol/message_view.hpp"
#include "protocol/tags.hpp"
#include "protocol/types.hpp"

#include <optional>

namespace troupe::protocol {

struct session_header {
  std::optional<seq_num> number;               // MsgSeqNum(34)
  std::optional<bool> is_possible_duplicate;   // PossDupFlag(43)
  std::optional<utc_time> sending_time;        // SendingTime(52)
  std::optional<utc_time> orig_sending_time;   // OrigSendingTime(122)
};

// Of any message. structure_check gives the same on its way through one that is in order.
[[nodiscard]] inline session_header read_session_header(const message_view& message) {
  return {message.find_seq_num(tag::MsgSeqNum), message.find_bool(tag::PossDupFlag), message.find_utc(tag::SendingTime), message.find_utc(tag::OrigSendingTime)};
}

}  // namespace troupe::protocol
