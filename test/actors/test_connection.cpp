#include "test/actors/actor_world.hpp"
#include "test/actors/group_probe.hpp"
#include "test/actors/probes.hpp"

#include "actors/connection.hpp"
#include "actors/fake_network.hpp"
#include "actors/fake_peer.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace troupe::actors::test {
namespace {

using namespace std::chrono_literals;
using strings = std::vector<std::string>;

constexpr connection_epoch epoch{3};

// A connection that adopted one end of a fake wire; the test plays the peer at the other.
struct wired : actor_world {
  wired() { connect({}); }
  ~wired() {
    seen.connection = nullptr;
    reactor.end_all();
  }

  void connect(connection_settings settings, std::string unread = {}) {
    auto [theirs, ours] = reactor.fake_net().make_wire();
    session = reactor.spawn<session_probe>(&seen);
    seen.connection = spawn_connection(reactor, epoch, session, adopted_link{ours, std::move(unread), "peer:1"}, settings);
    peer.emplace(reactor, theirs);
    reactor.run();
  }
  void reconnect(connection_settings settings, std::string unread = {}) {
    peer.reset();
    reactor.run();
    seen.events.clear();
    connect(settings, std::move(unread));
  }
  void transmit_batch(protocol::commit_ptr b) { caf::anon_send(seen.connection, transmit{std::move(b)}); }

