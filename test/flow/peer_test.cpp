// Peers that do not read, and peers that mean harm.
#include "test/flow/flow_world.hpp"

#include <boost/test/unit_test.hpp>

using namespace troupe::test;
using namespace troupe;

namespace {

// The wire of the test, the read blocks and a little for everybody.
constexpr std::size_t furniture = 256 * kib + 256 * kib + 3 * 64 * kib + 256 * kib;

struct peer_world : flow_world {
  // What is sent stays in the store: a small one, so that only what waits for the wire is counted.
  peer_world() : flow_world(std::make_shared<store::memory_store>(64 * kib)) {}
  bool is_up(const std::string& name) const {
    return std::none_of(events.list.begin(), events.list.end(),
                        [&](const auto& e) { return e.starts_with("link-ended") && e.find(name) != std::string::npos; });
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(slow_peer)

BOOST_FIXTURE_TEST_CASE(one_that_does_not_read_is_cut_and_its_neighbour_trades_on, peer_world) {
  add("DEAF", answering(0));
  add("FINE", answering(100));
  auto peer = log_on("DEAF");
  auto neighbour = log_on("FINE");
  peer.read(false);
  auto session = reference("DEAF");
  const memory_watch memory;
  std::uint64_t token = 0;
  for (; token < 100'000 && is_up("DEAF"); reactor.run())
    (void)session.submit({"8", {}, "58=" + std::string(1000, 's') + "\x01"}, submit_token{++token});
  BOOST_TEST(!is_up("DEAF"));
  BOOST_TEST(token * 1100 >= limits.max_unwritten_bytes);
  BOOST_TEST(memory.peak() <= limits.max_unwritten_bytes * 5 / 4 + furniture);
  BOOST_TEST(memory.now() <= furniture);
  BOOST_TEST(trades(neighbour, "FINE", 2));
}

// The smaller a message, the more its batch weighs beside it.
BOOST_FIXTURE_TEST_CASE(small_answers_that_nobody_reads_cost_no_more_than_large_ones, peer_world) {
  add("DEAF", answering(0));
  auto peer = log_on("DEAF");
  peer.read(false);
  const memory_watch memory;
  std::uint64_t n = 2;
  for (; n < 400'000 && is_up("DEAF"); ++n) feed(peer, said("DEAF", n, "1", "112=t|"));
  BOOST_TEST(!is_up("DEAF"));
  BOOST_TEST(memory.peak() <= limits.max_unwritten_bytes * 5 / 4 + furniture);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(hostile_peer)

BOOST_FIXTURE_TEST_CASE(resend_requests_in_a_loop_are_served_one_page_at_a_time, flow_world) {
  add("LOOP", answering(0));
  auto peer = log_on("LOOP");
  auto session = reference("LOOP");
  for (std::uint64_t token = 1; token <= 5000; ++token) {
    (void)session.submit({"8", {}, "58=" + std::string(1000, 's') + "\x01"}, submit_token{token});
    if (token % 50 == 0) reactor.run(), (void)peer.take();
  }
  peer.read(false);
  const memory_watch memory;
  std::uint64_t n = 2;
  for (; n < 20'000; ++n)
    feed(peer, said("LOOP", n, "2", "7=" + std::to_string(1 + n % 2) + "|16=0|"));
  // A page of the store, its frames, and what is under way.
  BOOST_TEST(memory.peak() <= furniture + 4 * limits.replay_page_bytes + limits.replay_low_water);
  peer.read(true);
  reactor.run();
  BOOST_TEST(!peer.take().empty());
}

BOOST_FIXTURE_TEST_CASE(garbage_costs_no_memory, flow_world) {
  add("NOISE", answering(0));
  auto peer = log_on("NOISE");
  std::string garbage;
  while (garbage.size() < 64 * kib) garbage += "8=FIX.4.2\x01" "9=x\x01 8=FIX 8=FIX.4.2\x01" "9=5\x01" "35=0\x01" "10=000\x01";
  const memory_watch memory;
  for (int i = 0; i < 300; ++i) feed(peer, garbage);
  BOOST_TEST(count_events("msg-garbled") > 900u);  // of the first thousand events
  BOOST_TEST(memory.peak() <= 4 * mib);
  peer.send("\x01" + said("NOISE", 2, "1", "112=still there|"));
  reactor.run();
  BOOST_TEST(peer.take().find("112=still there") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(what_comes_ahead_of_a_gap_is_held_up_to_a_bound, flow_world) {
  add("AHEAD", answering(0));
  auto peer = log_on("AHEAD");
  const memory_watch memory;
  std::uint64_t n = 3;  // 2 never comes
  for (; n < 30'000; ++n) feed(peer, order("AHEAD", n));
  BOOST_TEST(memory.peak() <= furniture + limits.max_held_messages * (order("AHEAD", n).size() + 256));
}

BOOST_FIXTURE_TEST_CASE(large_ones_ahead_of_a_gap_are_held_up_to_their_bytes, flow_world) {
  add("AHEAD", answering(0));
  auto peer = log_on("AHEAD");
  const memory_watch memory;
  for (std::uint64_t n = 3; n < 500; ++n) feed(peer, said("AHEAD", n, "B", "148=" + std::string(100'000, 'h') + "|"));
  BOOST_TEST(memory.peak() >= limits.max_held_bytes * 9 / 10);
  BOOST_TEST(memory.peak() <= furniture + limits.max_held_bytes + mib);
}

// Reads that bring one message to hold and much to throw away.
BOOST_FIXTURE_TEST_CASE(a_held_message_does_not_keep_the_bytes_it_came_with, flow_world) {
  add("AHEAD", answering(0));
  auto peer = log_on("AHEAD");
  const memory_watch memory;
  const auto noise = said("AHEAD", 1, "0", "43=Y|122=20260105-12:00:00|112=" + std::string(60 * kib, 'x') + "|");
  for (std::uint64_t n = 3; n < 2'000; ++n) feed(peer, order("AHEAD", n) + noise);
  BOOST_TEST(memory.peak() <= furniture + 2'000 * kib);
}

BOOST_FIXTURE_TEST_CASE(what_follows_a_logon_that_nobody_authenticates_is_bounded_in_bytes, flow_world) {
  std::vector<delivery> kept;
  add("EARLY", stuck(kept), [](session_spec& s) { s.config.has_authenticate_hook = true; });
  auto peer = fake_peer{reactor, "here", 9000};
  peer.send(logon("EARLY"));
  reactor.run();
  const memory_watch memory;
  for (std::uint64_t n = 2; n < 2'000; ++n) feed(peer, said("EARLY", n, "B", "148=" + std::string(100'000, 'h') + "|"));
  BOOST_TEST(memory.peak() <= furniture + limits.max_held_bytes + mib);
}

BOOST_FIXTURE_TEST_CASE(strangers_cost_so_much_each_and_no_more_of_them_are_let_in, flow_world) {
  const lobby_limits lobby;
  const memory_watch memory;
  std::vector<fake_peer> strangers;
  for (std::size_t i = 0; i < lobby.links + 200; ++i) {
    strangers.emplace_back(reactor, "here", 9000);
    strangers.back().send("8=FIX.4.2\x01" "9=7500\x01" "35=A\x01" "58=" + std::string(100, 's'));
    reactor.run();
  }
  const auto is_in = [](const fake_peer& p) { return p.is_connected(); };
  BOOST_TEST(static_cast<std::size_t>(std::count_if(strangers.begin(), strangers.end(), is_in)) == lobby.links);
  // Beside what the lobby keeps: two ends of a wire, and the peer itself.
  BOOST_TEST(memory.peak() <= lobby.links * (lobby.bytes + 4 * kib) + 200 * 4 * kib);
}

BOOST_AUTO_TEST_SUITE_END()
