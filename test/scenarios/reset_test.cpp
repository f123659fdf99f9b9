// A reset of the numbers, interrupted at every step, in both roles: both sides end in one numbering, and trade on.
#include "actors/testing/stage.hpp"

#include <boost/test/unit_test.hpp>

using namespace troupe::actors;
using namespace troupe::actors::testing;
using namespace std::chrono_literals;

namespace {

void at_every_step_of_a_reset(bool is_buyers, const std::function<void(stage&)>& hurt) {
  for (std::size_t step = 0;; ++step) {
    stage_plan p;
    p.is_in_place = false;
    p.seed = step + 1;
    stage s{p};
    s.start();
    s.buyer.order("A1");
    BOOST_TEST_REQUIRE(s.settle());
    auto& who = is_buyers ? s.buyer : s.seller;
    // The question goes to the supervisor, without waiting: its steps count.
    caf::anon_send(who.session_group(), command{operator_command::reset, {}});
    const bool is_over = s.run_steps(step) < step;
    hurt(s);
    BOOST_TEST(s.settle(), "after step " << step << ": " << s.what_is_open());
    s.buyer.order("A2");
    BOOST_TEST(s.settle(), "after step " << step << ", later: " << s.what_is_open());
    BOOST_TEST(s.buyer.durable().next_sender.value == s.seller.durable().next_target.value, "after step " << step);
    BOOST_TEST(s.seller.durable().next_sender.value == s.buyer.durable().next_target.value, "after step " << step);
    BOOST_TEST(!s.buyer.durable().is_reset_pending);
    BOOST_TEST(!s.seller.durable().is_reset_pending);
    BOOST_TEST(s.broken_promises().empty(), "after step " << step << ":\n" << lines(s.broken_promises()));
    if (!is_over) continue;
    BOOST_TEST(s.buyer.durable().generation.value == 2U);
    BOOST_TEST(s.seller.durable().generation.value == 2U);
    BOOST_TEST(step > 15U);
    return;
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(resets)

BOOST_AUTO_TEST_CASE(the_link_is_lost) {
  for (const bool is_buyers : {true, false}) at_every_step_of_a_reset(is_buyers, [](stage& s) { s.cut(); });
}

BOOST_AUTO_TEST_CASE(a_session_crashes) {
  for (const bool is_buyers : {true, false}) {
    at_every_step_of_a_reset(is_buyers, [](stage& s) { s.buyer.crash(part::session); });
    at_every_step_of_a_reset(is_buyers, [](stage& s) { s.seller.crash(part::session); });
  }
}

BOOST_AUTO_TEST_CASE(a_commit_fails) {
  for (const bool is_buyers : {true, false}) {
    at_every_step_of_a_reset(is_buyers, [](stage& s) { s.buyer.store().next(store_fault::unknown_stored); });
    at_every_step_of_a_reset(is_buyers, [](stage& s) { s.seller.store().next(store_fault::failed); });
  }
}

BOOST_AUTO_TEST_CASE(a_process_is_killed) {
  for (const bool is_buyers : {true, false}) {
    at_every_step_of_a_reset(is_buyers, [](stage& s) {
      s.buyer.kill();
      BOOST_TEST_REQUIRE(s.buyer.start().error.empty());
    });
    at_every_step_of_a_reset(is_buyers, [](stage& s) {
      s.seller.kill();
      BOOST_TEST_REQUIRE(s.seller.start().error.empty());
    });
  }
}

BOOST_AUTO_TEST_SUITE_END()