  seen_by_session seen;
  connection_client session;
  std::optional<fake_peer> peer;
};

BOOST_FIXTURE_TEST_SUITE(connection_suite, wired)

BOOST_AUTO_TEST_CASE(a_frame_split_over_many_reads_arrives_whole) {
  reactor.fake_net().last_wire().to_acceptor().split(std::vector<std::size_t>(200, 1));
  const auto one = frame("35=0|34=2|");
  const auto two = frame("35=1|34=3|112=x|");
  peer->send(one + two);
  reactor.run();
  BOOST_TEST((seen.frames == strings{one, two}));
  BOOST_TEST((seen.events == strings{"up peer:1"}));
}

BOOST_AUTO_TEST_CASE(all_frames_of_one_read_come_in_one_message) {
  std::size_t messages = 0;
  seen.on_received = [&](const received& m) {
    ++messages;
    BOOST_TEST(m.frames.size() == 20U);
  };
  std::string all;
  for (int i = 0; i < 20; ++i) all += frame("35=0|34=" + std::to_string(i) + "|");
  peer->send(all);
  reactor.run();
  BOOST_TEST(messages == 1U);
  BOOST_TEST(seen.bytes == all.size());
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_frame_are_told_as_garbled) {
  const auto good = frame("35=0|34=2|");
  peer->send("GET / HTTP/1.1\r\n" + good);
  reactor.run();
  BOOST_REQUIRE(seen.frames.size() == 2U);
  BOOST_TEST(seen.frames[0].starts_with("garbled:G"));
  BOOST_TEST(seen.frames[1] == good);
}

BOOST_AUTO_TEST_CASE(noise_without_end_is_told_once_and_costs_no_memory) {
  for (int i = 0; i < 100; ++i) {
    peer->send(std::string(50'000, 'x'));
    reactor.run();
  }
  BOOST_TEST(seen.frames.size() == 1U);
  BOOST_TEST(peer->unsent() == 0U);
  const auto good = frame("35=0|34=2|");
  peer->send(good);
  reactor.run();
  BOOST_TEST(seen.frames.back() == good);
}

BOOST_AUTO_TEST_CASE(frames_of_any_size_survive_any_split_and_stay_valid_while_held) {
  seen.is_keeping = true;
  reactor.fake_net().last_wire().to_acceptor().split_randomly(true);
  strings sent;
  for (int i = 0; i < 300; ++i) {
    sent.push_back(frame("35=B|34=" + std::to_string(i) + "|58=" + std::string(static_cast<std::size_t>(i * i), 'x') + "|"));
    peer->send(sent.back());
    if (i % 7 == 0) reactor.run();
  }
  reactor.run();
  BOOST_TEST((seen.frames == sent));
  strings held;
  for (const auto& m : seen.kept) {
    for (const auto& f : m.frames) held.emplace_back(f.bytes);
  }
  BOOST_TEST((held == sent));
}

BOOST_AUTO_TEST_CASE(a_session_that_returns_no_credit_stops_the_reading_and_bounds_the_memory) {
  reconnect({.max_frame = 1 << 16, .max_unconsumed = 10'000, .mark = 1 << 16});
  seen.is_returning_credit = false;
  const auto one = frame("35=0|34=2|");
  std::string flood;
  while (flood.size() < 4'000'000) flood += one;
  peer->send(flood);
  reactor.advance(10s);
  BOOST_TEST(seen.bytes >= 9'000U);
  BOOST_TEST(seen.bytes <= 10'000U + one.size());
  BOOST_TEST(peer->unsent() > 3'000'000U);

  seen.is_returning_credit = true;
  caf::anon_send(seen.connection, consumed{epoch, seen.bytes});
  reactor.run();
  BOOST_TEST(seen.bytes == flood.size());
}

BOOST_AUTO_TEST_CASE(a_pause_stops_the_reading_until_resume) {
  caf::anon_send(seen.connection, pause_read{epoch});
  reactor.run();
  peer->send(frame("35=0|34=2|"));
  reactor.run();
  BOOST_TEST(seen.frames.empty());
  caf::anon_send(seen.connection, resume_read{connection_epoch{2}});  // of another connection
  reactor.run();
  BOOST_TEST(seen.frames.empty());
  caf::anon_send(seen.connection, resume_read{epoch});
  reactor.run();
  BOOST_TEST(seen.frames.size() == 1U);
}

BOOST_AUTO_TEST_CASE(what_was_read_before_the_adoption_comes_first) {
  const auto logon = frame("35=A|34=1|");
  const auto order = frame("35=D|34=2|");
  reconnect({}, logon + order.substr(0, 10));
  BOOST_TEST((seen.frames == strings{logon}));
  peer->send(order.substr(10));
  reactor.run();
  BOOST_TEST((seen.frames == strings{logon, order}));
}

BOOST_AUTO_TEST_CASE(ranges_of_batches_go_out_in_order_and_the_session_hears_that_nothing_is_left) {
  transmit_batch(batch_of(epoch, {"one ", "two "}));
  transmit_batch(batch_of(epoch, {"three"}));
  reactor.run();
  BOOST_TEST(peer->take() == "one two three");
  BOOST_REQUIRE(!seen.unwritten.empty());
  BOOST_TEST(seen.unwritten.back() == 0U);
}

BOOST_AUTO_TEST_CASE(a_transmit_of_another_epoch_is_dropped) {
  transmit_batch(batch_of(connection_epoch{2}, {"old"}));
  transmit_batch(batch_of(epoch, {"new"}));
  reactor.run();
  BOOST_TEST(peer->take() == "new");
}

BOOST_AUTO_TEST_CASE(a_batch_that_closes_is_written_to_its_end_first) {
  reactor.fake_net().last_wire().to_connector().settings().window = 100;
  peer->read(false);
  transmit_batch(batch_of(epoch, {std::string(950, 'a')}));
  transmit_batch(batch_of(epoch, {std::string(50, 'z')}, true));
  transmit_batch(batch_of(epoch, {"too late"}));
  reactor.run();
  BOOST_TEST((seen.events == strings{"up peer:1"}));
  peer->read(true);
  reactor.run();
  BOOST_TEST(peer->take() == std::string(950, 'a') + std::string(50, 'z'));
  BOOST_TEST(!peer->is_connected());
  BOOST_TEST((seen.events == strings{"up peer:1", "down closed after the last message"}));
}

BOOST_AUTO_TEST_CASE(the_session_hears_what_piles_up_for_a_peer_that_does_not_read) {
  reactor.fake_net().last_wire().to_connector().settings().window = 1000;
  peer->read(false);
  for (int i = 0; i < 40; ++i) {
    transmit_batch(batch_of(epoch, {std::string(8 * 1024, 'x')}));
    reactor.run();
  }
  BOOST_TEST(std::is_sorted(seen.unwritten.begin(), seen.unwritten.end()));
  BOOST_TEST(seen.unwritten.size() >= 4U);
  BOOST_TEST(seen.unwritten.size() <= 8U);
  BOOST_TEST(seen.unwritten.back() >= 256U * 1024);

  caf::anon_send(seen.connection, abort_link{epoch, protocol::end_reason::peer_does_not_read});
  reactor.run();
  BOOST_TEST(seen.events.size() == 2U);
  peer->read(true);
  reactor.run();
  BOOST_TEST(!peer->is_connected());
}

BOOST_AUTO_TEST_CASE(the_end_of_the_peer_is_told_once) {
  peer->close();
  reactor.run();
  transmit_batch(batch_of(epoch, {"nobody"}));
  reactor.run();
  BOOST_TEST((seen.events == strings{"up peer:1", "down closed by the peer"}));
}

BOOST_AUTO_TEST_CASE(a_cut_while_bytes_wait_is_told_once) {
  reactor.fake_net().last_wire().to_connector().settings().window = 10;
  peer->read(false);
  transmit_batch(batch_of(epoch, {std::string(500, 'x')}));
  reactor.run();
  reactor.fake_net().last_wire().cut();
  reactor.run();
  BOOST_TEST((seen.events == strings{"up peer:1", "down Connection reset by peer"}));
}

BOOST_AUTO_TEST_CASE(a_killed_actor_tells_link_down_once_and_cuts_the_wire_in_mid_write) {
  reactor.fake_net().last_wire().to_connector().settings().window = 10;
  peer->read(false);
  transmit_batch(batch_of(epoch, {std::string(500, 'x')}));
  reactor.run();
  caf::anon_send_exit(seen.connection, caf::exit_reason::kill);
  reactor.run();
  BOOST_TEST((seen.events == strings{"up peer:1", "down the connection's actor was ended"}));
  BOOST_TEST(!reactor.fake_net().last_wire().is_open());
}

BOOST_AUTO_TEST_CASE(an_abort_from_within_received_ends_it_without_a_trace) {
  seen.on_received = [&](const received& m) { caf::anon_send(seen.connection, abort_link{m.epoch, protocol::end_reason::protocol_violation}); };
  peer->send(frame("35=0|34=2|"));
  peer->send(frame("35=0|34=3|"));
  reactor.run();
  BOOST_TEST(seen.events.size() == 2U);
  BOOST_TEST(!peer->is_connected());
}

BOOST_AUTO_TEST_SUITE_END()

// ---------------------------------------------------------------- outgoing

BOOST_FIXTURE_TEST_SUITE(outgoing_connection_suite, actor_world)

struct dialled {
  explicit dialled(virtual_reactor& r, const proxy_settings& proxy = {}) : reactor(r), session(r.spawn<session_probe>(&seen)) {
    group = spawn_group_probe(r, group_seen);
    connect_to where{"venue", 9876, 5s};
    where.proxy = proxy;
    seen.connection = spawn_connection(r, epoch, session, group, where);
    r.run();
  }
  ~dialled() {
    seen.connection = nullptr;
    reactor.end_all();
  }
  virtual_reactor& reactor;
  seen_by_session seen;
  connection_client session;
  seen_by_group group_seen;
  session_group_actor group;
};

BOOST_AUTO_TEST_CASE(a_connect_that_is_answered_comes_up) {
  auto venue = fake_peer::listening(reactor, 9876);
  dialled d{reactor};
  BOOST_TEST((d.seen.events == strings{"up venue:9876"}));
  venue.send(frame("35=A|34=1|"));
  reactor.run();
  BOOST_TEST(d.seen.frames.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_connect_that_is_refused_never_comes_up) {
  dialled d{reactor};
  reactor.advance(1min);
  BOOST_TEST(d.seen.events.empty());
  BOOST_TEST((d.group_seen.failed_connects == strings{"cannot connect to venue:9876: Connection refused"}));
}

BOOST_AUTO_TEST_CASE(a_connect_without_an_answer_is_given_up_in_time) {
  auto venue = fake_peer::listening(reactor, 9876);
  reactor.fake_net().black_hole("venue");
  dialled d{reactor};
  reactor.advance(4999ms);
  BOOST_TEST(d.group_seen.failed_connects.empty());
  reactor.advance(1ms);
  BOOST_TEST((d.group_seen.failed_connects == strings{"cannot connect to venue:9876: no answer in 5 s"}));
  reactor.fake_net().black_hole("venue", false);
  reactor.advance(1min);
  BOOST_TEST(d.seen.events.empty());
}

const proxy_settings socks{proxy_kind::socks_5, "proxy", 1080, "me", "secret"};

BOOST_AUTO_TEST_CASE(a_connection_by_way_of_a_proxy_comes_up_when_the_proxy_says_so) {
  auto proxy = fake_peer::listening(reactor, 1080);
  dialled d{reactor, socks};
  BOOST_TEST((proxy.take() == std::string{"\x05\x02\x00\x02", 4}));
  reactor.fake_net().last_wire().to_connector().split(std::vector<std::size_t>(100, 1));
  proxy.send(std::string{"\x05\x02", 2});
  reactor.run();
  BOOST_TEST((proxy.take() == "\x01\x02me\x06secret"));
  proxy.send(std::string{"\x01\x00", 2});
  reactor.run();
  BOOST_TEST((proxy.take() == std::string{"\x05\x01\x00\x03\x05venue\x26\x94", 12}));
  BOOST_TEST(d.seen.events.empty());
  proxy.send(std::string{"\x05\x00\x00\x01\x0a\x00\x00\x01\x00\x00", 10} + frame("35=A|34=1|"));
  reactor.run();
  BOOST_TEST((d.seen.events == strings{"up venue:9876 by proxy proxy:1080"}));
  BOOST_TEST((d.seen.frames == strings{frame("35=A|34=1|")}));
  caf::anon_send(d.seen.connection, transmit{batch_of(epoch, {"answer"})});
  reactor.run();
  BOOST_TEST(proxy.take() == "answer");
}

BOOST_AUTO_TEST_CASE(bytes_behind_the_answer_of_a_proxy_are_the_peers) {
  auto proxy = fake_peer::listening(reactor, 1080);
  dialled d{reactor, {proxy_kind::http_1_1, "proxy", 1080}};
  BOOST_TEST(proxy.take() == "CONNECT venue:9876 HTTP/1.1\r\nHost: venue:9876\r\n\r\n");
  proxy.send("HTTP/1.1 200 OK\r\n\r\n" + frame("35=A|34=1|"));
  reactor.run();
  BOOST_TEST((d.seen.frames == strings{frame("35=A|34=1|")}));
}

BOOST_AUTO_TEST_CASE(a_proxy_that_refuses_leaves_or_is_silent_fails_the_connect) {
  {
    auto proxy = fake_peer::listening(reactor, 1080);
    dialled d{reactor, socks};
    proxy.send(std::string{"\x05\xff", 2});
    reactor.run();
    BOOST_TEST((d.group_seen.failed_connects == strings{"proxy proxy:1080, asked for venue:9876: it takes no user and password"}));
    BOOST_TEST(!proxy.is_connected());
    BOOST_TEST(d.seen.events.empty());
  }
  {
    auto proxy = fake_peer::listening(reactor, 1080);
    dialled d{reactor, socks};
    proxy.close();
    reactor.run();
    BOOST_TEST((d.group_seen.failed_connects == strings{"proxy proxy:1080, asked for venue:9876: it closes the connection without an answer"}));
  }
  {
    auto proxy = fake_peer::listening(reactor, 1080);
    dialled d{reactor, socks};
    reactor.advance(5s);
    BOOST_TEST((d.group_seen.failed_connects == strings{"cannot connect to venue:9876 by proxy proxy:1080: no answer in 5 s"}));
    BOOST_TEST(!proxy.is_connected());
  }
  dialled d{reactor, socks};
  BOOST_TEST((d.group_seen.failed_connects == strings{"proxy: cannot connect to proxy:1080: Connection refused"}));
}

BOOST_AUTO_TEST_CASE(one_that_is_killed_while_it_connects_tells_the_group) {
  reactor.fake_net().black_hole("venue");
  dialled d{reactor};
  caf::anon_send_exit(d.seen.connection, caf::exit_reason::kill);
  reactor.run();
  BOOST_TEST(d.group_seen.failed_connects.size() == 1U);
  BOOST_TEST(d.seen.events.empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace troupe::actors::test
