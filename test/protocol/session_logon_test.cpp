// Logon(A) from both sides, and the hooks around it.
#include "test/support/dialogue.hpp"

using namespace troupe::protocol;
using namespace troupe::test;

namespace {

session_config authenticating() {
  auto c = acceptor();
  c.has_authenticate_hook = true;
  return c;
}
session_config preparing() {
  auto c = initiator();
  c.has_prepare_logon_hook = true;
  return c;
}

constexpr auto plain_logon = "35=A|34=1|98=0|108=30|";

}  // namespace

BOOST_AUTO_TEST_SUITE(session_logon)

BOOST_AUTO_TEST_CASE(acceptor_answers_a_logon) {
  dialogue d{acceptor()};
  d.connect();
  d.peer(plain_logon);
  d.expect(plain_logon);
  BOOST_TEST((d.state() == session_state::Active));
  BOOST_TEST(d.has<action::logged_on>());
  BOOST_TEST(d.store.durable().next_target.value == 2u);
  BOOST_TEST(d.store.durable().next_sender.value == 2u);
}

BOOST_AUTO_TEST_CASE(acceptor_answers_before_it_asks) {
  dialogue d{acceptor()};
  d.connect();
  d.peer("35=A|34=5|98=0|108=30|");
  d.expect(plain_logon);
  d.expect("35=2|34=2|7=1|16=0|");
  BOOST_TEST((d.state() == session_state::Recovering));
}

BOOST_AUTO_TEST_CASE(acceptor_takes_the_interval_of_the_peer) {
  dialogue d{acceptor()};
  d.connect();
  d.peer("35=A|34=1|98=0|108=7|");
  d.expect("35=A|34=1|98=0|108=7|");
  d.advance(7s);
  d.expect("35=0|34=2|");
}

BOOST_AUTO_TEST_CASE(acceptor_hangs_up_without_a_word_on_a_bad_logon) {
  for (const auto* bad : {"35=A|34=1|98=0|108=-1|", "35=A|34=1|98=0|", "35=A|34=1|98=1|108=30|", "35=0|34=1|", "35=A|34=2|98=0|108=30|141=Y|",
                          "35=A|34=1|49=NOBODY|98=0|108=30|", "35=A|34=1|43=Y|98=0|108=30|"}) {
    dialogue d{acceptor()};
    d.connect();
    d.peer(bad);
    d.expect_silence();
    BOOST_TEST(!d.is_open, bad);
    BOOST_TEST((d.end() == end_reason::logon_refused), bad);
    BOOST_TEST(d.store.durable().next_sender.value == 1u);
    BOOST_TEST(d.store.durable().next_target.value == 1u);
  }
}

BOOST_AUTO_TEST_CASE(acceptor_waits_for_a_logon_only_so_long) {
  dialogue d{acceptor()};
  d.connect();
  d.advance(10s);
  BOOST_TEST(!d.is_open);
  BOOST_TEST((d.end() == end_reason::logon_timeout));
}

BOOST_AUTO_TEST_CASE(acceptor_tells_a_peer_that_lost_its_numbers) {
  dialogue d{acceptor(), 4, 9};
  d.connect();
  d.peer("35=A|34=3|98=0|108=30|");
  d.expect("35=5|34=4|58=MsgSeqNum too low, expecting 9 but received 3|");
  BOOST_TEST(!d.is_open);
  BOOST_TEST((d.end() == end_reason::logon_refused));
}

BOOST_AUTO_TEST_CASE(a_new_connection_takes_the_place_of_the_old_one) {
  dialogue d{acceptor()};
  d.log_on();
  d.connect();
  BOOST_TEST((d.end() == end_reason::link_lost));
  BOOST_TEST((d.state() == session_state::AwaitingLogon));
}

// -- initiator

BOOST_AUTO_TEST_CASE(initiator_logs_on) {
  dialogue d{initiator()};
  d.on(event::connecting{});
  BOOST_TEST((d.state() == session_state::Connecting));
  d.connect();
  d.expect(plain_logon);
  BOOST_TEST((d.state() == session_state::LogonSent));
  d.peer(plain_logon);
  BOOST_TEST((d.state() == session_state::Active));
  d.expect_silence();
}

BOOST_AUTO_TEST_CASE(initiator_is_up_before_it_asks_for_what_it_missed) {
  dialogue d{initiator()};
  d.connect();
  d.expect(plain_logon);
  d.peer("35=A|34=5|98=0|108=30|");
  BOOST_TEST(d.has<action::logged_on>());
  d.expect("35=2|34=2|7=1|16=0|");
  d.peer("35=4|34=1|43=Y|123=Y|36=5|");
  BOOST_TEST((d.state() == session_state::Active));
  BOOST_TEST(d.session().expected_target().value == 6u);
}

