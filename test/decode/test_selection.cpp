// The conditions of --only.
#include "apps/decode/selection.hpp"
#include "apps/decode/shelf.hpp"
#include "test/decode/frames.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace troupe::decode {
namespace {

const std::string report = test::frame_of(
    "35=8|34=7|49=A|52=20240315-14:30:00|56=B|37=O1|17=E1|150=0|39=0|55=IBM|54=1|18=G 1|38=100|151=100|14=0|6=0|58=price reject: too far|");

bool holds(std::string_view text) {
  static shelf books;
  frame_reader frame;
  frame.read(report, "\x01");
  const auto& defined = books.of(frame);
  placement places;
  places.place(frame, defined);
  std::string why;
  const auto one = condition::read(text, [](std::string_view name) { return books.find_tag(name); }, why);
  BOOST_TEST_REQUIRE(one.has_value(), why);
  decoded_message m;
  m.frame = &frame, m.places = &places, m.defined = &defined, m.type = find_message("8", defined);
  return one->holds(m);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(selection)

BOOST_AUTO_TEST_CASE(tags_and_values_by_number_and_by_name) {
  for (const auto* yes : {"35=8", "MsgType=8", "MsgType=ExecutionReport", "Side=BUY", "54=BUY", "Side=1", "55", "Symbol", "55=IBM", "35=D,8", "58=*reject*",
                          "58=price*", "58=*far", "55=*", "ExecInst=1", "18=ALL_OR_NONE", "55!=MSFT", "Price!=5", "44!=*", "11!=x"})
    BOOST_TEST(holds(yes), yes);
  for (const auto* no : {"35=D", "MsgType=NewOrderSingle", "Side=SELL", "44", "Price", "55=IB", "55=BM", "58=reject*", "35!=8", "35!=D,8", "35=", "44=*", "ExecInst=2"})
    BOOST_TEST(!holds(no), no);
}

BOOST_AUTO_TEST_CASE(patterns) {
  BOOST_TEST(matches_pattern("abcabc", "*abc"));
  BOOST_TEST(matches_pattern("abcabc", "a*b*c"));
  BOOST_TEST(matches_pattern("", "**"));
  BOOST_TEST(!matches_pattern("abc", "a*d"));
  BOOST_TEST(!matches_pattern("abc", ""));
  BOOST_TEST(!matches_pattern("", "?"));
}

BOOST_AUTO_TEST_CASE(what_is_no_field_is_told) {
  shelf books;
  std::string why;
  for (const auto* text : {"Sied=1", "0=1", "=1", "", "-5=1", "!=1", "1234567890"}) {
    why.clear();
    BOOST_TEST(!condition::read(text, [&](std::string_view name) { return books.find_tag(name); }, why).has_value(), text);
    BOOST_TEST(why.find("neither a tag nor the name of a field") != std::string::npos);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::decode
