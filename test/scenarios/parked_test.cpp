// Submits while the session is down, with everything that may die meanwhile; and orders that must not outlive their connection.
#include "actors/testing/stage.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::actors::testing;
using namespace std::chrono_literals;

namespace {

stage_plan parking() {
  stage_plan p;
  p.change_session = [](session_spec& s) { s.config.park_submits = true; };
  return p;
}

stage_plan cancelling(protocol::cancel_rule rule) {
  stage_plan p;
  p.change_session = [rule](session_spec& s) {
    if (s.config.role != protocol::role::acceptor) return;
    s.config.cancel_orders = rule;
    s.config.cancel_delay = 5s;
  };
  return p;
}

std::size_t cancels(const staged_engine& e) { return e.log().count(e.id(), log_entry::kind::cancel); }

std::vector<submit_outcome> outcomes_of(const staged_engine& e, const std::string& order) {
  std::vector<submit_outcome> all;
  for (const auto& entry : e.log().all(e.id()))
    if ((entry.what == log_entry::kind::outcome || entry.what == log_entry::kind::parked) && entry.outcome.token == token_of(order)) all.push_back(entry.outcome);
  return all;
}

// The buyer is up, and nobody is there to talk to.
void start_alone(stage& s) {
  BOOST_TEST_REQUIRE(s.buyer.start().error.empty());
  s.run();
}

// Without waiting for anything: what comes of it is a matter of steps.
void connect_now(const staged_engine& e) { caf::anon_send(e.session_group(), command{operator_command::logon, {}}); }

}  // namespace

BOOST_AUTO_TEST_SUITE(parked)

BOOST_AUTO_TEST_CASE(orders_of_a_buyer_without_a_seller_are_parked_and_filled_when_there_is_one) {
  stage s{parking()};
  start_alone(s);
  s.buyer.order("A1");
  s.buyer.order("A2");
  s.run();
  BOOST_TEST(s.buyer.in_flight() == 0u);  // durable: no longer under way
  BOOST_TEST(s.buyer.status(0).session.parked == 2u);
  BOOST_TEST_REQUIRE(s.seller.start().error.empty());
  BOOST_TEST(s.settle(), s.what_is_open());
  BOOST_TEST(s.run_until([&] { return s.seller.seen() == "A1 A2"; }), s.seller.seen());
  BOOST_TEST(s.settle(), s.what_is_open());
  BOOST_TEST(s.buyer.seen() == "EA1 EA2");
  const auto told = outcomes_of(s.buyer, "A2");
  BOOST_TEST_REQUIRE(told.size() == 2u);
  BOOST_TEST(told[0].is_parked);
  BOOST_TEST(!told[1].is_parked);
  BOOST_TEST(!told[1].refused);
  BOOST_TEST(s.broken_promises().empty(), lines(s.broken_promises()));
}

// Wherever it is killed: each order that was parked is sent once, and its number is the one that is told.
BOOST_AUTO_TEST_CASE(a_buyer_that_is_killed_at_any_step_sends_what_was_parked_once) {
  bool is_over = false;
  for (std::size_t step = 0; !is_over; ++step) {
    auto plan = parking();
    plan.is_in_place = false;
    stage s{plan};
    start_alone(s);
    s.buyer.order("A1");
    s.buyer.order("A2");
    s.run();
    BOOST_TEST_REQUIRE(s.seller.start().error.empty());
    connect_now(s.buyer);
    is_over = s.run_steps(step) < step;
    s.buyer.kill();
    BOOST_TEST_REQUIRE(s.buyer.start().error.empty());
    BOOST_TEST_CONTEXT("killed after " << step << " steps") {
      BOOST_TEST(s.run_until([&] { return s.buyer.are_all_active() && s.buyer.status(0).session.parked == 0; }), s.what_is_open());
      BOOST_TEST(s.settle(), s.what_is_open());
      BOOST_TEST(s.seller.seen().starts_with("A1"), s.seller.seen());
      BOOST_TEST(s.seller.seen().find("A2") != std::string::npos, s.seller.seen());
      BOOST_TEST(s.broken_promises().empty(), lines(s.broken_promises()));
    }
    BOOST_TEST_REQUIRE(step < 2000u);
    if (is_over) BOOST_TEST(step > 30u);  // else nothing was on the way
  }
}

