// Messages that come too early, too late or twice, and numbers that are moved.
#include "test/support/dialogue.hpp"

using namespace troupe::protocol;
using namespace troupe::test;

namespace {

using numbers = std::vector<std::pair<std::uint64_t, bool>>;
constexpr auto old = "|43=Y|122=20260302-11:00:00";

std::string order(std::uint64_t number, std::string_view more = "") {
  return "35=D|34=" + std::to_string(number) + std::string{more} + "|11=" + std::to_string(number) + "|";
}
std::string heartbeat_of(std::uint64_t number) { return "35=0|34=" + std::to_string(number) + "|"; }
std::string asks(std::uint64_t ours, std::uint64_t from) { return "35=2|34=" + std::to_string(ours) + "|7=" + std::to_string(from) + "|16=0|"; }

void check_delivered(const dialogue& d, const numbers& expected) { BOOST_TEST((d.delivered == expected)); }

}  // namespace

BOOST_AUTO_TEST_SUITE(session_recovery_stories)

BOOST_AUTO_TEST_CASE(what_comes_early_is_held_until_the_gap_is_filled) {
  dialogue d{acceptor()};
  d.log_on();
  d.peer(order(5));
  d.expect(asks(2, 2));
  BOOST_TEST((d.state() == session_state::Recovering));
  BOOST_TEST(d.has_note("gap-open"));
  d.peer(order(6));
  d.expect_silence();  // one question for one gap
  d.peer(order(2, old));
  d.peer("35=4|34=3" + std::string{old} + "|123=Y|36=5|");
  check_delivered(d, {{2, true}, {5, false}, {6, false}});
  BOOST_TEST((d.state() == session_state::Active));
  BOOST_TEST(d.store.durable().next_target.value == 7u);
  d.peer(order(5, old));  // the rest of the answer
  d.peer(order(6, old));
  d.expect_silence();
  BOOST_TEST(d.delivered.size() == 3u);
}

BOOST_AUTO_TEST_CASE(a_held_test_request_is_answered_in_its_turn) {
  dialogue d{acceptor()};
  d.log_on();
  d.peer("35=1|34=3|112=HI|");
  d.expect(asks(2, 2));
  d.peer(order(2, old));
  d.expect("35=0|34=3|112=HI|");
}

BOOST_AUTO_TEST_CASE(a_gap_behind_the_gap_is_asked_for_in_turn) {
  dialogue d{acceptor()};
  d.log_on();
  d.peer(order(3));
  d.expect(asks(2, 2));
  d.peer(order(6));
  d.peer(order(2, old));
  d.expect(asks(3, 4));
  d.peer(order(4, old));
  d.peer(order(5, old));
  check_delivered(d, {{2, true}, {3, false}, {4, true}, {5, true}, {6, false}});
  BOOST_TEST((d.state() == session_state::Active));
}

BOOST_AUTO_TEST_CASE(what_finds_no_room_is_dropped_and_asked_for_again) {
  auto c = acceptor();
  c.max_held_messages = 2;
  dialogue d{c};
  d.log_on();
  for (const std::uint64_t n : {3, 4, 5, 6}) d.peer(order(n));
  d.expect(asks(2, 2));
  BOOST_TEST(d.has_note("held-full"));
  BOOST_TEST(d.is_open);
  d.peer(order(2, old));
  check_delivered(d, {{2, true}, {3, false}, {4, false}});
  d.expect(asks(3, 5));
  d.peer(order(5, old));
  d.peer(order(6, old));
  BOOST_TEST((d.state() == session_state::Active));
  BOOST_TEST(d.delivered.size() == 5u);
}

BOOST_AUTO_TEST_CASE(held_bytes_are_bounded_as_well) {
  auto c = acceptor();
  c.max_held_bytes = 200;
  dialogue d{c};
  d.log_on();
  d.peer(order(3));
  d.peer("35=D|34=4|58=" + std::string(200, 'x') + "|");
  d.expect(asks(2, 2));
  BOOST_TEST(d.has_note("held-full"));
}

