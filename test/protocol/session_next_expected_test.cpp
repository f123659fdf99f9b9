// NextExpectedMsgSeqNum(789) in Logon(A): it says what a ResendRequest(2) would have said, one round trip earlier.
#include "test/support/dialogue.hpp"

#include <boost/test/unit_test.hpp>

using namespace troupe::protocol;
using namespace troupe::test;

namespace {

session_config with_789(session_config c) {
  c.id.begin_string = "FIX.4.4";
  c.use_next_expected = true;
  return c;
}

// Up, and has sent 2, 3 and 4; then the link is lost.
dialogue with_three_sent(session_config c) {
  dialogue d{std::move(c)};
  d.connect();
  const bool begins = d.session().config().role == role::initiator;
  if (begins) d.expect("35=A|34=1|98=0|108=30|789=1|");
  d.peer(begins ? "35=A|34=1|98=0|108=30|789=2|" : "35=A|34=1|98=0|108=30|789=1|");
  if (!begins) d.expect("35=A|34=1|98=0|108=30|789=2|");
  for (const auto* id : {"11=A|", "11=B|", "11=C|"}) d.submit("D", id);
  for (const auto* sent : {"35=D|34=2|11=A|", "35=D|34=3|11=B|", "35=D|34=4|11=C|"}) d.expect(sent);
  d.drop();
  return d;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(session_next_expected)

BOOST_AUTO_TEST_CASE(both_sides_say_what_they_expect_next) {
  dialogue us{with_789(initiator()), 7, 5};
  us.connect();
  us.expect("35=A|34=7|98=0|108=30|789=5|");
  us.peer("35=A|34=5|98=0|108=30|789=8|");
  BOOST_TEST((us.state() == session_state::Active));
  us.expect_silence();

  dialogue them{with_789(acceptor()), 7, 5};
  them.connect();
  them.peer("35=A|34=5|98=0|108=30|789=7|");
  them.expect("35=A|34=7|98=0|108=30|789=6|");  // its Logon is counted already
  BOOST_TEST((them.state() == session_state::Active));
}

BOOST_AUTO_TEST_CASE(an_acceptor_sends_what_is_missing_behind_its_logon_and_fills_over_it) {
  auto d = with_three_sent(with_789(acceptor()));
  d.connect();
  d.peer("35=A|34=2|98=0|108=30|789=3|");
  d.expect("35=A|34=5|98=0|108=30|789=3|");
  d.expect("35=D|34=3|43=Y|11=B|");
  d.expect("35=D|34=4|43=Y|11=C|");
  d.expect("35=4|34=5|43=Y|36=6|123=Y|");
  d.submit("D", "11=D|");
  d.expect("35=D|34=6|11=D|");
  d.expect_silence();
}

BOOST_AUTO_TEST_CASE(an_initiator_sends_what_the_answer_says_is_missing) {
  auto d = with_three_sent(with_789(initiator()));
  d.connect();
  d.expect("35=A|34=5|98=0|108=30|789=2|");
  d.peer("35=A|34=2|98=0|108=30|789=4|");
  d.expect("35=D|34=4|43=Y|11=C|");
  d.expect("35=4|34=5|43=Y|36=6|123=Y|");
  d.expect_silence();
}

BOOST_AUTO_TEST_CASE(what_we_miss_is_not_asked_for_when_both_have_said_it) {
  for (const auto& config : {with_789(initiator()), with_789(acceptor())}) {
    dialogue d{config, 1, 2};
    d.connect();
    const bool begins = config.role == role::initiator;
    if (begins) d.expect("35=A|34=1|98=0|108=30|789=2|");
    d.peer(begins ? "35=A|34=4|98=0|108=30|789=2|" : "35=A|34=4|98=0|108=30|789=1|");
    if (!begins) d.expect("35=A|34=1|98=0|108=30|789=2|");
    d.expect_silence();
    BOOST_TEST((d.state() == session_state::Recovering));
    d.peer("35=4|34=2|43=Y|122=20260302-11:00:00|123=Y|36=4|");
    d.peer("35=4|34=4|43=Y|122=20260302-11:00:00|123=Y|36=5|");  // over its Logon, which is counted
    BOOST_TEST((d.state() == session_state::Active));
    BOOST_TEST(d.session().expected_target().value == 5U);
    d.expect_silence();
  }
}

BOOST_AUTO_TEST_CASE(a_peer_that_does_not_heed_it_is_asked_after_a_while) {
  dialogue d{with_789(initiator()), 1, 2};
  d.connect();
  d.expect("35=A|34=1|98=0|108=30|789=2|");
  d.peer("35=A|34=4|98=0|108=30|789=2|");
  d.expect_silence();
  for (int i = 0; i < 4; ++i) {
    d.advance(8s);
    d.peer("35=0|34=" + std::to_string(5 + i) + "|");
  }
  d.expect("35=0|34=2|");
  d.expect("35=2|34=3|7=2|16=0|");
}

BOOST_AUTO_TEST_CASE(a_peer_without_it_is_asked_at_once) {
  dialogue d{with_789(acceptor()), 1, 2};
  d.connect();
  d.peer("35=A|34=4|98=0|108=30|");
  d.expect("35=A|34=1|98=0|108=30|789=2|");
  d.expect("35=2|34=2|7=2|16=0|");
}

BOOST_AUTO_TEST_CASE(a_peer_that_expects_what_was_never_sent_is_refused) {
  dialogue us{with_789(initiator())};
  us.connect();
  us.expect("35=A|34=1|98=0|108=30|789=1|");
  us.peer("35=A|34=1|98=0|108=30|789=9|");
  us.expect("35=5|34=2|58=NextExpectedMsgSeqNum(789) too high, expecting at most 2 but received 9|");
  BOOST_TEST((us.end() == end_reason::logon_refused));
  BOOST_TEST(!us.is_open);

  dialogue them{with_789(acceptor()), 3, 1};
  them.connect();
  them.peer("35=A|34=1|98=0|108=30|789=4|");  // one more than its answer will be
  them.expect("35=5|34=3|58=NextExpectedMsgSeqNum(789) too high, expecting at most 3 but received 4|");
  BOOST_TEST(!them.is_open);
}

BOOST_AUTO_TEST_CASE(a_reset_begins_with_one) {
  auto config = with_789(initiator());
  config.send_reset_flag = true;
  dialogue us{config, 7, 5};
  us.connect();
  us.expect("35=A|34=1|98=0|108=30|141=Y|789=1|");
  us.peer("35=A|34=1|98=0|108=30|141=Y|789=2|");
  BOOST_TEST((us.state() == session_state::Active));

  dialogue them{with_789(acceptor()), 7, 5};
  them.connect();
  them.peer("35=A|34=1|98=0|108=30|141=Y|789=1|");
  them.expect("35=A|34=1|98=0|108=30|141=Y|789=2|");
  them.expect_silence();
}

BOOST_AUTO_TEST_CASE(without_the_setting_it_is_neither_sent_nor_heeded) {
  auto config = with_789(acceptor());
  config.use_next_expected = false;
  dialogue d{config, 3, 1};
  d.connect();
  d.peer("35=A|34=1|98=0|108=30|789=9|");
  d.expect("35=A|34=3|98=0|108=30|");
  BOOST_TEST((d.state() == session_state::Active));
}

// An answer that was given its number while our Logon(A) was out was never sent: it is no part of what is sent again.
BOOST_AUTO_TEST_CASE(what_was_numbered_behind_our_logon_follows_as_a_first_sending) {
  dialogue d{with_789(initiator())};
  d.handles_at_once = false;
  d.connect();
  d.expect("35=A|34=1|98=0|108=30|789=1|");
  d.peer("35=A|34=1|98=0|108=30|789=2|");
  d.submit("D", "11=A|");
  d.expect("35=D|34=2|11=A|");
  d.peer("35=D|34=2|11=X|");
  d.drop();
  d.connect();
  d.expect("35=A|34=3|98=0|108=30|789=3|");
  d.handle(2, {{submit_token{1}, {"8", {}, with_soh("17=X|")}}});
  d.expect_silence();
  d.peer("35=A|34=3|98=0|108=30|789=2|");
  d.expect("35=D|34=2|43=Y|11=A|");
  d.expect("35=4|34=3|43=Y|36=4|123=Y|");
  d.expect("35=8|34=4|17=X|");
  d.expect_silence();
}

BOOST_AUTO_TEST_CASE(more_than_the_largest_span_is_refused_and_then_asked_for_in_parts) {
  for (auto config : {with_789(acceptor()), with_789(initiator())}) {
    config.max_resend_span = 3;  // B, C and the Logon are three
    auto d = with_three_sent(config);
    d.connect();
    const bool begins = config.role == role::initiator;
    if (begins) d.expect("35=A|34=5|98=0|108=30|789=2|");
    d.peer("35=A|34=2|98=0|108=30|789=2|");
    if (!begins) d.expect("35=A|34=5|98=0|108=30|789=3|");
    d.expect("35=3|34=6|45=2|58=NextExpectedMsgSeqNum(789) for 4 messages, at most 3 are sent again at a time; ask for them with ResendRequest|371=789|372=A|373=5|");
    d.expect_silence();
    BOOST_TEST(d.has_note("resend-refused"));
    BOOST_TEST((d.state() == session_state::Active));
    d.peer("35=2|34=3|7=2|16=3|");
    d.expect("35=D|34=2|43=Y|11=A|");
    d.expect("35=D|34=3|43=Y|11=B|");
    d.expect_silence();
  }
}

BOOST_AUTO_TEST_CASE(a_span_that_is_just_allowed_is_sent) {
  auto config = with_789(acceptor());
  config.max_resend_span = 3;
  auto d = with_three_sent(config);
  d.connect();
  d.peer("35=A|34=2|98=0|108=30|789=3|");
  d.expect("35=A|34=5|98=0|108=30|789=3|");
  d.expect("35=D|34=3|43=Y|11=B|");
  BOOST_TEST(!d.has_note("resend-refused"));
}

BOOST_AUTO_TEST_CASE(the_rate_holds_for_what_the_logon_asks_for) {
  auto config = with_789(acceptor());
  config.resend_rate = 10;
  auto d = with_three_sent(config);
  d.connect();
  d.peer("35=A|34=2|98=0|108=30|789=2|");
  BOOST_TEST(d.wire.size() == 2u);  // the Logon, and a tenth of a second's
  d.advance(100ms);
  BOOST_TEST(d.wire.size() == 3u);
}

BOOST_AUTO_TEST_CASE(what_the_logon_asks_for_counts_when_it_is_asked_for_over_and_over) {
  auto config = with_789(acceptor());
  config.max_resend_span = 1;
  config.max_repeated_resends = 2;
  auto d = with_three_sent(config);
  d.connect();
  d.peer("35=A|34=2|98=0|108=30|789=2|");
  d.peer("35=2|34=3|7=2|16=5|");
  BOOST_TEST((d.state() == session_state::Active));
  d.peer("35=2|34=4|7=2|16=5|");
  BOOST_TEST(dialogue::brief(d.wire.back()) == "35=5|34=8|58=ResendRequest(2) 2 to 5 over and over|");
}

BOOST_AUTO_TEST_SUITE_END()
