// The demo's live view and options, without a terminal.
#include "apps/demo/demo.hpp"
#include "apps/demo/parties.hpp"
#include "apps/demo/screen.hpp"

#include <boost/test/unit_test.hpp>

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
