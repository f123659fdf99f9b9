// Sessions that are made by their Logon: templates, and [DEFAULT] as one.
#include "actors/logon_identity.hpp"
#include "actors/settings_reader.hpp"

#include <algorithm>

namespace troupe::actors {
namespace {

constexpr std::string_view keys_of_templates[] = {"DynamicQualifier", "MaxDynamicSessions", "MaxDynamicIdentities", "DynamicSessionIdle"};

// Dictionaries are of one version, so that any version is one template for each.
std::vector<session_settings> one_for_each_version(const session_settings& session, bool has_fixt) {
  const auto& id = session.config.id;
  if (id.begin_string != any_name) return {session};
  std::vector<session_settings> all;
  for (const char* version : {"FIX.4.0", "FIX.4.1", "FIX.4.2", "FIX.4.3", "FIX.4.4"}) {
    all.push_back(session);
    all.back().config.id.begin_string = version;
    all.back().config.default_appl_ver_id.clear();
  }
  if (!has_fixt) return all;
  all.push_back(session);
  all.back().config.id.begin_string = "FIXT.1.1";
  return all;
}

bool is_covered_by(const protocol::session_config& later, const protocol::session_config& earlier) {
  const auto covers = [](const std::string& a, const std::string& b) { return a == any_name || a == b; };
  const auto covers_if_said = [&](const std::string& a, const std::string& b) { return a.empty() || covers(a, b); };
  return covers(earlier.id.begin_string, later.id.begin_string) && covers(earlier.id.sender_comp_id, later.id.sender_comp_id) &&
         covers(earlier.id.target_comp_id, later.id.target_comp_id) && covers_if_said(earlier.sender_sub_id, later.sender_sub_id) &&
         covers_if_said(earlier.target_sub_id, later.target_sub_id) && covers_if_said(earlier.sender_location_id, later.sender_location_id) &&
         covers_if_said(earlier.target_location_id, later.target_location_id);
}

}  // namespace

void settings_reader::read_template(const effective_entries& entries, session_settings session) {
  if (entries.is_default_alone()) name_anybody(session);
  if (session.config.role == protocol::role::initiator && entries.has("ConnectionType"))
    error(session.at, "a template is for sessions that others log on to; expected ConnectionType=acceptor");
  const settings_entry* dictionary = entries.find("DataDictionary");
  if (dictionary && session.config.id.begin_string == any_name)
    error(dictionary->key_at, "DataDictionary is of one version, and BeginString=* is any; leave it out, or write a template for each version");
  template_settings t{one_for_each_version(session, entries.has("DefaultApplVerID"))};
  for (const auto& v : t.variants) check_fields(entries, v);
  for (const auto& earlier : value_.templates)
    for (const auto& e : earlier.variants)
      if (t.variants.size() == 1 && is_covered_by(session.config, e.config))
        warning(session.at, "nobody ever gets a session of this template: the one in line " + std::to_string(e.at.line) + " comes first, and fits all the same; put the more special one in front");
  value_.templates.push_back(std::move(t));
}

// The section that DynamicSessions=Y stands for: as if an empty [SESSION] with AcceptorTemplate=Y came last.
std::optional<settings_section> settings_reader::section_for_anybody() {
  for (const settings_section& s : file_.sections)
    for (const settings_entry& e : s.entries)
      if (s.kind == section_kind::session && equal_ignoring_case(e.key, "DynamicSessions"))
        error(e.key_at, e.key + " is for [DEFAULT], which then is the template; in a [SESSION] write AcceptorTemplate=Y");
  const settings_section* const d = defaults();
  if (!d) return std::nullopt;
  const settings_entry* e = find_in(d, "DynamicSessions");
  const auto value = e ? fit_value(*find_key(e->key)->key, e->value) : std::nullopt;
  if (!value || !value->flag) return std::nullopt;
  return settings_section{section_kind::defaults, e->key_at, {}};
}

void settings_reader::name_anybody(session_settings& session) {
  auto& id = session.config.id;
  for (auto* name : {&id.begin_string, &id.sender_comp_id, &id.target_comp_id})
    if (name->empty()) *name = any_name;
}

// What stands in a [SESSION] and cannot have an effect there.
void settings_reader::check_dynamic_keys(const effective_entries& entries, const session_settings& session) {
  for (const settings_entry& e : entries.session().entries) {
    const bool is_of_templates = std::any_of(std::begin(keys_of_templates), std::end(keys_of_templates), [&](auto key) { return equal_ignoring_case(e.key, key); });
    if (is_of_templates && !session.is_template) warning(e.key_at, e.key + " is ignored: it is for a [SESSION] with AcceptorTemplate=Y");
    if (equal_ignoring_case(e.key, "DynamicSession") && session.waits_for_operator && session.config.role == protocol::role::acceptor)
      warning(e.key_at, e.key + " is ignored: it is for initiators; sessions that are made by their Logon have AcceptorTemplate=Y");
  }
}

void settings_reader::check_names(const effective_entries& entries, const session_settings& session) {
  const auto& c = session.config;
  const auto check = [&](const char* key, const std::string& name) {
    const settings_entry* e = name == any_name ? entries.find(key) : nullptr;
    if (e) error(e->value_at, e->key + "=* stands for any name only where AcceptorTemplate=Y is set");
  };
  check("BeginString", c.id.begin_string);
  check("SenderCompID", c.id.sender_comp_id);
  check("TargetCompID", c.id.target_comp_id);
}

}  // namespace troupe::actors
