// A message that we mean to send, before it has a MsgSeqNum: what an application submits.
//
// Body and extra header fields are stored as they will stand on the wire (`tag=value` SOH …). The session stamps
// BeginString, BodyLength, MsgType, MsgSeqNum, CompIDs, SendingTime and CheckSum around them when it sends.
#pragma once

#include "protocol/types.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace troupe::protocol {

struct outgoing_message {
  std::string msg_type;  // MsgType(35)
  std::string header;    // further header fields (115, 128, 97, 50, 57 …), ascending by tag, each ended by SOH; often empty
  std::string body;      // body fields in the order they go out, each ended by SOH
};

}  // namespace troupe::protocol
