// ContinueInitializationOnError=Y: what is left out of a file, so that the rest can start.
#include "actors/settings_reader.hpp"

#include <algorithm>
#include <iterator>

namespace troupe::actors {

bool has_error_of_all(const std::vector<settings_problem>& problems) {
  return std::any_of(problems.begin(), problems.end(), [](const auto& p) { return p.severity == severity::error && !p.is_of_one_session; });
}

// A template stays where it is: whom it fits must not get a session of a later one instead.
std::optional<settings_problem> leave_out(settings& all, const std::map<text_position, std::string>& broken) {
  for (const session_settings& s : all.sessions)
    if (const auto it = broken.find(s.at); it != broken.end()) all.left_out.push_back({s.config.id, it->second});
  std::erase_if(all.sessions, [&](const session_settings& s) { return broken.contains(s.at); });
  for (template_settings& t : all.templates)
    if (const auto it = broken.find(t.variants.front().at); it != broken.end()) t.left_out = it->second;
  const bool is_empty = all.sessions.empty() && std::all_of(all.templates.begin(), all.templates.end(), [](const template_settings& t) { return !t.left_out.empty(); });
  if (!is_empty || broken.empty()) return std::nullopt;
  return settings_problem{severity::error, {}, "ContinueInitializationOnError=Y, but no session is left"};
}

// Those whose own section has errors. What stands in [DEFAULT] is everybody's.
void settings_reader::leave_out_broken(std::vector<effective_entries>& sessions) {
  std::map<text_position, std::string> broken;
  for (auto& p : problems()) {
    const auto behind = std::find_if(file_.sections.begin(), file_.sections.end(), [&](const settings_section& s) { return s.at > p.at; });
    if (p.severity != severity::error || behind == file_.sections.begin()) continue;
    const auto& section = *std::prev(behind);
    if (section.kind != section_kind::session) continue;
    p.is_of_one_session = true;
    broken.try_emplace(section.at, "line " + std::to_string(p.at.line) + ": " + p.text);
  }
  std::erase_if(sessions, [&](const effective_entries& s) { return broken.contains(s.session().at); });
  if (auto nothing = leave_out(value_, broken)) problems().push_back(std::move(*nothing));
}

}  // namespace troupe::actors
