// What comes back has its fields in ascending order, and is otherwise what was sent.
#include "test/acceptance/ascending.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>

using namespace troupe;

namespace {

std::string swapped(std::string text, char from, char to) {
  std::ranges::replace(text, from, to);
  return text;
}

struct echo {
  std::string header, body;

  explicit echo(std::string_view fields) {
    const std::string frame = swapped("8=FIX.4.4|9=0|35=D|49=A|56=B|34=2|52=20260101-00:00:00|" + std::string(fields) + "10=000|", '|', '\x01');
    protocol::message_view view;
    BOOST_REQUIRE(view.assign(frame) == protocol::parse_error::none);
    const acceptance::echoed_fields result = acceptance::ascending(view);
    header = swapped(result.header, '\x01', '|');
    body = swapped(result.body, '\x01', '|');
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(acceptance_ascending)

BOOST_AUTO_TEST_CASE(body_fields_are_sorted_and_keep_their_values) {
  BOOST_TEST(echo("40=1|55=MSFT|38=002000.00|11=id|").body == "11=id|38=002000.00|40=1|55=MSFT|");
}

BOOST_AUTO_TEST_CASE(what_the_session_stamps_goes_and_other_header_fields_stay) {
  const echo back("43=Y|122=20260101-00:00:00|97=Y|50=desk|11=id|");
  BOOST_TEST(back.header == "50=desk|97=Y|");
  BOOST_TEST(back.body == "11=id|");
}

BOOST_AUTO_TEST_CASE(a_group_stays_together_behind_its_count) {
  BOOST_TEST(echo("55=X|453=2|448=B|447=D|448=A|447=D|11=id|").body == "11=id|55=X|453=2|448=B|447=D|448=A|447=D|");
}

BOOST_AUTO_TEST_CASE(an_empty_group_is_a_field_like_any_other) {
  BOOST_TEST(echo("320=R|58=none|393=0|146=0|").body == "58=none|146=0|320=R|393=0|");
}

BOOST_AUTO_TEST_SUITE_END()
