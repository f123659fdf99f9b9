#include "protocol/message.hpp"
#include "protocol/stamp.hpp"
#include "protocol/validate.hpp"
#include "test/protocol/sample_messages.hpp"
#include "test/protocol/small_dictionary.hpp"
#include "test/support/fix_text.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <type_traits>

using namespace troupe::protocol;
using namespace troupe::test;

namespace {

std::string text(const message& m) {
  std::string all;
  for (const auto& f : m.fields()) all += std::to_string(f.tag) + "=" + std::string{m.value(f)} + "|";
  return shown(all);
}

message copy_of(const std::string& frame, std::shared_ptr<const dictionary> defined = {}) {
  message_view view;
  BOOST_REQUIRE((view.assign(frame, defined ? defined->own_data_fields() : std::span<const data_field>{}) == parse_error::none));
  return message{view, std::move(defined)};
}

struct small {
  std::shared_ptr<const dictionary> defined = read_dictionary(small_dictionary).made;
  message order = copy_of(with_trailer("8=FIX.4.9|35=D|49=US|56=THEM|34=2|52=20240315-14:30:00|11=A|453=2|448=P|447=D|452=1|802=1|523=S|448=Q|452=4|55=IBM|54=1|38=100|"), defined);
  std::string body() const { return shown(order.outgoing().body); }
};

template <class T>
concept settable = requires(message m, T value) { m.set(44, value); };
static_assert(settable<decimal> && settable<int> && settable<const char*> && settable<bool> && settable<utc_time>);
static_assert(!settable<double> && !settable<float>);

}  // namespace

BOOST_FIXTURE_TEST_SUITE(message_suite, small)

BOOST_AUTO_TEST_CASE(a_copy_reads_like_the_view_it_was_made_from) {
  for (const auto& frame : sample_messages()) {
    message_view view;
    BOOST_REQUIRE((view.assign(frame) == parse_error::none));
    const message copy{view};
    std::size_t at = 0;
    for (const auto& f : view.fields()) {
      if (f.tag == tag::BodyLength || f.tag == tag::CheckSum) continue;
      BOOST_REQUIRE(at < copy.fields().size());
      BOOST_TEST(copy.fields()[at].tag == f.tag);
      BOOST_TEST(copy.value(copy.fields()[at]) == view.value(f));
      ++at;
    }
    BOOST_TEST(at == copy.fields().size());
    BOOST_TEST(copy.msg_type() == view.msg_type());
    BOOST_TEST((copy.find_seq_num(34) == view.find_seq_num(34)));
  }
}

BOOST_AUTO_TEST_CASE(days_and_times_of_day_are_set_and_others_refused) {
  using namespace std::chrono;
  message m{"D"};
  m.set(432, year{2024} / 2 / 29).set(273, time_of_day{hours{9}}, utc_precision::seconds);
  BOOST_TEST(m.find(432).value() == "20240229");
  BOOST_TEST(m.find(273).value() == "09:00:00");
  BOOST_CHECK(m.find_date(432) == year{2024} / 2 / 29);
  BOOST_CHECK_THROW(m.set(432, year{2023} / 2 / 29), message_error);
  BOOST_CHECK_THROW(m.set(273, time_of_day{hours{25}}), message_error);
  BOOST_TEST(m.find(432).value() == "20240229");
}

BOOST_AUTO_TEST_CASE(copies_are_independent) {
  message other = order;
  other.set(55, "MSFT");
  BOOST_TEST(order.find(55).value() == "IBM");
  BOOST_TEST(other.find(55).value() == "MSFT");
}

