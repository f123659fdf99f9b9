#include "apps/examples/fill.hpp"

#include "protocol/tags.hpp"

#include <fix42/execution_report.hpp>
#include <fix42/new_order_single.hpp>

namespace troupe::examples {

using namespace protocol;

build_result fill(const message_view& message) {
  const fix42::new_order_single_view order{message};
  const auto id = order.cl_ord_id(), symbol = order.symbol();
  const auto side = order.side();
  const auto quantity = order.order_qty();
  if (!id || !symbol || !side || !quantity) return {{}, build_error{tag::ClOrdID, build_problem::empty_value}};

  fix42::execution_report report;
  report.order_id(*id).exec_id(*id).exec_trans_type(fix42::exec_trans_type::new_).exec_type(fix42::exec_type::fill).ord_status(fix42::ord_status::filled);
  report.cl_ord_id(*id).symbol(*symbol).side(*side).order_qty(*quantity).cum_qty(*quantity).leaves_qty(0).avg_px(order.price().value_or(0_dec));
  return report.build();
}

}  // namespace troupe::examples
