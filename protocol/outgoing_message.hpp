// A message that we mean to send, before it has a MsgSeqNum: what an application submits.
//
// Body and extra header fields are stored as they will stand on the wire (`tag=value` SOH …). The session stamps
// BeginString, BodyLength, MsgType, MsgSeqNum, CompIDs, SendingTime and CheckSum around them when it sends.
#pragma once

#include "protocol/types.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace troupe::protocol {

struct outgoing_message {
  std::string msg_type;  // MsgType(35)
  std::string header;    // further header fields (115, 128, 97, 50, 57 …), ascending by tag, each ended by SOH; often empty
  std::string body;      // body fields in the order they go out, each ended by SOH
};

// What it takes of any bound.
[[nodiscard]] inline std::size_t size_of(const outgoing_message& m) { return m.msg_type.size() + m.header.size() + m.body.size(); }

}  // namespace troupe::protocol
