// A counterparty's dictionary that does its worst: names that C++ keeps or that meet, values that do not fit their type, a
// tag that stands in a message and in its groups.
#include <house/own/even.hpp>
#include <house/own/more.hpp>
#include <house/own/odd.hpp>
#include <house/own/order_u6.hpp>
#include <house/own/order_view.hpp>
#include <house/own/tags.hpp>
#include <house/own/trailer_u7.hpp>
#include <house/own/two.hpp>
#include <house/own/typed_u8.hpp>

#include "protocol/message_view.hpp"
#include "protocol/stamp.hpp"
#include "test/support/fix_text.hpp"

#include <boost/test/unit_test.hpp>

#include <limits>
#include <ranges>
#include <string>
#include <type_traits>
#include <vector>

using namespace troupe::protocol;
using namespace troupe::test;
namespace own = house::own;

namespace {

struct received {
  explicit received(std::string_view body, std::string_view msg_type = "U1") {
    append_frame(wire, {"FIX.4.4", msg_type, "ME", "YOU", seq_num{7}, utc_time{}}, "", soh(body));
    const data_field blob{own::tag::blob_length, own::tag::Blob};
    BOOST_REQUIRE(view.assign(wire, {&blob, 1}) == parse_error::none);
  }

  std::string wire;
  message_view view;
};

std::vector<std::string> texts_of(const multiple_value<std::string_view>& values) { return {values.begin(), values.end()}; }

}  // namespace

BOOST_AUTO_TEST_SUITE(own_dictionary_suite)

