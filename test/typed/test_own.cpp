// A counterparty's dictionary that does its worst: names that C++ keeps or that meet, values that do not fit their type, a
// tag that stands in a message and in its groups.
#include <house/own/even.hpp>
#include <house/own/more.hpp>
#include <house/own/odd.hpp>
#include <house/own/tags.hpp>

#include "protocol/message_view.hpp"
#include "protocol/stamp.hpp"
#include "test/support/fix_text.hpp"

#include <boost/test/unit_test.hpp>

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
  BOOST_TEST(own::odd_view{behind.view}.cl_ord_id().has_value() == false);

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