BOOST_AUTO_TEST_CASE(a_gap_that_does_not_close_is_asked_for_again_and_then_told_to_the_operator) {
  dialogue d{acceptor()};
  d.log_on();
  d.peer(order(5));
  d.expect(asks(2, 2));
  std::uint64_t theirs = 6;
  for (int i = 0; i < 2; ++i) {
    d.advance(15s);
    d.peer(heartbeat_of(theirs++));
    d.expect_silence();
    d.advance(15s);
    BOOST_TEST_REQUIRE(!d.wire.empty());
    BOOST_TEST(dialogue::brief(d.wire.back()).find("|7=2|16=0|") != std::string::npos);
    d.wire.clear();
    d.peer(heartbeat_of(theirs++));
  }
  BOOST_TEST(!d.has<action::needs_operator>());
  d.advance(30s);
  BOOST_TEST(d.all<action::needs_operator>().size() == 1u);
  d.peer(heartbeat_of(theirs++));
  d.advance(30s);
  BOOST_TEST(d.all<action::needs_operator>().size() == 1u, "told once");
  BOOST_TEST(d.is_open);
  d.wire.clear();
  d.peer(order(2, old));  // late, but it moves: the rest is asked for
  d.expect(asks(d.session().next_sender().previous().value, 3));
}

BOOST_AUTO_TEST_CASE(progress_gives_a_fill_more_time) {
  dialogue d{acceptor()};
  d.log_on();
  d.peer(order(9));
  d.expect(asks(2, 2));
  for (std::uint64_t n = 2; n < 8; ++n) {
    d.advance(25s);
    d.wire.clear();
    d.peer(order(n, old));
    d.expect_silence();
  }
  BOOST_TEST((d.state() == session_state::Recovering));
  d.peer(order(8, old));
  BOOST_TEST((d.state() == session_state::Active));
}

BOOST_AUTO_TEST_CASE(a_link_lost_while_we_recover_loses_nothing) {
  dialogue d{acceptor()};
  d.log_on();
  d.peer(order(3));
  d.peer(order(4));
  d.expect(asks(2, 2));
  d.drop();
  BOOST_TEST(d.store.durable().next_target.value == 2u);
  d.connect();
  d.peer("35=A|34=5|98=0|108=30|");
  d.expect("35=A|34=3|98=0|108=30|");
  d.expect(asks(4, 2));
  for (std::uint64_t n = 2; n <= 4; ++n) d.peer(order(n, old));
  d.peer("35=4|34=5" + std::string{old} + "|123=Y|36=6|");
  check_delivered(d, {{2, true}, {3, true}, {4, true}});
  BOOST_TEST((d.state() == session_state::Active));
  BOOST_TEST(d.session().expected_target().value == 6u);
}

BOOST_AUTO_TEST_CASE(theirs_is_served_before_ours_is_asked_for) {
  dialogue d{acceptor()};
  d.log_on();
  d.submit("D", "11=A|");
  d.expect("35=D|34=2|11=A|");
  d.peer("35=2|34=4|7=2|16=0|");
  d.expect("35=D|34=2|43=Y|11=A|");
  d.expect(asks(3, 2));
  d.peer(order(2, old));
  d.peer(order(3, old));
  BOOST_TEST((d.state() == session_state::Active));
  BOOST_TEST(d.session().expected_target().value == 5u);  // the ResendRequest has had its turn
}

// -- too low