// The same with the session's actor alone: then the outcome is told by whoever survives.
BOOST_AUTO_TEST_CASE(a_session_that_crashes_at_any_step_loses_no_outcome_of_what_was_parked) {
  bool is_over = false;
  for (std::size_t step = 0; !is_over; ++step) {
    auto plan = parking();
    plan.is_in_place = false;
    stage s{plan};
    start_alone(s);
    s.buyer.order("A1");
    s.run();
    BOOST_TEST_REQUIRE(s.seller.start().error.empty());
    connect_now(s.buyer);
    is_over = s.run_steps(step) < step;
    (void)s.buyer.crash(part::session);
    BOOST_TEST_CONTEXT("crashed after " << step << " steps") {
      BOOST_TEST(s.run_until([&] { return s.buyer.are_all_active() && s.buyer.status(0).session.parked == 0; }), s.what_is_open());
      BOOST_TEST(s.settle(), s.what_is_open());
      const auto told = outcomes_of(s.buyer, "A1");
      BOOST_TEST(std::any_of(told.begin(), told.end(), [](const auto& o) { return !o.is_parked && !o.refused; }));
      BOOST_TEST(s.broken_promises().empty(), lines(s.broken_promises()));
    }
    BOOST_TEST_REQUIRE(step < 2000u);
    if (is_over) BOOST_TEST(step > 30u);  // else nothing was on the way
  }
}

BOOST_AUTO_TEST_CASE(a_token_that_is_parked_can_be_asked_for_before_and_after_a_restart) {
  stage s{parking()};
  start_alone(s);
  s.buyer.order("A1");
  s.run();
  s.buyer.kill();
  start_alone(s);
  auto parked = s.buyer.session().find_token(token_of("A1"));
  auto unknown = s.buyer.session().find_token(token_of("A9"));
  s.run();
  BOOST_TEST(parked.get().is_parked);
  const auto nobody = unknown.get();
  BOOST_TEST((!nobody.is_parked && !nobody.number));
  BOOST_TEST_REQUIRE(s.seller.start().error.empty());
  BOOST_TEST(s.run_until([&] { return s.seller.seen() == "A1"; }), s.seller.seen());
  auto sent = s.buyer.session().find_token(token_of("A1"));
  s.run();
  BOOST_TEST(sent.get().number.has_value());
}

BOOST_AUTO_TEST_CASE(a_full_disk_refuses_what_it_cannot_park_and_keeps_what_it_has) {
  stage s{parking()};
  start_alone(s);
  s.buyer.order("A1");
  s.run();
  s.buyer.store().always(store_fault::failed);
  s.buyer.order("A2");
  s.run();
  s.buyer.order("A3");
  s.run();
  s.buyer.store().heal();
  BOOST_TEST_REQUIRE(s.seller.start().error.empty());
  BOOST_TEST(s.run_until([&] { return s.seller.seen() == "A1 A2"; }), s.seller.seen());
  const auto third = outcomes_of(s.buyer, "A3");
  BOOST_TEST_REQUIRE(third.size() == 1u);
  BOOST_TEST((third[0].refused == protocol::action::refusal::store_stalled));
  BOOST_TEST(s.broken_promises().empty(), lines(s.broken_promises()));
}

BOOST_AUTO_TEST_CASE(a_token_that_is_parked_is_not_taken_a_second_time) {
  stage s{parking()};
  start_alone(s);
  s.buyer.order("A1");
  s.run();
  s.buyer.order("A1");
  s.run();
  const auto told = outcomes_of(s.buyer, "A1");
  BOOST_TEST_REQUIRE(told.size() == 2u);
  BOOST_TEST((told[1].refused == protocol::action::refusal::malformed));
  BOOST_TEST(s.buyer.status(0).session.parked == 1u);
}

// ---------------------------------------------------------------- the operator takes it off the list

BOOST_AUTO_TEST_CASE(an_order_that_the_operator_drops_is_not_sent_and_its_application_knows) {
  stage s{parking()};
  start_alone(s);
  for (const auto* id : {"A1", "A2", "A3"}) s.buyer.order(id);
  s.run();
  s.advance(1min);
  const auto list = s.buyer.parked();
  BOOST_TEST_REQUIRE(list.page.size() == 3u);
  BOOST_TEST(list.is_last);
  BOOST_TEST((list.page[1].token == token_of("A2")));
  BOOST_TEST(s.buyer.status(0).session.parked_bytes > 0u);
  BOOST_TEST((s.buyer.status(0).session.oldest_parked >= 1min));
  const auto done = s.buyer.drop_parked(token_of("A2"));
  BOOST_TEST(done.is_done);
  BOOST_TEST(done.text == "1 submit was dropped, and the application is told");
  const auto told = outcomes_of(s.buyer, "A2");
  BOOST_TEST_REQUIRE(told.size() == 2u);
  BOOST_TEST((told[1].refused == protocol::action::refusal::dropped));
  BOOST_TEST(!s.buyer.drop_parked(token_of("A2")).is_done);
  BOOST_TEST_REQUIRE(s.seller.start().error.empty());
  BOOST_TEST(s.run_until([&] { return s.seller.seen() == "A1 A3"; }), s.seller.seen());
  BOOST_TEST(s.settle(), s.what_is_open());
  BOOST_TEST(s.broken_promises().empty(), lines(s.broken_promises()));
}

