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
    if (const auto it = broken.find(s.at); it != broken.end()) all.left_out.push_back({s.config.id, s.config.id, s.at, it->second});
  std::erase_if(all.sessions, [&](const session_settings& s) { return broken.contains(s.at); });
  for (template_settings& t : all.templates)
    if (const auto it = broken.find(t.variants.front().at); it != broken.end()) t.left_out = it->second;
  const bool is_empty = all.sessions.empty() && std::all_of(all.templates.begin(), all.templates.end(), [](const template_settings& t) { return !t.left_out.empty(); });
  if (!is_empty || broken.empty()) return std::nullopt;
  return settings_problem{severity::error, {}, "ContinueInitializationOnError=Y, but no session is left"};
}

// Empty: it stands in front of the first section.
const settings_section* settings_reader::section_of(const settings_problem& p) const {
  const auto behind = std::find_if(file_.sections.begin(), file_.sections.end(), [&](const settings_section& s) { return s.at > p.at; });
  return behind == file_.sections.begin() ? nullptr : &*std::prev(behind);
}

// A line that is no entry, or of a key that nobody knows, may have been meant for a name.
bool settings_reader::is_misunderstood(const settings_section& section) {
  const auto is_understood = [&](std::uint32_t line) {
    return line == section.at.line || std::any_of(section.entries.begin(), section.entries.end(), [&](const settings_entry& e) { return e.key_at.line == line && (find_key(e.key) || find_unbuilt(e.key)); });
  };
  return std::any_of(problems().begin(), problems().end(), [&](const settings_problem& p) { return section_of(p) == &section && !is_understood(p.at.line); });
}

// Then names that it does not say itself are not certain, whatever [DEFAULT] says.
void settings_reader::doubt_names(protocol::session_id& id, text_position at) {
  const auto section = std::find_if(file_.sections.begin(), file_.sections.end(), [&](const settings_section& s) { return s.at == at; });
  if (section == file_.sections.end() || !is_misunderstood(*section)) return;
  const auto doubt = [&](std::string_view key, std::string& name) {
    if (!find_in(&*section, key)) name.clear();
  };
  doubt("BeginString", id.begin_string);
  doubt("SenderCompID", id.sender_comp_id);
  doubt("TargetCompID", id.target_comp_id);
}

// Those whose own section has errors. What stands in [DEFAULT] is everybody's.
void settings_reader::leave_out_broken(std::vector<effective_entries>& sessions) {
  std::map<text_position, std::string> broken;
  for (auto& p : problems()) {
    const auto* const section = section_of(p);
    if (p.severity != severity::error || !section || section->kind != section_kind::session) continue;
    p.is_of_one_session = true;
    broken.try_emplace(section->at, "line " + std::to_string(p.at.line) + ": " + p.text);
  }
  std::erase_if(sessions, [&](const effective_entries& s) { return broken.contains(s.session().at); });
  auto nothing = leave_out(value_, broken);
  for (auto& s : value_.left_out) doubt_names(s.kept_free, s.at);
  for (auto& t : value_.templates)
    if (!t.left_out.empty())
      for (auto& v : t.variants) doubt_names(v.config.id, v.at);
  if (nothing) problems().push_back(std::move(*nothing));
}

}  // namespace troupe::actors
