// The demo's live view and options, without a terminal.
#include "apps/demo/demo.hpp"
#include "apps/demo/parties.hpp"
#include "apps/demo/screen.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <sstream>

using namespace troupe::demo;

namespace {

screen_view busy() {
  screen_view v;
  v.elapsed = "12.3 s";
  v.sides = {{"buyer (this process)", "Active", "Running", 1204, 1199, 1, 3, ""}, {"venue (process 4711)", "Active", "Running", 1199, 1204, 0, 1, "link lost"}};
  v.orders = 1203;
  v.reports = 1198;
  for (int i = 0; i < 100; ++i) {
    v.messages.push_back("message " + std::to_string(i) + std::string(300, 'x'));
    v.story.push_back("event " + std::to_string(i));
  }
  v.verdict = "last comparison: clean";
  v.legend = "d drop   q quit";
  return v;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in{text};
  for (std::string l; std::getline(in, l);) lines.push_back(l);
  return lines;
}

// Taken from a run; what stands there is cut at the edge of that terminal.
screen_view of_the_readme() {
  screen_view v;
  v.elapsed = "7.2 s";
  v.sides = {{"buyer (this process)", "Active", "Running", 1376, 1373, 0, 2, ""},
             {"venue (process 26409)", "Active", "Running", 1377, 1376, 0, 1, ""}};
  v.orders = 1395;
  v.reports = 1369;
  v.refused = 22;
  v.rate = 195;
  v.messages = {
      "-> 8=FIX.4.2|9=129|35=D|34=1375|49=BUYER|52=20261123-17:50:41.658|56=VENUE|11=ORDER-1395|21=1|55=TRP|5",
      "<- 8=FIX.4.2|9=175|35=8|34=1373|49=VENUE|52=20261123-17:50:41.659|56=BUYER|37=ORDER-1392|17=FILL-ORDER",
      "<- 8=FIX.4.2|9=175|35=8|34=1374|49=VENUE|52=20261123-17:50:41.659|56=BUYER|37=ORDER-1393|17=FILL-ORDER",
      "<- 8=FIX.4.2|9=175|35=8|34=1375|49=VENUE|52=20261123-17:50:41.659|56=BUYER|37=ORDER-1394|17=FILL-ORDER",
      "<- 8=FIX.4.2|9=175|35=8|34=1376|49=VENUE|52=20261123-17:50:41.659|56=BUYER|37=ORDER-1395|17=FILL-ORDER",
  };
  v.story = {
      "[   3.4 s] HURT: 5 orders are lost on the wire",
      "[   3.5 s] recovered: an order sent after it has its report after 61 ms",
      "[   3.5 s] compared: 2708 messages compared: 0 lost, 0 duplicated, 0 out of order, 0 numbers reused, 0 unknown to the sender (9 redelivered, marked)",
      "[   6.0 s] HURT: the venue's process is killed (kill -9) and started again",
      "[   6.2 s] recovered: an order sent after it has its report after 157 ms",
      "[   6.2 s] compared: 4756 messages compared: 0 lost, 0 duplicated, 0 out of order, 0 numbers reused, 0 unknown to the sender (9 redelivered, marked)",
  };
  v.verdict = "  last comparison: 4756 messages compared: 0 lost, 0 duplicated, 0 out of order, 0 numbers reused, 0 unknown to the sender (9 redelivered, marked)";
  v.legend = legend;
  return v;
}

// The first lines of the README that are indented by four.
std::string picture_in_the_readme() {
  std::ifstream in{TROUPE_SOURCE "/README.md"};
  std::string picture;
  for (std::string l; std::getline(in, l);) {
    if (picture.empty() && !l.starts_with("    troupe demo ")) continue;
    if (!l.empty() && !l.starts_with("    ")) break;
    picture += l.empty() ? "\n" : l.substr(4) + '\n';
  }
  return picture;
}

std::string without_blanks_at_line_ends(const std::string& text) {
  std::string out;
  for (auto l : lines_of(text)) out += l.erase(l.find_last_not_of(' ') + 1) + '\n';
  return out;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

BOOST_AUTO_TEST_SUITE(demo_screen)

BOOST_AUTO_TEST_CASE(it_fits_every_terminal) {
  for (const std::size_t columns : {10U, 80U, 200U})
    for (const std::size_t rows : {1U, 5U, 12U, 24U, 60U}) {
      const auto lines = lines_of(render(busy(), columns, rows));
      BOOST_TEST(lines.size() <= rows, lines.size() << " lines in " << rows);
      for (const auto& l : lines) BOOST_TEST(l.size() <= columns);
    }
}

BOOST_AUTO_TEST_CASE(it_shows_both_sides_numbers_the_newest_and_the_keys) {
  const auto text = render(busy(), 200, 30);
  for (const char* part : {"buyer (this process)", "venue (process 4711)", "1204", "reports 1198", "message 99", "event 99", "last comparison: clean", "q quit", "12.3 s"})
    BOOST_TEST(has(text, part), part << " is missing");
  BOOST_TEST(!has(text, "message 0x"));
  BOOST_TEST(!has(text, "event 0\n"));
}

BOOST_AUTO_TEST_CASE(the_readme_shows_what_it_draws) {
  BOOST_TEST(picture_in_the_readme() == without_blanks_at_line_ends(render(of_the_readme(), 104, 24)) + '\n');
}

BOOST_AUTO_TEST_CASE(hurts_are_read) {
  BOOST_TEST(read_hurts("all")->size() == 5U);
  BOOST_TEST(read_hurts("none")->empty());
  BOOST_TEST((*read_hurts("kill,drop") == std::vector{hurt::kill, hurt::drop}));
  for (const char* wrong : {"al", "kill,", ",", "kill drop"}) BOOST_TEST(!read_hurts(wrong).has_value(), wrong);
}

BOOST_AUTO_TEST_CASE(orders_have_names_that_say_their_number) {
  BOOST_TEST(order_number(order_name(1)) == 1U);
  BOOST_TEST(order_number(order_name(1'234'567)) == 1'234'567U);
  for (const char* other : {"", "ORDER-", "ORDER-x", "ORDER-1x", "1"}) BOOST_TEST(order_number(other) == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