BOOST_AUTO_TEST_CASE(initiator_hangs_up_on_anything_but_a_logon) {
  for (const auto* wrong : {"35=0|34=1|", "35=D|34=1|11=A|", "35=1|34=4|112=X|", "35=A|34=1|43=Y|122=20260302-11:00:00|98=0|108=30|"}) {
    dialogue d{initiator()};
    d.connect();
    d.expect(plain_logon);
    d.peer(wrong);
    d.expect_silence();
    BOOST_TEST(!d.is_open, wrong);
    BOOST_TEST((d.end() == end_reason::logon_refused), wrong);
    BOOST_TEST(d.delivered.empty());
  }
}

BOOST_AUTO_TEST_CASE(initiator_is_told_why_it_was_denied) {
  dialogue d{initiator()};
  d.connect();
  d.expect(plain_logon);
  d.peer("35=5|34=1|58=not today|");
  BOOST_TEST(!d.is_open);
  const auto ends = d.all<action::ended>();
  BOOST_TEST_REQUIRE(ends.size() == 1u);
  BOOST_TEST((ends[0].why == end_reason::logon_refused));
  BOOST_TEST(ends[0].text == "the peer refused our Logon: not today");
}

BOOST_AUTO_TEST_CASE(initiator_gives_up_on_a_peer_whose_numbers_are_too_low) {
  dialogue d{initiator(), 4, 9};
  d.connect();
  d.expect("35=A|34=4|98=0|108=30|");
  d.peer("35=A|34=3|98=0|108=30|");
  d.expect("35=5|34=5|58=MsgSeqNum too low, expecting 9 but received 3|");
  BOOST_TEST(!d.is_open);
}

BOOST_AUTO_TEST_CASE(initiator_refuses_an_answer_without_an_interval) {
  dialogue d{initiator()};
  d.connect();
  d.expect(plain_logon);
  d.peer("35=A|34=1|98=0|");
  d.expect("35=5|34=2|58=HeartBtInt(108) must be 0 or more|");
  BOOST_TEST(!d.is_open);
}

BOOST_AUTO_TEST_CASE(initiator_waits_for_the_answer_only_so_long) {
  dialogue d{initiator()};
  d.connect();
  d.expect(plain_logon);
  d.advance(9s);
  BOOST_TEST(d.is_open);
  d.advance(1s);
  BOOST_TEST((d.end() == end_reason::logon_timeout));
  BOOST_TEST(!d.is_open);
}

// -- hooks

BOOST_AUTO_TEST_CASE(a_logon_waits_for_the_application_to_know_the_peer) {
  dialogue d{authenticating()};
  d.connect();
  d.peer("35=A|34=1|98=0|108=30|553=me|554=secret|");
  BOOST_TEST((d.state() == session_state::AwaitingAuthentication));
  d.expect_silence();
  const auto asked = d.all<action::ask_authenticate>();
  BOOST_TEST_REQUIRE(asked.size() == 1u);
  BOOST_TEST(with_bars(asked[0].logon).find("|553=me|554=secret|") != std::string::npos);
  d.peer("35=D|34=2|11=A|");  // the peer does not wait
  BOOST_TEST(d.delivered.empty());
  d.on(event::authenticated{d.epoch(), true, {}});
  d.expect(plain_logon);
  BOOST_TEST((d.state() == session_state::Active));
  BOOST_TEST(d.delivered.size() == 1u);
  BOOST_TEST(d.store.durable().next_target.value == 3u);
}

BOOST_AUTO_TEST_CASE(a_peer_that_is_not_known_is_told_nothing) {
  dialogue d{authenticating()};
  d.connect();
  d.peer(plain_logon);
  d.peer("35=D|34=2|11=A|");
  d.on(event::authenticated{d.epoch(), false, "wrong password"});
  d.expect_silence();
  BOOST_TEST(!d.is_open);
  BOOST_TEST(d.delivered.empty());
  BOOST_TEST((d.end() == end_reason::logon_refused));
  BOOST_TEST(d.store.durable().next_target.value == 1u);
}

