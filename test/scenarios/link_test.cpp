// The link is lost, in every state a session can be in; afterwards all is as if it had not been.
#include "actors/testing/fix_peer.hpp"
#include "actors/testing/stage.hpp"

#include <boost/test/unit_test.hpp>

using namespace troupe::actors;
using namespace troupe::actors::testing;
using namespace std::chrono_literals;
using enum troupe::protocol::session_state;
using troupe::protocol::session_state;

namespace troupe::protocol {

std::ostream& boost_test_print_type(std::ostream& out, session_state s) { return out << to_string(s); }

}  // namespace troupe::protocol

namespace {

// Both engines with one order on the way, when the buyer (or seller) has come to this state.
struct link_stage : stage {
  explicit link_stage(stage_plan plan = {}) : stage(std::move(plan)) {}

  void start_until(staged_engine& who, session_state wanted) {
    BOOST_TEST_REQUIRE(seller.start().error.empty());
    BOOST_TEST_REQUIRE(buyer.start().error.empty());
    BOOST_TEST_REQUIRE(run_until([&] { return who.state() == wanted; }, 30s));
  }
  void lose_link_and_recover(staged_engine& who, session_state in) {
    BOOST_TEST_REQUIRE(who.state() == in);
    cut();
    run();
    BOOST_TEST((who.state() == Disconnected || who.state() == StoreStalled));
  }
  void recovers() {
    BOOST_TEST(settle(), what_is_open());
    buyer.order("LAST");
    BOOST_TEST(settle(), what_is_open());
    BOOST_TEST(seller.seen().ends_with("LAST"), seller.seen());
    BOOST_TEST(broken_promises().empty(), lines(broken_promises()));
  }
};

stage_plan slow_wire() {
  stage_plan p;
  p.wire_delay = 1s;
  return p;
}

stage_plan with_hooks() {
  stage_plan p;
  p.change_session = [](session_spec& s) { s.config.has_authenticate_hook = s.config.has_prepare_logon_hook = true; };
  return p;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(links)

BOOST_AUTO_TEST_CASE(while_connecting) {
  link_stage s{slow_wire()};
  s.start_until(s.buyer, Connecting);
  BOOST_TEST(s.buyer.crash(part::connection));
  s.run();
  BOOST_TEST(s.buyer.state() == Disconnected);
  s.recovers();
}

BOOST_AUTO_TEST_CASE(while_a_logon_is_sent) {
  link_stage s{slow_wire()};
  s.start_until(s.buyer, LogonSent);
  s.lose_link_and_recover(s.buyer, LogonSent);
  s.recovers();
}

BOOST_AUTO_TEST_CASE(while_a_logon_is_awaited) {
  stage s;
  BOOST_TEST_REQUIRE(s.seller.start().error.empty());
  fix_peer stranger{s.clock(), s.seller.id()};
  stranger.send_together({stranger.next_frame("A", "98=0|108=30|").substr(0, 30)});
  s.run();
  stranger.close();
  BOOST_TEST_REQUIRE(s.buyer.start().error.empty());
  BOOST_TEST(s.settle(), s.what_is_open());
}

BOOST_AUTO_TEST_CASE(while_a_logon_is_prepared) {
  link_stage s{with_hooks()};
  BOOST_TEST_REQUIRE(s.seller.start().error.empty());
  BOOST_TEST_REQUIRE(s.buyer.start().error.empty());
  s.cut();
  s.advance(500ms);
  s.buyer.hold(part::application);
  BOOST_TEST_REQUIRE(s.run_until([&] { return s.buyer.state() == PreparingLogon; }, 30s));
  s.lose_link_and_recover(s.buyer, PreparingLogon);
  s.buyer.release(part::application);
  s.recovers();
}

BOOST_AUTO_TEST_CASE(while_a_logon_is_authenticated) {
  link_stage s{with_hooks()};
  BOOST_TEST_REQUIRE(s.seller.start().error.empty());
  s.seller.hold(part::application);
  BOOST_TEST_REQUIRE(s.buyer.start().error.empty());
  BOOST_TEST_REQUIRE(s.run_until([&] { return s.seller.state() == AwaitingAuthentication; }, 30s));
  s.lose_link_and_recover(s.seller, AwaitingAuthentication);
  s.seller.release(part::application);
  s.recovers();
}

BOOST_AUTO_TEST_CASE(while_active_with_orders_on_the_wire) {
  link_stage s{slow_wire()};
  s.start();
  for (int i = 0; i < 5; ++i) {
    s.buyer.order("A" + std::to_string(i));
    s.advance(700ms);
  }
  s.lose_link_and_recover(s.buyer, Active);
  s.recovers();
  BOOST_TEST(s.seller.seen().starts_with("A0 A1"), s.seller.seen());
}

BOOST_AUTO_TEST_CASE(while_recovering) {
  link_stage s{slow_wire()};
  s.start();
  s.net().last_wire().to_acceptor().drop(1);  // one byte of the order: garbled, so its number never comes
  s.buyer.order("A1");
  s.advance(100ms);
  s.buyer.order("A2");
  BOOST_TEST_REQUIRE(s.run_until([&] { return s.seller.state() == Recovering; }, 30s));
  s.lose_link_and_recover(s.seller, Recovering);
  s.recovers();
  BOOST_TEST(s.seller.seen() == "A1? A2? LAST", s.seller.seen());
}

BOOST_AUTO_TEST_CASE(while_logging_out) {
  link_stage s{slow_wire()};
  s.start();
  BOOST_TEST(s.buyer.tell(operator_command::logout).is_done);
  s.run();
  s.lose_link_and_recover(s.buyer, LoggingOut);
  BOOST_TEST(s.buyer.tell(operator_command::logon).is_done);
  s.recovers();
}

BOOST_AUTO_TEST_CASE(while_the_store_is_stalled) {
  for (const bool is_buyer : {true, false}) {
    link_stage s;
    s.start();
    auto& hurt = is_buyer ? s.buyer : s.seller;
    hurt.store().always(store_fault::failed);
    s.buyer.order("A1");
    s.run();
    s.lose_link_and_recover(hurt, StoreStalled);
    s.advance(20s);
    BOOST_TEST(!s.settle(1s));
    hurt.store().heal();
    s.recovers();
  }
}

// Longer than a peer may be kept waiting: the link is given up, the batch is tried on, and belongs to no later link. It must not
// come over to the new one in front of the Logon.
BOOST_AUTO_TEST_CASE(while_the_store_is_stalled_for_too_long) {
  for (const bool is_buyer : {true, false}) {
    link_stage s;
    s.start();
    auto& hurt = is_buyer ? s.buyer : s.seller;
    hurt.store().always(store_fault::failed);
    s.buyer.order("A1");
    s.advance(75s);
    BOOST_TEST(hurt.events().count("link-ended") >= 1U);
    hurt.store().heal();
    s.recovers();
    BOOST_TEST(s.seller.seen() == (is_buyer ? "A1? LAST" : "A1 LAST"), s.seller.seen());
    for (const auto& e : s.seller.events().list) BOOST_TEST(e.text.find("expected a Logon") == std::string::npos, e.text);
  }
}

// The operator is quicker than the end of the link that was given up: the next connection is made while the session still speaks
// over the old one.
BOOST_AUTO_TEST_CASE(while_it_is_given_up_and_the_operator_logs_on_at_once) {
  for (const bool is_buyer : {true, false}) {
    link_stage s;
    s.start();
    auto& hurt = is_buyer ? s.buyer : s.seller;
    for (int times = 1; times <= 3; ++times) {
      caf::anon_send(hurt.session_group(), halt{"a drill"});
      s.buyer.order("A" + std::to_string(times));
      BOOST_TEST(hurt.tell(operator_command::logon).is_done);
      BOOST_TEST(s.settle(), s.what_is_open());
    }
    s.recovers();
    BOOST_TEST(hurt.events().count("needs-operator") == 3U);
    BOOST_TEST(hurt.events().count("session-failed") == 0U);
    BOOST_TEST(hurt.events().count("forbidden-cell") == 0U);
  }
}

// A peer that vanished: only the heartbeats find out, first by asking.
BOOST_AUTO_TEST_CASE(in_silence) {
  link_stage s;
  s.start();
  s.half_open();
  s.buyer.order("A1");
  s.advance(35s);
  BOOST_TEST(s.buyer.state() == Active);
  s.advance(5s);
  const auto sent = s.buyer.history().all(s.buyer.id());
  BOOST_TEST((sent.back().frame.find("\00135=1\001") != std::string::npos), "no TestRequest: " << sent.back().frame);
  BOOST_TEST(s.run_until([&] { return s.buyer.state() != Active; }, 40s));
  BOOST_TEST(s.buyer.events().list.back().text == "the peer has fallen silent", s.buyer.events().list.back().text);
  s.recovers();
  BOOST_TEST(s.seller.seen() == "A1? LAST");
}

BOOST_AUTO_TEST_SUITE_END()
