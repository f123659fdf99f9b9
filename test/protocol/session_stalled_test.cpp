// A store that cannot commit: no number is assigned, nothing is sent, reading is paused, the same batch is tried again.
#include "test/support/dialogue.hpp"

using namespace troupe::protocol;
using namespace troupe::test;

namespace {

using mood = fake_store::mood;

// Everything the store was given, as it was given.
std::vector<commit_ptr> commits_of(session& s, instant now, event::deadline e) {
  s.on(e, now);
  std::vector<any_action> actions;
  s.take(actions);
  std::vector<commit_ptr> found;
  for (auto& a : actions)
    if (auto* c = std::get_if<action::commit>(&a)) found.push_back(c->batch);
  return found;
}

void stall(dialogue& d) {
  d.store.how = mood::fails;
  d.submit("D", "11=A|", 1);
  BOOST_TEST_REQUIRE((d.state() == session_state::StoreStalled));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(session_stalled)

BOOST_AUTO_TEST_CASE(nothing_is_sent_numbered_or_read_while_the_store_is_stalled) {
  dialogue d{acceptor()};
  d.log_on();
  stall(d);
  BOOST_TEST(!d.is_reading);
  BOOST_TEST(d.has_note("store-stalled"));
  d.submit("D", "11=B|", 2);
  d.peer("35=1|34=2|112=HI|");
  d.advance(20s);
  d.expect_silence();
  BOOST_TEST(d.session().next_sender().value == 3);
  const auto refused = d.all<action::refused>();
  BOOST_TEST_REQUIRE(refused.size() == 1u);
  BOOST_TEST((refused[0].token == submit_token{2} && refused[0].reason == action::refusal::store_stalled));
  BOOST_TEST(!d.has<action::accepted>());
}

BOOST_AUTO_TEST_CASE(it_resumes_by_itself_in_the_order_of_things) {
  dialogue d{acceptor()};
  d.log_on();
  stall(d);
  d.peer("35=1|34=2|112=HI|");
  d.store.how = mood::commits;
  d.advance(10s);
  d.expect("35=D|34=2|11=A|");
  d.expect("35=0|34=3|112=HI|");
  d.expect_silence();
  BOOST_TEST((d.state() == session_state::Active));
  BOOST_TEST(d.is_reading);
  BOOST_TEST(d.has_note("store-back"));
  BOOST_TEST(d.all<action::accepted>().size() == 1u);
  BOOST_TEST(d.store.faults.empty());
}

BOOST_AUTO_TEST_CASE(the_same_batches_are_tried_again_byte_for_byte) {
  dialogue d{acceptor()};
  d.log_on();
  auto& s = d.session();
  std::vector<any_action> actions;
  s.on(event::submit{submit_token{1}, {"D", {}, with_soh("11=A|")}}, d.now);
  s.take(actions);
  s.on(event::submit{submit_token{2}, {"D", {}, with_soh("11=B|")}}, d.now);
  s.take(actions);
  std::vector<commit_ptr> first;
  for (auto& a : actions)
    if (auto* c = std::get_if<action::commit>(&a)) first.push_back(c->batch);
  BOOST_TEST_REQUIRE(first.size() == 2u);

  // only the first was refused, whatever became of the second
  s.on(event::commit_failed{first[0]->id, "disk full"}, d.now);
  s.on(event::commit_failed{first[1]->id, "refused behind it"}, d.now);
  BOOST_TEST(commits_of(s, d.now, {}).empty());
  d.now.steady += 100ms;
  const auto again = commits_of(s, d.now, {});
  BOOST_TEST((again == first), "the very same batches, both of them");
  BOOST_TEST(commits_of(s, d.now, {}).empty());

  // and again, later
  s.on(event::commit_failed{first[0]->id, "disk full"}, d.now);
  d.now.steady += 100ms;
  BOOST_TEST(commits_of(s, d.now, {}).empty());
  d.now.steady += 100ms;
  BOOST_TEST((commits_of(s, d.now, {}) == first));
  s.on(event::committed{first[1]->id}, d.now);
  BOOST_TEST((s.state() == session_state::Active));
}

BOOST_AUTO_TEST_CASE(of_an_unknown_outcome_only_what_is_missing_goes_again) {
  dialogue d{acceptor()};
  d.log_on();
  d.store.how = mood::waits;
  d.submit("D", "11=A|", 1);
  d.submit("D", "11=B|", 2);
  auto& s = d.session();
  s.on(event::commit_failed{commit_id{2}, "connection to the database lost"}, d.now);
  s.on(event::committed{commit_id{2}}, d.now);  // read back: it was stored after all
  d.now.steady += 100ms;
  const auto again = commits_of(s, d.now, {});
  BOOST_TEST_REQUIRE(again.size() == 1u);
  BOOST_TEST((again[0]->id == commit_id{3}));
}

BOOST_AUTO_TEST_CASE(what_is_decided_while_a_retry_is_under_way_follows_it) {
  auto c = acceptor();
  c.reset_on_disconnect = true;
  dialogue d{c};
  d.log_on();
  stall(d);
  d.store.how = mood::waits;
  d.advance(200ms);  // the batch goes again, and nobody knows yet
  d.drop();          // and the reset belongs behind it
  d.store.how = mood::commits;
  d.run();
  BOOST_TEST((d.state() == session_state::Disconnected));
  BOOST_TEST(d.store.durable().generation.value == 2u);
  BOOST_TEST(d.store.durable().next_sender.value == 1u);
  for (const auto& f : d.store.faults) BOOST_ERROR(f);
}

BOOST_AUTO_TEST_CASE(what_is_decided_before_a_retry_goes_with_it) {
  auto c = acceptor();
  c.reset_on_disconnect = true;
  dialogue d{c};
  d.log_on();
  stall(d);
  d.drop();
  d.store.how = mood::commits;
  d.advance(200ms);
  BOOST_TEST((d.state() == session_state::Disconnected));
  BOOST_TEST(d.store.durable().generation.value == 2u);
  for (const auto& f : d.store.faults) BOOST_ERROR(f);
}

BOOST_AUTO_TEST_CASE(after_the_limit_the_connection_is_given_up_and_the_retries_go_on) {
  dialogue d{acceptor()};
  d.log_on();
  stall(d);
  d.advance(59s);
  BOOST_TEST(d.is_open);
  d.advance(1s);
  BOOST_TEST(!d.is_open);
  BOOST_TEST((d.end() == end_reason::store_stalled_too_long));
  BOOST_TEST((d.state() == session_state::StoreStalled));
  d.store.how = mood::commits;
  d.advance(5s);
  BOOST_TEST((d.state() == session_state::Disconnected));
  BOOST_TEST(d.all<action::accepted>().size() == 1u);
  d.expect_silence();

  d.log_on(3, 2);  // the peer asks for what it never saw
  d.peer("35=2|34=3|7=2|16=0|");
  d.expect("35=D|34=2|43=Y|11=A|");
  d.expect("35=4|34=3|43=Y|36=4|123=Y|");
}

BOOST_AUTO_TEST_CASE(what_was_read_on_an_old_connection_dies_with_it) {
  dialogue d{acceptor()};
  d.log_on();
  stall(d);
  d.peer("35=5|34=2|");  // waits for the store
  d.advance(60s);
  d.drop();
  d.connect();
  d.peer("35=A|34=3|98=0|108=30|");
  d.store.how = mood::commits;
  d.advance(5s);
  d.expect("35=A|34=3|98=0|108=30|");
  d.expect("35=2|34=4|7=2|16=0|");
  d.expect_silence();
  BOOST_TEST((d.state() == session_state::Recovering));
}

BOOST_AUTO_TEST_CASE(an_initiator_that_connects_meanwhile_logs_on_when_the_store_is_back) {
  dialogue d{initiator()};
  d.log_on();
  stall(d);
  d.drop();
  d.connect();
  d.expect_silence();
  d.store.how = mood::commits;
  d.advance(5s);
  d.expect("35=A|34=3|98=0|108=30|");
  BOOST_TEST((d.state() == session_state::LogonSent));
}

BOOST_AUTO_TEST_CASE(silence_is_not_held_against_the_peer_meanwhile) {
  dialogue d{acceptor()};
  d.log_on();
  stall(d);
  d.advance(55s);
  d.store.how = mood::commits;
  d.advance(5s);
  d.expect("35=D|34=2|11=A|");
  d.expect("35=0|34=3|");
  d.advance(25s);  // its silence counts from the moment we read again
  d.expect_silence();
  d.advance(11s);
  d.expect("35=0|34=4|");
  d.expect("35=1|34=5|112=TEST|");
  BOOST_TEST((d.state() == session_state::Active));
}

BOOST_AUTO_TEST_CASE(what_the_application_handled_meanwhile_is_committed_once_with_its_answers) {
  dialogue d{acceptor()};
  d.handles_at_once = false;
  d.log_on();
  d.peer("35=D|34=2|11=X|");
  stall(d);
  d.handle(2, {{submit_token{7}, {"8", {}, with_soh("17=E|")}}});
  d.expect_silence();
  d.store.how = mood::commits;
  d.advance(5s);
  d.expect("35=D|34=2|11=A|");
  d.expect("35=8|34=3|17=E|");
  BOOST_TEST(d.store.durable().next_target.value == 3u);
}

BOOST_AUTO_TEST_CASE(a_logout_that_was_wished_for_comes_when_the_store_is_back) {
  dialogue d{acceptor()};
  d.log_on();
  stall(d);
  d.on(event::logout_requested{"bye"});
  d.on(event::logout_requested{"bye"});
  d.expect_silence();
  d.store.how = mood::commits;
  d.advance(1s);
  d.expect("35=D|34=2|11=A|");
  d.expect("35=5|34=3|58=bye|");
  d.expect_silence();
}

BOOST_AUTO_TEST_SUITE_END()
