// Which tags may stand where in a message that is on its way out.
#pragma once

#include "protocol/tags.hpp"

#include <cstdint>

namespace troupe::protocol {

// What the session stamps itself: nobody else writes it.
[[nodiscard]] constexpr bool is_stamped_tag(std::uint32_t tag) {
  switch (tag) {
    case tag::BeginString:
    case tag::BodyLength:
    case tag::MsgType:
    case tag::MsgSeqNum:
    case tag::PossDupFlag:
    case tag::SenderCompID:
    case tag::SendingTime:
    case tag::TargetCompID:
    case tag::OrigSendingTime:
    case tag::CheckSum: return true;
    default: return false;
  }
}

// A length field and its data field: of the standard, or two that are user-defined, for whoever writes them as such.
[[nodiscard]] inline bool may_be_data_pair(std::uint32_t length_tag, std::uint32_t data_tag) {
  const bool is_own = length_tag >= 5000 && data_tag >= 5000 && length_tag != data_tag && !is_data_tag(data_tag) && !is_length_tag(length_tag);
  return is_own || (length_tag != 0 && find_data_field(data_tag).length_tag == length_tag);
}

}  // namespace troupe::protocol
