// What `Application=executor` answers: each NewOrderSingle(D) is filled at once, at its own price.
//
// Deterministic: the same order always gets the same OrderID(37), ExecID(17) and token, so that an order that is handled
// twice can be told from two orders.
#pragma once

#include "apps/recent_ids.hpp"
#include "protocol/message_view.hpp"
#include "protocol/outgoing_message.hpp"

#include <cstddef>

namespace troupe::apps {

enum class order_answer : unsigned char { filled, ignored, unsupported };

struct executed {
  order_answer what = order_answer::unsupported;
  protocol::outgoing_message report;  // filled: an ExecutionReport(8)
  protocol::submit_token token{};     // of the report
};

// Of one session.
class executor {
 public:
  // Remembers so many ClOrdIDs, the newest, of this life of the process.
  explicit executor(std::size_t remembers = 100'000) : filled_(remembers) {}

  // A possible duplicate, or a PossResend(97)=Y, of an order that was filled is ignored. An order without ClOrdID(11),
  // Side(54) or OrderQty(38) is unsupported: there is nothing that could be reported.
  [[nodiscard]] executed on_message(const protocol::message_view& message, bool is_possible_duplicate);

 private:
  recent_ids filled_;  // ClOrdID(11)
};

}  // namespace troupe::apps
