// Typed messages on the wire and from it.
#include <fix44/execution_report.hpp>
#include <fix44/market_data_snapshot_full_refresh.hpp>
#include <fix44/new_order_single.hpp>
#include <fix44/order_cancel_request.hpp>

#include <fix40/execution_report.hpp>
#include <fix42/news.hpp>
#include <fix50sp2/new_order_single.hpp>

#include "protocol/framer.hpp"
#include "protocol/message.hpp"
#include "protocol/message_view.hpp"
#include "protocol/stamp.hpp"
#include "test/support/fix_text.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <type_traits>
#include <vector>

using namespace troupe::protocol;
using namespace troupe::test;
using namespace std::chrono_literals;

namespace {

constexpr utc_time noon = std::chrono::sys_days{std::chrono::year{2024} / 5 / 6} + 12h + 5ms;

template <class Builder>
std::string body_of(Builder&& builder) {
  const build_result built = builder.build();
  return built ? shown(built.message.header + built.message.body) : to_string(*built.error);
}

// A frame of it, and the view of that.
struct received {
  explicit received(const outgoing_message& message, std::string_view begin_string = "FIX.4.4") {
    append_frame(wire, {begin_string, message.msg_type, "ME", "YOU", seq_num{7}, noon}, message.header, message.body);
    BOOST_REQUIRE(view.assign(wire) == parse_error::none);
  }

  std::string wire;
  message_view view;
};

// What a setter takes, asked of the compiler.
#define TROUPE_TAKES(name, ...)  \
  template <class Builder>       \
  concept name = requires(Builder b, double real, float small, int whole, bool flag, char letter, const char* text, decimal exact, utc_time time) { __VA_ARGS__; }
TROUPE_TAKES(price_of_double, b.price(real));
TROUPE_TAKES(price_of_float, b.price(small));
TROUPE_TAKES(price_of_braces, b.price({real, -2}));
TROUPE_TAKES(price_of_text, b.price(text));
TROUPE_TAKES(price_of_bool, b.price(flag));
TROUPE_TAKES(price_of_decimal, b.price(exact));
TROUPE_TAKES(price_of_int, b.price(whole));
TROUPE_TAKES(side_of_char, b.side(letter));
TROUPE_TAKES(side_of_int, b.side(whole));
TROUPE_TAKES(side_of_side, b.side(fix44::side::buy));
TROUPE_TAKES(side_of_other_version, b.side(fix42::side::buy));
TROUPE_TAKES(side_of_other_field, b.side(fix44::ord_type::market));
TROUPE_TAKES(flag_of_text, b.locate_reqd(text));
TROUPE_TAKES(flag_of_int, b.locate_reqd(whole));
TROUPE_TAKES(flag_of_bool, b.locate_reqd(flag));
TROUPE_TAKES(time_of_text, b.transact_time(text));
TROUPE_TAKES(time_of_int, b.transact_time(whole));
TROUPE_TAKES(time_of_time, b.transact_time(time));
TROUPE_TAKES(days_of_double, b.price_type(real));
TROUPE_TAKES(sequence_number, b.header().msg_seq_num(whole));
TROUPE_TAKES(length_alone, b.encoded_text_len(whole));

using order = fix44::new_order_single;
static_assert(price_of_decimal<order> && price_of_int<order>);
static_assert(!price_of_double<order> && !price_of_float<order> && !price_of_braces<order> && !price_of_text<order> && !price_of_bool<order>);
static_assert(side_of_side<order> && !side_of_char<order> && !side_of_int<order> && !side_of_other_version<order> && !side_of_other_field<order>);
static_assert(flag_of_bool<order> && !flag_of_text<order> && !flag_of_int<order>);
static_assert(time_of_time<order> && !time_of_text<order> && !time_of_int<order>);
// A view is no more than what it views.
static_assert(std::is_trivially_copyable_v<fix44::new_order_single_view> && sizeof(fix44::new_order_single_view) == sizeof(field_range));
static_assert(!days_of_double<order> && !sequence_number<order> && !length_alone<order>);

}  // namespace

BOOST_AUTO_TEST_SUITE(typed_suite)

