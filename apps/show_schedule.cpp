#include "apps/show_schedule.hpp"

#include "apps/check.hpp"
#include "apps/exit_codes.hpp"
#include "protocol/utc.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

namespace troupe::apps {
namespace {

using actors::schedule;
using protocol::utc_time;

struct event {
  utc_time when{};
  int order = 0;  // of those at one moment
  const char* what = nullptr;  // nothing: none
};

// Of so many periods from now on, the one we are in included.
void add(std::vector<event>& to, const schedule& of, utc_time now, std::size_t periods, event begins, event ends) {
  auto next = of.at(now);
  if (!next) next = of.after(now);
  for (; next && periods > 0; --periods) {
    to.push_back({next->begin, begins.order, begins.what});
    if (ends.what) to.push_back({next->end, ends.order, ends.what});
    next = of.after(next->begin);
  }
}

std::vector<event> events_of(const actors::session_settings& s, utc_time now, std::size_t count) {
  std::vector<event> all;
  if (s.open) add(all, *s.open, now, count, {{}, 2, "opens, numbers start at 1"}, {{}, 1, "closes"});
  if (s.logon_time) add(all, *s.logon_time, now, count, {{}, 3, "logs on"}, {{}, 0, "logs out"});
  if (s.reset_time) add(all, *s.reset_time, now, count, {{}, 4, "numbers start at 1, if logged on"}, {});
  std::sort(all.begin(), all.end(), [](const event& a, const event& b) { return a.when != b.when ? a.when < b.when : a.order < b.order; });
  std::erase_if(all, [&](const event& e) { return e.when < now; });
  all.resize(std::min(all.size(), count));
  return all;
}

std::string utc_text(utc_time when) {
  std::string text;
  protocol::append_utc(text, when, protocol::utc_precision::seconds);
  return text;
}

void show(const actors::session_settings& s, utc_time now, std::size_t count) {
  fmt::print("{}\n", protocol::to_string(s.config.id));
  const auto& zone = s.open ? s.open : s.reset_time;
  if (!zone) return fmt::print("  always open; numbers never start at 1 by themselves\n");
  const auto events = events_of(s, now, count);
  fmt::print("  now {}: {}\n", zone->local_text(now), !s.open ? "always open" : s.open->at(now) ? "open" : "closed");
  for (const auto& e : events) fmt::print("  {:<28}  {} UTC  {}\n", zone->local_text(e.when), utc_text(e.when), e.what);
  if (events.empty()) fmt::print("  does not open within two years\n");
}

}  // namespace

int show_schedule(const std::filesystem::path& file, std::size_t events) {
  const auto settings = read_or_complain(file);
  if (!settings) return exit_code::wrong_settings;
  const auto now = std::chrono::time_point_cast<utc_time::duration>(std::chrono::system_clock::now());
  for (const auto& s : settings->sessions) show(s, now, events);
  for (const auto& t : settings->templates) show(t.variants.front(), now, events);
  return exit_code::done;
}

}  // namespace troupe::apps
