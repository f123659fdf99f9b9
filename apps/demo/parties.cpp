#include "apps/demo/parties.hpp"

#include "protocol/message_builder.hpp"
#include "protocol/tags.hpp"
#include "protocol/token.hpp"

#include <algorithm>
#include <charconv>

namespace troupe::demo {

using namespace protocol;

std::string order_name(std::uint64_t n) { return "ORDER-" + std::to_string(n); }

std::uint64_t order_number(std::string_view name) {
  constexpr std::string_view prefix = "ORDER-";
  std::uint64_t n = 0;
  if (!name.starts_with(prefix)) return 0;
  name.remove_prefix(prefix.size());
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), n);
  return error == std::errc{} && end == name.data() + name.size() ? n : 0;
}

outgoing_message make_order(std::uint64_t n) {
  message_builder order{msg_type::NewOrderSingle};
  order.field(tag::ClOrdID, order_name(n)).field(tag::HandlInst, '1').field(tag::Symbol, "TRP").field(tag::Side, n % 2 == 0 ? '1' : '2');
  order.field(tag::OrderQty, 100 + n % 900).field(tag::OrdType, '2').field(tag::Price, decimal{static_cast<std::int64_t>(9'500 + n % 1'000), -2});
  order.field(tag::TransactTime, "20260101-00:00:00");
  return order.build().message;
}

actors::handling order_flow::on_message(actors::session_reference&, const message_view& message, const actors::message_info& info) {
  if (message.msg_type() != msg_type::ExecutionReport) return actors::handling::unsupported;
  ledger_.write({info.number, std::string{message.find(tag::ExecID).value_or("")}, info.is_possible_duplicate});
  const auto n = order_number(message.find(tag::ClOrdID).value_or(""));
  if (n > counts_.last_reported) {
    counts_.last_reported = n;
    ++counts_.reported;
  }
  return actors::handling::handled;
}

void order_flow::on_outcome(actors::session_reference&, const actors::submit_outcome& outcome) {
  if (outcome.refused) {
    ++counts_.refused;
    return;
  }
  accepted_.write({outcome.number, order_name(outcome.token.value), false});
  counts_.last_accepted = std::max(counts_.last_accepted.load(), outcome.token.value);
  ++counts_.accepted;
}

actors::handling venue::on_message(actors::session_reference& session, const message_view& message, const actors::message_info& info) {
  if (message.msg_type() != msg_type::NewOrderSingle) return actors::handling::unsupported;
  const std::string order{message.find(tag::ClOrdID).value_or("")};
  const auto quantity = message.find(tag::OrderQty).value_or("0");
  const auto price = message.find(tag::Price).value_or("0");
  ledger_.write({info.number, order, info.is_possible_duplicate});
  message_builder report{msg_type::ExecutionReport};
  report.field(tag::OrderID, order).field(tag::ExecID, "FILL-" + order).field(tag::ExecTransType, '0').field(tag::ExecType, '2').field(tag::OrdStatus, '2');
  report.field(tag::ClOrdID, order).field(tag::Symbol, "TRP").field(tag::Side, message.find(tag::Side).value_or("1")).field(tag::OrderQty, quantity);
  report.field(tag::LastShares, quantity).field(tag::LastPx, price).field(tag::LeavesQty, 0).field(tag::CumQty, quantity).field(tag::AvgPx, price);
  (void)session.submit(report.build().message, token_of(order));
  return actors::handling::handled;
}

}  // namespace troupe::demo