BOOST_AUTO_TEST_CASE(a_typed_order_is_what_an_untyped_one_is) {
  fix44::new_order_single typed;
  typed.cl_ord_id("A-1").side(fix44::side::buy).symbol("XYZ").order_qty(100).ord_type(fix44::ord_type::limit).price(101.250_dec).transact_time(noon);
  typed.header().target_sub_id("DESK").poss_resend(true);
  {
    auto parties = typed.no_party_ids();
    parties.entry().party_id("BROKER").party_id_source(fix44::party_id_source::bic).party_role(fix44::party_role::executing_firm);
    {
      auto subs = parties.no_party_sub_ids();
      subs.entry().party_sub_id("D1").party_sub_id_type(fix44::party_sub_id_type::person);
      subs.entry().party_sub_id("D2");
    }
    parties.entry().party_id("CLIENT");
  }
  typed.exec_inst({fix44::exec_inst::not_held, fix44::exec_inst::work}).locate_reqd(false).encoded_text(soh("a|b"));

  message_builder untyped{"D"};
  untyped.field(11, "A-1").field(54, '1').field(55, "XYZ").field(38, 100).field(40, '2').field(44, decimal{101'250, -3}).field(60, noon);
  untyped.field(57, "DESK").field(97, true);
  {
    auto parties = untyped.group(453);
    parties.entry().field(448, "BROKER").field(447, 'B').field(452, 1);
    {
      auto subs = parties.group(802);
      subs.entry().field(523, "D1").field(803, 2);
      subs.entry().field(523, "D2");
    }
    parties.entry().field(448, "CLIENT");
  }
  untyped.field(18, "1 2").field(114, false).data(354, 355, soh("a|b"));
  const std::string expected = body_of(untyped);
  BOOST_TEST(expected.find("453=2|448=BROKER") != std::string::npos);
  BOOST_TEST(body_of(typed) == expected);
}

BOOST_AUTO_TEST_CASE(what_was_written_is_read) {
  fix44::new_order_single order;
  order.cl_ord_id("A-1").account("ACC").side(fix44::side::sell_short).order_qty(100).price(-0.05_dec).transact_time(noon, utc_precision::nanoseconds);
  order.settl_date(std::chrono::year{2024} / 2 / 29).security_type(fix44::security_type::future).locate_reqd(true).exec_inst({fix44::exec_inst::work});
  order.max_floor(decimal{5, 2}).encoded_text(soh("a|b"));
  order.header().sender_sub_id("ME2");
  {
    auto parties = order.no_party_ids();
    parties.entry().party_id("BROKER").party_role(fix44::party_role::executing_firm);
    parties.no_party_sub_ids().entry().party_sub_id("D1");
    parties.entry().party_id("CLIENT").party_role(static_cast<fix44::party_role>(1001));
  }
  const received message{order.build().message};
  const fix44::new_order_single_view read{message.view};

  BOOST_TEST(read.cl_ord_id().value() == "A-1");
  BOOST_CHECK(read.side() == fix44::side::sell_short);
  BOOST_CHECK(read.order_qty() == 100_dec);
  BOOST_CHECK(read.price() == -0.05_dec);
  BOOST_TEST(read.price()->mantissa == -5);
  BOOST_CHECK(read.max_floor() == 500_dec);
  BOOST_CHECK(read.transact_time() == noon);
  BOOST_CHECK(read.settl_date() == std::chrono::year{2024} / 2 / 29);
  BOOST_TEST(read.security_type().value() == fix44::security_type::future);
  BOOST_TEST(read.locate_reqd().value());
  BOOST_TEST(read.exec_inst().contains(fix44::exec_inst::work));
  BOOST_TEST(!read.exec_inst().contains(fix44::exec_inst::held));
  BOOST_TEST(read.encoded_text_len().value() == 3);
  BOOST_TEST(shown(read.encoded_text().value()) == "a|b");
  BOOST_TEST(!read.stop_px());
  BOOST_TEST(!read.symbol());
  BOOST_TEST(read.header().sender_comp_id().value() == "ME");
  BOOST_TEST(read.header().sender_sub_id().value() == "ME2");
  BOOST_TEST(read.header().msg_seq_num().value().value == 7U);
  BOOST_TEST(read.trailer().check_sum().value().size() == 3U);
  BOOST_TEST(read.fields().find(11).value() == "A-1");

  std::vector<std::string> parties;
  for (auto& party : read.no_party_ids()) {
    parties.emplace_back(*party.party_id());
    for (const auto& sub : party.no_party_sub_ids()) parties.emplace_back(*sub.party_sub_id());
  }
  BOOST_TEST(parties == (std::vector<std::string>{"BROKER", "D1", "CLIENT"}), boost::test_tools::per_element());
  BOOST_TEST(read.no_party_ids().size() == 2U);
  BOOST_CHECK(read.no_party_ids()[1].party_role() == static_cast<fix44::party_role>(1001));
  BOOST_TEST(read.no_allocs().empty());
  for (auto& alloc : read.no_allocs()) BOOST_ERROR("there is none, but one says " << alloc.fields().fields().size());
}

BOOST_AUTO_TEST_CASE(the_last_entry_ends_where_the_message_goes_on) {
  const received message{outgoing_message{"W", "", soh("55=A|268=2|269=0|270=1|269=1|270=2|58=in the entry|49001=1|711=1|311=U|")}};
  const fix44::market_data_snapshot_full_refresh_view book{message.view};
  const auto entries = book.no_md_entries();
  BOOST_REQUIRE(entries.size() == 2U);
  BOOST_TEST(entries[1].text().value() == "in the entry");
  BOOST_TEST(!entries[1].fields().find(49001));
  BOOST_TEST(book.no_underlyings()[0].underlying_symbol().value() == "U");
  const auto first = *entries.begin();  // outlives its iterator
  BOOST_CHECK(first.md_entry_px() == 1_dec);
  BOOST_CHECK(first.md_entry_type() == fix44::md_entry_type::bid);
}

BOOST_AUTO_TEST_CASE(a_value_that_is_none_of_the_type_is_absent_and_an_unknown_one_keeps_its_value) {
  const received message{outgoing_message{"D", "", soh("11=A|54=Z|40=12|38=ten|60=noon|114=y|44=1e5|423=x|")}};
  const fix44::new_order_single_view read{message.view};
  BOOST_TEST(static_cast<char>(read.side().value()) == 'Z');
  BOOST_TEST(!read.ord_type());
  BOOST_TEST(!read.order_qty());
  BOOST_TEST(!read.transact_time());
  BOOST_TEST(!read.locate_reqd());
  BOOST_TEST(!read.price());
  BOOST_TEST(!read.price_type());
}

BOOST_AUTO_TEST_CASE(an_entry_must_begin_with_the_groups_first_field) {
  fix44::new_order_single order;
  order.no_party_ids().entry().party_role(fix44::party_role::executing_firm);
  BOOST_TEST(order.error().has_value());
  BOOST_TEST(body_of(order) == "452: an entry that does not begin with the group's first field");
}

BOOST_AUTO_TEST_CASE(times_of_fix_4_0_have_whole_seconds_and_its_characters_are_text) {
  fix40::execution_report report;
  report.order_id("A").ord_status(fix40::ord_status::filled).transact_time(noon);
  BOOST_TEST(body_of(report) == "37=A|39=2|60=20240506-12:00:00|");
}

BOOST_AUTO_TEST_CASE(user_defined_fields_go_through_the_untyped_message) {
  fix44::new_order_single order;
  order.cl_ord_id("A").untyped().field(5001, "mine");
  order.side(fix44::side::buy);
  const received message{order.build().message};
  BOOST_TEST(fix44::new_order_single_view{message.view}.fields().find(5001).value() == "mine");
}

BOOST_AUTO_TEST_CASE(messages_of_one_group_field_share_its_entries_where_they_are_equal) {
  static_assert(std::is_same_v<fix44::new_order_single_view::no_party_ids_entry, fix44::execution_report_view::no_party_ids_entry>);
  static_assert(!std::is_same_v<fix44::new_order_single_view::no_allocs_entry, fix44::market_data_snapshot_full_refresh_view::no_md_entries_entry>);
  fix42::news news;
  news.headline("H");
  news.lines_of_text().entry().text("line");
  BOOST_TEST(body_of(news) == "148=H|33=1|58=line|");
}

BOOST_AUTO_TEST_CASE(a_message_becomes_the_view_of_its_type_and_no_other) {
  const received message{outgoing_message{"F", "", soh("11=B|41=A|")}};
  BOOST_TEST(!as<fix44::new_order_single_view>(message.view));
  BOOST_TEST(as<fix44::order_cancel_request_view>(message.view).value().orig_cl_ord_id().value() == "A");
  const troupe::protocol::message kept{message.view};
  BOOST_TEST(as<fix44::order_cancel_request_view>(kept).value().cl_ord_id().value() == "B");

  std::string taken;
  const bool is_known = dispatch<fix44::new_order_single_view, fix44::order_cancel_request_view>(message.view, [&](const auto& request) { taken = *request.cl_ord_id(); });
  BOOST_TEST(is_known);
  BOOST_TEST(taken == "B");
  BOOST_TEST((!dispatch<fix44::new_order_single_view>(message.view, [&](const auto&) { taken = "never"; })));
  BOOST_TEST(taken == "B");
}

BOOST_AUTO_TEST_CASE(messages_of_fix_5_have_the_header_of_the_transport) {
  fix50sp2::new_order_single order;
  order.cl_ord_id("A").order_qty(7);
  order.header().appl_ver_id(fix50sp2::appl_ver_id::fix50_sp2);
  const received message{order.build().message, "FIXT.1.1"};
  const fix50sp2::new_order_single_view read{message.view};
  BOOST_TEST(read.header().appl_ver_id().value() == "9");
  BOOST_CHECK(read.order_qty() == 7_dec);
}

BOOST_AUTO_TEST_SUITE_END()