BOOST_AUTO_TEST_CASE(every_name_can_be_written) {
  own::odd message;
  message.new_(own::new_::delete_9).odd_("o").entry_9003("e").build_9004("b").value("v").cl_ord_id("id").cl_ord_id_9006("other");
  message.grade(own::grade::back_slash).level(own::level::high).mark(own::mark::two).limit(own::limit::small).flag(own::flag::yes);
  message.flags({own::flags::second, own::flags::first}).words({own::words::double_, own::words::double_a}).opening({std::chrono::hours{9}});
  message.blob(soh("a|b"));
  const build_result built = message.build();
  BOOST_REQUIRE_MESSAGE(built, to_string(built.error.value_or(build_error{})));
  const std::string body = shown(built.message.body);
  BOOST_TEST(body == "9001=9|9002=o|9003=e|9004=b|9005=v|11=id|9006=other|9007=\\|9008=high|9009=BB|9010=0.10|9011=Y|9012=b a|9013=\"\\? AA|9014=09:00:00|9015=3|9016=a|b|");

  const received back{body};
  const own::odd_view read{back.view};
  BOOST_CHECK(read.new_() == own::new_::delete_9);
  BOOST_TEST(read.cl_ord_id_9006().value() == "other");
  BOOST_CHECK(read.grade() == own::grade::back_slash);
  BOOST_TEST(read.level().value() == "high");
  BOOST_CHECK(read.limit() == 0.1_dec);
  BOOST_TEST(shown(read.blob().value()) == "a|b");
  BOOST_CHECK(read.opening() == time_of_day{std::chrono::hours{9}});
  BOOST_TEST(read.flags().contains(own::flags::first));
  BOOST_TEST(texts_of(read.words()) == (std::vector<std::string>{"\"\\?", "AA"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(numbers_with_zeros_in_front_are_the_same_number) {
  const received message{"9001=08|"};
  BOOST_CHECK(own::odd_view{message.view}.new_() == own::new_::eight);
}

BOOST_AUTO_TEST_CASE(a_field_of_the_message_is_not_looked_for_in_its_groups) {
  const std::string notes = "9017=2|9018=A|58=of A|9019=1|9020=w|58=of w|9021=1|9018=B|9019=1|9020=x|58=of x|";
  const received with_none{"11=id|" + notes + "9022=1|"};
  BOOST_TEST(!own::odd_view{with_none.view}.text());
  const received in_front{"58=mine|" + notes};
  BOOST_TEST(own::odd_view{in_front.view}.text().value() == "mine");
  const received behind{notes + "9022=1|58=mine|"};
  BOOST_TEST(own::odd_view{behind.view}.text().value() == "mine");

  const own::odd_view read{with_none.view};
  const auto entries = read.no_notes();
  BOOST_REQUIRE(entries.size() == 2U);
  BOOST_TEST(entries[0].text().value() == "of A");
  BOOST_TEST(entries[0].no_words()[0].text().value() == "of w");
  BOOST_TEST(entries[0].note_rank().value() == 1);
  BOOST_TEST(!entries[1].text());
  BOOST_TEST(entries[1].no_words()[0].text().value() == "of x");
  BOOST_CHECK(read.total() == 1_dec);
}

BOOST_AUTO_TEST_CASE(a_field_of_the_message_is_found_behind_groups_in_any_order) {
  const std::string as = "9036=1|9018=A|58=of A|", bs = "9037=2|9018=B|58=of B|9018=C|";
  for (const auto& body : {as + bs + "9022=1|58=mine|", bs + as + "9022=1|58=mine|", "58=mine|" + bs + as, as + "9022=1|58=mine|" + bs}) {
    const received message{body, "U11"};
    BOOST_TEST(own::two_view{message.view}.text().value_or("-") == "mine", body);
    BOOST_TEST(own::two_view{message.view}.no_bs().size() == 2U);
  }
  const received none{bs + as, "U11"};
  BOOST_TEST(!own::two_view{none.view}.text());
}

// As validation puts up with it, so does reading.
BOOST_AUTO_TEST_CASE(a_field_that_nobody_knows_does_not_end_a_group) {
  const received message{"9037=2|9018=B|7777=u|58=of B|7778=v|9018=C|7779=w|58=of C|9036=1|9018=A|7777=u|", "U11"};
  const own::two_view read{message.view};
  BOOST_TEST(read.no_bs().size() == 2U);
  BOOST_TEST(read.no_bs()[1].text().value_or("-") == "of C");
  BOOST_TEST(read.no_as().size() == 1U);
  BOOST_TEST(!read.text());
}

BOOST_AUTO_TEST_CASE(names_that_meet_those_of_the_classes_give_way) {
  const received message{"9030=v|9031=e|35=U1|9032=n|9033=-9223372036854775808|9035=18446744073709551615|4000=1|4001=p|"};
  const own::odd_view read{message.view};
  BOOST_TEST(read.odd_view_().value() == "v");
  BOOST_TEST(read.no_notes_entry_9031().value() == "e");
  BOOST_TEST(read.msg_type_().value() == "U1");
  BOOST_TEST(read.null().value() == "n");
  BOOST_CHECK(read.least() == own::least::least);
  BOOST_CHECK(read.most_number() == own::most_number::most);
  BOOST_TEST(read.pair().value() == "p");
  static_assert(own::least_price::least.mantissa == std::numeric_limits<std::int64_t>::min());
  static_assert(own::order_u6::msg_type == "U6" && own::order_view::msg_type == "U5");
  static_assert(std::is_base_of_v<typed_builder, own::typed_u8> && std::is_base_of_v<typed_builder, own::trailer_u7>);
  own::odd written;
  written.odd_view("v").no_notes_entry_9031("e").null("n").least(own::least::least);
  BOOST_TEST(shown(written.build().message.body) == "9030=v|9031=e|9032=n|9033=-9223372036854775808|");
}

template <class Message>
concept writes_pair = requires(Message& m) { m.pair("x"); };
template <class Entry>
concept writes_party = requires(Entry& e) { e.on_behalf_of_comp_id("x"); };

BOOST_AUTO_TEST_CASE(what_the_builder_would_refuse_is_not_offered) {
  static_assert(!writes_pair<own::odd>, "4000 and 4001 are neither of the standard nor user-defined");
  static_assert(!writes_party<own::no_as_builder>, "a field of the header in an entry");
  const received message{"9036=1|9018=A|115=X|", "U11"};
  BOOST_TEST(own::two_view{message.view}.no_as()[0].on_behalf_of_comp_id().value() == "X");
}

BOOST_AUTO_TEST_CASE(entries_are_a_range) {
  static_assert(std::ranges::input_range<typed_group<own::no_as_entry>>);
}

BOOST_AUTO_TEST_CASE(entries_that_differ_between_messages_are_different_types_with_one_name_in_each) {
  static_assert(!std::is_same_v<own::odd_view::no_notes_entry, own::even_view::no_notes_entry>);
  static_assert(std::is_same_v<own::more_view::no_notes_entry, own::even_view::no_notes_entry>);
  static_assert(std::is_same_v<own::even_view::no_notes_entry, own::no_notes_entry>, "the more common entries have the plain name");
  static_assert(std::is_same_v<own::odd::no_notes_builder, own::odd_no_notes_builder>);
}

BOOST_AUTO_TEST_CASE(several_values_are_told_apart_by_spaces) {
  const received message{"9012=a  bb b |9013= AA|"};
  std::string flags;
  for (const auto each : own::odd_view{message.view}.flags()) flags += static_cast<char>(each);
  BOOST_TEST(flags == "ab");
  BOOST_TEST(texts_of(own::odd_view{message.view}.words()) == (std::vector<std::string>{"", "AA"}), boost::test_tools::per_element());
  const received none{"11=id|"};
  BOOST_TEST(own::odd_view{none.view}.flags().empty());
  BOOST_TEST(!own::odd_view{none.view}.flags().text());
}

BOOST_AUTO_TEST_CASE(message_types_are_named_as_the_dictionary_names_them) {
  BOOST_TEST(own::msg_type::Odd == "U1");
  BOOST_TEST(own::msg_type::not_defined_here == "U9");
}

BOOST_AUTO_TEST_SUITE_END()
