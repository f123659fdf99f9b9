// What both example applications answer to an order.
#pragma once

#include "protocol/message_builder.hpp"
#include "protocol/message_view.hpp"

namespace troupe::examples {

// The ExecutionReport(8) that fills a NewOrderSingle(D) as a whole; empty if the order lacks what a report must repeat.
[[nodiscard]] protocol::build_result fill(const protocol::message_view& order);

}  // namespace troupe::examples
