#include "actors/session_template.hpp"

#include <algorithm>
#include <array>

namespace troupe::actors {
namespace {

constexpr std::array<std::string_view, 5> versions_with_one_dictionary = {"FIX.4.0", "FIX.4.1", "FIX.4.2", "FIX.4.3", "FIX.4.4"};

bool fits(std::string_view pattern, std::string_view name) { return pattern == any_name || pattern == name; }

// `*` is every version that a session of this configuration can speak.
bool fits_version(const protocol::session_config& c, std::string_view version) {
  if (c.id.begin_string != any_name) return c.id.begin_string == version;
  if (!c.default_appl_ver_id.empty()) return version == "FIXT.1.1";
  return std::find(versions_with_one_dictionary.begin(), versions_with_one_dictionary.end(), version) != versions_with_one_dictionary.end();
}

bool fits(const protocol::session_config& c, const session_id& id) {
  return fits_version(c, id.begin_string) && fits(c.id.sender_comp_id, id.sender_comp_id) && fits(c.id.target_comp_id, id.target_comp_id);
}

// What the template says of the names beside the identity; * is what this Logon says, also if that is nothing.
logon_names names_for(const protocol::session_config& c, const logon_identity& who) {
  logon_names names;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto& field = logon_name_fields[i];
    const auto& pattern = c.*field.of_ours;
    if (!pattern.empty()) names[i] = pattern == any_name ? who.*field.of_logon : pattern;
  }
  return names;
}

}  // namespace

const session_spec* find_variant(const session_template& t, const logon_identity& who) {
  const auto found = std::find_if(t.variants.begin(), t.variants.end(), [&](const session_spec& s) { return fits(s.config, who.id) && what_differs(names_for(s.config, who), who).empty(); });
  return found == t.variants.end() ? nullptr : &*found;
}

std::string why_not_quite(const session_template& t, const logon_identity& who) {
  const auto found = std::find_if(t.variants.begin(), t.variants.end(), [&](const session_spec& s) { return fits(s.config, who.id); });
  if (found == t.variants.end()) return {};
  const auto other = what_differs(names_for(found->config, who), who);
  const auto name = t.origin.empty() ? "the template " + to_string(t.variants.front().config.id) : t.origin;
  return other.empty() ? other : name + " does not fit: " + other;
}

bool is_of(const session_template& t, const session_id& id) {
  if (t.has_own_qualifiers == id.qualifier.empty()) return false;
  return std::any_of(t.variants.begin(), t.variants.end(), [&](const session_spec& s) { return fits(s.config, id); });
}

session_spec made_for(const session_template& t, const session_spec& variant, const logon_identity& who, const std::string& qualifier) {
  auto spec = variant;
  auto& c = spec.config;
  c.id = who.id;
  c.id.qualifier = qualifier;
  spec.names = names_for(variant.config, who);
  for (std::size_t i = 0; i < spec.names.size(); ++i)
    if (spec.names[i]) c.*logon_name_fields[i].of_ours = *spec.names[i];
  c.reset_on_logon = c.reset_on_logon || t.has_own_qualifiers;
  return spec;
}

std::string why_no_session(const session_spec& variant, const logon_identity& who) {
  if (auto why = why_no_name("TargetCompID(56)", who.id.sender_comp_id); !why.empty()) return why;
  if (auto why = why_no_name("SenderCompID(49)", who.id.target_comp_id); !why.empty()) return why;
  for (const auto& field : logon_name_fields) {
    const auto& name = who.*field.of_logon;
    const bool is_taken_over = variant.config.*field.of_ours == any_name && !name.empty();
    if (!is_taken_over) continue;
    if (auto why = why_no_name(field.in_logon, name); !why.empty()) return why;
  }
  return {};
}

}  // namespace troupe::actors
