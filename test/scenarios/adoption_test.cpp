// A link comes in at one reactor and belongs to a session on another: with every byte that was read, or not at all.
#include "actors/testing/fix_peer.hpp"
#include "actors/testing/stage.hpp"

#include <boost/test/unit_test.hpp>

using namespace troupe::actors;
using namespace troupe::actors::testing;
using namespace std::chrono_literals;
using enum troupe::protocol::session_state;

namespace {

// Four sessions on two shards: whichever lobby gets the link, half of the sessions live on the other reactor.
stage_plan two_shards(std::uint64_t seed, bool is_in_place) {
  stage_plan p;
  p.sessions = 4;
  p.shards = 2;
  p.seed = seed;
  p.is_in_place = is_in_place;
  return p;
}

std::string logon_and_orders(fix_peer& peer, int orders) {
  auto text = peer.next_frame("A", "98=0|108=30|");
  for (int i = 1; i <= orders; ++i) text += peer.next_frame("D", "11=A" + std::to_string(i) + "|55=TEST|54=1|");
  return text;
}

std::string first(int orders) {
  std::string text;
  for (int i = 1; i <= orders; ++i) text += (i == 1 ? "A" : " A") + std::to_string(i);
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(adoptions)

BOOST_AUTO_TEST_CASE(a_logon_with_100_orders_in_one_segment_arrives_whole_on_every_shard) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed)
    for (const bool is_in_place : {true, false}) {
      stage s{two_shards(seed, is_in_place)};
      // A first frame beyond which 8 KiB are read already, and more follow.
      BOOST_TEST_REQUIRE(s.seller.start().error.empty());
      std::vector<fix_peer> peers;
      for (std::size_t n = 0; n < 4; ++n) {
        peers.emplace_back(s.clock(), s.seller.id(n));
        peers.back().send_together({logon_and_orders(peers.back(), 100)});
      }
      s.run();
      for (std::size_t n = 0; n < 4; ++n) {
        BOOST_TEST(s.seller.seen(n) == first(100), "session " << n << ", seed " << seed);
        BOOST_TEST(peers[n].take_all().size() == 101U);  // the Logon and a fill for each
      }
    }
}

// The group dies when the link is promised to it, or while the link is on its way: the link is closed, the next one finds a session.
BOOST_AUTO_TEST_CASE(a_target_that_dies_during_adoption_lets_the_link_go) {
  for (const auto victim : {part::group, part::session, part::lobby}) {
    bool is_over = false;
    for (std::size_t step = 0; !is_over; ++step) {
      stage s{two_shards(step + 1, false)};
      BOOST_TEST_REQUIRE(s.seller.start().error.empty());
      fix_peer peer{s.clock(), s.seller.id(1)};
      peer.send_together({logon_and_orders(peer, 10)});
      is_over = s.run_steps(step) < step;
      BOOST_TEST(s.seller.crash(victim, 1));
      s.advance(15s);  // what was promised to a dead one expires
      if (!peer.is_connected()) {
        const auto handled = s.seller.durable(1).next_target.value;
        peer = fix_peer{s.clock(), s.seller.id(1)};
        peer.set_next(std::max<std::uint64_t>(handled, 1));
        peer.log_on();
        s.advance(1s);
      }
      BOOST_TEST(peer.is_connected(), "after step " << step << " of " << to_string(victim));
      BOOST_TEST((s.seller.state(1) == Active), "after step " << step);
      std::size_t open = 0;
      for (const auto& w : s.net().wires()) open += w->is_open() ? 1 : 0;
      BOOST_TEST(open == 1U, "after step " << step << ": " << open << " links");
    }
  }
}

// As seen from a whole engine: it connects again, and no order is lost.
BOOST_AUTO_TEST_CASE(adoptions_that_fail_are_made_good) {
  for (const auto victim : {part::group, part::session, part::lobby, part::acceptor, part::store}) {
    for (std::size_t step = 0; step < 80; step += 3) {
      stage s{two_shards(step + 1, false)};
      BOOST_TEST_REQUIRE(s.seller.start().error.empty());
      BOOST_TEST_REQUIRE(s.buyer.start().error.empty());
      s.cut();
      s.run_steps(step);
      s.seller.crash(victim, 1);
      BOOST_TEST(s.settle(), "after step " << step << " of " << to_string(victim) << ": " << s.what_is_open());
      for (std::size_t n = 0; n < 4; ++n) s.buyer.order("A" + std::to_string(n), n);
      BOOST_TEST(s.settle(), s.what_is_open());
      BOOST_TEST(s.broken_promises().empty(), lines(s.broken_promises()));
      BOOST_TEST(s.seller.seen(1) == "A1");
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
