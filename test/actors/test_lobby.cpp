#include "test/actors/actor_world.hpp"
#include "test/actors/group_probe.hpp"
#include "test/actors/probes.hpp"

#include "actors/acceptor.hpp"
#include "actors/connection.hpp"
#include "actors/fake_network.hpp"
#include "actors/fake_peer.hpp"
#include "actors/lobby.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace troupe::actors::test {
namespace {

using namespace std::chrono_literals;
using strings = std::vector<std::string>;

const session_id ours{"FIX.4.2", "US", "THEM", ""};
const std::string logon = frame("35=A|34=1|49=THEM|52=20260105-12:00:00|56=US|98=0|108=30|");

// An acceptor and a lobby that knows one session, whose group lives on a second reactor.
struct open_house : actor_world {
  explicit open_house(lobby_limits limits = {}) {
    group = spawn_group_probe(group_home, seen);
    lobby = spawn_lobby(reactor, events, limits);
    acceptor = spawn_acceptor(reactor, {lobby}, events);
    caf::anon_send(lobby, publish{ours, group});
    caf::anon_send(acceptor, listen{"", 9876});
    reactor.run();
    events.list.clear();
  }
  ~open_house() {
    for (auto& p : seen.promises) p.deliver(bound{});
    seen.adopted.clear();
    reactor.end_all();
    group_home.end_all();
  }
  fake_peer dial() {
    fake_peer peer{reactor, "us", 9876};
    reactor.run();
    return peer;
  }

