// UTCTimestamp: `YYYYMMDD-HH:MM:SS`, with nothing or with 3, 6, 9 or 12 digits of a second behind it; and its halves,
// which are types of their own: a day (UTCDateOnly, LocalMktDate) and a time of day (UTCTimeOnly, LocalMktTime).
#pragma once

#include "protocol/types.hpp"

#include <array>
#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::protocol {

// How many digits of a second are written. FIX 4.0 and 4.1 know seconds only.
enum class utc_precision : std::uint8_t { seconds = 0, milliseconds = 3, microseconds = 6, nanoseconds = 9 };

// What a version of FIX allows in SendingTime(52) and OrigSendingTime(122): seconds before FIX 4.2, else milliseconds.
[[nodiscard]] utc_precision sending_time_precision(std::string_view begin_string);

// A time of day. Up to 24 hours: a leap second, 23:59:60, is the end of its day.
struct time_of_day {
  std::chrono::nanoseconds since_midnight{};

  auto operator<=>(const time_of_day&) const = default;
};

// Years 1678 to 2261, as many as utc_time holds. Picoseconds are cut off to nanoseconds, which is what utc_time counts. Second 60, a leap second, is read as the first moment of the next
// minute: utc_time, like the system clock, does not count leap seconds. nullopt: not of this format, or no such day.
[[nodiscard]] std::optional<utc_time> parse_utc(std::string_view text);

// The same of timestamps one behind the other, most of which are of the same day as the one before.
class utc_reader {
 public:
  [[nodiscard]] std::optional<utc_time> read(std::string_view text);

 private:
  std::uint64_t day_text_ = 0;  // of `day_`, its eight characters; 0: of none
  std::chrono::sys_days day_{};
};

// `YYYYMMDD`, a day there is.
[[nodiscard]] std::optional<std::chrono::year_month_day> parse_date(std::string_view text);
// `HH:MM:SS`, with a fraction as UTCTimestamp has it. Second 60 only as 23:59:60.
[[nodiscard]] std::optional<time_of_day> parse_time_of_day(std::string_view text);

// Digits below the precision are cut off, not rounded.
void append_utc(std::string& to, utc_time time, utc_precision precision);

// False, and nothing is written: no such day, or a year that has no four digits.
[[nodiscard]] bool append_date(std::string& to, std::chrono::year_month_day date);
// False, and nothing is written: below zero, or beyond 24 hours. 24 hours are written 23:59:60.
[[nodiscard]] bool append_time_of_day(std::string& to, time_of_day time, utc_precision precision);

// The text of a timestamp, formatted only when it changes at this precision. The view is valid until the next call.
class utc_text {
 public:
  [[nodiscard]] std::string_view at(utc_time time, utc_precision precision);

 private:
  std::array<char, 27> text_{};
  std::size_t length_ = 0;
  utc_precision precision_{};
  std::int64_t tick_ = 0;    // of the precision, since the epoch
  std::int64_t second_ = 0;  // since the epoch
};

}  // namespace troupe::protocol
