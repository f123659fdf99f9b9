#include "actors/restart_policy.hpp"

#include <boost/test/unit_test.hpp>

using namespace troupe::actors;
using namespace std::chrono_literals;
using std::chrono::nanoseconds;

BOOST_AUTO_TEST_SUITE(restart_policy_)

namespace {
const restart_limits three_in_a_minute{.intensity = 3, .period = 60s, .first_pause = 100ms, .longest_pause = 150ms};

nanoseconds restarted_at(const restart_decision& d) { return std::get<restart_at>(d).when; }
}  // namespace

BOOST_AUTO_TEST_CASE(the_first_restart_is_immediate_the_others_pause_longer_and_longer) {
  restart_policy p{three_in_a_minute};
  BOOST_TEST((restarted_at(p.failed(10s)) == 10s));
  BOOST_TEST((restarted_at(p.failed(11s)) == 11s + 100ms));
  BOOST_TEST((restarted_at(p.failed(12s)) == 12s + 150ms));
}

BOOST_AUTO_TEST_CASE(one_more_than_the_intensity_gives_up_and_says_why) {
  restart_policy p{three_in_a_minute};
  for (auto t : {10s, 11s, 12s}) (void)p.failed(t);
  const auto d = p.failed(13s);
  BOOST_REQUIRE(std::holds_alternative<give_up>(d));
  BOOST_TEST(std::get<give_up>(d).reason == "4 failures within 60 s");
}

BOOST_AUTO_TEST_CASE(what_is_older_than_the_period_does_not_count) {
  restart_policy p{three_in_a_minute};
  for (auto t : {10s, 11s, 12s}) (void)p.failed(t);
  BOOST_TEST((restarted_at(p.failed(73s)) == 73s));
}

BOOST_AUTO_TEST_CASE(an_operator_can_forgive) {
  restart_policy p{three_in_a_minute};
  for (auto t : {10s, 11s, 12s, 13s}) (void)p.failed(t);
  p.forgive();
  BOOST_TEST((restarted_at(p.failed(14s)) == 14s));
}

BOOST_AUTO_TEST_SUITE_END()
