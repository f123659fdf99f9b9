// The window of a session: until schedules are built, only one that is open round the clock is taken.
//
// In QuickFIX equal StartTime and EndTime mean a session that is always open and starts new numbers every day at that time;
// NonStopSession=Y means one that never does. Only the second is what happens here, so the first is said aloud.
#include "actors/settings_reader.hpp"

namespace troupe::actors {
namespace {

bool is_digits(std::string_view s) { return s.find_first_not_of("0123456789") == std::string_view::npos; }

// HH:MM:SS
bool is_time(std::string_view s) {
  return s.size() == 8 && s[2] == ':' && s[5] == ':' && is_digits(s.substr(0, 2)) && is_digits(s.substr(3, 2)) && is_digits(s.substr(6, 2)) &&
         s.substr(0, 2) < "24" && s.substr(3, 2) < "60" && s.substr(6, 2) < "60";
}

constexpr auto what_to_do = "session windows are not built yet: let StartTime and EndTime be equal, or set NonStopSession=Y";

}  // namespace

void settings_reader::check_window(const effective_entries& entries) {
  const settings_entry* non_stop = entries.find("NonStopSession");
  if (non_stop && non_stop->value != "Y" && non_stop->value != "N") error(non_stop->value_at, "NonStopSession=" + non_stop->value + ": expected Y or N");
  if (non_stop && non_stop->value == "Y") return;

  const settings_entry* start = entries.find("StartTime");
  const settings_entry* end = entries.find("EndTime");
  for (const settings_entry* e : {start, end})
    if (e && !is_time(e->value)) error(e->value_at, e->key + "=" + e->value + ": expected a time as HH:MM:SS");
  for (const char* day : {"StartDay", "EndDay"})
    if (const settings_entry* e = entries.find(day)) error(e->value_at, e->key + "=" + e->value + ": " + what_to_do);
  if ((start == nullptr) != (end == nullptr))
    error((start ? start : end)->key_at, (start ? start : end)->key + " without " + (start ? "EndTime" : "StartTime") + ": " + what_to_do);
  if (!start || !end || !is_time(start->value) || !is_time(end->value)) return;
  if (start->value != end->value)
    error(end->value_at, "a window from " + start->value + " to " + end->value + ": " + what_to_do);
  else
    warning(start->value_at, "numbers do not start anew every day at " + start->value +
                                 " as in QuickFIX: schedules are not built yet; NonStopSession=Y says what happens");
}

}  // namespace troupe::actors
