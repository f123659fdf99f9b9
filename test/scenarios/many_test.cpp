// Five hundred sessions against five hundred, at once.
#include "actors/testing/stage.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <malloc.h>

using namespace troupe::actors;
using namespace troupe::actors::testing;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(many)

BOOST_AUTO_TEST_CASE(five_hundred_sessions_log_on_trade_lose_their_links_and_come_back) {
  const auto before = mallinfo2().uordblks;
  stage_plan p;
  p.sessions = 500;
  p.shards = 2;
  stage s{p};
  s.start();
  const auto per_session = (mallinfo2().uordblks - before) / 1000;
  BOOST_TEST_MESSAGE("bytes for a session, logged on: " << per_session);
  BOOST_TEST(per_session < 64 * 1024U);

  for (int round = 0; round < 2; ++round)
    for (std::size_t n = 0; n < p.sessions; ++n) s.buyer.order("A" + std::to_string(round) + "-" + std::to_string(n), n);
  BOOST_TEST(s.settle(), s.what_is_open());

  s.cut();
  s.run();
  BOOST_TEST(!s.buyer.are_all_active());
  BOOST_TEST(s.settle(), s.what_is_open());
  s.seller.kill();
  s.advance(3s);
  BOOST_TEST_REQUIRE(s.seller.start().error.empty());
  BOOST_TEST(s.settle(), s.what_is_open());
  for (std::size_t n = 0; n < p.sessions; ++n) s.buyer.order("B" + std::to_string(n), n);
  BOOST_TEST(s.settle(), s.what_is_open());
  const auto broken = s.broken_promises();
  BOOST_TEST(broken.empty(), lines(broken));
  for (std::size_t n = 0; n < p.sessions; n += 100) {
    const auto name = std::to_string(n);
    BOOST_TEST(s.seller.seen(n) == "A0-" + name + " A1-" + name + " B" + name);
  }
}

BOOST_AUTO_TEST_SUITE_END()
