// Logged text made a frame again, and what is said of its length and sum.
#include "apps/decode/frame_reader.hpp"
#include "test/decode/frames.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace troupe::decode {
namespace {

using test::frame_of;
using test::logged;

std::string faults_of(const frame_reader& reader) {
  std::string all;
  for (const auto& f : reader.faults()) all += f.text + ";";
  return all;
}

std::string faults_of(std::string_view bytes, std::string_view separator) {
  frame_reader reader;
  reader.read(bytes, separator);
  return faults_of(reader);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(frames)

BOOST_AUTO_TEST_CASE(any_separator_counts_as_one_soh) {
  const std::string frame = frame_of("35=0|34=2|49=A|52=20240315-14:30:00|56=B|");
  frame_reader reader;
  for (const std::string separator : {"\x01", "|", "^A", "<SOH>", " | ", "\n"}) {
    const std::string text = logged(frame, separator);
    reader.read(text, separator);
    BOOST_TEST(reader.frame() == frame);
    BOOST_TEST(faults_of(reader) == "");
  }
}

BOOST_AUTO_TEST_CASE(values_that_held_soh_or_the_separator) {
  const std::string with_soh = frame_of("35=A|34=1|95=9|96=a|10=000||98=0|");
  const std::string with_bar = frame_of("35=B|34=1|58=a_b|");
  std::string bar = with_bar;
  bar = frame_of("35=B|34=1|58=a\x02" "b|");
  BOOST_TEST(faults_of(logged(with_soh, "|"), "|") == "");
  BOOST_TEST(faults_of(logged(with_soh, "<SOH>"), "<SOH>") == "");

  std::string escaped = logged(bar, "|");
  escaped.replace(escaped.find('\x02'), 1, "\\x02");
  frame_reader reader;
  reader.read(escaped, "|");
  BOOST_TEST(faults_of(reader) == "");
  BOOST_TEST(reader.find(58) == "a\x02" "b");
}

BOOST_AUTO_TEST_CASE(a_false_length_and_a_false_sum_say_what_they_should_be) {
  std::string text = logged(frame_of("35=0|34=2|"), "|");  // the body has 10 bytes
  const std::string sum = text.substr(text.size() - 4, 3);
  BOOST_TEST(faults_of(text.substr(0, text.size() - 4) + "999|", "|") == "CheckSum(10) is 999, should be " + sum + ";");
  text.replace(text.find("9=10"), 4, "9=11");
  BOOST_TEST(faults_of(text, "|").starts_with("BodyLength(9) is 11, should be 10;CheckSum(10) is " + sum + ", should be "));
}

BOOST_AUTO_TEST_CASE(what_a_log_masked_is_not_held_against_it) { BOOST_TEST(faults_of("8=FIX.4.4|9=***|35=A|34=1|554=***|10=***|", "|") == ""); }

BOOST_AUTO_TEST_CASE(what_is_no_frame_is_shown_all_the_same) {
  frame_reader reader;
  reader.read("8=FIX.4.4\x01" "35=D\x01" "nonsense\x01" "34=2\x01", "\x01");
  BOOST_TEST(!reader.is_indexed());
  BOOST_TEST_REQUIRE(reader.fields().size() == 4);
  BOOST_TEST(reader.fields()[2].value == "nonsense");
  BOOST_TEST(!reader.fields()[2].is_field);
  BOOST_TEST(reader.find(34) == "2");
  BOOST_TEST(faults_of(reader) == "this is no field: expected a tag number and '=';the message ends without CheckSum(10);");
}

BOOST_AUTO_TEST_CASE(every_prefix_of_a_message_is_read) {
  const std::string frame = frame_of("35=A|34=1|49=A|56=B|98=0|108=30|95=3|96=a|b|");
  frame_reader reader;
  for (std::size_t n = 6; n < frame.size(); ++n) {
    const std::string cut = frame.substr(0, n);
    reader.read(cut, "\x01");
    BOOST_TEST(!reader.faults().empty());
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::decode
