// A session's time: it is up within its windows only, and its numbers start at 1 once in each period, whoever was down meanwhile.
#include "actors/testing/fix_peer.hpp"
#include "actors/testing/stage.hpp"

#include <boost/test/unit_test.hpp>

using namespace troupe::actors;
using namespace troupe::actors::testing;
using namespace std::chrono_literals;
using enum troupe::protocol::session_state;

namespace {

const auto day = std::chrono::sys_days{std::chrono::year{2026} / 7 / 8};  // a Wednesday

stage_plan with(std::chrono::seconds start, std::chrono::seconds end, std::optional<std::pair<std::chrono::seconds, std::chrono::seconds>> logon = {}) {
  stage_plan p;
  const auto of = [](std::chrono::seconds from, std::chrono::seconds to) { return std::make_shared<const schedule>(schedule_plan{"UTC", {{from, to, {}, {}, {}}}, {}}); };
  p.change_session = [=](session_spec& s) {
    s.open = of(start, end);
    if (logon) s.logon_time = of(logon->first, logon->second);
  };
  return p;
}

struct timed : stage {
  timed(stage_plan plan, troupe::protocol::utc_time when) : stage(std::move(plan)) {
    clock().set_utc(when);
    BOOST_TEST_REQUIRE(seller.start().error.empty());
    BOOST_TEST_REQUIRE(buyer.start().error.empty());
  }
  bool is_up() { return run_until([&] { return buyer.state() == Active && seller.state() == Active; }, 1min); }
  void to(troupe::protocol::utc_time when) { advance(when - now().utc); }
  // Two Logons, perhaps: the first may have come before the other side was open.
  bool began_anew(staged_engine& of) {
    const auto s = of.status(0).session;
    return s.next_sender.value <= 3 && s.expected_target.value <= 3;
  }
  std::string numbers(staged_engine& of) {
    const auto s = of.status(0).session;
    return std::to_string(s.next_sender.value) + "/" + std::to_string(s.expected_target.value);
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(schedule_stories)

BOOST_AUTO_TEST_CASE(it_opens_logs_out_and_opens_again_with_numbers_at_1) {
  timed s{with(8h, 17h), day + 7h};
  s.advance(30min);
  BOOST_TEST((s.buyer.status(0).group == group_state::OutOfSchedule));
  BOOST_TEST((s.seller.status(0).group == group_state::OutOfSchedule));
  BOOST_TEST(s.buyer.status(0).reason == "opens 2026-07-08 08:00:00 UTC");
  BOOST_TEST(s.buyer.status(0).connects == 0U);
  s.to(day + 8h);
  BOOST_TEST_REQUIRE(s.is_up());
  s.buyer.order("A1");
  s.advance(1min);
  BOOST_TEST(s.seller.seen() == "A1");
  const auto evening = s.buyer.status(0).session;
  s.to(day + 17h + 1min);
  BOOST_TEST((s.buyer.state() == Disconnected));
  BOOST_TEST((s.buyer.status(0).group == group_state::OutOfSchedule));
  const auto connects = s.buyer.status(0).connects;
  s.to(day + 31h);
  BOOST_TEST(s.buyer.status(0).connects == connects);
  BOOST_TEST(s.numbers(s.buyer) != "1/1");  // of the day that is over, until the next begins
  s.to(day + 32h);
  BOOST_TEST_REQUIRE(s.is_up());
  BOOST_TEST(s.began_anew(s.buyer));
  BOOST_TEST(s.began_anew(s.seller));
  BOOST_TEST((s.buyer.status(0).session.generation == evening.generation.next()));
}

BOOST_AUTO_TEST_CASE(a_day_after_another_resets_once_and_trades_on) {
  timed s{with(17h, 17h), day + 12h};
  BOOST_TEST_REQUIRE(s.is_up());
  s.buyer.order("A1");
  s.to(day + 16h + 59min);
  BOOST_TEST((s.buyer.state() == Active));
  s.to(day + 17h + 1min);
  BOOST_TEST_REQUIRE(s.is_up());
  const auto since = s.buyer.status(0).session.generation;
  s.buyer.order("A2");
  s.advance(1h);
  BOOST_TEST(s.seller.seen() == "A1 A2");
  BOOST_TEST((s.buyer.status(0).session.generation == since));
  BOOST_TEST(s.buyer.status(0).session.next_sender.value < 200U);
}

// ---------------------------------------------------------------- ResetSeqTime

stage_plan resetting_at(std::chrono::seconds when, bool is_both) {
  stage_plan p;
  p.change_session = [=](session_spec& s) {
    if (is_both || s.config.role == troupe::protocol::role::initiator) s.reset_time = std::make_shared<const schedule>(schedule_plan{"UTC", {{when, when, {}, {}, {}}}, {}});
  };
  return p;
}

// Scenario of the day: 141=Y while logged on, from one side, or from both at the same moment.
BOOST_AUTO_TEST_CASE(numbers_start_anew_every_day_while_the_session_stays_connected) {
  for (const bool is_both : {false, true}) {
    timed s{resetting_at(12h, is_both), day + 11h};
    BOOST_TEST_REQUIRE(s.is_up());
    s.buyer.order("A1");
    s.to(day + 12h - 1s);
    const auto before = s.buyer.status(0);
    BOOST_TEST(before.session.next_sender.value > 100U);
    s.to(day + 12h + 10s);
    const auto after = s.buyer.status(0);
    BOOST_TEST((s.buyer.state() == Active && s.seller.state() == Active));
    BOOST_TEST((after.session.generation > before.session.generation));
    BOOST_TEST(after.session.next_sender.value < 5U);
    BOOST_TEST(after.connects == before.connects);
    s.buyer.order("A2");
    s.to(day + 36h - 1s);
    BOOST_TEST(s.seller.seen() == "A1 A2");
    BOOST_TEST((s.buyer.status(0).session.generation == after.session.generation));
    s.to(day + 36h + 10s);
    BOOST_TEST((s.buyer.status(0).session.generation > after.session.generation));
    BOOST_TEST(s.buyer.status(0).connects == before.connects);
    BOOST_TEST(s.buyer.events().count("reset-time") == 2U);
  }
}

BOOST_AUTO_TEST_CASE(who_is_not_logged_on_at_that_time_resets_nothing) {
  timed s{resetting_at(12h, true), day + 11h};
  BOOST_TEST_REQUIRE(s.is_up());
  s.to(day + 12h - 1min);
  const auto before = s.buyer.status(0).session.generation;
  BOOST_TEST(s.buyer.tell(operator_command::logout, 0).is_done);
  BOOST_TEST(s.seller.tell(operator_command::logout, 0).is_done);
  s.to(day + 12h + 1min);
  BOOST_TEST(s.seller.tell(operator_command::logon, 0).is_done);
  BOOST_TEST(s.buyer.tell(operator_command::logon, 0).is_done);
  BOOST_TEST_REQUIRE(s.is_up());
  BOOST_TEST((s.buyer.status(0).session.generation == before));
}

// The session's actor dies behind the begin of a period: the store says that its numbers are of this one.
BOOST_AUTO_TEST_CASE(a_restart_within_a_period_does_not_reset_again) {
  timed s{with(8h, 17h), day + 7h};
  s.to(day + 8h);
  BOOST_TEST_REQUIRE(s.is_up());
  s.buyer.order("A1");
  s.advance(1min);
  const auto before = s.buyer.status(0).session;
  BOOST_TEST_REQUIRE(s.buyer.crash(part::session));
  BOOST_TEST_REQUIRE(s.is_up());
  BOOST_TEST((s.buyer.status(0).session.generation == before.generation));
  BOOST_TEST((s.buyer.status(0).session.next_sender > before.next_sender));
}

BOOST_AUTO_TEST_CASE(a_crash_while_it_is_closed_waits_for_the_opening_and_resets) {
  timed s{with(8h, 17h), day + 12h};
  BOOST_TEST_REQUIRE(s.is_up());
  const auto generation = s.buyer.status(0).session.generation;
  s.to(day + 20h);
  BOOST_TEST_REQUIRE(s.buyer.crash(part::session));
  s.to(day + 25h);
  BOOST_TEST((s.buyer.status(0).group == group_state::OutOfSchedule));
  s.to(day + 32h);
  BOOST_TEST_REQUIRE(s.is_up());
  BOOST_TEST(s.began_anew(s.buyer));
  BOOST_TEST((s.buyer.status(0).session.generation == generation.next()));
}

// Both processes are down when the period begins; each resets once, when it is back.
BOOST_AUTO_TEST_CASE(who_was_down_at_the_boundary_resets_when_it_is_back) {
  timed s{with(8h, 17h), day + 12h};
  BOOST_TEST_REQUIRE(s.is_up());
  s.buyer.order("A1");
  s.advance(1min);
  s.buyer.kill();
  s.seller.kill();
  s.to(day + 36h);
  BOOST_TEST(s.buyer.durable().next_sender.value > 2U);
  BOOST_TEST_REQUIRE(s.seller.start().error.empty());
  BOOST_TEST_REQUIRE(s.buyer.start().error.empty());
  BOOST_TEST_REQUIRE(s.is_up());
  BOOST_TEST(s.numbers(s.buyer) == "2/2");
  BOOST_TEST(s.numbers(s.seller) == "2/2");
  s.buyer.kill();
  s.advance(1min);
  BOOST_TEST_REQUIRE(s.buyer.start().error.empty());
  BOOST_TEST_REQUIRE(s.is_up());
  BOOST_TEST((s.buyer.status(0).session.next_sender.value > 2U));
}

// The wall clock is set while nobody looks: what counts is what it shows.
BOOST_AUTO_TEST_CASE(a_clock_that_is_set_opens_and_closes) {
  timed s{with(8h, 17h), day + 3h};
  s.advance(1min);
  BOOST_TEST((s.buyer.status(0).group == group_state::OutOfSchedule));
  s.clock().set_utc(day + 9h);
  s.advance(30s);
  BOOST_TEST_REQUIRE(s.is_up());
  s.clock().set_utc(day + 18h);
  s.advance(1min);
  BOOST_TEST((s.buyer.status(0).group == group_state::OutOfSchedule));
}

BOOST_AUTO_TEST_CASE(logons_have_a_time_of_their_own_within_the_period) {
  timed s{with(8h, 17h, std::pair{std::chrono::seconds{9h}, std::chrono::seconds{12h}}), day + 8h + 30min};
  s.advance(1min);
  BOOST_TEST((s.buyer.status(0).group == group_state::OutOfSchedule));
  BOOST_TEST(s.buyer.status(0).reason == "opens 2026-07-08 09:00:00 UTC");
  s.to(day + 9h);
  BOOST_TEST_REQUIRE(s.is_up());
  s.to(day + 12h + 1min);
  BOOST_TEST((s.buyer.state() == Disconnected));
  BOOST_TEST(s.buyer.status(0).reason == "opens 2026-07-09 09:00:00 UTC");
}

BOOST_AUTO_TEST_CASE(a_peer_that_comes_too_early_is_not_let_in) {
  auto plan = with(8h, 17h);
  stage s{plan};
  s.clock().set_utc(day + 7h);
  BOOST_TEST_REQUIRE(s.seller.start().error.empty());
  s.run();
  fix_peer peer{s.clock(), s.seller.id()};
  peer.log_on();
  s.run();
  BOOST_TEST(peer.take() == "");
  BOOST_TEST(s.seller.status(0).connects == 0U);
}

BOOST_AUTO_TEST_CASE(the_operator_stops_and_starts_it_in_and_out_of_its_time) {
  timed s{with(8h, 17h), day + 12h};
  BOOST_TEST_REQUIRE(s.is_up());
  BOOST_TEST(s.buyer.tell(operator_command::logout).is_done);
  s.to(day + 20h);
  BOOST_TEST((s.buyer.status(0).group == group_state::Stopped));  // and stays so when the time is over
  const auto answer = s.buyer.tell(operator_command::logon);
  BOOST_TEST(answer.text == "out of schedule: opens 2026-07-09 08:00:00 UTC");
  s.to(day + 32h);
  BOOST_TEST_REQUIRE(s.is_up());
}

BOOST_AUTO_TEST_SUITE_END()