BOOST_AUTO_TEST_CASE(fields_are_replaced_added_in_their_place_and_removed) {
  order.set(55, "A much longer symbol").set(38, decimal{5, -1}).set(58, "text").set(18, '1');
  BOOST_TEST(body() == "11=A|453=2|448=P|447=D|452=1|802=1|523=S|448=Q|452=4|55=A much longer symbol|54=1|38=0.5|18=1|58=text|");
  BOOST_TEST(order.remove(55));
  BOOST_TEST(!order.remove(55));
  order.set(55, "X");
  BOOST_TEST(body() == "11=A|453=2|448=P|447=D|452=1|802=1|523=S|448=Q|452=4|55=X|54=1|38=0.5|18=1|58=text|");
}

BOOST_AUTO_TEST_CASE(header_fields_go_to_the_header) {
  order.set(115, "FUND").set(50, "DESK");
  BOOST_TEST(shown(order.outgoing().header) == "50=DESK|115=FUND|");
  BOOST_TEST(order.find(49).value() == "US");
}

BOOST_AUTO_TEST_CASE(entries_are_changed_where_they_are) {
  order.entry(453, 1).set(447, 'D').set(452, 1);
  order.entry(453, 0).remove(447);
  order.entry(453, 0).entry(802, 0).set(803, 5);
  BOOST_TEST(body() == "11=A|453=2|448=P|452=1|802=1|523=S|803=5|448=Q|447=D|452=1|55=IBM|54=1|38=100|");
  BOOST_TEST(order.entry(453, 1).find(447).value() == "D");
  BOOST_TEST(order.entry(453, 0).group(802).size() == 1U);
}

BOOST_AUTO_TEST_CASE(entries_are_added_and_removed_and_the_count_follows) {
  auto third = order.add_entry(453, 448, "R");
  third.set(452, 1);
  third.add_entry(802, 523, "T").set(803, 2);
  third.add_entry(802, 523, "U");
  BOOST_TEST(body() == "11=A|453=3|448=P|447=D|452=1|802=1|523=S|448=Q|452=4|448=R|452=1|802=2|523=T|803=2|523=U|55=IBM|54=1|38=100|");
  BOOST_TEST(order.remove_entry(453, 0));
  BOOST_TEST(!order.remove_entry(453, 2));
  BOOST_TEST(body() == "11=A|453=2|448=Q|452=4|448=R|452=1|802=2|523=T|803=2|523=U|55=IBM|54=1|38=100|");
  BOOST_TEST(order.remove_entry(453, 1));
  BOOST_TEST(order.remove_entry(453, 0));
  BOOST_TEST(body() == "11=A|55=IBM|54=1|38=100|");
  order.add_entry(453, 448, "Z").set(452, 1);
  BOOST_TEST(body() == "11=A|453=1|448=Z|452=1|55=IBM|54=1|38=100|");
}

BOOST_AUTO_TEST_CASE(a_group_goes_with_its_entries) {
  BOOST_TEST(order.remove(453));
  BOOST_TEST(body() == "11=A|55=IBM|54=1|38=100|");
}

BOOST_AUTO_TEST_CASE(a_count_of_zero_is_kept) {
  order.remove(453);
  order.set(453, 0);
  BOOST_TEST(body() == "11=A|453=0|55=IBM|54=1|38=100|");
  BOOST_TEST(order.group(453).count() == 0U);
  order.add_entry(453, 448, "P");
  BOOST_TEST(body() == "11=A|453=1|448=P|55=IBM|54=1|38=100|");
  BOOST_CHECK_THROW(order.set(453, 0), message_error);
}

BOOST_AUTO_TEST_CASE(the_group_of_the_header) {
  order.add_entry(627, 628, "HUB").set(630, 7);
  order.add_entry(627, 628, "HUB2");
  order.set(115, "FUND");
  BOOST_TEST(order.group(627).size() == 2U);
  BOOST_TEST(shown(order.outgoing().header) == "115=FUND|627=2|628=HUB|630=7|628=HUB2|");
  BOOST_TEST(body() == "11=A|453=2|448=P|447=D|452=1|802=1|523=S|448=Q|452=4|55=IBM|54=1|38=100|");
  message_builder b{"D"};
  {
    auto hops = b.group(tag::NoHops);
    hops.entry().field(tag::HopCompID, "HUB").field(tag::HopRefID, 7);
    hops.entry().field(tag::HopCompID, "HUB2");
  }
  b.field(115, "FUND").field(11, "A");
  const auto built = b.build();
  BOOST_REQUIRE(built);
  BOOST_TEST(shown(built.message.header) == "115=FUND|627=2|628=HUB|630=7|628=HUB2|");
  BOOST_TEST(shown(built.message.body) == "11=A|");
}

