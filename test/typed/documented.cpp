// What docs/typed-messages.md shows.
#include <fix44/execution_report.hpp>
#include <fix44/new_order_single.hpp>
#include <fix44/order_cancel_request.hpp>

#include "protocol/message_view.hpp"
#include "protocol/stamp.hpp"
#include "test/support/fix_text.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace troupe::test;

namespace {

// [write]
using namespace troupe::protocol;

build_result make_order(utc_time now) {
  fix44::new_order_single order;
  order.cl_ord_id("A-1").symbol("XYZ").side(fix44::side::buy).transact_time(now);
  order.order_qty(100).ord_type(fix44::ord_type::limit).price(101.25_dec);
  order.header().target_sub_id("DESK");
  {
    auto parties = order.no_party_ids();  // open until the end of its block
    parties.entry().party_id("BROKER").party_role(fix44::party_role::executing_firm);
    parties.no_party_sub_ids().entry().party_sub_id("FLOOR");
    parties.entry().party_id("CLIENT").party_role(fix44::party_role::client_id);
  }
  order.untyped().field(5001, "a field that the dictionary does not have");
  return order.build();  // the message, or the first mistake: "452: an entry that does not begin with …"
}
// [/write]

std::vector<std::string> seen;
void use(std::string_view text) { seen.emplace_back(text); }
void use(const decimal& value) {
  std::string text;
  append_decimal(text, value);
  use(text);
}

// [read]
void on_report(const message_view& message) {
  const fix44::execution_report_view report{message};
  if (report.ord_status() == fix44::ord_status::filled && report.cl_ord_id()) use(*report.cl_ord_id());
  if (const auto price = report.avg_px()) use(*price);  // decimal: 101.250 stays 101.250
  for (auto& party : report.no_party_ids())
    if (party.party_role() == fix44::party_role::executing_firm) use(party.party_id().value_or(""));
  use(report.fields().find(5001).value_or("no such field"));
}
// [/read]

// [dispatch]
bool on_request(const message_view& message) {
  return dispatch<fix44::new_order_single_view, fix44::order_cancel_request_view>(
      message, [](const auto& request) { use(request.cl_ord_id().value_or("")); });  // false: it is neither of them
}
// [/dispatch]

}  // namespace

BOOST_AUTO_TEST_SUITE(documented_suite)

BOOST_AUTO_TEST_CASE(what_the_page_shows_is_so) {
  const build_result order = make_order(utc_time{});
  BOOST_REQUIRE(order);
  std::string wire;
  append_frame(wire, {"FIX.4.4", "D", "ME", "YOU", seq_num{7}, utc_time{}}, order.message.header, order.message.body);
  message_view view;
  BOOST_REQUIRE(view.assign(wire) == parse_error::none);
  BOOST_TEST(on_request(view));
  append_frame(wire = {}, {"FIX.4.4", "8", "ME", "YOU", seq_num{8}, utc_time{}}, "", soh("11=A-1|39=2|6=101.250|453=2|448=B|452=1|448=C|452=3|"));
  BOOST_REQUIRE(view.assign(wire) == parse_error::none);
  on_report(view);
  BOOST_TEST(!on_request(view));
  BOOST_TEST(seen == (std::vector<std::string>{"A-1", "A-1", "101.250", "B", "no such field"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
