#include "test/actors/actor_world.hpp"
#include "test/actors/group_probe.hpp"
#include "test/actors/probes.hpp"

#include "actors/acceptor.hpp"
#include "actors/connection.hpp"
#include "actors/fake_network.hpp"
#include "actors/fake_peer.hpp"
#include "actors/lobby.hpp"
#include "actors/lobby_shares.hpp"

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
  explicit open_house(lobby_limits limits = {}, std::vector<who_may_come> places = {}) {
    group = spawn_group_probe(group_home, seen);
    lobby = spawn_lobby(reactor, events, limits, {}, std::move(places));
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

// It asks whether we are there: that is no event, every second or two.
BOOST_AUTO_TEST_CASE(a_balancer_that_says_nothing_more_was_a_health_check) {
  for (const auto& header : {std::string{"PROXY UNKNOWN\r\n"}, std::string{"\r\n\r\n\0\r\nQUIT\n\x20\0\0\0", 16}}) {
    auto check = dial_balanced();
    check.send(header);
    reactor.run();
    check.close();
    reactor.run();
    BOOST_TEST(events.list.empty());
    auto other = dial_balanced();
    other.send(header + "8=FIX");
    reactor.run();
    other.close();
    reactor.run();
    BOOST_TEST(events.list.size() == 1U);
    events.list.clear();
  }
  auto peer = dial_balanced();
  peer.send(line);
  reactor.run();
  peer.close();
  reactor.run();
  BOOST_REQUIRE(events.list.size() == 1U);
  BOOST_TEST(events.list[0].ends_with("192.0.2.7:49152: closed by the peer before its Logon"));
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

address_list list_of(std::string_view network) {
  address_list list;
  BOOST_TEST_REQUIRE(!list.add(network));
  return list;
}

// Where peers come from is what the test says. The first place is for two networks, the second for everybody.
struct known_house : open_house {
  explicit known_house(std::size_t links = 3) : open_house({.time = 10s, .bytes = 8 * 1024, .links = links}, {{list_of("192.0.2.0/24"), list_of("2001:db8::/32")}, {}}) {}
  fake_peer dial_from(const std::string& from, std::size_t place = 1, bool has_header = false) {
    auto result = reactor.net().listen(
        reactor, {"us", 9900},
        [&](const accepted& a) { caf::anon_send(lobby, accepted_link{a.socket, from, reactor.now().steady, has_header, {place}}); }, [](const std::string&) {});
    fake_peer peer{reactor, "us", 9900};
    reactor.run();
    return peer;
  }
};

BOOST_FIXTURE_TEST_SUITE(known_lobby_suite, known_house)

BOOST_AUTO_TEST_CASE(who_is_on_no_list_of_a_place_takes_no_link_of_anybody) {
  std::vector<fake_peer> others;
  for (int n = 0; n < 5; ++n) others.push_back(dial_from("203.0.113.1:1", 0));
  for (const auto& o : others) BOOST_TEST(!o.is_connected());
  BOOST_REQUIRE(events.list.size() == 5U);
  BOOST_TEST(events.list[0].ends_with("203.0.113.1:1: its address is not one of AllowedRemoteAddresses of any session or template of this port"));
  for (const auto* from : {"192.0.2.7:1", "[2001:db8::7]:1"}) {
    auto peer = dial_from(from, 0);
    peer.send(logon);
    reactor.run();
    BOOST_TEST(peer.is_connected());
  }
  BOOST_TEST(dial_from("203.0.113.1:1", 1).is_connected());
}

BOOST_AUTO_TEST_CASE(behind_a_balancer_the_lists_are_for_whom_it_names) {
  auto peer = dial_from("10.0.0.1:1", 0, true);
  BOOST_TEST(peer.is_connected());
  peer.send("PROXY TCP4 203.0.113.1 10.0.0.1 49152 9877\r\n");
  reactor.run();
  BOOST_TEST(!peer.is_connected());
  BOOST_REQUIRE(events.list.size() == 1U);
  BOOST_TEST(events.list[0].find("203.0.113.1:49152: its address is not one of") != std::string::npos, events.list[0]);
  auto good = dial_from("10.0.0.1:1", 0, true);
  good.send("PROXY TCP4 192.0.2.7 10.0.0.1 49152 9877\r\n" + logon);
  reactor.run();
  BOOST_TEST(good.is_connected());
}

// The group is asked about a balancer that speaks for itself, as about any peer.
BOOST_AUTO_TEST_CASE(a_balancer_that_speaks_for_itself_is_on_no_list) {
  auto peer = dial_from("10.0.0.1:1", 0, true);
  peer.send("PROXY UNKNOWN\r\n" + logon);
  reactor.run();
  BOOST_REQUIRE(seen.binds.size() == 1U);
  BOOST_TEST(seen.binds[0].peer == "10.0.0.1:1");
}

BOOST_AUTO_TEST_CASE(one_address_does_not_lock_out_the_others) {
  auto oldest = dial_from("203.0.113.1:1");
  auto middle = dial_from("203.0.113.1:2");
  auto last = dial_from("203.0.113.1:3");
  BOOST_TEST(!dial_from("203.0.113.1:4").is_connected());
  auto other = dial_from("203.0.113.2:1");
  BOOST_TEST(other.is_connected());
  BOOST_TEST(!oldest.is_connected());
  BOOST_REQUIRE(events.list.size() == 2U);
  BOOST_TEST(events.list[1].ends_with("203.0.113.1:1: too many connections before Logon: 3, most of them from its address"), events.list[1]);
  // Two and one: a third address has less than both, and nobody who has one more than it gives way in turn.
  auto third = dial_from("203.0.113.3:1");
  BOOST_TEST(third.is_connected());
  BOOST_TEST(!middle.is_connected());
  BOOST_TEST(!dial_from("203.0.113.4:1").is_connected());
  for (const auto* p : {&last, &other, &third}) BOOST_TEST(p->is_connected());
  reactor.advance(10s);
  BOOST_TEST(dial_from("203.0.113.4:1").is_connected());
}

BOOST_AUTO_TEST_CASE(who_has_sent_a_logon_does_not_make_room) {
  seen.is_silent = true;
  std::vector<fake_peer> logged_on;
  for (int n = 0; n < 2; ++n) {
    logged_on.push_back(dial_from("203.0.113.1:1"));
    logged_on.back().send(logon);
    reactor.run();
  }
  auto silent = dial_from("203.0.113.1:3");
  const auto other = dial_from("203.0.113.2:1");
  BOOST_TEST(other.is_connected());
  BOOST_TEST(!silent.is_connected());
  BOOST_TEST(!dial_from("203.0.113.3:1").is_connected());
  for (const auto& p : logged_on) BOOST_TEST(p.is_connected());
}

BOOST_AUTO_TEST_CASE(behind_a_balancer_the_shares_are_of_those_it_names) {
  std::vector<fake_peer> flood;
  for (int n = 0; n < 3; ++n) {
    flood.push_back(dial_from("10.0.0.1:1", 1, true));
    flood.back().send("PROXY TCP4 203.0.113.1 10.0.0.1 49152 9877\r\n");
    reactor.run();
  }
  auto other = dial_from("10.0.0.1:1", 1, true);
  other.send("PROXY TCP4 203.0.113.2 10.0.0.1 49152 9877\r\n" + logon);
  reactor.run();
  BOOST_TEST(other.is_connected());
  BOOST_TEST(!flood[0].is_connected());
  BOOST_TEST(flood[2].is_connected());
}

BOOST_AUTO_TEST_CASE(an_ipv6_host_has_its_network_to_itself_and_an_ipv4_host_its_address) {
  BOOST_TEST((origin_of("[2001:db8::1]:1") == origin_of("[2001:db8::ffff:2]:2")));
  BOOST_TEST((origin_of("[2001:db8::1]:1") != origin_of("[2001:db8:0:1::1]:1")));
  BOOST_TEST((origin_of("192.0.2.1:1") != origin_of("192.0.2.2:1")));
  BOOST_TEST((origin_of("192.0.2.1:1") == origin_of("[::ffff:192.0.2.1]:2")));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace troupe::actors::test
