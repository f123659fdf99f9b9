// The peer asks for messages again: page by page from the store, while life goes on.
#include "test/support/dialogue.hpp"

using namespace troupe::protocol;
using namespace troupe::test;

namespace {

std::string id_of(std::uint64_t number) { return "11=" + std::to_string(number) + "|"; }
std::string again(std::uint64_t number) { return "35=D|34=" + std::to_string(number) + "|43=Y|" + id_of(number); }
std::string first(std::uint64_t number) { return "35=D|34=" + std::to_string(number) + "|" + id_of(number); }
std::string fill(std::uint64_t from, std::uint64_t next) {
  return "35=4|34=" + std::to_string(from) + "|43=Y|36=" + std::to_string(next) + "|123=Y|";
}

// Logged on, messages 2 to 7 sent, pages of two records.
struct sender : dialogue {
  explicit sender(session_config c = acceptor()) : dialogue{paged(std::move(c))} {
    log_on();
    for (std::uint64_t n = 2; n <= 7; ++n) {
      submit("D", id_of(n));
      expect(first(n));
    }
  }
  static session_config paged(session_config c) {
    c.replay_page_records = 2;
    return c;
  }
  void serve_page() {
    BOOST_TEST_REQUIRE(!to_fetch.empty());
    const auto f = to_fetch.front();
    to_fetch.erase(to_fetch.begin());
    on(event::replay_page{store.fetch(f), f.question});
  }
};

std::string tag_value(const std::string& frame, std::string_view tag) {
  const auto at = frame.find("\x01" + std::string{tag} + "=");
  if (at == std::string::npos) return {};
  const auto begin = at + tag.size() + 2;
  return frame.substr(begin, frame.find('\x01', begin) - begin);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(session_replay_stories)

BOOST_AUTO_TEST_CASE(everything_is_sent_again_over_several_pages) {
  sender d;
  d.peer("35=2|34=2|7=1|16=0|");
  d.expect(fill(1, 2));
  for (std::uint64_t n = 2; n <= 7; ++n) d.expect(again(n));
  d.expect_silence();
}

BOOST_AUTO_TEST_CASE(a_part_is_sent_again) {
  sender d;
  d.peer("35=2|34=2|7=4|16=5|");
  d.expect(again(4));
  d.expect(again(5));
  d.expect_silence();
}

BOOST_AUTO_TEST_CASE(what_is_sent_again_tells_its_first_time) {
  sender d;
  const auto then = d.utc_now();
  d.advance(5s);
  d.peer("35=2|34=2|7=2|16=2|");
  BOOST_TEST_REQUIRE(d.wire.size() == 1u);
  BOOST_TEST(tag_value(d.wire[0], "122") == then);
  BOOST_TEST(tag_value(d.wire[0], "52") == d.utc_now());
}

BOOST_AUTO_TEST_CASE(a_range_that_makes_no_sense_is_rejected) {
  sender d;
  d.peer("35=2|34=2|7=0|16=0|");
  d.expect("35=3|34=8|45=2|58=Value is incorrect (out of range) for this tag|371=7|372=2|373=5|");
  d.peer("35=2|34=3|7=5|16=4|");
  d.expect("35=3|34=9|45=3|58=Value is incorrect (out of range) for this tag|371=16|372=2|373=5|");
  d.peer("35=2|34=4|7=50|16=0|");
  d.expect_silence();
  BOOST_TEST(d.has_note("resend-nothing"));
}

BOOST_AUTO_TEST_CASE(what_is_submitted_in_mid_replay_follows_as_a_first_sending) {
  sender d;
  d.fetches_at_once = false;
  d.peer("35=2|34=2|7=2|16=0|");
  d.serve_page();
  d.submit("D", id_of(8), 8);
  BOOST_TEST(d.all<action::accepted>().size() == 1u);
  d.serve_page();
  d.serve_page();
  for (std::uint64_t n = 2; n <= 7; ++n) d.expect(again(n));
  d.expect_silence();
  d.serve_page();
  d.expect(first(8));
  d.submit("D", id_of(9));
  d.expect(first(9));
  d.expect_silence();
}

BOOST_AUTO_TEST_CASE(a_first_sending_that_waited_long_is_still_a_first_sending) {
  sender d;
  d.fetches_at_once = false;
  d.peer("35=2|34=2|7=2|16=0|");
  d.submit("D", id_of(8));
  for (int i = 0; i < 8; ++i) {
    d.advance(29s);
    d.peer("35=0|34=" + std::to_string(3 + i) + "|");
  }
  while (!d.to_fetch.empty()) d.serve_page();
  const auto of_8 = std::find_if(d.wire.begin(), d.wire.end(), [](const std::string& f) { return tag_value(f, "34") == "8"; });
  BOOST_TEST_REQUIRE((of_8 != d.wire.end()));
  BOOST_TEST(dialogue::brief(*of_8) == first(8));
  BOOST_TEST(tag_value(*of_8, "52") == d.utc_now());
  BOOST_TEST(tag_value(*of_8, "122").empty());
}

BOOST_AUTO_TEST_CASE(a_test_request_in_mid_replay_is_answered_between_pages) {
  sender d;
  d.fetches_at_once = false;
  d.peer("35=2|34=2|7=2|16=0|");
  d.serve_page();
  d.expect(again(2));
  d.expect(again(3));
  d.peer("35=1|34=3|112=HI|");
  d.expect("35=0|34=8|112=HI|");
  d.serve_page();
  d.expect(again(4));
  d.expect(again(5));
}

BOOST_AUTO_TEST_CASE(a_test_request_behind_a_backlog_waits_its_turn) {
  sender d;
  d.fetches_at_once = false;
  d.peer("35=2|34=2|7=6|16=0|");
  d.submit("D", id_of(8));
  d.peer("35=1|34=3|112=HI|");
  d.expect_silence();
  while (!d.to_fetch.empty()) d.serve_page();
  d.expect(again(6));
  d.expect(again(7));
  d.expect(first(8));
  d.expect("35=0|34=9|112=HI|");
  d.expect_silence();
}

BOOST_AUTO_TEST_CASE(a_second_request_waits_for_the_first) {
  sender d;
  d.fetches_at_once = false;
  d.peer("35=2|34=2|7=4|16=7|");
  d.serve_page();
  d.peer("35=2|34=3|7=2|16=3|");
  d.peer("35=2|34=4|7=2|16=3|");  // and again: changes nothing
  BOOST_TEST(d.has_note("resend-repeated"));
  while (!d.to_fetch.empty()) d.serve_page();
  for (const std::uint64_t n : {4, 5, 6, 7, 2, 3}) d.expect(again(n));
  d.expect_silence();
}

BOOST_AUTO_TEST_CASE(only_so_many_requests_wait) {
  auto c = acceptor();
  c.max_waiting_resends = 1;
  sender d{c};
  d.fetches_at_once = false;
  d.peer("35=2|34=2|7=2|16=2|");
  d.peer("35=2|34=3|7=3|16=3|");
  d.peer("35=2|34=4|7=4|16=4|");
  BOOST_TEST(d.has_note("resend-dropped"));
  while (!d.to_fetch.empty()) d.serve_page();
  d.expect(again(2));
  d.expect(again(3));
  d.expect_silence();
}

BOOST_AUTO_TEST_CASE(a_link_lost_in_mid_replay_takes_the_replay_with_it) {
  sender d;
  d.fetches_at_once = false;
  d.peer("35=2|34=2|7=2|16=0|");
  d.serve_page();
  d.submit("D", id_of(8));
  d.wire.clear();
  d.drop();
  d.connect();
  d.peer("35=A|34=3|98=0|108=30|");
  d.expect("35=A|34=9|98=0|108=30|");
  d.serve_page();  // the answer to a question of the old connection
  d.expect_silence();
  d.fetches_at_once = true;
  d.peer("35=2|34=4|7=4|16=0|");
  for (std::uint64_t n = 4; n <= 8; ++n) d.expect(again(n));
  d.expect(fill(9, 10));
  d.expect_silence();
}

BOOST_AUTO_TEST_CASE(a_page_of_the_old_connection_does_not_hide_what_came_later) {
  sender d;
  d.fetches_at_once = false;
  d.peer("35=2|34=2|7=6|16=0|");  // 6 and 7
  const auto old = d.to_fetch.front();
  d.drop();
  d.connect();
  d.peer("35=A|34=3|98=0|108=30|");
  d.expect("35=A|34=8|98=0|108=30|");
  d.submit("D", id_of(9));
  d.expect(first(9));
  d.peer("35=2|34=4|7=6|16=0|");  // 6 to 9
  d.on(event::replay_page{d.store.fetch(old), old.question});
  d.fetches_at_once = true;
  d.run();
  d.expect(again(6));
  d.expect(again(7));
  d.expect(fill(8, 9));
  d.expect(again(9));
  d.expect_silence();
  BOOST_TEST(!d.has<action::needs_operator>());
}

// As after a store that refused, was asked, and has taken the messages by now: the old page begins where the new one does.
BOOST_AUTO_TEST_CASE(a_page_read_for_an_earlier_question_does_not_answer_a_later_one) {
  sender d;
  d.fetches_at_once = false;
  d.peer("35=2|34=2|7=6|16=0|");
  const auto old = d.to_fetch.front();
  auto nothing_there = d.store.fetch(old);
  nothing_there.records.clear();
  d.drop();
  d.connect();
  d.peer("35=A|34=3|98=0|108=30|");
  d.expect("35=A|34=8|98=0|108=30|");
  d.peer("35=2|34=4|7=6|16=0|");
  d.on(event::replay_page{nothing_there, old.question});
  d.expect_silence();
  BOOST_TEST(!d.has<action::needs_operator>());
  d.fetches_at_once = true;
  d.run();
  d.expect(again(6));
  d.expect(again(7));
  d.expect(fill(8, 9));
  d.expect_silence();
}

BOOST_AUTO_TEST_CASE(the_next_page_waits_until_the_peer_takes_the_last) {
  auto c = acceptor();
  c.replay_low_water = 100;
  sender d{c};
  d.fetches_at_once = false;
  d.peer("35=2|34=2|7=2|16=0|");
  const auto f = d.to_fetch.front();
  d.to_fetch.clear();
  d.session().on(event::replay_page{d.store.fetch(f), f.question}, d.now);
  std::vector<any_action> actions;
  d.session().take(actions);
  const auto fetches = [&] { return std::any_of(actions.begin(), actions.end(), [](auto& a) { return std::holds_alternative<action::fetch_replay>(a); }); };
  BOOST_TEST(!fetches());
  d.session().on(event::wrote{d.epoch(), 100}, d.now);
  d.session().take(actions);
  BOOST_TEST(!fetches());
  d.session().on(event::wrote{d.epoch(), 99}, d.now);
  d.session().take(actions);
  BOOST_TEST(fetches());
}

BOOST_AUTO_TEST_CASE(a_peer_that_takes_nothing_is_cut) {
  sender d;
  d.on(event::wrote{d.epoch(), 16 * 1024 * 1024 + 1});
  BOOST_TEST(!d.is_open);
  BOOST_TEST((d.end() == end_reason::peer_does_not_read));
}

BOOST_AUTO_TEST_CASE(the_application_may_withhold_what_is_stale) {
  auto c = acceptor();
  c.has_may_resend_hook = true;
  sender d{c};
  d.peer("35=2|34=2|7=2|16=5|");
  auto asked = d.all<action::ask_may_resend>();
  BOOST_TEST_REQUIRE(asked.size() == 1u);
  BOOST_TEST(asked[0].candidates.size() == 2u);
  d.expect_silence();
  d.on(event::resend_decided{asked[0].generation, {seq_num{3}}, asked[0].question});
  d.expect(again(2));
  asked = d.all<action::ask_may_resend>();
  BOOST_TEST_REQUIRE(asked.size() == 2u);
  d.on(event::resend_decided{asked[1].generation, {seq_num{4}, seq_num{5}}, asked[1].question});
  d.expect(fill(3, 6));
  d.expect_silence();
}

BOOST_AUTO_TEST_CASE(what_is_said_about_a_page_of_the_old_connection_lets_nothing_out_on_the_new_one) {
  auto c = acceptor();
  c.has_may_resend_hook = true;
  sender d{c};
  d.peer("35=2|34=2|7=2|16=3|");
  const auto old = d.all<action::ask_may_resend>().back();
  d.drop();
  d.connect();
  d.peer("35=A|34=3|98=0|108=30|");
  d.expect("35=A|34=8|98=0|108=30|");
  d.peer("35=2|34=4|7=2|16=3|");
  const auto now = d.all<action::ask_may_resend>().back();
  BOOST_TEST(now.question != old.question);
  d.on(event::resend_decided{old.generation, {}, old.question});
  d.expect_silence();
  d.on(event::resend_decided{now.generation, {seq_num{2}}, now.question});
  d.expect(fill(2, 3));
  d.expect(again(3));
  d.expect_silence();
}

BOOST_AUTO_TEST_CASE(an_answer_about_resending_that_comes_after_the_link_is_lost_decides_nothing) {
  auto c = acceptor();
  c.has_may_resend_hook = true;
  sender d{c};
  d.peer("35=2|34=2|7=2|16=3|");
  const auto asked = d.all<action::ask_may_resend>().back();
  d.drop();
  d.on(event::resend_decided{asked.generation, {}, asked.question});
  d.expect_silence();
}

// -- what the store has lost

BOOST_AUTO_TEST_CASE(a_damaged_or_lost_record_is_never_passed_over_in_silence) {
  for (const bool is_damaged : {true, false}) {
    sender d;
    (is_damaged ? d.store.damaged : d.store.lost).insert(4);
    d.peer("35=2|34=2|7=2|16=0|");
    d.expect(again(2));
    d.expect(again(3));
    d.expect_silence();
    const auto asked = d.all<action::needs_operator>();
    BOOST_TEST_REQUIRE(asked.size() == 1u);
    BOOST_TEST(asked[0].text == "message 4 is damaged or missing in the store: not resent");
    d.submit("D", id_of(8));
    d.expect(first(8));
  }
}

BOOST_AUTO_TEST_CASE(a_damaged_or_lost_record_is_filled_if_the_operator_says_so) {
  for (const bool is_damaged : {true, false}) {
    auto c = acceptor();
    c.fill_damaged_records = true;
    sender d{c};
    (is_damaged ? d.store.damaged : d.store.lost).insert({4, 7});
    d.peer("35=2|34=2|7=2|16=0|");
    d.expect(again(2));
    d.expect(again(3));
    d.expect(fill(4, 5));
    d.expect(again(5));
    d.expect(again(6));
    d.expect(fill(7, 8));
    d.expect_silence();
  }
}

BOOST_AUTO_TEST_CASE(a_backlog_that_the_store_has_lost_ends_the_session) {
  sender d;
  d.fetches_at_once = false;
  d.peer("35=2|34=2|7=7|16=0|");
  d.submit("D", id_of(8));
  d.submit("D", id_of(9));
  d.store.lost.insert(8);
  while (!d.to_fetch.empty()) d.serve_page();
  d.expect(again(7));
  BOOST_TEST(d.has<action::needs_operator>());
  BOOST_TEST((d.state() == session_state::LoggingOut));
  d.expect("35=5|34=10|");
  d.expect_silence();
}

BOOST_AUTO_TEST_CASE(the_same_request_over_and_over_is_a_loop) {
  sender d;
  for (int i = 0; i < 10; ++i) {
    d.peer("35=2|34=" + std::to_string(2 + i) + "|7=7|16=0|");
    d.expect(again(7));
  }
  d.peer("35=2|34=12|7=7|16=0|");
  d.expect("35=5|34=8|58=ResendRequest(2) 7 to 7 over and over|");
  BOOST_TEST((d.state() == session_state::LoggingOut));
}

// It would be sent again with that number.
BOOST_AUTO_TEST_CASE(a_body_that_begins_with_a_number_of_its_own_is_refused) {
  dialogue d{acceptor()};
  d.log_on();
  d.submit("D", "34=1|11=A|", 7);
  d.submit("D", "115=FUND|34=1|11=A|", 8);
  d.expect_silence();
  const auto refused = d.all<action::refused>();
  BOOST_TEST_REQUIRE(refused.size() == 2U);
  BOOST_TEST((refused[0].reason == action::refusal::malformed && refused[1].reason == action::refusal::malformed));
}

BOOST_AUTO_TEST_SUITE_END()
