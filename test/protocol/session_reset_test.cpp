// ResetSeqNumFlag(141)=Y: a reset is begun by either side, confirmed by the other, and may be interrupted anywhere between.
#include "test/support/dialogue.hpp"

using namespace troupe::protocol;
using namespace troupe::test;

namespace {

using mood = fake_store::mood;
constexpr auto reset_logon = "35=A|34=1|98=0|108=30|141=Y|";

void check_numbers(dialogue& d, std::uint64_t generation, std::uint64_t next_sender, std::uint64_t next_target, bool is_pending) {
  const auto& s = d.store.durable();
  BOOST_TEST(s.generation.value == generation);
  BOOST_TEST(s.next_sender.value == next_sender);
  BOOST_TEST(s.next_target.value == next_target);
  BOOST_TEST(s.is_reset_pending == is_pending);
  for (const auto& f : d.store.faults) BOOST_ERROR(f);
}

// Both sides have sent a few messages.
void trade(dialogue& d) {
  d.log_on();
  d.peer("35=D|34=2|11=X|");
  d.submit("D", "11=A|");
  d.expect("35=D|34=2|11=A|");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(session_reset)

BOOST_AUTO_TEST_CASE(the_peer_resets_at_logon) {
  dialogue d{acceptor(), 7, 9};
  d.connect();
  d.peer(reset_logon);
  d.expect(reset_logon);
  BOOST_TEST((d.state() == session_state::Active));
  check_numbers(d, 2, 2, 2, false);
}

BOOST_AUTO_TEST_CASE(we_reset_at_logon) {
  auto c = initiator();
  c.send_reset_flag = true;
  dialogue d{c, 7, 9};
  d.connect();
  d.expect(reset_logon);
  check_numbers(d, 2, 2, 1, true);
  d.peer(reset_logon);
  BOOST_TEST((d.state() == session_state::Active));
  check_numbers(d, 2, 2, 2, false);
  d.expect_silence();
}

BOOST_AUTO_TEST_CASE(the_peer_resets_in_mid_session) {
  for (const auto who : {role::acceptor, role::initiator}) {
    dialogue d{session_of(who)};
    trade(d);
    d.peer(reset_logon);
    d.expect(reset_logon);
    BOOST_TEST((d.state() == session_state::Active));
    BOOST_TEST(d.all<action::logged_on>().size() == 1u, "the application was on all the time");
    check_numbers(d, 2, 2, 2, false);
    d.submit("D", "11=B|");
    d.expect("35=D|34=2|11=B|");
  }
}

BOOST_AUTO_TEST_CASE(we_reset_in_mid_session) {
  for (const auto who : {role::acceptor, role::initiator}) {
    dialogue d{session_of(who)};
    trade(d);
    d.on(event::reset_requested{});
    d.expect(reset_logon);
    check_numbers(d, 2, 2, 1, true);
    d.peer(reset_logon);
    BOOST_TEST((d.state() == session_state::Active));
    check_numbers(d, 2, 2, 2, false);
    d.expect_silence();
  }
}

BOOST_AUTO_TEST_CASE(messages_of_the_old_numbering_that_were_in_flight_change_nothing) {
  dialogue d{acceptor()};
  trade(d);
  d.on(event::reset_requested{});
  d.expect(reset_logon);
  for (const auto* old : {"35=D|34=3|11=Y|", "35=1|34=4|112=X|", "35=2|34=5|7=1|16=0|", "35=3|34=6|45=2|", "35=4|34=7|123=Y|36=9|", "35=4|34=8|36=99|",
                          "35=D|34=1|43=Y|122=20260302-11:00:00|11=X|", "35=3|34=1|45=1|"})
    d.peer(old);
  d.expect_silence();
  BOOST_TEST(d.is_open);
  BOOST_TEST(d.delivered.size() == 1u);
  d.peer(reset_logon);
  BOOST_TEST((d.state() == session_state::Active));
  d.peer("35=D|34=2|11=Z|");
  BOOST_TEST(d.delivered.size() == 2u);
  check_numbers(d, 2, 2, 3, false);
}

BOOST_AUTO_TEST_CASE(a_logout_in_flight_still_ends_the_session) {
  dialogue d{acceptor()};
  trade(d);
  d.on(event::reset_requested{});
  d.expect(reset_logon);
  d.peer("35=5|34=3|58=good night|");
  d.expect("35=5|34=2|");
  BOOST_TEST((d.state() == session_state::LoggingOut));
  d.drop();
  BOOST_TEST((d.end() == end_reason::peer_logout));
  BOOST_TEST(d.store.durable().is_reset_pending);
}

BOOST_AUTO_TEST_CASE(what_was_handled_of_the_old_numbering_is_refused) {
  dialogue d{acceptor()};
  d.handles_at_once = false;
  d.log_on();
  d.peer("35=D|34=2|11=X|");
  const auto old = d.session().generation();
  d.peer(reset_logon);
  d.expect(reset_logon);
  d.on(event::handled{old, seq_num{2}, {{submit_token{5}, {"8", {}, with_soh("17=E|")}}}});
  d.expect_silence();
  const auto refused = d.all<action::refused>();
  BOOST_TEST_REQUIRE(refused.size() == 1u);
  BOOST_TEST((refused[0].reason == action::refusal::numbers_reset));
  check_numbers(d, 2, 2, 2, false);
}

BOOST_AUTO_TEST_CASE(both_sides_reset_at_once) {
  dialogue d{acceptor()};
  trade(d);
  d.on(event::reset_requested{});
  d.expect(reset_logon);
  d.on(event::reset_requested{});  // once is enough
  d.peer(reset_logon);             // the peer's wish, not its answer
  d.expect_silence();
  BOOST_TEST((d.state() == session_state::Active));
  check_numbers(d, 2, 2, 2, false);
}

// -- interrupted

BOOST_AUTO_TEST_CASE(a_reset_is_repeated_until_it_is_confirmed) {
  for (int interruption = 0; interruption < 4; ++interruption) {
    dialogue d{initiator()};
    trade(d);
    d.on(event::reset_requested{});
    d.expect(reset_logon);
    if (interruption == 0) d.drop();
    if (interruption == 1) d.crash();
    if (interruption == 2) d.advance(10s);  // no answer
    if (interruption == 3) d.drop(), d.crash();
    d.drop();
    BOOST_TEST(d.store.durable().is_reset_pending);
    d.connect();
    d.expect(reset_logon);
    d.drop();
    d.connect();
    d.expect(reset_logon);
    d.peer(reset_logon);
    BOOST_TEST((d.state() == session_state::Active));
    BOOST_TEST(!d.store.durable().is_reset_pending);
    d.drop();
    d.connect();
    d.expect("35=A|34=2|98=0|108=30|");
  }
}

BOOST_AUTO_TEST_CASE(an_acceptor_answers_with_the_reset_that_is_not_confirmed) {
  for (const auto* theirs : {"35=A|34=3|98=0|108=30|", "35=A|34=1|98=0|108=30|"}) {
    dialogue d{acceptor()};
    trade(d);
    d.on(event::reset_requested{});
    d.expect(reset_logon);
    d.crash();
    d.connect();
    d.peer(theirs);
    d.expect(reset_logon);
    BOOST_TEST((d.state() == session_state::LogonSent));
    BOOST_TEST(d.store.durable().is_reset_pending);
    d.peer(reset_logon);
    BOOST_TEST((d.state() == session_state::Active));
    BOOST_TEST(!d.store.durable().is_reset_pending);
    BOOST_TEST(d.store.faults.empty());
  }
}

BOOST_AUTO_TEST_CASE(a_reset_by_the_peer_confirms_ours) {
  dialogue d{acceptor()};
  trade(d);
  d.on(event::reset_requested{});
  d.expect(reset_logon);
  d.drop();
  d.connect();
  d.peer(reset_logon);
  d.expect(reset_logon);
  BOOST_TEST((d.state() == session_state::Active));
  BOOST_TEST(!d.store.durable().is_reset_pending);
}

BOOST_AUTO_TEST_CASE(what_came_behind_a_logon_that_is_answered_with_a_reset_is_of_the_old_numbering) {
  auto c = acceptor();
  c.has_authenticate_hook = true;
  dialogue d{c, 4, 4};
  d.on(event::reset_requested{});
  d.connect();
  d.peer("35=A|34=4|98=0|108=30|");
  d.peer("35=D|34=5|11=A|");
  d.on(event::authenticated{d.epoch(), true, {}});
  d.expect(reset_logon);
  BOOST_TEST(d.is_open);
  BOOST_TEST(d.delivered.empty());
  d.peer(reset_logon);
  BOOST_TEST((d.state() == session_state::Active));
  BOOST_TEST(d.has<action::logged_on>());
}

BOOST_AUTO_TEST_CASE(a_crash_before_the_commit_has_reset_nothing) {
  dialogue d{acceptor()};
  trade(d);
  d.store.how = mood::waits;
  d.peer(reset_logon);
  d.expect_silence();
  d.crash();
  check_numbers(d, 1, 3, 3, false);
  d.store.how = mood::commits;
  d.connect();
  d.peer(reset_logon);
  d.expect(reset_logon);
  check_numbers(d, 2, 2, 2, false);
}

BOOST_AUTO_TEST_CASE(a_crash_before_the_confirmation_is_stored_begins_the_reset_again) {
  dialogue d{initiator()};
  trade(d);
  d.on(event::reset_requested{});
  d.expect(reset_logon);
  d.store.how = mood::waits;
  d.peer(reset_logon);
  BOOST_TEST((d.state() == session_state::Active));
  d.crash();
  d.store.how = mood::commits;
  d.connect();
  d.expect(reset_logon);
  check_numbers(d, 3, 2, 1, true);
}

BOOST_AUTO_TEST_CASE(a_reset_while_down_is_told_at_the_next_logon) {
  dialogue d{initiator(), 7, 9};
  d.on(event::reset_requested{});
  check_numbers(d, 2, 1, 1, true);
  d.connect();
  d.expect(reset_logon);
}

BOOST_AUTO_TEST_CASE(a_reset_while_our_logon_is_out_begins_with_a_new_connection) {
  dialogue d{initiator(), 7, 9};
  d.connect();
  d.expect("35=A|34=7|98=0|108=30|");
  d.on(event::reset_requested{});
  d.expect_silence();
  BOOST_TEST(!d.is_open);
  d.connect();
  d.expect(reset_logon);
}

BOOST_AUTO_TEST_CASE(a_reset_at_logon_takes_nothing_but_a_logon_for_an_answer) {
  auto c = initiator();
  c.send_reset_flag = true;
  dialogue d{c};
  d.connect();
  d.expect(reset_logon);
  d.peer("35=0|34=1|");
  BOOST_TEST(!d.is_open);
  d.connect();
  d.expect(reset_logon);
  d.peer("35=A|34=5|98=0|108=30|");
  d.expect("35=5|34=2|58=expected ResetSeqNumFlag(141)=Y with MsgSeqNum(34)=1, received 5|");
  BOOST_TEST(!d.is_open);
  BOOST_TEST(d.store.durable().is_reset_pending);
}

BOOST_AUTO_TEST_CASE(a_reset_needs_number_one) {
  dialogue d{acceptor()};
  trade(d);
  d.peer("35=A|34=3|98=0|108=30|141=Y|");
  d.expect("35=5|34=3|58=ResetSeqNumFlag(141)=Y needs MsgSeqNum(34)=1, received 3|");
  BOOST_TEST(!d.is_open);
  check_numbers(d, 1, 4, 3, false);
}

BOOST_AUTO_TEST_CASE(yesterdays_reset_that_is_sent_again_resets_nothing) {
  dialogue d{acceptor()};
  trade(d);
  d.peer("35=A|34=1|43=Y|122=20260302-11:00:00|98=0|108=30|141=Y|");
  d.expect_silence();
  d.peer("35=A|34=3|43=Y|122=20260302-11:00:00|98=0|108=30|141=Y|");
  d.expect_silence();
  check_numbers(d, 1, 3, 4, false);
}

BOOST_AUTO_TEST_CASE(numbers_start_anew_after_a_logout_or_a_disconnect_if_so_set) {
  auto c = acceptor();
  c.reset_on_logout = true;
  dialogue d{c};
  trade(d);
  d.drop();
  check_numbers(d, 1, 3, 3, false);  // no Logout
  d.connect();
  d.peer("35=A|34=3|98=0|108=30|");
  d.expect("35=A|34=3|98=0|108=30|");
  d.peer("35=5|34=4|");
  d.expect("35=5|34=4|");
  d.drop();
  check_numbers(d, 2, 1, 1, false);

  c = initiator();
  c.reset_on_disconnect = true;
  dialogue e{c};
  e.connect();
  e.expect(reset_logon);  // fresh, and by rule
  e.peer(reset_logon);
  e.drop();
  BOOST_TEST(e.store.durable().next_sender.value == 1u);
  e.connect();
  e.expect(reset_logon);
}

BOOST_AUTO_TEST_CASE(what_waited_for_its_turn_is_named_when_a_reset_drops_it) {
  dialogue d{acceptor()};
  trade(d);
  d.fetches_at_once = false;
  d.peer("35=2|34=3|7=1|16=0|");
  d.submit("D", "11=B|", 4);
  d.expect_silence();
  d.on(event::reset_requested{});
  BOOST_TEST(d.has_note("reset-unsent"));
  d.expect(reset_logon);
  d.fetches_at_once = true;
  d.peer(reset_logon);
  d.expect_silence();  // the page of the old numbering is nobody's
  d.submit("D", "11=C|");
  d.expect("35=D|34=2|11=C|");
}

BOOST_AUTO_TEST_SUITE_END()
