// Who a Logon says is talking to whom, as we would send it: CompIDs reversed, no qualifier.
#pragma once

#include "protocol/types.hpp"

#include <string>
#include <string_view>

namespace troupe::actors {

// A name of a template that fits any name of a Logon.
inline constexpr std::string_view any_name = "*";

struct logon_identity {
  protocol::session_id id;
  // No part of the identity; empty: not in the Logon.
  std::string sender_sub_id;       // SenderSubID(50) of what we send, TargetSubID(57) of the Logon
  std::string target_sub_id;       // TargetSubID(57), SenderSubID(50) of the Logon
  std::string sender_location_id;  // SenderLocationID(142), TargetLocationID(143) of the Logon
  std::string target_location_id;  // TargetLocationID(143), SenderLocationID(142) of the Logon
};

}  // namespace troupe::actors