// The word of it may die with the session's actor; then whoever survives tells it, and tells it right.
BOOST_AUTO_TEST_CASE(a_session_that_crashes_at_any_step_of_a_drop_tells_what_became_of_it) {
  bool is_over = false;
  bool was_dropped = false, was_kept = false;
  for (std::size_t step = 0; !is_over; ++step) {
    auto plan = parking();
    plan.is_in_place = false;
    stage s{plan};
    start_alone(s);
    s.buyer.order("A1");
    s.run();
    caf::anon_send(s.buyer.session_group(), command{operator_command::drop_parked, {}, {}});
    is_over = s.run_steps(step) < step;
    (void)s.buyer.crash(part::session);
    s.run();
    BOOST_TEST_CONTEXT("crashed after " << step << " steps") {
      const auto told = outcomes_of(s.buyer, "A1");
      const bool is_told = std::any_of(told.begin(), told.end(), [](const auto& o) { return o.refused == protocol::action::refusal::dropped; });
      const bool is_there = s.buyer.status(0).session.parked == 1;
      BOOST_TEST(is_told != is_there);
      BOOST_TEST(std::none_of(told.begin(), told.end(), [](const auto& o) { return o.refused == protocol::action::refusal::expired; }));
      was_dropped = was_dropped || is_told;
      was_kept = was_kept || is_there;
    }
    BOOST_TEST_REQUIRE(step < 2000u);
  }
  BOOST_TEST((was_dropped && was_kept));
}

BOOST_AUTO_TEST_CASE(a_store_that_does_not_answer_leaves_a_drop_unknown_and_says_so) {
  stage s{parking()};
  start_alone(s);
  s.buyer.order("A1");
  s.run();
  BOOST_TEST_REQUIRE(s.buyer.hold(part::store));
  const auto late = s.buyer.drop_parked(std::nullopt);
  BOOST_TEST(!late.is_done);
  BOOST_TEST(late.text.find("not known yet") != std::string::npos, late.text);
  s.buyer.release(part::store);
  s.run();
  BOOST_TEST(s.buyer.status(0).session.parked == 0u);
}

BOOST_AUTO_TEST_CASE(a_session_that_is_not_loaded_says_so_instead_of_an_empty_list) {
  stage s;  // does not park
  s.start();
  (void)s.buyer.tell(operator_command::logout);
  s.run();
  (void)s.buyer.crash(part::session);
  s.run();
  BOOST_TEST(s.buyer.parked().refusal.find("`troupe logon` loads it") != std::string::npos, s.buyer.parked().refusal);
  BOOST_TEST(s.buyer.drop_parked(std::nullopt).text.find("not loaded") != std::string::npos);
}

// ---------------------------------------------------------------- sessions that are kept down

BOOST_AUTO_TEST_CASE(a_session_that_starts_stopped_parks_until_the_operator_lets_it_log_on) {
  auto plan = parking();
  plan.change_session = [](session_spec& spec) {
    spec.config.park_submits = true;
    spec.starts_enabled = spec.config.role == protocol::role::acceptor;
  };
  stage s{plan};
  start_alone(s);
  BOOST_TEST_REQUIRE(s.seller.start().error.empty());
  BOOST_TEST((s.buyer.status(0).group == group_state::Stopped));
  s.buyer.order("A1");
  s.advance(1min);
  BOOST_TEST((s.buyer.status(0).group == group_state::Stopped));
  BOOST_TEST(s.buyer.status(0).session.parked == 1u);
  BOOST_TEST(s.seller.seen().empty());
  (void)s.buyer.tell(operator_command::logon);
  BOOST_TEST(s.run_until([&] { return s.seller.seen() == "A1"; }), s.seller.seen());
  BOOST_TEST(s.broken_promises().empty(), lines(s.broken_promises()));
}

