// The schedule of a session: windows in a zone, days without one, and when within them it logs on.
#include "actors/settings_reader.hpp"
#include "protocol/utc.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <stdexcept>

namespace troupe::actors {
namespace {

constexpr std::size_t most_holidays = 10'000;

schedule_window window_of(const window_settings& w) { return {*w.start, *w.end, w.start_day, w.end_day, w.weekdays}; }

std::string zone_of(const schedule_settings& times) { return times.is_in_local_time ? local_zone() : times.zone.empty() ? "UTC" : times.zone; }

// What the window of the logons does not say is that of the session.
window_settings completed(window_settings logon, const window_settings& session) {
  if (!logon.start) logon.start = session.start;
  if (!logon.end) logon.end = session.end;
  if (!logon.start_day) logon.start_day = session.start_day;
  if (!logon.end_day) logon.end_day = session.end_day;
  logon.weekdays = session.weekdays;
  return logon;
}

// "2026-12-25"
std::optional<std::chrono::sys_days> day_of(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto day = protocol::parse_date(std::string{text.substr(0, 4)} + std::string{text.substr(5, 2)} + std::string{text.substr(8)});
  return day ? std::optional{std::chrono::sys_days{*day}} : std::nullopt;
}

std::string without_comment(std::string line) {
  line = line.substr(0, line.find('#'));
  const auto begin = line.find_first_not_of(" \t\r"), end = line.find_last_not_of(" \t\r");
  return begin == std::string::npos ? std::string{} : line.substr(begin, end - begin + 1);
}

}  // namespace

std::shared_ptr<const schedule> settings_reader::schedule_of(schedule_plan plan, text_position at) {
  try {
    return std::make_shared<const schedule>(std::move(plan));
  } catch (const std::runtime_error& e) {
    error(at, e.what());
    return nullptr;
  }
}

// Both times, both days or none, and days in one way only.
bool settings_reader::is_whole(const effective_entries& entries, const window_settings& w, const std::string& number) {
  const auto pair = [&](bool has_first, bool has_second, const std::string& first, const std::string& second) {
    if (has_first == has_second) return true;
    const settings_entry* there = entries.find((has_first ? first : second) + number);
    error(there ? there->key_at : entries.session().at, (has_first ? first : second) + number + " without " + (has_first ? second : first) + number);
    return false;
  };
  if (!pair(w.start.has_value(), w.end.has_value(), "StartTime", "EndTime") || !pair(w.start_day.has_value(), w.end_day.has_value(), "StartDay", "EndDay")) return false;
  const char* const days = w.start_day ? "StartDay" : w.weekdays.empty() ? nullptr : "Weekdays";
  const settings_entry* e = days ? entries.find(days + number) : nullptr;
  const auto at = e ? e->key_at : entries.session().at;
  if (w.start_day && !w.weekdays.empty()) return error(at, "StartDay" + number + " and Weekdays" + number + ": a window comes once a week or on certain days; remove one"), false;
  if (days && !w.start) return error(at, days + number + " without StartTime" + number + " and EndTime" + number), false;
  return true;
}

std::set<std::chrono::sys_days> settings_reader::read_holidays(const effective_entries& entries, const session_settings& session) {
  std::set<std::chrono::sys_days> days;
  const auto& file = session.times.holidays;
  const settings_entry* e = entries.find("HolidaysFile");
  if (file.empty() || !e) return days;
  errno = 0;
  std::ifstream in{file};
  if (!in || std::filesystem::is_directory(file)) {
    error(e->value_at, file.string() + ": cannot be read" + (errno != 0 ? std::string{": "} + std::strerror(errno) : "") + "; expected a file with a day a line, 2026-12-25");
    return days;
  }
  std::string line;
  for (std::size_t number = 1; std::getline(in, line); ++number) {
    const auto text = without_comment(std::move(line));
    if (text.empty()) continue;
    const auto day = day_of(text);
    if (!day || days.size() >= most_holidays) {
      error(e->value_at, file.string() + ":" + std::to_string(number) + ": " + (day ? "more than " + std::to_string(most_holidays) + " days" : "'" + text.substr(0, 40) + "': expected a day as 2026-12-25"));
      return days;
    }
    days.insert(*day);
  }
  return days;
}

void settings_reader::check_window(const effective_entries& entries, session_settings& session) {
  const auto& times = session.times;
  if (times.is_non_stop) return;
  schedule_plan plan;
  for (std::size_t i = 0; i < times.windows.size(); ++i) {
    const auto& w = times.windows[i];
    if (w.is_empty()) continue;
    if (!is_whole(entries, w, i == 0 ? "" : std::to_string(i))) return;
    plan.windows.push_back(window_of(w));
  }
  const settings_entry* logon = nullptr;
  for (const char* key : {"LogonTime", "LogoutTime", "LogonDay", "LogoutDay"})
    if (!logon) logon = entries.find(key);
  if (plan.windows.empty()) {
    if (logon) error(logon->key_at, logon->key + " without StartTime and EndTime");
    return;
  }
  const settings_entry* zone = entries.find("TimeZone");
  if (times.is_in_local_time && !times.zone.empty())
    return error(zone ? zone->key_at : session.at, "UseLocalTime=Y and a time zone, " + times.zone + ": remove one");
  plan.zone = zone_of(times);
  plan.holidays = read_holidays(entries, session);
  const settings_entry* start = entries.find("StartTime");
  const auto at = zone ? zone->value_at : start ? start->value_at : session.at;
  if (logon) {
    const auto w = completed(times.logon, times.windows.front());
    if (times.windows.size() > 1 || !w.start || !w.end || w.start_day.has_value() != w.end_day.has_value())
      return error(logon->key_at, logon->key + ": expected one window with StartTime and EndTime, and LogonDay with LogoutDay");
    session.logon_time = schedule_of({plan.zone, {window_of(w)}, plan.holidays}, at);
  }
  session.open = schedule_of(std::move(plan), at);
}

// Days that follow one another without a break.
void settings_reader::check_reset_time(const effective_entries& entries, session_settings& session) {
  const auto& when = session.times.reset;
  const settings_entry* e = entries.find("ResetSeqTime");
  if (when && e) session.reset_time = schedule_of({zone_of(session.times), {{*when, *when, {}, {}, {}}}, {}}, e->value_at);
}

}  // namespace troupe::actors
