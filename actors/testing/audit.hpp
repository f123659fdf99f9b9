// The promises about messages, checked from outside: what one side made durable against what the other side's application says.
//
// Pure. Findings are sentences; none means that nothing was lost, doubled without mark, turned round or sent under two contents.
#pragma once

#include "actors/testing/application_log.hpp"
#include "actors/testing/store_history.hpp"

#include <string>
#include <vector>

namespace troupe::actors::testing {

// What is known of the application messages of one direction.
struct direction {
  session_id sender;    // as the sending side names its session
  session_id receiver;  // as the receiving side does
  std::vector<history_record> sent;
  std::vector<log_entry> sender_log;
  std::vector<log_entry> receiver_log;
};

// - a MsgSeqNum(34) of one numbering has one content;
// - a message is stored once (one ExecID(17) or ClOrdID(11));
// - what arrives was stored, under this number, and arrives in the order in which it was stored;
// - it arrives once, but for arrivals that are marked;
// - a submit that was accepted is stored under that number, one that was refused is not.
[[nodiscard]] std::vector<std::string> broken_promises(const direction& d);

// What is stored as sent and has not arrived (yet). Only of the present numbering: what a reset found on its way cannot come any more.
[[nodiscard]] std::vector<std::string> not_arrived(const direction& d);

}  // namespace troupe::actors::testing
