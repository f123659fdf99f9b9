// Windows of a session in the zones of the places that trade, over the days on which their clocks change.
#include "actors/schedule.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>

using namespace troupe::actors;
using namespace std::chrono_literals;
using std::chrono::weekday;

namespace {

utc_time utc(int year, unsigned month, unsigned day, int hour = 0, int minute = 0, int second = 0) {
  return std::chrono::sys_days{std::chrono::year{year} / month / day} + std::chrono::hours{hour} + std::chrono::minutes{minute} + std::chrono::seconds{second};
}

schedule daily(const std::string& zone, std::chrono::seconds start, std::chrono::seconds end, std::set<unsigned> weekdays = {}) {
  return schedule{{zone, {{start, end, {}, {}, std::move(weekdays)}}, {}}};
}
schedule weekly(const std::string& zone, unsigned start_day, std::chrono::seconds start, unsigned end_day, std::chrono::seconds end) {
  return schedule{{zone, {{start, end, weekday{start_day}, weekday{end_day}, {}}}, {}}};
}

// Every begin and end of so many periods, one after another: none is skipped, none comes twice.
void is_seamless(const schedule& s, utc_time from, int count) {
  auto now = s.at(from);
  BOOST_TEST_REQUIRE(now.has_value());
  for (int i = 0; i < count; ++i) {
    BOOST_TEST((s.at(now->begin) == now));
    BOOST_TEST((s.at(now->end - 1ns) == now));
    const auto next = s.after(now->begin);
    BOOST_TEST_REQUIRE(next.has_value());
    BOOST_TEST((next->begin == now->end));
    BOOST_TEST((s.at(now->end) == next));
    now = next;
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(schedules)

BOOST_AUTO_TEST_CASE(a_window_within_a_day) {
  const auto s = daily("UTC", 8h, 17h);
  BOOST_TEST(!s.at(utc(2026, 3, 2, 7, 59, 59)));
  BOOST_TEST((s.at(utc(2026, 3, 2, 8)) == schedule::period{utc(2026, 3, 2, 8), utc(2026, 3, 2, 17)}));
  BOOST_TEST(s.at(utc(2026, 3, 2, 16, 59, 59)).has_value());
  BOOST_TEST(!s.at(utc(2026, 3, 2, 17)));
  BOOST_TEST((s.after(utc(2026, 3, 2, 8))->begin == utc(2026, 3, 3, 8)));
}

BOOST_AUTO_TEST_CASE(a_window_over_midnight_belongs_to_the_day_it_begins_on) {
  const auto s = daily("UTC", 22h, 6h, {1, 2, 3, 4, 5});
  BOOST_TEST((s.at(utc(2026, 3, 7, 5)) == schedule::period{utc(2026, 3, 6, 22), utc(2026, 3, 7, 6)}));  // Friday's, on a Saturday
  BOOST_TEST(!s.at(utc(2026, 3, 7, 23)));
  BOOST_TEST((s.after(utc(2026, 3, 7, 6))->begin == utc(2026, 3, 9, 22)));
}

BOOST_AUTO_TEST_CASE(equal_times_are_a_day_after_another) { is_seamless(daily("America/New_York", 17h, 17h), utc(2026, 3, 1), 400); }

BOOST_AUTO_TEST_CASE(a_week) {
  const auto s = weekly("America/New_York", 0, 17h, 5, 17h);  // Sunday to Friday
  BOOST_TEST((s.at(utc(2026, 7, 8, 12)) == schedule::period{utc(2026, 7, 5, 21), utc(2026, 7, 10, 21)}));
  BOOST_TEST(!s.at(utc(2026, 7, 11, 12)));
  is_seamless(weekly("Australia/Sydney", 1, 7h, 1, 7h), utc(2026, 1, 1), 60);
  const auto hours = weekly("UTC", 3, 9h, 3, 17h);  // a few hours of Wednesday
  BOOST_TEST((s.after(utc(2026, 7, 11))->begin == utc(2026, 7, 12, 21)));
  BOOST_TEST((hours.at(utc(2026, 7, 8, 12)) == schedule::period{utc(2026, 7, 8, 9), utc(2026, 7, 8, 17)}));
}

BOOST_AUTO_TEST_CASE(several_windows_a_day_are_several_periods) {
  const schedule s{{"Asia/Tokyo", {{9h, 11h + 30min, {}, {}, {1, 2, 3, 4, 5}}, {12h + 30min, 15h, {}, {}, {1, 2, 3, 4, 5}}}, {}}};
  BOOST_TEST((s.at(utc(2026, 7, 8, 1))->end == utc(2026, 7, 8, 2, 30)));
  BOOST_TEST(!s.at(utc(2026, 7, 8, 3)));
  BOOST_TEST((s.after(utc(2026, 7, 8, 3))->begin == utc(2026, 7, 8, 3, 30)));
}

BOOST_AUTO_TEST_CASE(no_window_begins_on_a_holiday) {
  const schedule s{{"Europe/London", {{8h, 16h + 30min, {}, {}, {1, 2, 3, 4, 5}}}, {std::chrono::sys_days{std::chrono::year{2026} / 12 / 25}, std::chrono::sys_days{std::chrono::year{2026} / 12 / 28}}}};
  BOOST_TEST(!s.at(utc(2026, 12, 25, 10)));
  BOOST_TEST((s.after(utc(2026, 12, 24, 17))->begin == utc(2026, 12, 29, 8)));
}

// ---------------------------------------------------------------- when the clocks change

// The begin moves by an hour of UTC, the local time stays.
BOOST_AUTO_TEST_CASE(new_york) {
  const auto s = daily("America/New_York", 8h, 17h);
  BOOST_TEST((s.at(utc(2026, 3, 7, 15))->begin == utc(2026, 3, 7, 13)));   // EST
  BOOST_TEST((s.at(utc(2026, 3, 8, 15))->begin == utc(2026, 3, 8, 12)));   // EDT since 2 o'clock
  BOOST_TEST((s.at(utc(2026, 10, 31, 15))->begin == utc(2026, 10, 31, 12)));
  BOOST_TEST((s.at(utc(2026, 11, 1, 15))->begin == utc(2026, 11, 1, 13)));
  BOOST_TEST(s.local_text(utc(2026, 3, 8, 12)) == "2026-03-08 08:00:00 EDT");
}

BOOST_AUTO_TEST_CASE(london) {
  const auto s = daily("Europe/London", 8h, 16h + 30min);
  BOOST_TEST((s.at(utc(2026, 3, 28, 12))->begin == utc(2026, 3, 28, 8)));  // GMT
  BOOST_TEST((s.at(utc(2026, 3, 29, 12))->begin == utc(2026, 3, 29, 7)));  // BST
  BOOST_TEST((s.at(utc(2026, 10, 24, 12))->begin == utc(2026, 10, 24, 7)));
  BOOST_TEST((s.at(utc(2026, 10, 25, 12))->begin == utc(2026, 10, 25, 8)));
}

BOOST_AUTO_TEST_CASE(sydney) {
  const auto s = daily("Australia/Sydney", 7h, 19h);
  BOOST_TEST((s.at(utc(2026, 4, 4, 0))->begin == utc(2026, 4, 3, 20)));    // AEDT: Saturday the 4th, 7 o'clock
  BOOST_TEST((s.at(utc(2026, 4, 5, 0))->begin == utc(2026, 4, 4, 21)));    // AEST since 3 o'clock
  BOOST_TEST((s.at(utc(2026, 10, 3, 0))->begin == utc(2026, 10, 2, 21)));
  BOOST_TEST((s.at(utc(2026, 10, 4, 0))->begin == utc(2026, 10, 3, 20)));
}

BOOST_AUTO_TEST_CASE(a_day_of_the_change_is_an_hour_shorter_or_longer_and_only_one) {
  const auto length = [](const schedule& s, utc_time when) { return std::chrono::duration_cast<std::chrono::hours>(s.at(when)->end - s.at(when)->begin).count(); };
  const auto ny = daily("America/New_York", 17h, 17h);
  BOOST_TEST(length(ny, utc(2026, 3, 8, 12)) == 23);
  BOOST_TEST(length(ny, utc(2026, 11, 1, 12)) == 25);
  const auto sydney = daily("Australia/Sydney", 17h, 17h);
  BOOST_TEST(length(sydney, utc(2026, 10, 3, 20)) == 23);
  BOOST_TEST(length(sydney, utc(2026, 4, 4, 20)) == 25);
}

// A begin at a time that does not exist, or exists twice.
BOOST_AUTO_TEST_CASE(a_begin_within_the_change_is_neither_skipped_nor_repeated) {
  const auto ny = daily("America/New_York", 2h + 30min, 2h + 30min);
  BOOST_TEST((ny.at(utc(2026, 3, 8, 12))->begin == utc(2026, 3, 8, 7)));  // 2:30 does not exist: when the clocks jump
  const auto twice = daily("America/New_York", 1h + 30min, 1h + 30min);
  BOOST_TEST((twice.at(utc(2026, 11, 1, 12))->begin == utc(2026, 11, 1, 5, 30)));  // the first 1:30
  for (const auto* zone : {"America/New_York", "Europe/London", "Australia/Sydney", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"})
    for (const auto start : {0h + 0min, 1h + 30min, 2h + 0min, 2h + 30min, 3h + 0min}) is_seamless(daily(zone, start, start), utc(2025, 12, 30), 400);
}

// ---------------------------------------------------------------- what is wrong

BOOST_AUTO_TEST_CASE(what_cannot_be_a_schedule) {
  const auto complaint = [](schedule_plan plan) -> std::string {
    try {
      schedule{std::move(plan)};
      return "";
    } catch (const std::runtime_error& e) {
      return e.what();
    }
  };
  BOOST_TEST(complaint({"Mars/Olympus", {{8h, 9h, {}, {}, {}}}, {}}).starts_with("the time zone Mars/Olympus is not known here; expected a name of the IANA database"));
  BOOST_TEST(complaint({"UTC", {}, {}}) == "a schedule without a window is never open");
  BOOST_TEST(complaint({"UTC", {{8h, 12h, {}, {}, {}}, {11h, 13h, {}, {}, {}}}, {}}) == "two windows overlap: one begins 2026-06-29 11:00:00 UTC before another has ended");
  BOOST_TEST(complaint({"UTC", {{8h, 12h, {}, {}, {}}, {12h, 13h, {}, {}, {}}}, {}}) == "");
}

BOOST_AUTO_TEST_CASE(this_machine_has_a_zone) {
  BOOST_TEST(!local_zone().empty());
  BOOST_TEST(daily(local_zone(), 0s, 0s).at(utc(2026, 1, 1)).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
