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
    if (entry.what == log_entry::kind::outcome && entry.outcome.token == token_of(order)) all.push_back(entry.outcome);
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