  virtual_reactor group_home{system, reactor};
  noted_events events;
  seen_by_group seen;
  session_group_actor group;
  lobby_actor lobby;
  acceptor_actor acceptor;
};

BOOST_FIXTURE_TEST_SUITE(lobby_suite, open_house)

BOOST_AUTO_TEST_CASE(a_logon_of_a_known_session_is_adopted_with_all_bytes_read) {
  auto peer = dial();
  const auto orders = frame("35=D|34=2|49=THEM|56=US|11=a|") + "8=FIX.4.2";
  peer.send(logon + orders);
  reactor.run();
  BOOST_REQUIRE(seen.binds.size() == 1U);
  BOOST_TEST((seen.binds[0].id == ours));
  BOOST_REQUIRE(seen.adopted.size() == 1U);
  BOOST_TEST(seen.adopted[0].ticket == 7U);
  BOOST_TEST(seen.adopted[0].unread == logon + orders);
  BOOST_TEST(seen.adopted[0].peer == seen.binds[0].peer);
  BOOST_TEST(peer.is_connected());
  BOOST_TEST(events.list.empty());
}

BOOST_AUTO_TEST_CASE(a_logon_in_single_bytes_is_adopted_too) {
  auto peer = dial();
  reactor.fake_net().last_wire().to_acceptor().split(std::vector<std::size_t>(logon.size(), 1));
  peer.send(logon);
  reactor.run();
  BOOST_TEST(seen.adopted.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_hundred_orders_behind_the_logon_reach_a_connection_on_another_reactor) {
  auto peer = dial();
  std::string all = logon;
  for (int i = 0; i < 100; ++i) all += frame("35=D|34=" + std::to_string(i + 2) + "|49=THEM|56=US|11=order-" + std::to_string(i) + "|");
  peer.send(all);
  reactor.run();
  BOOST_REQUIRE(seen.adopted.size() == 1U);
  seen_by_session session;
  auto probe = group_home.spawn<session_probe>(&session);
  session.connection = spawn_connection(group_home, connection_epoch{1}, probe, adopted_link{seen.adopted[0].socket, seen.adopted[0].unread, "p"});
  reactor.run();
  BOOST_TEST(session.frames.size() == 101U);
  std::string got;
  for (const auto& f : session.frames) got += f;
  BOOST_TEST((got == all));
  caf::anon_send(session.connection, transmit{batch_of(connection_epoch{1}, {"answer"})});
  reactor.run();
  BOOST_TEST(peer.take() == "answer");
  session.connection = nullptr;
  group_home.end_all();
}

BOOST_AUTO_TEST_CASE(a_silent_peer_is_closed_after_the_time_limit_without_a_word) {
  auto peer = dial();
  reactor.advance(9999ms);
  BOOST_TEST(peer.is_connected());
  reactor.advance(1ms);
  BOOST_TEST(!peer.is_connected());
  BOOST_TEST(peer.take() == "");
  BOOST_REQUIRE(events.list.size() == 1U);
  BOOST_TEST(events.list[0].ends_with("no Logon in time"));
}

BOOST_AUTO_TEST_CASE(half_a_logon_is_not_waited_for_longer) {
  auto peer = dial();
  reactor.advance(6s);
  peer.send(logon.substr(0, 30));
  reactor.advance(5s);
  BOOST_TEST(!peer.is_connected());
  BOOST_TEST(seen.binds.empty());
}

BOOST_AUTO_TEST_CASE(a_peer_that_leaves_is_forgotten) {
  auto peer = dial();
  peer.close();
  reactor.run();
  BOOST_REQUIRE(events.list.size() == 1U);
  BOOST_TEST(events.list[0].ends_with("closed by the peer before its Logon"));
  reactor.advance(1min);
  BOOST_TEST(events.list.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_message_longer_than_the_limit_is_refused_as_soon_as_it_says_so) {
  auto peer = dial();
  peer.send(wire("8=FIX.4.2|9=9000|35=A|"));
  reactor.run();
  BOOST_TEST(!peer.is_connected());
  BOOST_TEST(events.list.size() == 1U);
}

BOOST_AUTO_TEST_CASE(what_is_no_logon_of_anybody_is_closed_without_a_word) {
  const strings intruders{"GET / HTTP/1.1\r\n\r\n",
                          frame("35=0|34=1|49=THEM|56=US|"),
                          frame("35=A|34=1|56=US|"),
                          frame("35=A|34=1|49=THEM|"),
                          frame("35=A|34=1|49=THEM|56=SOMEBODY|"),
                          frame("35=A|34=1|49=US|56=THEM|"),
                          frame("35=A|34=1|49=THEM|56=US|", "FIX.4.4"),
                          std::string(9000, '\0')};
  for (const auto& text : intruders) {
    auto peer = dial();
    peer.send(text);
    reactor.run();
    BOOST_TEST(!peer.is_connected());
    BOOST_TEST(peer.take() == "");
  }
  BOOST_TEST(seen.binds.empty());
  BOOST_TEST(events.list.size() == intruders.size());
}

BOOST_AUTO_TEST_CASE(the_group_decides_about_duplicates) {
  seen.answer = {false, 0, "already connected"};
  auto peer = dial();
  peer.send(logon);
  reactor.run();
  BOOST_TEST(!peer.is_connected());
  BOOST_TEST(seen.adopted.empty());
  BOOST_REQUIRE(events.list.size() == 1U);
  BOOST_TEST(events.list[0].starts_with("lobby-refused FIX.4.2:US->THEM"));
  BOOST_TEST(events.list[0].ends_with("already connected"));
}

BOOST_AUTO_TEST_CASE(a_place_that_is_granted_too_late_is_given_back) {
  seen.is_silent = true;
  auto peer = dial();
  peer.send(logon);
  reactor.advance(11s);
  BOOST_TEST(!peer.is_connected());
  BOOST_REQUIRE(seen.promises.size() == 1U);
  seen.promises[0].deliver(bound{true, 42, {}});
  seen.promises.clear();
  reactor.run();
  BOOST_TEST((seen.unbound == std::vector<std::uint64_t>{42}));
}

BOOST_AUTO_TEST_CASE(a_withdrawn_session_and_a_dead_group_accept_no_more) {
  caf::anon_send(lobby, withdraw{ours});
  auto first = dial();
  first.send(logon);
  reactor.run();
  BOOST_TEST(!first.is_connected());

  caf::anon_send(lobby, publish{ours, group});
  reactor.run();
  caf::anon_send_exit(group, caf::exit_reason::kill);
  reactor.run();
  auto second = dial();
  second.send(logon);
  reactor.run();
  BOOST_TEST(!second.is_connected());
  BOOST_TEST(seen.binds.empty());
}

BOOST_AUTO_TEST_CASE(a_group_that_dies_before_it_answers_leaves_no_link_behind) {
  seen.is_silent = true;
  auto peer = dial();
  peer.send(logon);
  reactor.run();
  caf::anon_send_exit(group, caf::exit_reason::kill);
  seen.promises.clear();
  reactor.run();
  reactor.advance(10s);
  BOOST_TEST(!peer.is_connected());
}

BOOST_AUTO_TEST_CASE(a_lobby_that_ends_closes_its_guests) {
  auto peer = dial();
  caf::anon_send_exit(lobby, caf::exit_reason::kill);
  reactor.run();
  BOOST_TEST(!peer.is_connected());
}

BOOST_AUTO_TEST_CASE(a_port_that_is_taken_is_told_with_its_place) {
  caf::scoped_actor self{system};
  auto second = spawn_acceptor(reactor, {lobby}, events);
  auto pending = self->request(second, caf::infinite, listen{"127.0.0.1", 9876});
  reactor.run();
  pending.receive([](const listening& l) { BOOST_TEST(l.error.starts_with("cannot listen on 127.0.0.1:9876")); },
                  [](const caf::error&) { BOOST_ERROR("no answer"); });
  BOOST_TEST(events.list.size() == 1U);
}

BOOST_AUTO_TEST_CASE(stop_listening_refuses_the_next_and_keeps_the_present) {
  auto peer = dial();
  caf::anon_send(acceptor, stop_listening{});
  reactor.run();
  auto late = dial();
  BOOST_TEST(!late.is_connected());
  peer.send(logon);
  reactor.run();
  BOOST_TEST(seen.adopted.size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

// Behind a load balancer: every link begins with a header that says who it is.
struct balanced_house : open_house {
  balanced_house() {
    caf::anon_send(acceptor, listen{.host = "", .port = 9877, .options = {}, .has_proxy_header = true});
    reactor.run();
    events.list.clear();
  }
  fake_peer dial_balanced() {
    fake_peer peer{reactor, "us", 9877};
    reactor.run();
    return peer;
  }
};

BOOST_FIXTURE_TEST_SUITE(balanced_lobby_suite, balanced_house)

const std::string line = "PROXY TCP4 192.0.2.7 10.0.0.1 49152 9877\r\n";

BOOST_AUTO_TEST_CASE(the_peer_is_who_the_header_says_and_the_logon_is_as_it_came) {
  for (const auto* const header : {"PROXY TCP4 192.0.2.7 10.0.0.1 49152 9877\r\n", "PROXY TCP6 2001:db8::7 ::1 49152 9877\r\n"}) {
    auto peer = dial_balanced();
    peer.send(header + logon);
    reactor.run();
    BOOST_TEST(peer.is_connected());
  }
  BOOST_REQUIRE(seen.adopted.size() == 2U);
  BOOST_TEST(seen.binds[0].peer == "192.0.2.7:49152");
  BOOST_TEST(seen.adopted[0].peer == "192.0.2.7:49152");
  BOOST_TEST(seen.adopted[0].unread == logon);
  BOOST_TEST(seen.binds[1].peer == "[2001:db8::7]:49152");
}

BOOST_AUTO_TEST_CASE(header_and_logon_in_single_bytes) {
  auto peer = dial_balanced();
  reactor.fake_net().last_wire().to_acceptor().split(std::vector<std::size_t>(line.size() + logon.size(), 1));
  peer.send(line + logon);
  reactor.run();
  BOOST_REQUIRE(seen.adopted.size() == 1U);
  BOOST_TEST(seen.adopted[0].unread == logon);
}

BOOST_AUTO_TEST_CASE(a_balancer_that_speaks_for_itself_is_the_peer) {
  auto peer = dial_balanced();
  peer.send("PROXY UNKNOWN\r\n" + logon);
  reactor.run();
  BOOST_REQUIRE(seen.binds.size() == 1U);
  BOOST_TEST(seen.binds[0].peer.starts_with("fake:"));
}

BOOST_AUTO_TEST_CASE(who_comes_without_a_header_or_with_half_of_one_is_closed) {
  auto direct = dial_balanced();
  direct.send(logon);
  reactor.run();
  BOOST_TEST(!direct.is_connected());
  auto half = dial_balanced();
  half.send(line.substr(0, 20));
  reactor.advance(10s);
  BOOST_TEST(!half.is_connected());
  BOOST_TEST(seen.binds.empty());
  BOOST_REQUIRE(events.list.size() == 2U);
  BOOST_TEST(events.list[0].ends_with("expected a PROXY header first (UseTCPProxy=Y), received something else"));
}

BOOST_AUTO_TEST_CASE(a_header_on_a_port_that_expects_none_is_no_logon) {
  auto peer = dial();
  peer.send(line + logon);
  reactor.run();
  BOOST_TEST(!peer.is_connected());
  BOOST_TEST(seen.binds.empty());
}

BOOST_AUTO_TEST_SUITE_END()

struct small_house : open_house {
  small_house() : open_house({.time = 10s, .bytes = 8 * 1024, .links = 3}) {}
};

BOOST_FIXTURE_TEST_SUITE(full_lobby_suite, small_house)

BOOST_AUTO_TEST_CASE(one_too_many_is_closed_and_the_others_stay) {
  auto a = dial();
  auto b = dial();
  auto c = dial();
  auto d = dial();
  BOOST_TEST(a.is_connected());
  BOOST_TEST(c.is_connected());
  BOOST_TEST(!d.is_connected());
  BOOST_REQUIRE(events.list.size() == 1U);
  a.send(logon);
  reactor.run();
  BOOST_TEST(seen.adopted.size() == 1U);
  auto e = dial();
  BOOST_TEST(e.is_connected());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace troupe::actors::test
