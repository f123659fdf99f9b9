#include "apps/examples/fill.hpp"

#include "protocol/tags.hpp"

namespace troupe::examples {

using namespace protocol;

build_result fill(const message_view& order) {
  const auto id = order.find(tag::ClOrdID).value_or("");
  const auto quantity = order.find(tag::OrderQty).value_or("");
  message_builder report{msg_type::ExecutionReport};
  report.field(tag::OrderID, id).field(tag::ExecID, id).field(tag::ExecTransType, '0').field(tag::ExecType, '2').field(tag::OrdStatus, '2');
  report.field(tag::ClOrdID, id).field(tag::Symbol, order.find(tag::Symbol).value_or("")).field(tag::Side, order.find(tag::Side).value_or(""));
  report.field(tag::OrderQty, quantity).field(tag::CumQty, quantity).field(tag::LeavesQty, 0).field(tag::AvgPx, order.find(tag::Price).value_or("0"));
  return report.build();
}

}  // namespace troupe::examples
