// Silence: Heartbeat(0), TestRequest(1), and the end of it.
#include "test/support/dialogue.hpp"

using namespace troupe::protocol;
using namespace troupe::test;

BOOST_AUTO_TEST_SUITE(session_liveness_stories)

BOOST_AUTO_TEST_CASE(a_silent_peer_is_tested_and_then_given_up) {
  dialogue d{acceptor()};
  d.log_on();
  d.advance(30s);
  d.expect("35=0|34=2|");
  d.advance(6s);
  d.expect("35=1|34=3|112=TEST|");
  d.advance(35s);
  d.expect_silence();  // no Heartbeat while the TestRequest is open
  BOOST_TEST(d.is_open);
  d.advance(1s);
  BOOST_TEST(!d.is_open);
  BOOST_TEST((d.end() == end_reason::heartbeat_timeout));
  d.expect_silence();
}

BOOST_AUTO_TEST_CASE(any_message_shows_that_the_peer_lives) {
  for (const auto* sign : {"35=0|34=2|112=TEST|", "35=D|34=2|11=A|", "35=D|34=9|11=A|"}) {
    dialogue d{acceptor()};
    d.log_on();
    d.advance(36s);
    d.wire.clear();
    d.peer(sign);
    d.wire.clear();
    d.advance(35s);
    BOOST_TEST(d.is_open);
    for (const auto& w : d.wire) BOOST_TEST(dialogue::brief(w).substr(0, 5) != "35=1|");
  }
}

BOOST_AUTO_TEST_CASE(garbled_bytes_do_not) {
  dialogue d{acceptor()};
  d.log_on();
  d.advance(36s);
  d.on(event::garbled{"noise"});
  d.advance(36s);
  BOOST_TEST((d.end() == end_reason::heartbeat_timeout));
}

BOOST_AUTO_TEST_CASE(whoever_sends_needs_no_heartbeat) {
  dialogue d{acceptor()};
  d.log_on();
  for (int i = 0; i < 3; ++i) {
    d.advance(25s);
    d.submit("D", "11=A|");
    d.peer("35=0|34=" + std::to_string(2 + i) + "|");
  }
  for (const auto& w : d.wire) BOOST_TEST(dialogue::brief(w).substr(0, 5) == "35=D|");
  BOOST_TEST(d.wire.size() == 3u);
}

BOOST_AUTO_TEST_CASE(an_answer_carries_the_id_of_the_question) {
  dialogue d{acceptor()};
  d.log_on();
  d.peer("35=1|34=2|112=are you there|");
  d.expect("35=0|34=2|112=are you there|");
}

BOOST_AUTO_TEST_CASE(with_interval_zero_nobody_asks) {
  dialogue d{acceptor()};
  d.connect();
  d.peer("35=A|34=1|98=0|108=0|");
  d.expect("35=A|34=1|98=0|108=0|");
  d.advance(24h);
  d.expect_silence();
  BOOST_TEST((d.state() == session_state::Active));
  BOOST_TEST(!d.session().next_deadline().has_value());
  d.on(event::logout_requested{});
  d.advance(2s);
  BOOST_TEST((d.end() == end_reason::our_logout), "the time limit of a Logout holds all the same");
}

BOOST_AUTO_TEST_CASE(while_we_do_not_read_silence_is_our_own_doing) {
  auto c = acceptor();
  c.max_unhandled_messages = 2;
  dialogue d{c};
  d.handles_at_once = false;
  d.log_on();
  for (int n = 2; n <= 4; ++n) d.peer("35=D|34=" + std::to_string(n) + "|11=A|");
  BOOST_TEST(!d.is_reading);
  d.advance(10min);
  BOOST_TEST((d.state() == session_state::Active));
  for (const auto& w : d.wire) BOOST_TEST(dialogue::brief(w).substr(0, 5) == "35=0|");
  BOOST_TEST(d.wire.size() == 20u, "we go on to show that we live");
  d.wire.clear();
  d.handle(4);
  BOOST_TEST(d.is_reading);
  d.advance(35s);
  BOOST_TEST(d.is_open);
  d.advance(1s);
  BOOST_TEST(!d.wire.empty());
  BOOST_TEST(dialogue::brief(d.wire.back()).find("112=TEST|") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(while_we_do_not_read_a_gap_is_not_held_against_the_peer) {
  auto c = acceptor();
  c.max_unhandled_messages = 1;
  dialogue d{c};
  d.handles_at_once = false;
  d.log_on();
  d.peer("35=D|34=2|11=A|");
  d.peer("35=D|34=9|11=A|");
  d.expect("35=2|34=2|7=3|16=0|");
  d.peer("35=D|34=3|43=Y|122=20260302-11:00:00|11=A|");
  BOOST_TEST(!d.is_reading);
  d.advance(10min);
  BOOST_TEST(!d.has<action::needs_operator>());
  d.handle(3);
  BOOST_TEST(d.is_reading);
  d.wire.clear();
  d.advance(29s);
  for (const auto& w : d.wire) BOOST_TEST(dialogue::brief(w).substr(0, 5) != "35=2|");
}

BOOST_AUTO_TEST_CASE(early_calls_are_harmless) {
  dialogue d{acceptor()};
  d.log_on();
  for (int i = 0; i < 100; ++i) d.on(event::deadline{});
  d.expect_silence();
  BOOST_TEST((d.state() == session_state::Active));
}

BOOST_AUTO_TEST_SUITE_END()
