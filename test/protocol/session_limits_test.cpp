// How much a peer may ask for and send, and what becomes of the rest; when its orders are to be cancelled.
#include "test/support/dialogue.hpp"

#include <boost/test/unit_test.hpp>

using namespace troupe::protocol;
using namespace troupe::test;

namespace {

template <class Change>
session_config changed(session_config c, Change change) {
  change(c);
  return c;
}

// Has sent the messages 2 … 1 + count.
void send_reports(dialogue& d, int count) {
  d.log_on();
  for (int i = 0; i < count; ++i) d.submit("8", "17=" + std::to_string(i) + "|");
  d.wire.clear();
}

void orders(dialogue& d, std::uint64_t from, std::uint64_t to) {
  for (auto n = from; n <= to; ++n) d.peer("35=D|34=" + std::to_string(n) + "|11=" + std::to_string(n) + "|");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(session_limits)

// ---------------------------------------------------------------- what is sent again

BOOST_AUTO_TEST_CASE(a_request_for_more_than_the_largest_span_is_rejected_and_a_smaller_one_is_served) {
  dialogue d{changed(acceptor(), [](auto& c) { c.max_resend_span = 3; })};
  send_reports(d, 4);
  d.peer("35=2|34=2|7=2|16=0|");
  d.expect("35=3|34=6|45=2|58=ResendRequest for 4 messages, at most 3 are sent again at a time|371=16|372=2|373=5|");
  BOOST_TEST(d.has_note("resend-refused"));
  d.peer("35=2|34=3|7=2|16=4|");
  d.expect("35=8|34=2|43=Y|17=0|");
  d.expect("35=8|34=3|43=Y|17=1|");
  d.expect("35=8|34=4|43=Y|17=2|");
  d.expect_silence();
}

BOOST_AUTO_TEST_CASE(messages_are_sent_again_no_faster_than_the_rate) {
  dialogue d{changed(acceptor(), [](auto& c) { c.resend_rate = 20; })};
  send_reports(d, 6);
  d.peer("35=2|34=2|7=2|16=0|");
  BOOST_TEST(d.wire.size() == 2u);  // a tenth of a second's
  d.advance(99ms);
  BOOST_TEST(d.wire.size() == 2u);
  d.advance(1ms);
  BOOST_TEST(d.wire.size() == 4u);
  d.advance(100ms);
  BOOST_TEST(d.wire.size() == 6u);
  d.advance(1s);
  BOOST_TEST(d.wire.size() == 6u);
}

BOOST_AUTO_TEST_CASE(gap_fills_cost_no_rate) {
  dialogue d{changed(acceptor(), [](auto& c) {
    c.resend_rate = 10;
    c.resend_messages = false;
  })};
  send_reports(d, 5);
  d.peer("35=2|34=2|7=2|16=0|");
  d.expect("35=4|34=2|43=Y|36=7|123=Y|");
  d.expect_silence();
}

BOOST_AUTO_TEST_CASE(what_is_new_goes_out_behind_a_replay_that_takes_its_time) {
  dialogue d{changed(acceptor(), [](auto& c) { c.resend_rate = 10; })};
  send_reports(d, 3);
  d.peer("35=2|34=2|7=2|16=0|");
  d.submit("8", "17=NEW|");
  d.advance(1s);
  for (const auto* text : {"35=8|34=2|43=Y|17=0|", "35=8|34=3|43=Y|17=1|", "35=8|34=4|43=Y|17=2|", "35=8|34=5|17=NEW|"}) d.expect(text);
}

BOOST_AUTO_TEST_CASE(a_peer_that_does_not_read_leaves_a_limited_replay_without_a_deadline_of_the_past) {
  dialogue d{changed(acceptor(), [](auto& c) {
    c.resend_rate = 10;
    c.replay_low_water = 1;
  })};
  send_reports(d, 3);
  d.peer("35=2|34=2|7=2|16=0|");
  d.on(event::wrote{d.epoch(), 100});
  d.advance(5s);
  BOOST_TEST(d.wire.size() == 1u);
  const auto due = d.session().next_deadline();
  BOOST_TEST_REQUIRE(due.has_value());
  BOOST_TEST((*due > d.now.steady));
  d.on(event::wrote{d.epoch(), 0});
  BOOST_TEST(d.wire.size() == 2u);
}

// ---------------------------------------------------------------- what may come in

BOOST_AUTO_TEST_CASE(beyond_the_limit_reading_pauses_until_the_peer_is_within_it_again) {
  dialogue d{changed(acceptor(), [](auto& c) { c.inbound_limit = 2; })};
  d.log_on();
  orders(d, 2, 3);
  BOOST_TEST(!d.is_reading);
  d.advance(499ms);
  BOOST_TEST(!d.is_reading);
  d.advance(1ms);
  BOOST_TEST(d.is_reading);
  BOOST_TEST(d.delivered.size() == 2u);
  d.advance(10s);
  orders(d, 4, 4);
  BOOST_TEST(d.is_reading);  // a rest gives the whole period back
}

BOOST_AUTO_TEST_CASE(what_was_read_already_is_delivered_and_paid_for_later) {
  dialogue d{changed(acceptor(), [](auto& c) { c.inbound_limit = 2; })};
  d.log_on();
  orders(d, 2, 7);
  BOOST_TEST(d.delivered.size() == 6u);
  d.advance(2499ms);
  BOOST_TEST(!d.is_reading);
  d.advance(1ms);
  BOOST_TEST(d.is_reading);
}

BOOST_AUTO_TEST_CASE(a_pause_is_not_held_against_the_peer) {
  dialogue d{changed(acceptor(), [](auto& c) {
    c.inbound_limit = 1;
    c.inbound_period = 300s;
  })};
  d.log_on();
  orders(d, 2, 2);
  d.advance(299s);
  BOOST_TEST((d.state() == session_state::Active));
  for (const auto& w : d.wire) BOOST_TEST(dialogue::brief(w).starts_with("35=0|"));
}

BOOST_AUTO_TEST_CASE(beyond_the_limit_messages_are_refused_and_count) {
  dialogue d{changed(acceptor(), [](auto& c) {
    c.inbound_limit = 2;
    c.beyond_limit = throttle_action::reject;
  })};
  d.log_on();
  orders(d, 2, 4);
  d.expect("35=j|34=2|45=4|58=more than 2 messages in 1000 ms|372=D|380=0|");
  BOOST_TEST(d.delivered.size() == 2u);
  BOOST_TEST(d.session().expected_target().value == 5u);
  d.advance(500ms);
  orders(d, 5, 6);
  BOOST_TEST(d.delivered.size() == 3u);
  BOOST_TEST(d.store.durable().next_target.value == 7u);
}

BOOST_AUTO_TEST_CASE(beyond_the_limit_the_session_ends) {
  dialogue d{changed(acceptor(), [](auto& c) {
    c.inbound_limit = 1;
    c.beyond_limit = throttle_action::logout;
  })};
  d.log_on();
  orders(d, 2, 3);
  d.expect("35=5|34=2|58=more than 1 messages in 1000 ms|");
  d.advance(2s);
  BOOST_TEST((d.end() == end_reason::protocol_violation));
}

BOOST_AUTO_TEST_CASE(session_messages_and_what_we_asked_for_are_free) {
  dialogue d{changed(acceptor(), [](auto& c) {
    c.inbound_limit = 1;
    c.beyond_limit = throttle_action::logout;
  })};
  d.log_on();
  for (int n = 2; n < 20; ++n) d.peer("35=0|34=" + std::to_string(n) + "|");
  d.peer("35=D|34=23|11=X|");
  d.wire.clear();
  for (int n = 20; n < 23; ++n) d.peer("35=D|34=" + std::to_string(n) + "|43=Y|122=" + d.utc_now() + "|11=A|");
  BOOST_TEST(d.delivered.size() == 4u);
  BOOST_TEST((d.state() == session_state::Active));
}

// ---------------------------------------------------------------- invalid messages

BOOST_AUTO_TEST_CASE(an_invalid_application_message_is_delivered_with_what_is_wrong_with_it) {
  dialogue d{changed(acceptor(), [](auto& c) { c.deliver_invalid = true; })};
  d.log_on();
  std::vector<std::string> faults;
  d.on_message = [&](const inbound_message& m) {
    faults.push_back(m.invalid ? std::to_string(static_cast<int>(m.invalid->fault.reason)) + ": " + m.invalid->text : "none");
    return std::vector<event::submit>{};
  };
  d.peer("35=8|34=2|17=A|17=A|");
  d.peer("35=8|34=3|17=B|");
  BOOST_TEST_REQUIRE(faults.size() == 2u);
  BOOST_TEST(faults[0] == "13: Tag appears more than once (17)");
  BOOST_TEST(faults[1] == "none");
  d.expect_silence();
  BOOST_TEST(d.has_note("invalid-delivered"));
  BOOST_TEST(d.store.durable().next_target.value == 4u);
}

BOOST_AUTO_TEST_CASE(a_session_message_that_is_invalid_is_rejected_all_the_same) {
  dialogue d{changed(acceptor(), [](auto& c) { c.deliver_invalid = true; })};
  d.log_on();
  d.peer("35=1|34=2|112=A|112=B|");
  d.expect("35=3|34=2|45=2|58=Tag appears more than once|371=112|372=1|");
}

BOOST_AUTO_TEST_CASE(one_that_was_held_is_delivered_with_its_fault_in_its_turn) {
  dialogue d{changed(acceptor(), [](auto& c) { c.deliver_invalid = true; })};
  d.log_on();
  unsigned invalid = 0;
  d.on_message = [&](const inbound_message& m) {
    invalid += m.invalid ? 1 : 0;
    return std::vector<event::submit>{};
  };
  d.peer("35=8|34=3|17=A|17=A|");
  BOOST_TEST(invalid == 0u);
  d.peer("35=8|34=2|17=B|");
  BOOST_TEST(invalid == 1u);
}

BOOST_AUTO_TEST_CASE(given_again_to_a_new_application_it_still_has_its_fault) {
  dialogue d{changed(acceptor(), [](auto& c) { c.deliver_invalid = true; })};
  d.log_on();
  d.handles_at_once = false;
  unsigned invalid = 0;
  d.on_message = [&](const inbound_message& m) {
    invalid += m.invalid ? 1 : 0;
    return std::vector<event::submit>{};
  };
  d.peer("35=8|34=2|17=A|17=A|");
  d.on(event::application_restarted{});
  BOOST_TEST(invalid == 2u);
}

// ---------------------------------------------------------------- a Logout ahead of a gap

BOOST_AUTO_TEST_CASE(by_setting_a_logout_ahead_of_a_gap_waits_for_the_fill) {
  dialogue d{changed(acceptor(), [](auto& c) { c.fill_gap_before_logout = true; })};
  d.log_on();
  d.peer("35=5|34=4|");
  d.expect("35=2|34=2|7=2|16=0|");
  d.peer("35=D|34=2|43=Y|122=" + d.utc_now() + "|11=A|");
  d.peer("35=D|34=3|43=Y|122=" + d.utc_now() + "|11=B|");
  d.expect("35=5|34=3|");
  BOOST_TEST(d.delivered.size() == 2u);
  BOOST_TEST((d.state() == session_state::LoggingOut));
}

// ---------------------------------------------------------------- orders of a session that is down

BOOST_AUTO_TEST_CASE(orders_are_to_be_cancelled_when_the_connection_was_lost_and_did_not_come_back_in_time) {
  dialogue d{changed(acceptor(), [](auto& c) {
    c.cancel_orders = cancel_rule::disconnect;
    c.cancel_delay = 5s;
  })};
  d.log_on();
  d.advance(60s);
  d.drop();
  d.advance(4s);
  BOOST_TEST(d.all<action::cancel_orders>().empty());
  d.advance(1s);
  BOOST_TEST_REQUIRE(d.all<action::cancel_orders>().size() == 1u);
  BOOST_TEST((d.all<action::cancel_orders>().front().why == end_reason::link_lost));
  d.advance(1h);
  BOOST_TEST(d.all<action::cancel_orders>().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_session_that_is_back_in_time_keeps_its_orders) {
  dialogue d{changed(acceptor(), [](auto& c) {
    c.cancel_orders = cancel_rule::disconnect;
    c.cancel_delay = 5s;
  })};
  d.log_on();
  d.drop();
  d.advance(4s);
  d.connect();
  d.peer("35=A|34=2|98=0|108=30|");
  d.advance(1s);
  BOOST_TEST(d.all<action::cancel_orders>().empty());
}

BOOST_AUTO_TEST_CASE(a_connection_without_a_logon_does_not_save_them) {
  dialogue d{changed(acceptor(), [](auto& c) {
    c.cancel_orders = cancel_rule::disconnect;
    c.cancel_delay = 5s;
  })};
  d.log_on();
  d.drop();
  d.advance(4s);
  d.connect();
  d.advance(1s);
  BOOST_TEST(d.all<action::cancel_orders>().size() == 1u);
}

BOOST_AUTO_TEST_CASE(an_orderly_logout_cancels_only_if_it_is_to) {
  for (const auto rule : {cancel_rule::disconnect, cancel_rule::always}) {
    dialogue d{changed(acceptor(), [&](auto& c) { c.cancel_orders = rule; })};
    d.log_on();
    d.peer("35=5|34=2|");
    d.drop();
    d.advance(1s);
    BOOST_TEST(d.all<action::cancel_orders>().size() == (rule == cancel_rule::always ? 1u : 0u));
  }
}

BOOST_AUTO_TEST_CASE(after_a_start_the_orders_of_the_life_before_are_to_be_cancelled_unless_the_peer_is_there_in_time) {
  dialogue d{changed(acceptor(), [](auto& c) {
    c.cancel_orders = cancel_rule::disconnect;
    c.cancel_delay = 30s;
  })};
  d.log_on();
  d.crash();
  d.advance(30s);
  BOOST_TEST(d.all<action::cancel_orders>().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_second_failed_attempt_does_not_ask_again) {
  dialogue d{changed(acceptor(), [](auto& c) { c.cancel_orders = cancel_rule::always; })};
  d.advance(1s);
  BOOST_TEST(d.all<action::cancel_orders>().size() == 1u);
  d.connect();
  d.peer("35=D|34=1|11=A|");
  d.advance(1s);
  BOOST_TEST(d.all<action::cancel_orders>().size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