BOOST_AUTO_TEST_CASE(data_goes_with_its_length) {
  order.set_data(9100, 9101, soh("a|b"));
  BOOST_TEST(body().ends_with("38=100|9100=3|9101=a|b|"));
  order.set_data(9100, 9101, "longer");
  BOOST_TEST(body().ends_with("38=100|9100=6|9101=longer|"));
  BOOST_TEST(order.remove(9101));
  BOOST_TEST(body().ends_with("38=100|"));
  order.set_data(9100, 9101, "x");
  BOOST_TEST(order.remove(9100));
  BOOST_TEST(body().ends_with("38=100|"));
  BOOST_CHECK_THROW(order.set(95, 3), message_error);
  BOOST_CHECK_THROW(order.set_data(95, 355, "x"), message_error);
}

BOOST_AUTO_TEST_CASE(two_fields_of_ones_own_are_no_data_because_they_look_like_it) {
  message own{"D"};
  own.set(7001, 3).set(7002, "abc");
  BOOST_TEST(own.remove(7002));
  BOOST_TEST(text(own) == "35=D|7001=3|");
}

BOOST_AUTO_TEST_CASE(without_a_dictionary_what_is_added_stands_behind) {
  message news{"B"};
  news.set(148, "head");
  news.add_entry(33, 58, "one");
  news.add_entry(33, 58, "two").set_data(354, 355, "zwei");
  BOOST_TEST(text(news) == "35=B|148=head|33=2|58=one|58=two|354=4|355=zwei|");
  BOOST_TEST(news.remove_entry(33, 0));
  BOOST_TEST(text(news) == "35=B|148=head|33=1|58=two|354=4|355=zwei|");
}

BOOST_AUTO_TEST_CASE(what_would_be_no_field_is_refused_and_nothing_changes) {
  const auto before = body();
  BOOST_CHECK_THROW(order.set(0, "x"), message_error);
  BOOST_CHECK_THROW(order.set(58, ""), message_error);
  BOOST_CHECK_THROW(order.set(58, soh("a|b")), message_error);
  BOOST_CHECK_THROW(order.set(10, "000"), message_error);
  BOOST_CHECK_THROW(order.set(453, 3), message_error);
  BOOST_CHECK_THROW(order.add_entry(453, 447, "D"), message_error);
  BOOST_CHECK_THROW((void)order.entry(453, 2), std::out_of_range);
  BOOST_CHECK_THROW(order.entry(453, 0).remove(448), message_error);
  BOOST_CHECK_THROW(message{""}, message_error);
  BOOST_CHECK_THROW(order.set(44, decimal{1, 100}), message_error);
  BOOST_TEST(body() == before);
}

BOOST_AUTO_TEST_CASE(what_was_changed_is_valid_on_the_wire) {
  order.add_entry(453, 448, "R").set(452, 1).add_entry(802, 523, "T");
  order.set(58, "changed").remove(18);
  const auto out = order.outgoing();
  std::string wire;
  append_frame(wire, {"FIX.4.9", out.msg_type, "US", "THEM", seq_num{5}, utc_time{}}, out.header, out.body);
  message_view view;
  BOOST_REQUIRE((view.assign(wire) == parse_error::none));
  const auto fault = validate(view, {defined, defined});
  BOOST_TEST(!fault, (fault ? describe(*fault, view, {defined, defined}) : ""));
}

BOOST_AUTO_TEST_SUITE_END()
