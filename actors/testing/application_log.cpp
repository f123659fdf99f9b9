#include "actors/testing/application_log.hpp"

#include <algorithm>

namespace troupe::actors::testing {

void application_log::add(log_entry e) {
  const std::lock_guard lock{mutex_};
  entries_.push_back(std::move(e));
}

std::vector<log_entry> application_log::all(const session_id& of) const {
  const std::lock_guard lock{mutex_};
  std::vector<log_entry> some;
  std::copy_if(entries_.begin(), entries_.end(), std::back_inserter(some), [&](const log_entry& e) { return e.session == of; });
  return some;
}

std::string application_log::messages(const session_id& of) const {
  std::string text;
  for (const auto& e : all(of)) {
    if (e.what != log_entry::kind::message) continue;
    text += (text.empty() ? "" : " ") + e.id + (e.is_marked ? "?" : "");
  }
  return text;
}

std::size_t application_log::count(const session_id& of, log_entry::kind what) const {
  const std::lock_guard lock{mutex_};
  return static_cast<std::size_t>(std::count_if(entries_.begin(), entries_.end(), [&](const log_entry& e) { return e.session == of && e.what == what; }));
}

}  // namespace troupe::actors::testing
