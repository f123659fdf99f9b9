// The end of a connection: Logout(5) from both sides, and links that are lost in any state.
#include "test/support/dialogue.hpp"

using namespace troupe::protocol;
using namespace troupe::test;

namespace {

action::refusal refusal_in(dialogue& d) {
  const auto refused = d.all<action::refused>();
  BOOST_TEST_REQUIRE(!refused.empty());
  return refused.back().reason;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(session_logout)

BOOST_AUTO_TEST_CASE(we_log_out_and_the_peer_answers) {
  for (const auto who : {role::acceptor, role::initiator}) {
    dialogue d{session_of(who)};
    d.log_on();
    d.on(event::logout_requested{"end of day"});
    d.expect("35=5|34=2|58=end of day|");
    BOOST_TEST((d.state() == session_state::LoggingOut));
    BOOST_TEST(d.is_open);
    d.peer("35=5|34=2|");
    BOOST_TEST(!d.is_open);
    BOOST_TEST((d.end() == end_reason::our_logout));
    BOOST_TEST(d.store.durable().next_target.value == 3u);
    d.expect_silence();
  }
}

BOOST_AUTO_TEST_CASE(we_log_out_and_the_peer_does_not_answer) {
  dialogue d{acceptor()};
  d.log_on();
  d.on(event::logout_requested{});
  d.expect("35=5|34=2|");
  d.advance(1999ms);
  BOOST_TEST(d.is_open);
  d.advance(1ms);
  BOOST_TEST(!d.is_open);
  BOOST_TEST((d.end() == end_reason::our_logout));
}

BOOST_AUTO_TEST_CASE(while_we_leave_the_peer_may_finish) {
  dialogue d{acceptor()};
  d.log_on();
  d.submit("D", "11=A|");
  d.expect("35=D|34=2|11=A|");
  d.on(event::logout_requested{});
  d.expect("35=5|34=3|");
  d.peer("35=D|34=2|11=X|");
  d.peer("35=0|34=3|");
  d.peer("35=4|34=4|123=Y|36=6|");
  BOOST_TEST(d.delivered.size() == 1u);
  d.peer("35=2|34=6|7=2|16=0|");
  d.expect("35=D|34=2|43=Y|11=A|");
  d.expect("35=4|34=3|43=Y|36=4|123=Y|");
  d.peer("35=D|34=9|11=Z|");  // a gap that the next Logon will show
  d.peer("35=D|34=2|11=X|");
  d.peer("35=A|34=7|98=0|108=30|");
  BOOST_TEST(d.has_note("gap-left"));
  d.expect_silence();
  BOOST_TEST(d.is_open);
  d.peer("35=5|34=99|");  // its number is not held against it
  BOOST_TEST(!d.is_open);
  BOOST_TEST(d.store.durable().next_target.value == 7u);
}

BOOST_AUTO_TEST_CASE(the_peer_logs_out_and_hangs_up) {
  for (const auto* number : {"2", "7", "1"}) {
    dialogue d{acceptor()};
    d.log_on();
    d.peer("35=5|34=" + std::string{number} + "|58=good night|");
    d.expect("35=5|34=2|");
    BOOST_TEST(d.is_open);
    d.drop();
    BOOST_TEST((d.end() == end_reason::peer_logout));
    BOOST_TEST(d.all<action::ended>().back().text == "good night");
  }
}

BOOST_AUTO_TEST_CASE(the_peer_logs_out_and_does_not_hang_up) {
  dialogue d{acceptor()};
  d.log_on();
  d.peer("35=5|34=2|");
  d.expect("35=5|34=2|");
  d.advance(10s);
  BOOST_TEST(!d.is_open);
  BOOST_TEST((d.end() == end_reason::peer_logout));
}

BOOST_AUTO_TEST_CASE(a_logout_before_we_are_up_just_hangs_up) {
  dialogue d{initiator()};
  d.connect();
  d.expect("35=A|34=1|98=0|108=30|");
  d.on(event::logout_requested{});
  d.expect_silence();
  BOOST_TEST(!d.is_open);
  BOOST_TEST((d.end() == end_reason::our_logout));
}

// -- submits while nothing can be sent

BOOST_AUTO_TEST_CASE(what_is_submitted_while_we_are_not_logged_on_is_refused) {
  dialogue d{initiator()};
  const auto refuses = [&](action::refusal why) {
    const auto before = d.session().next_sender();
    d.submit("D", "11=A|", 3);
    BOOST_TEST((refusal_in(d) == why), to_string(d.state()));
    BOOST_TEST((d.session().next_sender() == before));
    d.seen.clear();
  };
  refuses(action::refusal::not_logged_on);
  d.on(event::connecting{});
  refuses(action::refusal::not_logged_on);
  d.connect();
  d.expect("35=A|34=1|98=0|108=30|");
  refuses(action::refusal::not_logged_on);
  d.peer("35=A|34=1|98=0|108=30|");
  d.on(event::logout_requested{});
  d.expect("35=5|34=2|");
  refuses(action::refusal::logging_out);
  d.drop();
  refuses(action::refusal::not_logged_on);
  d.expect_silence();
  BOOST_TEST(d.store.records().size() == 2u);
}

BOOST_AUTO_TEST_CASE(what_is_submitted_during_a_handling_is_kept_even_if_the_link_is_lost_meanwhile) {
  dialogue d{acceptor()};
  d.handles_at_once = false;
  d.log_on();
  d.peer("35=D|34=2|11=X|");
  d.drop();
  d.handle(2, {{submit_token{9}, {"8", {}, with_soh("17=E|")}}});
  d.expect_silence();
  const auto accepted = d.all<action::accepted>();
  BOOST_TEST_REQUIRE(accepted.size() == 1u);
  BOOST_TEST((accepted[0].number == seq_num{2}));
  BOOST_TEST(d.store.durable().next_target.value == 3u);
  d.connect();
  d.peer("35=A|34=3|98=0|108=30|");
  d.expect("35=A|34=3|98=0|108=30|");
  d.peer("35=2|34=4|7=2|16=0|");  // the peer sees the gap
  d.expect("35=8|34=2|43=Y|17=E|");
  d.expect("35=4|34=3|43=Y|36=4|123=Y|");
}

BOOST_AUTO_TEST_CASE(what_the_session_stamps_itself_cannot_be_submitted) {
  dialogue d{acceptor()};
  d.log_on();
  const auto refuses = [&](outgoing_message m) {
    d.seen.clear();
    d.on(event::submit{submit_token{1}, std::move(m)});
    BOOST_TEST((refusal_in(d) == action::refusal::malformed));
  };
  refuses({"", {}, with_soh("11=A|")});
  refuses({"A", {}, with_soh("98=0|")});
  refuses({"4", {}, with_soh("36=9|")});
  refuses({"D", {}, "11=A"});
  refuses({"D", with_soh("43=Y|"), with_soh("11=A|")});
  refuses({"D", with_soh("52=20260302-12:00:00|"), {}});
  refuses({"D", with_soh("no field|"), {}});
  d.expect_silence();
  d.on(event::submit{submit_token{2}, {"D", with_soh("50=desk|"), with_soh("11=A|")}});
  d.expect("35=D|34=2|50=desk|11=A|");
}

BOOST_AUTO_TEST_CASE(what_the_store_cannot_follow_is_refused) {
  auto c = acceptor();
  c.max_uncommitted_bytes = 3000;
  dialogue d{c};
  d.log_on();
  d.store.how = fake_store::mood::waits;
  for (std::uint64_t i = 1; i <= 5; ++i) d.submit("D", "11=A|", i);
  BOOST_TEST((refusal_in(d) == action::refusal::too_much_in_flight));
  BOOST_TEST(!d.is_reading);
  const auto refused = d.all<action::refused>().size();
  d.store.how = fake_store::mood::commits;
  d.run();
  BOOST_TEST(d.all<action::accepted>().size() + refused == 5u);
  BOOST_TEST(d.is_reading);
}

// -- links

BOOST_AUTO_TEST_CASE(a_link_may_be_lost_in_every_state) {
  auto asking = acceptor();
  asking.has_authenticate_hook = true;
  auto preparing = initiator();
  preparing.has_prepare_logon_hook = true;
  const auto nothing = [](dialogue&) {};
  const auto logon = [](dialogue& d) { d.peer("35=A|34=1|98=0|108=30|"); };
  struct story {
    session_config config;
    session_state in;
    std::function<void(dialogue&)> then;
    bool was_on;
  };
  const std::vector<story> stories{
      {acceptor(), session_state::AwaitingLogon, nothing, false},
      {asking, session_state::AwaitingAuthentication, logon, false},
      {preparing, session_state::PreparingLogon, nothing, false},
      {initiator(), session_state::LogonSent, nothing, false},
      {initiator(), session_state::Active, logon, true},
      {acceptor(), session_state::Active, logon, true},
      {acceptor(), session_state::Recovering, [&](dialogue& d) { logon(d), d.peer("35=D|34=5|11=A|"); }, true},
      {acceptor(), session_state::LoggingOut, [&](dialogue& d) { logon(d), d.on(event::logout_requested{}); }, true},
      {acceptor(), session_state::StoreStalled,
       [&](dialogue& d) { logon(d), d.store.how = fake_store::mood::fails, d.submit("D", "11=A|"); }, true},
  };
  for (const auto& s : stories) {
    dialogue d{s.config};
    d.connect();
    s.then(d);
    BOOST_TEST_CONTEXT(to_string(s.in)) {
      BOOST_TEST((d.state() == s.in));
      const auto before = d.epoch();
      d.drop();
      BOOST_TEST(d.all<action::ended>().size() == 1u);
      BOOST_TEST(d.has<action::logged_on>() == s.was_on);
      d.on(event::link_down{before, "again"});  // told twice
      BOOST_TEST(d.all<action::ended>().size() == 1u);
      d.store.how = fake_store::mood::commits;
      d.advance(1min);
      BOOST_TEST((d.state() == session_state::Disconnected));
      BOOST_TEST(!d.session().next_deadline().has_value());
      d.wire.clear();

      d.connect();
      d.on(event::link_down{before, "late"});  // of the connection before
      BOOST_TEST(d.is_open);
      if (s.config.role == role::acceptor) d.peer("35=A|34=" + std::to_string(d.session().expected_target().value) + "|98=0|108=30|");
      if (s.config.has_authenticate_hook) d.on(event::authenticated{d.epoch(), true, {}});
      if (s.config.has_prepare_logon_hook) d.on(event::logon_prepared{d.epoch(), {}});
      if (s.config.role == role::initiator) d.peer("35=A|34=" + std::to_string(d.session().expected_target().value) + "|98=0|108=30|");
      BOOST_TEST((d.state() == session_state::Active));
      for (const auto& f : d.store.faults) BOOST_ERROR(f);
    }
  }
}

BOOST_AUTO_TEST_CASE(an_application_that_was_replaced_gets_it_all_again_marked) {
  dialogue d{acceptor()};
  d.handles_at_once = false;
  d.log_on();
  d.peer("35=D|34=2|11=X|");
  d.peer("35=D|34=3|11=Y|");
  d.handle(2);
  d.delivered.clear();
  d.on(event::application_restarted{});
  BOOST_TEST_REQUIRE(d.delivered.size() == 1u);
  BOOST_TEST((d.delivered[0] == std::pair<std::uint64_t, bool>{3, true}));
  d.handle(3);
  d.on(event::application_restarted{});
  BOOST_TEST(d.delivered.size() == 1u);
}

BOOST_AUTO_TEST_CASE(what_the_application_does_not_know_is_answered_with_a_business_reject) {
  dialogue d{acceptor()};
  d.handles_at_once = false;
  d.log_on();
  d.peer("35=AE|34=2|571=T|");
  d.on(event::unsupported{seq_num{2}});
  d.on(event::unsupported{seq_num{9}});
  d.handle(2);
  d.expect("35=j|34=2|45=2|58=Unsupported Message Type|372=AE|380=3|");
  d.expect_silence();
}

BOOST_AUTO_TEST_CASE(what_the_application_failed_on_is_answered_as_not_available_and_noted) {
  dialogue d{acceptor()};
  d.handles_at_once = false;
  d.log_on();
  d.peer("35=D|34=2|11=A|");
  d.on(event::unsupported{seq_num{2}, "out of memory"});
  BOOST_TEST(d.has_note("handling-failed"));
  d.handle(2);
  d.expect("35=j|34=2|45=2|58=Application not available|372=D|380=4|");
}

BOOST_AUTO_TEST_SUITE_END()
