#include "actors/schedule.hpp"

#include <date/tz.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace troupe::actors {
namespace {

using std::chrono::days;
using std::chrono::seconds;
using std::chrono::sys_days;

constexpr days longest_window{8};     // a week, and a day for what the clocks do
constexpr days far_enough{2 * 366};  // holidays can leave out much, but not that much

const date::time_zone& zone_of(const void* zone) { return *static_cast<const date::time_zone*>(zone); }

const void* find_zone(const std::string& name) {
  try {
    return date::locate_zone(name);
  } catch (const std::exception&) {
    throw std::runtime_error{"the time zone " + name + " is not known here; expected a name of the IANA database as America/New_York, Europe/London or UTC (package tzdata)"};
  }
}

date::local_seconds local(sys_days day, seconds time_of_day) { return date::local_seconds{day.time_since_epoch() + time_of_day}; }

}  // namespace

schedule::schedule(schedule_plan plan) : plan_(std::move(plan)), zone_(find_zone(plan_.zone)) {
  if (plan_.windows.empty()) throw std::runtime_error{"a schedule without a window is never open"};
  // Three weeks of a month without changes of the clocks, in which all that overlaps does so.
  const sys_days monday{std::chrono::year{2026} / 7 / 6};
  auto all = periods(monday - days{7}, monday + days{14});
  for (std::size_t i = 1; i < all.size(); ++i)
    if (all[i].begin < all[i - 1].end) throw std::runtime_error{"two windows overlap: one begins " + local_text(all[i].begin) + " before another has ended"};
}

utc_time schedule::to_utc(sys_days local_day, seconds time_of_day) const {
  return zone_of(zone_).to_sys(local(local_day, time_of_day), date::choose::earliest);
}

sys_days schedule::local_day(utc_time when) const {
  const auto there = zone_of(zone_).to_local(std::chrono::floor<seconds>(when));
  return sys_days{std::chrono::floor<days>(there.time_since_epoch())};
}

void schedule::add_periods_of(sys_days day, std::vector<period>& to) const {
  if (plan_.holidays.contains(day)) return;
  const std::chrono::weekday today{day};
  for (const auto& w : plan_.windows) {
    days length{w.end > w.start ? 0 : 1};
    if (w.start_day) {
      if (today != *w.start_day) continue;
      length = *w.end_day - *w.start_day;
      if (length == days{0} && w.end <= w.start) length = days{7};
    } else if (!w.weekdays.empty() && !w.weekdays.contains(today.c_encoding())) {
      continue;
    }
    to.push_back({to_utc(day, w.start), to_utc(day + length, w.end)});
  }
}

std::vector<schedule::period> schedule::periods(sys_days first, sys_days last) const {
  std::vector<period> all;
  for (sys_days day = first; day <= last; day += days{1}) add_periods_of(day, all);
  std::sort(all.begin(), all.end(), [](const period& a, const period& b) { return a.begin < b.begin; });
  return all;
}

std::optional<schedule::period> schedule::at(utc_time when) const {
  const auto today = local_day(when);
  const auto all = periods(today - longest_window, today + days{1});
  const auto it = std::find_if(all.begin(), all.end(), [&](const period& p) { return p.begin <= when && when < p.end; });
  return it == all.end() ? std::nullopt : std::optional{*it};
}

std::optional<schedule::period> schedule::after(utc_time when) const {
  const auto today = local_day(when) - days{1};
  for (sys_days from = today; from < today + far_enough; from += longest_window) {
    const auto all = periods(from, from + longest_window);
    const auto it = std::find_if(all.begin(), all.end(), [&](const period& p) { return p.begin > when && p.begin < p.end; });
    if (it != all.end()) return *it;
  }
  return std::nullopt;
}

std::string schedule::local_text(utc_time when) const {
  return date::format("%Y-%m-%d %H:%M:%S %Z", date::make_zoned(&zone_of(zone_), std::chrono::floor<seconds>(when)));
}

std::string local_zone() {
  try {
    return date::current_zone()->name();
  } catch (const std::exception&) {
    return "UTC";
  }
}

}  // namespace troupe::actors
