// What settings change in what a session says, asks and puts up with: one case for each.
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

std::string_view value(std::string_view frame, std::uint32_t tag) {
  static message_view view;
  BOOST_TEST_REQUIRE((view.assign(frame) == parse_error::none));
  return view.find(tag).value_or("-");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(session_options)

// ---------------------------------------------------------------- what is stamped

BOOST_AUTO_TEST_CASE(sub_ids_and_locations_stand_in_every_message_unless_one_has_its_own) {
  dialogue d{changed(acceptor(), [](auto& c) {
    c.sender_sub_id = "DESK";
    c.target_sub_id = "BOOK";
    c.sender_location_id = "LON";
    c.target_location_id = "NYC";
  })};
  d.connect();
  d.peer("35=A|34=1|98=0|108=30|");
  d.expect("35=A|34=1|50=DESK|57=BOOK|142=LON|143=NYC|98=0|108=30|");
  d.on(event::submit{submit_token{0}, {"D", with_soh("57=OTHER|115=FUND|"), with_soh("11=A|")}});
  d.expect("35=D|34=2|50=DESK|57=OTHER|115=FUND|142=LON|143=NYC|11=A|");
  d.peer("35=2|34=2|7=2|16=2|");
  d.expect("35=D|34=2|43=Y|50=DESK|57=OTHER|115=FUND|142=LON|143=NYC|11=A|");
}

BOOST_AUTO_TEST_CASE(the_last_number_processed_is_said_in_every_message_as_it_is_now) {
  dialogue d{changed(acceptor(), [](auto& c) { c.send_last_processed = true; })};
  d.connect();
  d.peer("35=A|34=1|98=0|108=30|");
  d.expect("35=A|34=1|369=1|98=0|108=30|");
  d.peer("35=D|34=2|11=A|");
  d.submit("8", "17=A|");
  d.expect("35=8|34=2|369=2|17=A|");
  d.peer("35=D|34=3|11=B|");
  d.peer("35=2|34=4|7=1|16=0|");
  d.expect("35=4|34=1|43=Y|369=4|36=2|123=Y|");
  d.expect("35=8|34=2|43=Y|369=4|17=A|");
}

BOOST_AUTO_TEST_CASE(sending_time_has_the_precision_that_is_set) {
  for (const auto& [precision, length] : {std::pair{utc_precision::seconds, 17U}, {utc_precision::microseconds, 24U}, {utc_precision::nanoseconds, 27U}}) {
    dialogue d{changed(acceptor(), [p = precision](auto& c) { c.time_precision = p; })};
    d.connect();
    d.peer("35=A|34=1|98=0|108=30|");
    d.submit("D", "11=A|");
    BOOST_TEST(value(d.wire.at(0), 52).size() == length);
    BOOST_TEST(value(d.wire.at(1), 52).size() == length);
    d.wire.clear();
    d.peer("35=2|34=2|7=2|16=2|");
    BOOST_TEST(value(d.wire.at(0), 52).size() == length);
    BOOST_TEST(value(d.wire.at(0), 122).size() == length);
  }
}

BOOST_AUTO_TEST_CASE(an_application_may_mark_a_duplicate_itself_if_it_is_allowed_to) {
  for (const bool is_allowed : {false, true}) {
    dialogue d{changed(acceptor(), [&](auto& c) { c.allow_poss_dup = is_allowed; })};
    d.log_on();
    d.on(event::submit{submit_token{7}, {"D", with_soh("43=Y|122=20260302-11:00:00|"), with_soh("11=A|")}});
    if (is_allowed)
      BOOST_TEST(value(d.wire.at(0), 122) == "20260302-11:00:00");
    else
      BOOST_TEST((d.all<action::refused>().at(0).reason == action::refusal::malformed));
    d.on(event::submit{submit_token{8}, {"D", with_soh("34=9|"), with_soh("11=A|")}});
    BOOST_TEST((d.all<action::refused>().back().reason == action::refusal::malformed));
  }
}

// ---------------------------------------------------------------- Logon(A)

BOOST_AUTO_TEST_CASE(fields_of_the_settings_go_out_with_every_logon_and_are_not_kept) {
  dialogue d{changed(initiator(), [](auto& c) { c.logon_fields = with_soh("553=us|554=secret|"); })};
  d.connect();
  d.expect("35=A|34=1|98=0|108=30|553=us|554=secret|");
  d.peer("35=A|34=1|98=0|108=30|");
  d.on(event::reset_requested{});
  d.expect("35=A|34=1|98=0|108=30|141=Y|553=us|554=secret|");
  for (const auto& [number, r] : d.store.records()) BOOST_TEST(r.frame.find("secret") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_acceptor_may_insist_on_its_own_interval) {
  dialogue d{changed(acceptor(), [](auto& c) {
    c.heart_bt_int = 10s;
    c.override_heart_bt_int = true;
  })};
  d.connect();
  d.peer("35=A|34=1|98=0|108=30|");
  d.expect("35=A|34=1|98=0|108=10|");
  d.advance(10s);
  d.expect("35=0|34=2|");
}

BOOST_AUTO_TEST_CASE(tests_and_production_do_not_log_on_to_each_other) {
  const auto tests = [](bool is) { return [is](session_config& c) { c.is_test = is; }; };
  dialogue good{changed(acceptor(), tests(true))};
  good.connect();
  good.peer("35=A|34=1|98=0|108=30|464=Y|");
  good.expect("35=A|34=1|98=0|108=30|464=Y|");
  dialogue real{changed(acceptor(), tests(false))};
  real.connect();
  real.peer("35=A|34=1|98=0|108=30|464=Y|");
  real.expect_silence();
  BOOST_TEST((real.end() == end_reason::logon_refused));
  dialogue us{changed(initiator(), tests(true))};
  us.connect();
  us.expect("35=A|34=1|98=0|108=30|464=Y|");
  us.peer("35=A|34=1|98=0|108=30|");
  us.expect("35=5|34=2|58=TestMessageIndicator(464)=Y is expected: one side is for tests, and the other is not|");
  BOOST_TEST((us.end() == end_reason::logon_refused));
}

// ---------------------------------------------------------------- gaps

BOOST_AUTO_TEST_CASE(a_gap_is_asked_for_in_chunks) {
  dialogue d{changed(acceptor(), [](auto& c) { c.resend_chunk = 2; })};
  d.log_on();
  d.peer("35=D|34=7|11=G|");
  d.expect("35=2|34=2|7=2|16=3|");
  d.peer("35=D|34=2|43=Y|122=20260302-11:00:00|11=B|");
  d.expect_silence();
  d.peer("35=D|34=3|43=Y|122=20260302-11:00:00|11=C|");
  d.expect("35=2|34=3|7=4|16=5|");
  d.peer("35=4|34=4|43=Y|122=20260302-11:00:00|123=Y|36=6|");
  d.expect("35=2|34=4|7=6|16=6|");
  d.peer("35=D|34=6|43=Y|122=20260302-11:00:00|11=F|");
  BOOST_TEST((d.state() == session_state::Active));
  BOOST_TEST(d.session().expected_target().value == 8U);
  d.expect_silence();
}

BOOST_AUTO_TEST_CASE(a_closed_request_ends_in_front_of_what_is_held_and_each_hole_has_its_own) {
  dialogue d{changed(acceptor(), [](auto& c) { c.close_resend_request = true; })};
  d.log_on();
  d.peer("35=D|34=4|11=D|");
  d.expect("35=2|34=2|7=2|16=3|");
  d.peer("35=D|34=6|11=F|");
  d.expect_silence();
  d.peer("35=4|34=2|43=Y|122=20260302-11:00:00|123=Y|36=4|");
  d.expect("35=2|34=3|7=5|16=5|");
  d.peer("35=D|34=5|43=Y|122=20260302-11:00:00|11=E|");
  BOOST_TEST(d.session().expected_target().value == 7U);
}

BOOST_AUTO_TEST_CASE(a_redundant_request_goes_out_for_every_message_ahead_of_the_gap) {
  dialogue d{changed(acceptor(), [](auto& c) { c.ask_redundantly = true; })};
  d.log_on();
  d.peer("35=D|34=4|11=D|");
  d.expect("35=2|34=2|7=2|16=0|");
  d.peer("35=D|34=5|11=E|");
  d.expect("35=2|34=3|7=2|16=0|");
  d.peer("35=D|34=2|43=Y|122=20260302-11:00:00|11=B|");
  d.expect_silence();
}

// Two engines with a gap each, which both ask redundantly, would go on for ever.
BOOST_AUTO_TEST_CASE(a_redundant_request_does_not_answer_the_peers_own_request) {
  dialogue d{changed(acceptor(), [](auto& c) { c.ask_redundantly = true; })};
  d.log_on();
  d.peer("35=D|34=4|11=D|");
  d.expect("35=2|34=2|7=2|16=0|");
  d.peer("35=2|34=5|7=2|16=2|");
  d.expect("35=4|34=2|43=Y|36=3|123=Y|");
  d.expect_silence();
}

BOOST_AUTO_TEST_CASE(numbers_that_are_not_checked_are_only_counted) {
  dialogue d{changed(acceptor(), [](auto& c) { c.check_numbers = false; })};
  d.connect();
  d.peer("35=A|34=77|98=0|108=30|");
  d.expect("35=A|34=1|98=0|108=30|");
  d.peer("35=D|34=500|11=A|");
  d.peer("35=D|34=3|11=B|");
  d.expect_silence();
  BOOST_TEST(d.delivered.size() == 2U);
  BOOST_TEST(d.session().expected_target().value == 4U);
}

// ---------------------------------------------------------------- what is sent again

BOOST_AUTO_TEST_CASE(messages_that_are_not_to_be_kept_are_filled_over) {
  dialogue d{changed(acceptor(), [](auto& c) { c.resend_messages = false; })};
  d.log_on();
  d.submit("D", "11=A|");
  d.submit("D", "11=B|");
  d.wire.clear();
  d.peer("35=2|34=2|7=1|16=0|");
  d.expect("35=4|34=1|43=Y|36=4|123=Y|");
  d.expect_silence();
}

BOOST_AUTO_TEST_CASE(rejects_are_sent_again_if_they_are_to_be) {
  dialogue d{changed(acceptor(), [](auto& c) { c.resend_rejects = true; })};
  d.log_on();
  d.peer("35=1|34=2|");  // without TestReqID(112)
  d.expect("35=3|34=2|45=2|58=Required tag missing|371=112|372=1|373=1|");
  d.peer("35=2|34=3|7=1|16=0|");
  d.expect("35=4|34=1|43=Y|36=2|123=Y|");
  d.expect("35=3|34=2|43=Y|45=2|58=Required tag missing|371=112|372=1|373=1|");
}

BOOST_AUTO_TEST_CASE(a_resend_request_that_is_itself_replayed_is_served_only_if_it_is_to_be) {
  for (const bool is_served : {false, true}) {
    dialogue d{changed(acceptor(), [&](auto& c) { c.serve_replayed_requests = is_served; })};
    d.log_on();
    d.submit("D", "11=A|");
    d.wire.clear();
    d.peer("35=2|34=2|43=Y|122=20260302-11:00:00|7=2|16=0|");
    if (is_served) d.expect("35=D|34=2|43=Y|11=A|");
    d.expect_silence();
    BOOST_TEST(d.session().expected_target().value == 3U);
    d.peer("35=2|34=2|43=Y|122=20260302-11:00:00|7=2|16=0|");  // seen
    d.expect_silence();
  }
}

// ---------------------------------------------------------------- liveness

BOOST_AUTO_TEST_CASE(a_peer_may_be_silent_if_nobody_checks) {
  dialogue d{changed(acceptor(), [](auto& c) { c.check_silence = false; })};
  d.log_on();
  for (int i = 0; i < 20; ++i) {
    d.advance(30s);
    d.expect("35=0|34=" + std::to_string(i + 2) + "|");
  }
  d.expect_silence();
  BOOST_TEST(d.is_open);
}

BOOST_AUTO_TEST_CASE(a_silent_peer_gets_a_logout_if_it_is_to) {
  dialogue d{changed(acceptor(), [](auto& c) { c.logout_at_silence = true; })};
  d.log_on();
  d.advance(29s);
  d.peer("35=0|34=2|");
  d.advance(72s);
  d.expect("35=0|34=2|");
  d.expect("35=0|34=3|");
  d.expect("35=1|34=4|112=TEST|");
  d.expect("35=5|34=5|58=Timed out waiting for heartbeat|");
  BOOST_TEST((d.end() == end_reason::heartbeat_timeout));
  BOOST_TEST(!d.is_open);
}

// ---------------------------------------------------------------- errors

BOOST_AUTO_TEST_CASE(an_invalid_message_may_end_the_session) {
  dialogue d{changed(acceptor(), [](auto& c) { c.disconnect_on_error = true; })};
  d.log_on();
  d.peer("35=1|34=2|");
  d.expect_silence();
  BOOST_TEST((d.end() == end_reason::protocol_violation));
  BOOST_TEST(!d.is_open);
  BOOST_TEST(d.session().expected_target().value == 3U);  // it is not sent again
}

BOOST_AUTO_TEST_CASE(an_invalid_message_may_reset_the_session) {
  dialogue d{changed(initiator(), [](auto& c) { c.reset_on_error = true; })};
  d.log_on();
  d.submit("D", "11=A|");
  d.expect("35=D|34=2|11=A|");
  d.peer("35=1|34=2|");
  d.expect("35=5|34=3|58=MsgSeqNum 2 would be rejected: Required tag missing (112)|");
  BOOST_TEST(!d.is_open);
  d.connect();
  d.expect("35=A|34=1|98=0|108=30|141=Y|");
}

BOOST_AUTO_TEST_CASE(a_garbled_message_is_ignored_or_rejected_and_stays_missing) {
  for (const bool is_rejected : {false, true}) {
    dialogue d{changed(acceptor(), [&](auto& c) { c.reject_garbled = is_rejected; })};
    d.log_on();
    const std::string bytes = d.compose("35=D|34=2|11=A|");
    d.on(event::garbled{"CheckSum(10) is wrong", bytes});
    if (is_rejected) d.expect("35=3|34=2|45=2|58=Garbled message: CheckSum(10) is wrong|372=D|");
    d.on(event::garbled{"noise", "abc"});
    d.expect_silence();
    BOOST_TEST(d.session().expected_target().value == 2U);
  }
}

BOOST_AUTO_TEST_SUITE_END()