BOOST_AUTO_TEST_CASE(a_number_too_low_ends_the_session_with_both_numbers) {
  dialogue d{acceptor()};
  d.log_on();
  d.peer(order(2));
  d.peer(order(2));
  d.expect("35=5|34=2|58=MsgSeqNum too low, expecting 3 but received 2|");
  BOOST_TEST(!d.is_open);
  BOOST_TEST((d.end() == end_reason::protocol_violation));
  BOOST_TEST(d.delivered.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_number_too_low_of_a_possible_duplicate_was_seen) {
  dialogue d{acceptor()};
  d.log_on();
  d.peer(order(2));
  for (const auto* kind : {"35=D|34=2", "35=0|34=2", "35=1|34=2", "35=3|34=2", "35=5|34=2", "35=A|34=1"})
    d.peer(std::string{kind} + old + "|112=X|45=1|98=0|108=30|11=A|");
  d.expect_silence();
  BOOST_TEST(d.is_open);
  BOOST_TEST(d.delivered.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_possible_duplicate_says_when_it_was_first_sent) {
  dialogue d{acceptor()};
  d.log_on();
  d.peer("35=D|34=2|43=Y|11=A|");
  d.expect("35=3|34=2|45=2|58=Required tag missing|371=122|372=D|373=1|");
  BOOST_TEST((d.state() == session_state::Active));
  d.peer("35=D|34=3|43=Y|122=20260302-12:00:01|11=A|");  // first sent after it was sent
  d.expect("35=3|34=3|45=3|58=SendingTime accuracy problem|372=D|373=10|");
  d.expect("35=5|34=4|");
  BOOST_TEST((d.state() == session_state::LoggingOut));
  BOOST_TEST(d.delivered.empty());
}

BOOST_AUTO_TEST_CASE(a_possible_resend_is_delivered_like_any_other) {
  dialogue d{acceptor()};
  d.log_on();
  d.peer("35=D|34=2|97=Y|11=A|");
  check_delivered(d, {{2, false}});
}

BOOST_AUTO_TEST_CASE(a_possible_duplicate_at_the_expected_number_is_delivered_with_its_mark) {
  dialogue d{acceptor()};
  d.log_on();
  d.peer(order(2, old));
  check_delivered(d, {{2, true}});
}

// -- SequenceReset

BOOST_AUTO_TEST_CASE(a_gap_fill_moves_on) {
  dialogue d{acceptor()};
  d.log_on();
  d.peer("35=4|34=2|123=Y|36=9|");
  d.expect_silence();
  BOOST_TEST(d.store.durable().next_target.value == 9u);
  d.peer(order(9));
  check_delivered(d, {{9, false}});
}

BOOST_AUTO_TEST_CASE(a_gap_fill_that_comes_early_waits) {
  dialogue d{acceptor()};
  d.log_on();
  d.peer("35=4|34=4|123=Y|36=9|");
  d.expect(asks(2, 2));
  d.peer(order(2, old));
  d.peer(order(3, old));
  BOOST_TEST(d.session().expected_target().value == 9u);
  BOOST_TEST((d.state() == session_state::Active));
}

BOOST_AUTO_TEST_CASE(a_gap_fill_that_goes_back_is_rejected) {
  dialogue d{acceptor()};
  d.log_on();
  d.peer(order(2));
  d.peer("35=4|34=3|123=Y|36=3|");
  BOOST_TEST_REQUIRE(d.wire.size() == 1u);
  BOOST_TEST(dialogue::brief(d.wire[0]).substr(0, 15) == "35=3|34=2|45=3|");
  BOOST_TEST(d.session().expected_target().value == 4u);
  d.wire.clear();
  d.peer("35=4|34=2" + std::string{old} + "|123=Y|36=3|");
  d.expect_silence();
  d.peer("35=4|34=2|123=Y|36=3|");
  d.expect("35=5|34=3|58=MsgSeqNum too low, expecting 4 but received 2|");
}

BOOST_AUTO_TEST_CASE(a_reset_moves_on_whatever_its_own_number) {
  for (const auto* number : {"2", "1", "700"}) {
    dialogue d{acceptor()};
    d.log_on();
    d.peer("35=4|34=" + std::string{number} + "|36=40|");
    d.expect_silence();
    BOOST_TEST(d.store.durable().next_target.value == 40u);
    BOOST_TEST(d.has_note("sequence-reset"));
    d.peer(order(40));
    check_delivered(d, {{40, false}});
  }
}

BOOST_AUTO_TEST_CASE(a_reset_closes_a_gap_and_frees_what_it_passes) {
  dialogue d{acceptor()};
  d.log_on();
  d.peer(order(5));
  d.peer(order(8));
  d.expect(asks(2, 2));
  d.peer("35=4|34=2|36=8|");
  check_delivered(d, {{8, false}});
  BOOST_TEST((d.state() == session_state::Active));
}

BOOST_AUTO_TEST_CASE(a_reset_to_where_we_are_changes_nothing_and_one_that_goes_back_is_rejected) {
  dialogue d{acceptor()};
  d.log_on();
  d.peer(order(2));
  d.peer("35=4|34=3|36=3|");
  d.expect_silence();
  BOOST_TEST(d.session().expected_target().value == 3u);
  d.peer("35=4|34=3|36=2|");
  d.expect("35=3|34=2|45=3|58=Value is incorrect (out of range) for this tag|372=4|373=5|");
  BOOST_TEST(d.session().expected_target().value == 3u);
  d.peer("35=4|34=3|");
  d.expect("35=3|34=3|45=3|58=Required tag missing|371=36|372=4|373=1|");
}

// -- Reject

BOOST_AUTO_TEST_CASE(a_rejected_message_uses_its_number) {
  dialogue d{acceptor()};
  d.log_on();
  d.peer("35=1|34=2|");
  d.expect("35=3|34=2|45=2|58=Required tag missing|371=112|372=1|373=1|");
  d.peer("35=1|34=3|112=|");
  d.expect("35=3|34=3|45=3|58=Tag specified without a value|371=112|372=1|373=4|");
  BOOST_TEST(d.store.durable().next_target.value == 4u);
  BOOST_TEST((d.state() == session_state::Active));
}

BOOST_AUTO_TEST_CASE(a_reject_of_ours_is_told_and_not_answered) {
  dialogue d{acceptor()};
  d.log_on();
  d.peer("35=3|34=2|45=1|58=what was that|");
  d.expect_silence();
  BOOST_TEST(d.has_note("reject-received"));
  BOOST_TEST(d.store.durable().next_target.value == 3u);
}

BOOST_AUTO_TEST_CASE(an_offence_is_rejected_and_ends_the_session) {
  for (const auto* offence : {"35=D|34=2|49=NOBODY|11=A|", "35=D|34=2|52=20260302-11:00:00|11=A|"}) {
    dialogue d{acceptor()};
    d.log_on();
    d.peer(offence);
    BOOST_TEST_REQUIRE(d.wire.size() == 2u);
    BOOST_TEST(dialogue::brief(d.wire[0]).substr(0, 15) == "35=3|34=2|45=2|");
    BOOST_TEST(dialogue::brief(d.wire[1]) == "35=5|34=3|");
    BOOST_TEST((d.state() == session_state::LoggingOut));
    BOOST_TEST(d.delivered.empty());
  }
}

BOOST_AUTO_TEST_CASE(another_version_or_no_number_ends_the_session) {
  dialogue d{acceptor()};
  d.log_on();
  d.peer_bytes(framed("FIX.4.1", with_soh("35=D|34=2|49=THEM|52=" + d.utc_now() + "|56=US|11=A|")));
  d.expect("35=5|34=2|58=Incorrect BeginString|");
  BOOST_TEST((d.state() == session_state::LoggingOut));
  dialogue e{acceptor()};
  e.log_on();
  e.peer("35=D|11=A|");
  e.expect("35=5|34=2|58=Required tag missing (34)|");
  BOOST_TEST(!e.is_open);
}

BOOST_AUTO_TEST_CASE(garbled_bytes_change_nothing) {
  dialogue d{acceptor()};
  d.log_on();
  d.on(event::garbled{"BodyLength does not fit"});
  d.expect_silence();
  BOOST_TEST(d.has_note("msg-garbled"));
  BOOST_TEST(d.session().expected_target().value == 2u);
}

BOOST_AUTO_TEST_CASE(a_second_logon_is_refused) {
  dialogue d{acceptor()};
  d.log_on();
  d.peer("35=A|34=2|98=0|108=30|");
  d.expect("35=5|34=2|58=Logon(A) while logged on|");
  BOOST_TEST(!d.is_open);
}

// Without that, two engines that have no room would ask each other for their requests for ever.
BOOST_AUTO_TEST_CASE(a_request_that_was_served_is_remembered_even_if_nothing_more_can_be_held) {
  auto config = acceptor();
  config.max_held_messages = 0;
  dialogue d{config};
  d.log_on();
  d.peer("35=D|34=3|11=B|");
  BOOST_TEST(d.has_note("held-full"));
  d.expect("35=2|34=2|7=2|16=0|");
  d.peer("35=2|34=4|7=2|16=2|");
  d.expect("35=4|34=2|43=Y|36=3|123=Y|");
  d.peer("35=4|34=2|43=Y|123=Y|36=3|");
  d.peer("35=D|34=3|43=Y|122=20260302-11:00:00|11=B|");
  BOOST_TEST(d.session().expected_target().value == 5U);
  BOOST_TEST((d.state() == session_state::Active));
}

BOOST_AUTO_TEST_SUITE_END()
