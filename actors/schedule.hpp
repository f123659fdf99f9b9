// When a session is open: windows of local time that come again every day or every week, in a zone of the IANA database.
//
// From one begin to the end that belongs to it is a period; with each period numbers start at 1. A window is counted from the local
// day it begins on, so that a change of the clocks makes a period shorter or longer, and neither skips nor repeats one: a begin that
// the clocks jump over is the moment they jump, one that they show twice is the first of the two.
//
// Values of their own; constant once made, so that threads may share them.
#pragma once

#include "protocol/types.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace troupe::actors {

using protocol::utc_time;

// Without a day: every day, or every one of `weekdays`. With days: once a week.
struct schedule_window {
  std::chrono::seconds start{};  // since local midnight, below 24 hours
  std::chrono::seconds end{};    // not behind start: of a later day
  std::optional<std::chrono::weekday> start_day, end_day;  // both or neither
  std::set<unsigned> weekdays;   // c_encoding: 0 is Sunday; empty: all. On which a window without days begins
};

struct schedule_plan {
  std::string zone = "UTC";  // "America/New_York"
  std::vector<schedule_window> windows;
  std::set<std::chrono::sys_days> holidays;  // local days on which no window begins
};

class schedule {
 public:
  struct period {
    utc_time begin{};
    utc_time end{};  // no more in it
    bool operator==(const period&) const = default;
  };

  // Throws std::runtime_error with what is wrong: a zone that is not known here, windows that overlap.
  explicit schedule(schedule_plan plan);

  // The one that this moment is in.
  [[nodiscard]] std::optional<period> at(utc_time when) const;
  // The first that begins after this moment; nothing if none does within two years.
  [[nodiscard]] std::optional<period> after(utc_time when) const;

  [[nodiscard]] const std::string& zone() const { return plan_.zone; }
  // "2026-03-08 17:00:00 EST"
  [[nodiscard]] std::string local_text(utc_time when) const;

 private:
  [[nodiscard]] std::chrono::sys_days local_day(utc_time when) const;
  void add_periods_of(std::chrono::sys_days local_day, std::vector<period>& to) const;
  [[nodiscard]] std::vector<period> periods(std::chrono::sys_days first, std::chrono::sys_days last) const;
  [[nodiscard]] utc_time to_utc(std::chrono::sys_days local_day, std::chrono::seconds time_of_day) const;

  schedule_plan plan_;
  const void* zone_;  // of the time zone library, which keeps it as long as the process lives
};

// The zone of this machine, from TZ or /etc/localtime; UTC if neither says.
[[nodiscard]] std::string local_zone();

}  // namespace troupe::actors
