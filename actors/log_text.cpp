#include "actors/log_text.hpp"

#include <fmt/format.h>

#include <chrono>
#include <iterator>

namespace troupe::actors {

void append_time(std::string& into, protocol::utc_time at) {
  using namespace std::chrono;
  const auto midnight = floor<days>(at);
  const year_month_day date{midnight};
  const hh_mm_ss time{floor<microseconds>(at - midnight)};
  fmt::format_to(std::back_inserter(into), "{:04}{:02}{:02}-{:02}:{:02}:{:02}.{:06}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                 static_cast<unsigned>(date.day()), time.hours().count(), time.minutes().count(), time.seconds().count(), time.subseconds().count());
}

void append_in_line(std::string& into, std::string_view text, char keep) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 || byte == 0x7F) && c != keep)
      fmt::format_to(std::back_inserter(into), "\\x{:02x}", byte);
    else
      into += c;
  }
}

}  // namespace troupe::actors
