#include "apps/executor.hpp"

#include "protocol/message_builder.hpp"
#include "protocol/tags.hpp"
#include "protocol/token.hpp"

#include <array>

namespace troupe::apps {
namespace {

using namespace troupe::protocol;

// Numbers that the list of named tags need not have.
constexpr std::uint32_t ClOrdID = 11, OrderID = 37, ExecID = 17, ExecTransType = 20, ExecType = 150, OrdStatus = 39, Symbol = 55, Side = 54, OrderQty = 38,
                        Price = 44, LastShares = 32, LastPx = 31, LeavesQty = 151, CumQty = 14, AvgPx = 6;

bool has_all(const message_view& order) {
  for (const auto tag : {ClOrdID, Side, OrderQty})
    if (order.find(tag).value_or("").empty()) return false;
  return true;
}

std::string hex(std::uint64_t n) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out(16, '0');
  for (auto it = out.rbegin(); it != out.rend(); ++it, n >>= 4) *it = digits[n & 15];
  return out;
}

// FIX.4.2 and older also want ExecTransType(20); 4.3 took it away. ExecType(150) and LeavesQty(151) came with 4.1, and from
// 4.3 on a fill is ExecType=F.
outgoing_message fill(const message_view& order, const std::string& id) {
  const std::string_view version = order.begin_string();
  const std::string_view quantity = *order.find(OrderQty);
  const std::string_view price = order.find(Price).value_or("0");
  const bool is_old = version <= "FIX.4.2";
  message_builder report{"8"};
  report.field(OrderID, "O-" + id).field(ClOrdID, *order.find(ClOrdID)).field(ExecID, "E-" + id);
  if (is_old) report.field(ExecTransType, '0');
  if (version > "FIX.4.0") report.field(ExecType, is_old ? '2' : 'F');
  report.field(OrdStatus, '2');
  if (const auto symbol = order.find(Symbol); symbol && !symbol->empty()) report.field(Symbol, *symbol);
  report.field(Side, *order.find(Side)).field(OrderQty, quantity).field(LastShares, quantity).field(LastPx, price);
  if (version > "FIX.4.0") report.field(LeavesQty, '0');
  report.field(CumQty, quantity).field(AvgPx, price);
  return report.build().message;
}

}  // namespace

executed executor::on_message(const message_view& message, bool is_possible_duplicate) {
  if (message.msg_type() != "D" || !has_all(message)) return {};
  const std::string_view order = *message.find(ClOrdID);
  const bool may_be_known = is_possible_duplicate || message.find_bool(tag::PossResend).value_or(false);
  const bool is_new = filled_.remember(order);
  if (may_be_known && !is_new) return {order_answer::ignored, {}, {}};
  // An order that reuses a ClOrdID without saying so is another order, with a report of its own.
  const std::string number = std::to_string(message.find_seq_num(tag::MsgSeqNum).value_or(seq_num{}).value);
  const submit_token token = token_of(number + ":" + std::string{order});
  return {order_answer::filled, fill(message, hex(token.value)), token};
}

}  // namespace troupe::apps