BOOST_AUTO_TEST_CASE(an_authentication_that_comes_too_late_finds_nobody) {
  dialogue d{authenticating()};
  d.connect();
  const auto first = d.epoch();
  d.peer(plain_logon);
  d.advance(10s);
  BOOST_TEST((d.end() == end_reason::logon_timeout));
  d.drop();
  d.on(event::authenticated{first, true, {}});
  BOOST_TEST((d.state() == session_state::Disconnected));
  d.connect();
  d.peer(plain_logon);
  d.on(event::authenticated{first, true, {}});  // of the Logon before
  BOOST_TEST((d.state() == session_state::AwaitingAuthentication));
  d.expect_silence();
}

BOOST_AUTO_TEST_CASE(a_link_lost_while_the_application_thinks_leaves_nothing_behind) {
  dialogue d{authenticating()};
  d.connect();
  d.peer(plain_logon);
  d.peer("35=D|34=2|11=A|");
  d.drop();
  d.connect();
  d.peer(plain_logon);
  d.on(event::authenticated{d.epoch(), true, {}});
  d.expect(plain_logon);
  d.expect_silence();
  BOOST_TEST(d.delivered.empty());
  BOOST_TEST(d.session().expected_target().value == 2u);
}

BOOST_AUTO_TEST_CASE(a_peer_that_talks_too_much_before_it_is_known_is_cut) {
  auto c = authenticating();
  c.max_held_messages = 3;
  dialogue d{c};
  d.connect();
  d.peer(plain_logon);
  for (int i = 2; i < 5; ++i) d.peer("35=D|34=" + std::to_string(i) + "|11=A|");
  BOOST_TEST(d.is_open);
  d.peer("35=D|34=5|11=A|");
  BOOST_TEST(!d.is_open);
}

BOOST_AUTO_TEST_CASE(the_application_adds_to_our_logon) {
  dialogue d{preparing()};
  d.connect();
  BOOST_TEST((d.state() == session_state::PreparingLogon));
  d.expect_silence();
  d.on(event::logon_prepared{d.epoch(), with_soh("553=me|554=secret|")});
  d.expect("35=A|34=1|98=0|108=30|553=me|554=secret|");
  d.peer(plain_logon);
  BOOST_TEST((d.state() == session_state::Active));
}

BOOST_AUTO_TEST_CASE(no_secret_of_our_logon_reaches_the_store) {
  dialogue d{preparing()};
  d.connect();
  d.on(event::logon_prepared{d.epoch(), with_soh("95=6|96=hidden|553=me|554=secret|925=newsecret|")});
  d.expect("35=A|34=1|98=0|108=30|95=6|96=hidden|553=me|554=secret|925=newsecret|");
  d.peer(plain_logon);
  BOOST_TEST_REQUIRE(d.store.records().size() == 1u);
  for (const auto& [number, record] : d.store.records()) {
    BOOST_TEST((record.kind == record_kind::administrative));
    BOOST_TEST(record.frame.find("secret") == std::string::npos);
    BOOST_TEST(record.frame.find("hidden") == std::string::npos);
    BOOST_TEST(dialogue::brief(record.frame) == plain_logon);
  }
  d.peer("35=2|34=2|7=1|16=0|");
  d.expect("35=4|34=1|43=Y|36=2|123=Y|");
}

BOOST_AUTO_TEST_CASE(a_logon_that_nobody_prepares_ends_at_the_limit) {
  dialogue d{preparing()};
  d.connect();
  const auto first = d.epoch();
  d.advance(10s);
  BOOST_TEST(!d.is_open);
  BOOST_TEST((d.end() == end_reason::logon_timeout));
  d.drop();
  d.connect();
  d.on(event::logon_prepared{first, with_soh("554=old|")});
  d.expect_silence();
  d.on(event::logon_prepared{d.epoch(), with_soh("554=new|")});
  d.expect("35=A|34=1|98=0|108=30|554=new|");
}

BOOST_AUTO_TEST_CASE(a_link_lost_while_our_logon_is_prepared_uses_no_number) {
  dialogue d{preparing()};
  d.connect();
  const auto first = d.epoch();
  d.drop();
  d.on(event::logon_prepared{first, {}});
  d.expect_silence();
  BOOST_TEST(d.session().next_sender().value == 1u);
  BOOST_TEST((d.state() == session_state::Disconnected));
}

BOOST_AUTO_TEST_CASE(a_peer_that_speaks_before_our_logon_is_hung_up_on) {
  dialogue d{preparing()};
  d.connect();
  d.peer(plain_logon);
  BOOST_TEST(!d.is_open);
  d.expect_silence();
}

BOOST_AUTO_TEST_SUITE_END()