BOOST_AUTO_TEST_CASE(a_session_that_was_stopped_parks_also_when_its_actor_or_its_store_is_new) {
  for (const auto p : {part::session, part::store}) {
    stage s{parking()};
    s.start();
    (void)s.buyer.tell(operator_command::logout);
    s.advance(10s);
    (void)s.buyer.crash(p);
    s.advance(10s);
    s.buyer.order("A1");
    s.advance(1min);
    BOOST_TEST_CONTEXT(to_string(p)) {
      BOOST_TEST((s.buyer.status(0).group == group_state::Stopped));
      BOOST_TEST(s.buyer.status(0).session.parked == 1u);
      (void)s.buyer.tell(operator_command::logon);
      BOOST_TEST(s.run_until([&] { return s.seller.seen() == "A1"; }), s.seller.seen());
    }
  }
}

BOOST_AUTO_TEST_CASE(without_parking_a_session_that_starts_stopped_refuses) {
  stage_plan plan;
  plan.change_session = [](session_spec& spec) { spec.starts_enabled = false; };
  stage s{plan};
  start_alone(s);
  s.buyer.order("A1");
  s.run();
  const auto told = outcomes_of(s.buyer, "A1");
  BOOST_TEST_REQUIRE(told.size() == 1u);
  BOOST_TEST((told[0].refused == protocol::action::refusal::not_logged_on));
}

BOOST_AUTO_TEST_CASE(a_session_that_fails_too_often_while_it_is_stopped_refuses_and_says_why) {
  stage s{parking()};
  s.start();
  (void)s.buyer.tell(operator_command::logout);
  s.advance(10s);
  for (int i = 0; i < 20 && s.buyer.status(0).group == group_state::Stopped; ++i) {
    (void)s.buyer.crash(part::session);
    s.advance(1s);
  }
  BOOST_TEST_REQUIRE((s.buyer.status(0).group == group_state::NeedsOperator));
  s.buyer.order("A1");
  s.run();
  const auto told = outcomes_of(s.buyer, "A1");
  BOOST_TEST_REQUIRE(told.size() == 1u);
  BOOST_TEST((told[0].refused == protocol::action::refusal::nobody_to_park_it));
  (void)s.buyer.tell(operator_command::logon);
  s.buyer.order("A2");
  BOOST_TEST(s.run_until([&] { return s.seller.seen() == "A2"; }), s.seller.seen());
}

// ---------------------------------------------------------------- orders that must not outlive their connection

BOOST_AUTO_TEST_CASE(a_seller_whose_buyer_does_not_come_back_is_told_to_cancel_once) {
  stage s{cancelling(protocol::cancel_rule::disconnect)};
  s.start();
  s.buyer.kill();
  s.advance(4s);
  BOOST_TEST(cancels(s.seller) == 0u);
  s.advance(2s);
  BOOST_TEST(cancels(s.seller) == 1u);
  s.advance(10min);
  BOOST_TEST(cancels(s.seller) == 1u);
}

BOOST_AUTO_TEST_CASE(a_buyer_that_logs_out_keeps_its_orders_unless_they_go_always) {
  for (const auto rule : {protocol::cancel_rule::disconnect, protocol::cancel_rule::always}) {
    stage s{cancelling(rule)};
    s.start();
    (void)s.buyer.tell(operator_command::logout);
    s.advance(1min);
    BOOST_TEST(cancels(s.seller) == (rule == protocol::cancel_rule::always ? 1u : 0u));
  }
}

BOOST_AUTO_TEST_CASE(a_seller_that_was_killed_cancels_after_its_start_what_nobody_claims) {
  stage s{cancelling(protocol::cancel_rule::disconnect)};
  s.start();
  s.buyer.kill();
  s.seller.kill();
  BOOST_TEST_REQUIRE(s.seller.start().error.empty());
  s.advance(4s);
  BOOST_TEST(cancels(s.seller) == 0u);
  s.advance(2s);
  BOOST_TEST(cancels(s.seller) == 1u);
}

BOOST_AUTO_TEST_CASE(an_application_that_throws_while_it_cancels_is_told_again) {
  stage s{cancelling(protocol::cancel_rule::disconnect)};
  int tries = 0;
  s.seller.application().cancel = [&](session_reference&, protocol::end_reason) {
    if (++tries == 1) throw std::runtime_error{"the book is locked"};
  };
  s.start();
  s.buyer.kill();
  s.advance(1min);
  BOOST_TEST(tries == 2);
}

BOOST_AUTO_TEST_SUITE_END()
