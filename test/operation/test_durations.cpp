#include "actors/durations.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace troupe::actors;
using namespace std::chrono_literals;
using waits = std::vector<std::chrono::milliseconds>;

BOOST_AUTO_TEST_SUITE(durations)

BOOST_AUTO_TEST_CASE(seconds_and_what_go_writes) {
  BOOST_TEST((parse_duration("0") == 0ms));
  BOOST_TEST((parse_duration("30") == 30s));
  BOOST_TEST((parse_duration("30s") == 30s));
  BOOST_TEST((parse_duration("+30") == 30s));
  BOOST_TEST((parse_duration("+1m30s") == 90s));
  BOOST_TEST((parse_duration("1m30s") == 90s));
  BOOST_TEST((parse_duration("1.5s") == 1500ms));
  BOOST_TEST((parse_duration("2h") == 2h));
  BOOST_TEST((parse_duration("1h0m0.5s") == 3'600'500ms));
  BOOST_TEST((parse_duration("300ms") == 300ms));
  BOOST_TEST((parse_duration("1500us") == 1'500us));
  BOOST_TEST((parse_duration("7us3ns") == 7'003ns));
  BOOST_TEST((parse_duration("7µs") == 7us));
  BOOST_TEST((parse_duration("8784h") == 366 * 24h));
}

BOOST_AUTO_TEST_CASE(what_is_no_time_is_none) {
  for (const auto* text : {"", "-1", "-1s", "s", "1x", "1s1", "1.2.3s", "1 s", "1s ", "1d", "+", "++1", "+-1", "8784h1s", "31622401", "99999999999999", "99999999h", "1e3s", "nan", "infs", ".s"})
    BOOST_TEST(!parse_duration(text), text);
}

BOOST_AUTO_TEST_CASE(waits_one_after_the_other) {
  BOOST_TEST((parse_waits("5") == waits{5s}));
  BOOST_TEST((parse_waits("+5;2x+10") == waits{5s, 10s, 10s}));
  BOOST_TEST((parse_waits("5;10;3x30") == waits{5s, 10s, 30s, 30s, 30s}));
  BOOST_TEST((parse_waits("2*5;1m") == waits{5s, 5s, 60s}));
  BOOST_TEST((parse_waits("24h;1.2ms") == waits{24h, 2ms}));
  BOOST_TEST(parse_waits("1000x1")->size() == 1'000U);
}

BOOST_AUTO_TEST_CASE(waits_are_bounded) {
  for (const auto* text : {"", ";", "5;", ";5", "0", "5;0", "999us", "86401", "24h1ms", "0x5", "x5", "5x", "1001x1", "1000x1;1", "4294967295x1", "99999999999x1", "2x2x2", "5,10"})
    BOOST_TEST(!parse_waits(text), text);
}

BOOST_AUTO_TEST_SUITE_END()
