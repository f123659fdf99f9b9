// Messages in text of any kind: where they begin, what separates their fields, where they end.
#include "apps/decode/line_time.hpp"
#include "apps/decode/message_finder.hpp"
#include "apps/decode/separator.hpp"
#include "test/decode/frames.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace troupe::decode {
namespace {

using test::frame_of;
using test::logged;

const std::string heartbeat = frame_of("35=0|34=2|49=A|52=20240315-14:30:00|56=B|");

struct seen {
  std::string bytes, separator, before;
  std::uint64_t line, column, offset;
};

std::vector<seen> find_all(std::string_view input, std::size_t piece, std::size_t limit = message_finder::default_limit) {
  message_finder finder{limit};
  std::vector<seen> all;
  const auto take = [&](bool is_all) {
    for (auto what = finder.next(is_all); what != message_finder::outcome::need_more; what = finder.next(is_all)) {
      const auto& f = finder.found();
      const bool is_message = what == message_finder::outcome::message;
      all.push_back({is_message ? std::string{f.bytes} : "too long", std::string{f.separator}, std::string{f.before}, f.line, f.column, f.offset});
    }
  };
  for (std::size_t at = 0; at < input.size(); at += piece) {
    finder.append(input.substr(at, piece));
    take(false);
  }
  take(true);
  return all;
}

// However the input comes in pieces, the messages are the same.
std::vector<seen> find_all(std::string_view input) {
  const auto whole = find_all(input, input.size());
  for (const std::size_t piece : {1, 7, 64}) {
    const auto cut = find_all(input, piece);
    BOOST_TEST_REQUIRE(cut.size() == whole.size(), "in pieces of " << piece);
    for (std::size_t i = 0; i < cut.size(); ++i) {
      BOOST_TEST(cut[i].bytes == whole[i].bytes);
      BOOST_TEST(cut[i].before == whole[i].before);
      BOOST_TEST(cut[i].line == whole[i].line);
      BOOST_TEST(cut[i].column == whole[i].column);
      BOOST_TEST(cut[i].offset == whole[i].offset);
    }
  }
  return whole;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(separators)

BOOST_AUTO_TEST_CASE(what_stands_between_version_and_body_length_is_the_separator) {
  for (const std::string separator : {"\x01", "|", "^A", "\\x01", "\\u0001", "\\001", "<SOH>", " | ", ";", "~", "^", " ", "\t", "::", "\n", "\r\n", "¦"})
    for (const std::string version : {"FIX.4.4", "FIXT.1.1", "FIX.5.0SP2", "FIX.9.9", "FIXX"})
      BOOST_TEST(find_separator("8=" + version + separator + "9=5" + separator + "35=0").separator == separator);
}

BOOST_AUTO_TEST_CASE(a_broken_beginning_falls_back_to_a_usual_one) {
  BOOST_TEST(find_separator("8=FIX.4.49=102\x01" "35=D\x01" "34=2\x01\n").separator == "\x01");
  BOOST_TEST(find_separator("8=FIX.4.4|35=D|34=2|\n").separator == "|");
}

BOOST_AUTO_TEST_CASE(prose_is_no_message) {
  BOOST_TEST(find_separator("8=FIX.4.4 is the version that we speak\n").separator.empty());
  BOOST_TEST(!find_separator("8=FIX.4.4 is the version that we speak\n").is_undecided);
  BOOST_TEST(find_separator("8=FIX.4.4 is").is_undecided);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(finding)

BOOST_AUTO_TEST_CASE(a_log_line_with_anything_around) {
  for (const std::string separator : {"\x01", "|", "^A", "\\x01", "<SOH>", " | ", "\n", "\r\n"}) {
    const std::string text = logged(heartbeat, separator);
    const auto all = find_all("started\n2024-03-15 14:30:00,123 >> \"" + text + "\" took 5 ms\r\nend\n");
    BOOST_TEST_REQUIRE(all.size() == 1);
    BOOST_TEST(all[0].bytes == text);
    BOOST_TEST(all[0].separator == separator);
    BOOST_TEST(all[0].before == "2024-03-15 14:30:00,123 >> \"");
    BOOST_TEST(all[0].line == 2);
    BOOST_TEST(all[0].column == 29);
    BOOST_TEST(all[0].offset == 36);
  }
}

BOOST_AUTO_TEST_CASE(several_in_a_line_with_different_separators) {
  const auto all = find_all("in " + logged(heartbeat, "|") + " out " + logged(heartbeat, "^A") + heartbeat + "\n" + heartbeat);
  BOOST_TEST_REQUIRE(all.size() == 4);
  BOOST_TEST(all[1].separator == "^A");
  BOOST_TEST(all[1].line == 1);
  BOOST_TEST(all[2].bytes == heartbeat);
  BOOST_TEST(all[3].line == 2);
  BOOST_TEST(all[3].column == 1);
}

BOOST_AUTO_TEST_CASE(the_last_separator_may_be_missing) {
  const std::string text = logged(heartbeat, "|").substr(0, heartbeat.size() - 1);
  for (const std::string end : {"", "\n", "\r\n", "\" end\n"}) {
    const auto all = find_all(text + end);
    BOOST_TEST_REQUIRE(all.size() == 1);
    BOOST_TEST(all[0].bytes == text);
  }
}

BOOST_AUTO_TEST_CASE(data_fields_hold_newlines_and_separators) {
  for (const std::string separator : {"\x01", "|", "<SOH>"}) {
    const std::string text = logged(frame_of("35=A|34=1|49=A|56=B|98=0|108=30|95=17|96=a|10=000|8=FIX|\nb|"), separator);
    const auto all = find_all(text + heartbeat);
    BOOST_TEST_REQUIRE(all.size() == 2);
    BOOST_TEST(all[0].bytes == text);
  }
}

BOOST_AUTO_TEST_CASE(a_newline_in_a_plain_value_is_believed_if_the_body_length_says_so) {
  const std::string text = frame_of("35=B|34=1|49=A|56=B|148=two\nlines|");
  const auto all = find_all(text + "\n" + heartbeat + "\n");
  BOOST_TEST_REQUIRE(all.size() == 2);
  BOOST_TEST(all[0].bytes == text);
  BOOST_TEST(all[1].line == 3);
}

BOOST_AUTO_TEST_CASE(a_readable_separator_inside_of_a_text_stays_there) {
  const std::string text = "8=FIX.4.4|9=5|35=B|58=a|b || c|10=123|";
  const auto all = find_all("x" + text + "\n");
  BOOST_TEST_REQUIRE(all.size() == 1);
  BOOST_TEST(all[0].bytes == text);
}

BOOST_AUTO_TEST_CASE(what_is_cut_ends_with_its_line_or_at_the_next_message) {
  const auto all = find_all("8=FIX.4.4\x01" "9=5000\x01" "35=D\x01" "34=2\n" + heartbeat + "8=FIX.4.4\x01" "9=50\x01" "35=D\x01" + heartbeat + "8=FIX.4.4\x01" "9=5");
  BOOST_TEST_REQUIRE(all.size() == 5);
  BOOST_TEST(all[0].bytes == "8=FIX.4.4\x01" "9=5000\x01" "35=D\x01" "34=2");
  BOOST_TEST(all[1].bytes == heartbeat);
  BOOST_TEST(all[2].bytes == "8=FIX.4.4\x01" "9=50\x01" "35=D\x01");
  BOOST_TEST(all[3].bytes == heartbeat);
}

BOOST_AUTO_TEST_CASE(a_body_length_that_swallows_a_message_is_a_lie) {
  const std::string inner = heartbeat;
  const std::string outer = "8=FIX.4.4\x01" "9=" + std::to_string(5 + inner.size() - 7) + "\x01" "35=D\x01" + inner;
  const auto all = find_all(outer);
  BOOST_TEST_REQUIRE(all.size() == 2);
  BOOST_TEST(all[1].bytes == inner);
}

BOOST_AUTO_TEST_CASE(tag_108_does_not_begin_a_message) { BOOST_TEST(find_all("108=FIX.4.4|9=5|35=0|10=000|\n").empty()); }

BOOST_AUTO_TEST_CASE(a_message_beyond_the_limit_is_told_and_skipped) {
  const std::string input = heartbeat + "\n8=FIX.4.4|9=5|35=B|58=" + std::string(5000, 'x') + "|10=000|\n" + heartbeat + "\n";
  for (const std::size_t piece : {std::size_t{10}, std::size_t{100}, input.size()}) {
    const auto all = find_all(input, piece, 1000);
    BOOST_TEST_REQUIRE(all.size() == 3);
    BOOST_TEST(all[1].bytes == "too long");
    BOOST_TEST(all[1].offset == heartbeat.size() + 1);
    BOOST_TEST(all[2].bytes == heartbeat);
    BOOST_TEST(all[2].line == 3);
  }
}

BOOST_AUTO_TEST_CASE(the_time_of_a_line) {
  BOOST_TEST(find_time("2024-03-15T14:30:00.123456Z [x] ") == "2024-03-15T14:30:00.123456");
  BOOST_TEST(find_time("20240315-14:30:00.123 in  ") == "20240315-14:30:00.123");
  BOOST_TEST(find_time("2024-03-15 14:30:00,5 >> ") == "2024-03-15 14:30:00,5");
  BOOST_TEST(find_time("[14:30:00] ") == "14:30:00");
  BOOST_TEST(find_time("a:b:c 10:00 ") == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::decode
