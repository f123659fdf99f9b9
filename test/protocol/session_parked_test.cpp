// Scenario 16: what is submitted while the session is down is kept, and goes out after the next logon.
#include "test/support/dialogue.hpp"

#include <boost/test/unit_test.hpp>

using namespace troupe::protocol;
using namespace troupe::test;

namespace {

session_config parking(session_config c) {
  c.park_submits = true;
  return c;
}

constexpr auto first_logon = "35=A|34=1|98=0|108=30|";

void submit_both(dialogue& d) {
  d.submit("D", "11=A|", 1);
  d.submit("D", "11=B|", 2);
}

std::string_view sending_time(std::string_view frame) {
  static message_view view;
  BOOST_TEST_REQUIRE((view.assign(frame) == parse_error::none));
  return view.find(tag::SendingTime).value_or("-");
}

std::vector<action::refusal> refusals(const dialogue& d) {
  std::vector<action::refusal> all;
  for (const auto& r : d.all<action::refused>()) all.push_back(r.reason);
  return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(session_parked)

BOOST_AUTO_TEST_CASE(without_the_setting_a_submit_is_refused_while_the_session_is_down) {
  dialogue d{acceptor()};
  d.submit("D", "11=A|", 1);
  BOOST_TEST((refusals(d) == std::vector{action::refusal::not_logged_on}));
}

BOOST_AUTO_TEST_CASE(scenario_16_what_was_submitted_while_down_follows_the_logon_and_the_answer_to_a_test_request) {
  dialogue d{parking(acceptor())};
  submit_both(d);
  BOOST_TEST(d.all<action::parked>().size() == 2u);
  BOOST_TEST(d.store.durable().parked.size() == 2u);
  BOOST_TEST(d.store.durable().next_sender.value == 1u);
  d.advance(3h);

  d.connect();
  d.peer(first_logon);
  d.expect(first_logon);
  d.expect("35=1|34=2|112=PARKED|");
  d.expect_silence();

  d.peer("35=0|34=2|112=PARKED|");
  BOOST_TEST_REQUIRE(d.wire.size() == 2u);
  BOOST_TEST(sending_time(d.wire.front()) == d.utc_now());
  d.expect("35=D|34=3|11=A|");
  d.expect("35=D|34=4|11=B|");
  BOOST_TEST(d.store.durable().parked.empty());
  const auto accepted = d.all<action::accepted>();
  BOOST_TEST_REQUIRE(accepted.size() == 2u);
  BOOST_TEST(accepted[1].token.value == 2u);
  BOOST_TEST(accepted[1].number.value == 4u);
  BOOST_TEST(accepted[1].was_parked);
}

BOOST_AUTO_TEST_CASE(all_of_them_get_their_numbers_in_one_commit) {
  dialogue d{parking(initiator())};
  submit_both(d);
  d.connect();
  d.peer(first_logon);
  d.wire.clear();
  d.store.how = fake_store::mood::waits;
  d.peer("35=0|34=2|112=PARKED|");
  BOOST_TEST(d.store.waiting() == 1u);
}

BOOST_AUTO_TEST_CASE(scenario_16_the_peers_own_gap_is_served_first) {
  dialogue d{parking(acceptor())};
  d.log_on();
  d.submit("8", "17=OLD|");
  d.wire.clear();
  d.drop();
  d.submit("8", "17=NEW|", 1);

  d.connect();
  d.peer("35=A|34=2|98=0|108=30|");
  d.expect("35=A|34=3|98=0|108=30|");
  d.expect("35=1|34=4|112=PARKED|");
  d.fetches_at_once = false;
  d.peer("35=2|34=3|7=2|16=0|");
  d.peer("35=0|34=4|112=PARKED|");  // answers early, while it is still owed the page
  d.expect_silence();
  d.fetches_at_once = true;
  d.run();
  d.expect("35=8|34=2|43=Y|17=OLD|");
  d.expect("35=4|34=3|43=Y|36=5|123=Y|");
  d.expect("35=8|34=5|17=NEW|");
}

BOOST_AUTO_TEST_CASE(our_own_gap_holds_the_answer_back_and_so_what_waits_for_it) {
  dialogue d{parking(acceptor())};
  d.submit("8", "17=NEW|", 1);
  d.connect();
  d.peer("35=A|34=3|98=0|108=30|");
  d.expect("35=A|34=1|98=0|108=30|");
  d.expect("35=2|34=2|7=1|16=0|");
  d.expect("35=1|34=3|112=PARKED|");
  d.peer("35=0|34=4|112=PARKED|");
  d.expect_silence();
  d.peer("35=4|34=1|43=Y|123=Y|36=4|");
  d.expect("35=8|34=4|17=NEW|");
}

BOOST_AUTO_TEST_CASE(a_peer_that_does_not_answer_gets_it_after_the_logon_timeout) {
  dialogue d{parking(acceptor())};
  d.submit("8", "17=A|", 1);
  d.connect();
  d.peer(first_logon);
  d.wire.clear();
  d.advance(9s);
  d.expect_silence();
  d.advance(1s);
  d.expect("35=8|34=3|17=A|");
}

BOOST_AUTO_TEST_CASE(a_heartbeat_that_answers_something_else_is_no_answer) {
  dialogue d{parking(acceptor())};
  d.submit("8", "17=A|", 1);
  d.connect();
  d.peer(first_logon);
  d.wire.clear();
  d.peer("35=0|34=2|");
  d.peer("35=0|34=3|112=TEST|");
  d.expect_silence();
}

BOOST_AUTO_TEST_CASE(what_is_submitted_while_others_wait_goes_behind_them) {
  dialogue d{parking(acceptor())};
  d.submit("8", "17=A|", 1);
  d.connect();
  d.peer(first_logon);
  d.wire.clear();
  d.submit("8", "17=B|", 2);
  d.expect_silence();
  d.peer("35=0|34=2|112=PARKED|");
  d.expect("35=8|34=3|17=A|");
  d.expect("35=8|34=4|17=B|");
  d.submit("8", "17=C|", 3);
  d.expect("35=8|34=5|17=C|");
  BOOST_TEST(d.all<action::parked>().size() == 2u);
}

BOOST_AUTO_TEST_CASE(one_that_is_parked_and_sent_in_the_same_turn_waits_no_longer) {
  dialogue d{parking(acceptor())};
  d.submit("8", "17=A|", 1);
  d.connect();
  d.peer(first_logon);
  d.store.how = fake_store::mood::waits;
  d.submit("8", "17=B|", 2);
  d.peer("35=0|34=2|112=PARKED|");
  d.store.how = fake_store::mood::commits;
  d.run();
  BOOST_TEST(d.store.durable().parked.empty());
  BOOST_TEST(d.all<action::accepted>().size() == 2u);
}

BOOST_AUTO_TEST_CASE(they_outlive_a_crash_in_their_order_and_are_not_sent_twice) {
  dialogue d{parking(acceptor())};
  submit_both(d);
  d.crash();
  BOOST_TEST(d.session().parked() == 2u);
  d.connect();
  d.peer(first_logon);
  d.peer("35=0|34=2|112=PARKED|");
  BOOST_TEST_REQUIRE(d.wire.size() == 4u);
  BOOST_TEST(dialogue::brief(d.wire[2]) == "35=D|34=3|11=A|");
  d.crash();
  BOOST_TEST(d.session().parked() == 0u);
  BOOST_TEST(d.store.durable().next_sender.value == 5u);
}

BOOST_AUTO_TEST_CASE(a_crash_before_the_commit_leaves_them_where_they_were) {
  dialogue d{parking(acceptor())};
  submit_both(d);
  d.connect();
  d.peer(first_logon);
  d.wire.clear();
  d.store.how = fake_store::mood::waits;
  d.peer("35=0|34=2|112=PARKED|");
  d.expect_silence();
  d.crash();
  d.store.how = fake_store::mood::commits;
  BOOST_TEST(d.session().parked() == 2u);
}

BOOST_AUTO_TEST_CASE(a_link_that_ends_before_they_went_out_keeps_them_for_the_next) {
  dialogue d{parking(acceptor())};
  d.submit("8", "17=A|", 1);
  d.connect();
  d.peer(first_logon);
  d.wire.clear();
  d.drop();
  d.connect();
  d.peer("35=A|34=2|98=0|108=30|");
  d.expect("35=A|34=3|98=0|108=30|");
  d.expect("35=1|34=4|112=PARKED|");
  d.peer("35=0|34=3|112=PARKED|");
  d.expect("35=8|34=5|17=A|");
}

BOOST_AUTO_TEST_CASE(a_reset_of_the_numbers_does_not_touch_them) {
  dialogue d{parking(acceptor())};
  d.log_on();
  d.drop();
  d.submit("8", "17=A|", 1);
  d.connect();
  d.peer("35=A|34=1|98=0|108=30|141=Y|");
  d.expect("35=A|34=1|98=0|108=30|141=Y|");
  d.expect("35=1|34=2|112=PARKED|");
  d.peer("35=0|34=2|112=PARKED|");
  d.expect("35=8|34=3|17=A|");
}

BOOST_AUTO_TEST_CASE(a_reset_in_mid_session_asks_anew_before_they_go_out) {
  dialogue d{parking(acceptor())};
  d.submit("8", "17=A|", 1);
  d.connect();
  d.peer(first_logon);
  d.wire.clear();
  d.peer("35=A|34=1|98=0|108=30|141=Y|");
  d.expect("35=A|34=1|98=0|108=30|141=Y|");
  d.expect("35=1|34=2|112=PARKED|");
  d.peer("35=0|34=2|112=PARKED|");
  d.expect("35=8|34=3|17=A|");
}

BOOST_AUTO_TEST_CASE(there_is_room_for_so_many_bytes) {
  auto c = parking(acceptor());
  c.max_parked_bytes = 12;
  dialogue d{c};
  d.submit("D", "11=A|", 1);
  d.submit("D", "11=BBBBBB|", 2);  // more bytes than are left
  d.submit("D", "11=C|", 3);
  BOOST_TEST((refusals(d) == std::vector{action::refusal::too_many_parked}));
  BOOST_TEST(d.all<action::refused>().front().token.value == 2u);
}

BOOST_AUTO_TEST_CASE(there_is_room_for_so_many) {
  auto c = parking(acceptor());
  c.max_parked_submits = 2;
  dialogue d{c};
  for (std::uint64_t token = 1; token <= 3; ++token) d.submit("D", "11=A|", token);
  BOOST_TEST((refusals(d) == std::vector{action::refusal::too_many_parked}));
}

BOOST_AUTO_TEST_CASE(one_that_waits_for_too_long_is_refused_when_it_does_and_makes_room) {
  auto c = parking(acceptor());
  c.max_parked_submits = 1;
  c.max_parked_age = 60s;
  dialogue d{c};
  d.submit("D", "11=A|", 1);
  d.advance(59s);
  d.submit("D", "11=B|", 2);
  BOOST_TEST((refusals(d) == std::vector{action::refusal::too_many_parked}));
  d.advance(1s);
  BOOST_TEST((refusals(d) == std::vector{action::refusal::too_many_parked, action::refusal::expired}));
  BOOST_TEST(d.has_note("parked-expired"));
  BOOST_TEST(d.store.durable().parked.empty());
  d.submit("D", "11=C|", 3);
  BOOST_TEST(d.store.durable().parked.size() == 1u);
}

BOOST_AUTO_TEST_CASE(those_that_expired_while_nobody_was_there_are_refused_after_the_start) {
  auto c = parking(acceptor());
  c.max_parked_age = 60s;
  dialogue d{c};
  d.submit("D", "11=A|", 1);
  d.now.steady += 1h;
  d.now.utc += 1h;
  d.crash();
  d.advance(1ms);
  BOOST_TEST((refusals(d) == std::vector{action::refusal::expired}));
}

BOOST_AUTO_TEST_CASE(during_a_replay_they_get_their_numbers_and_hold_nobody_up) {
  dialogue d{parking(acceptor())};
  d.log_on();
  d.submit("8", "17=OLD|");
  d.drop();
  d.submit("8", "17=A|", 1);
  d.connect();
  d.peer("35=A|34=2|98=0|108=30|");
  d.wire.clear();
  d.fetches_at_once = false;
  d.peer("35=2|34=3|7=2|16=2|");
  d.peer("35=0|34=4|112=PARKED|");
  d.submit("8", "17=B|", 2);
  BOOST_TEST(d.all<action::accepted>().size() == 2u);
  d.expect_silence();
  d.fetches_at_once = true;
  d.run();
  for (const auto* text : {"35=8|34=2|43=Y|17=OLD|", "35=8|34=5|17=A|", "35=8|34=6|17=B|"}) d.expect(text);
}

BOOST_AUTO_TEST_CASE(while_we_do_not_read_the_patience_does_not_run) {
  auto c = parking(acceptor());
  c.max_unhandled_messages = 1;
  dialogue d{c};
  d.submit("8", "17=A|", 1);
  d.connect();
  d.peer(first_logon);
  d.wire.clear();
  d.handles_at_once = false;
  d.peer("35=D|34=2|11=X|");
  d.peer("35=D|34=3|11=Y|");
  BOOST_TEST_REQUIRE(!d.is_reading);
  d.advance(25s);
  d.expect_silence();
  d.handles_at_once = true;
  d.run();
  BOOST_TEST_REQUIRE(d.is_reading);
  d.advance(9s);
  for (const auto& w : d.wire) BOOST_TEST(!dialogue::brief(w).starts_with("35=8"));
  d.advance(1s);
  BOOST_TEST(d.session().parked() == 0u);
}

BOOST_AUTO_TEST_CASE(one_that_waited_too_long_is_refused_instead_of_sent_and_leaves_the_store) {
  auto c = parking(acceptor());
  c.max_parked_age = 60s;
  dialogue d{c};
  d.submit("D", "11=A|", 1);
  d.advance(50s);
  d.submit("D", "11=B|", 2);
  d.advance(11s);
  d.connect();
  d.peer(first_logon);
  d.wire.clear();
  d.peer("35=0|34=2|112=PARKED|");
  d.expect("35=D|34=3|11=B|");
  BOOST_TEST((refusals(d) == std::vector{action::refusal::expired}));
  BOOST_TEST(d.all<action::refused>().front().token.value == 1u);
  BOOST_TEST(d.store.durable().parked.empty());
}

BOOST_AUTO_TEST_CASE(what_the_store_has_damaged_is_not_sent_and_said) {
  dialogue d{parking(acceptor())};
  submit_both(d);
  d.store.damage_parked(1);
  d.crash();
  d.connect();
  d.peer(first_logon);
  d.wire.clear();
  d.peer("35=0|34=2|112=PARKED|");
  d.expect("35=D|34=3|11=B|");
  BOOST_TEST((refusals(d) == std::vector{action::refusal::damaged}));
  BOOST_TEST(d.has_note("parked-damaged"));
  BOOST_TEST(d.store.durable().parked.empty());
}

BOOST_AUTO_TEST_CASE(a_reject_and_what_is_no_message_are_not_parked) {
  dialogue d{parking(acceptor())};
  d.submit("3", "45=1|", 1);
  d.submit("A", "98=0|", 2);
  d.submit("D", "11=A", 3);
  BOOST_TEST((refusals(d) == std::vector{action::refusal::not_logged_on, action::refusal::malformed, action::refusal::malformed}));
}

BOOST_AUTO_TEST_CASE(while_the_store_is_stalled_nothing_is_parked) {
  dialogue d{parking(acceptor())};
  d.store.how = fake_store::mood::fails;
  d.submit("D", "11=A|", 1);
  d.submit("D", "11=B|", 2);
  BOOST_TEST((refusals(d) == std::vector{action::refusal::store_stalled}));
  BOOST_TEST(d.all<action::parked>().empty());
  d.store.how = fake_store::mood::commits;
  d.advance(1s);
  BOOST_TEST(d.all<action::parked>().size() == 1u);
}

BOOST_AUTO_TEST_CASE(during_our_logout_it_is_parked_for_the_next_session) {
  dialogue d{parking(acceptor())};
  d.log_on();
  d.on(event::logout_requested{});
  d.submit("D", "11=A|", 1);
  BOOST_TEST(d.all<action::parked>().size() == 1u);
  BOOST_TEST(d.session().parked() == 1u);
}

// ---------------------------------------------------------------- the operator takes it off the list

namespace {

std::vector<action::parked_dropped> answers(const dialogue& d) { return d.all<action::parked_dropped>(); }

}  // namespace

BOOST_AUTO_TEST_CASE(one_that_the_operator_drops_is_refused_and_the_others_are_sent) {
  dialogue d{parking(acceptor())};
  submit_both(d);
  d.submit("D", "11=C|", 3);
  d.on(event::drop_parked{submit_token{2}, 7});
  BOOST_TEST((refusals(d) == std::vector{action::refusal::dropped}));
  BOOST_TEST(d.all<action::refused>().front().token.value == 2u);
  BOOST_TEST_REQUIRE(answers(d).size() == 1u);
  BOOST_TEST(answers(d)[0].question == 7u);
  BOOST_TEST(answers(d)[0].count == 1u);
  BOOST_TEST(d.has_note("parked-dropped"));
  BOOST_TEST(d.store.durable().parked.size() == 2u);
  d.crash();
  d.connect();
  d.peer(first_logon);
  d.wire.clear();
  d.peer("35=0|34=2|112=PARKED|");
  d.expect("35=D|34=3|11=A|");
  d.expect("35=D|34=4|11=C|");
  d.expect_silence();
}

BOOST_AUTO_TEST_CASE(all_of_them_are_dropped_and_make_room) {
  auto c = parking(acceptor());
  c.max_parked_submits = 2;
  dialogue d{c};
  submit_both(d);
  d.on(event::drop_parked{std::nullopt, 1});
  BOOST_TEST(answers(d).front().count == 2u);
  BOOST_TEST(d.store.durable().parked.empty());
  BOOST_TEST(d.session().parked_bytes() == 0u);
  d.submit("D", "11=C|", 3);
  d.submit("D", "11=D|", 4);
  BOOST_TEST(d.store.durable().parked.size() == 2u);
  d.log_on();
  BOOST_TEST(d.session().parked() == 2u);
}

BOOST_AUTO_TEST_CASE(nothing_is_said_of_a_drop_before_it_is_durable) {
  dialogue d{parking(acceptor())};
  submit_both(d);
  d.store.how = fake_store::mood::waits;
  d.on(event::drop_parked{submit_token{1}, 1});
  BOOST_TEST(answers(d).empty());
  BOOST_TEST(refusals(d).empty());
  d.crash();  // before it is
  BOOST_TEST(d.session().parked() == 2u);
  d.on(event::drop_parked{submit_token{1}, 2});
  d.store.how = fake_store::mood::commits;
  d.run();
  BOOST_TEST_REQUIRE(answers(d).size() == 1u);
  BOOST_TEST(answers(d)[0].question == 2u);
  BOOST_TEST(d.store.durable().parked.size() == 1u);
}

BOOST_AUTO_TEST_CASE(one_that_is_parked_and_dropped_in_the_same_commit_does_not_stay) {
  dialogue d{parking(acceptor())};
  d.session().on(event::submit{submit_token{1}, {"D", {}, with_soh("11=A|")}}, d.now);
  d.on(event::drop_parked{submit_token{1}, 1});
  BOOST_TEST(d.store.durable().parked.empty());
  BOOST_TEST((refusals(d) == std::vector{action::refusal::dropped}));
}

BOOST_AUTO_TEST_CASE(a_token_that_does_not_wait_and_a_store_that_takes_nothing_are_said_at_once) {
  dialogue d{parking(acceptor())};
  d.submit("D", "11=A|", 1);
  d.on(event::drop_parked{submit_token{9}, 1});
  BOOST_TEST_REQUIRE(answers(d).size() == 1u);
  BOOST_TEST((answers(d)[0].count == 0u && !answers(d)[0].is_stalled));
  d.store.how = fake_store::mood::fails;
  d.submit("D", "11=B|", 2);
  d.on(event::drop_parked{submit_token{1}, 2});
  BOOST_TEST_REQUIRE(answers(d).size() == 2u);
  BOOST_TEST(answers(d)[1].is_stalled);
  BOOST_TEST(d.session().parked() == 2u);
}

BOOST_AUTO_TEST_CASE(what_waits_is_listed_page_by_page) {
  dialogue d{parking(acceptor())};
  submit_both(d);
  d.advance(90s);
  d.submit("D", "11=C|", 3);
  const auto first = d.session().parked_page(0, 2, 1000);
  BOOST_TEST_REQUIRE(first.size() == 2u);
  BOOST_TEST(first[0].message.body == with_soh("11=A|"));
  const auto rest = d.session().parked_page(first.back().place, 2, 1000);
  BOOST_TEST_REQUIRE(rest.size() == 1u);
  BOOST_TEST(rest[0].token.value == 3u);
  BOOST_TEST(d.session().parked_page(rest[0].place, 2, 1000).empty());
  BOOST_TEST(d.session().parked_page(0, 3, 1).size() == 1u);  // one at least
  BOOST_TEST(d.session().parked_bytes() == 18u);
  BOOST_TEST((d.session().oldest_parked() == d.now.utc - 90s));
}

BOOST_AUTO_TEST_SUITE_END()
