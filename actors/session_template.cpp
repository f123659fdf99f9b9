#include "actors/session_template.hpp"

#include <algorithm>
#include <array>

namespace troupe::actors {
namespace {

constexpr std::array<std::string_view, 5> versions_with_one_dictionary = {"FIX.4.0", "FIX.4.1", "FIX.4.2", "FIX.4.3", "FIX.4.4"};

bool fits(std::string_view pattern, std::string_view name) { return pattern == any_name || pattern == name; }

// What a template does not say is not looked at.
bool fits_if_said(std::string_view pattern, std::string_view name) { return pattern.empty() || fits(pattern, name); }

// `*` is every version that a session of this configuration can speak.
bool fits_version(const protocol::session_config& c, std::string_view version) {
  if (c.id.begin_string != any_name) return c.id.begin_string == version;
  if (!c.default_appl_ver_id.empty()) return version == "FIXT.1.1";
  return std::find(versions_with_one_dictionary.begin(), versions_with_one_dictionary.end(), version) != versions_with_one_dictionary.end();
}

bool fits(const protocol::session_config& c, const session_id& id) {
  return fits_version(c, id.begin_string) && fits(c.id.sender_comp_id, id.sender_comp_id) && fits(c.id.target_comp_id, id.target_comp_id);
}

bool fits(const protocol::session_config& c, const logon_identity& who) {
  return fits(c, who.id) && fits_if_said(c.sender_sub_id, who.sender_sub_id) && fits_if_said(c.target_sub_id, who.target_sub_id) &&
         fits_if_said(c.sender_location_id, who.sender_location_id) && fits_if_said(c.target_location_id, who.target_location_id);
}

void fill_in(std::string& pattern, const std::string& name) {
  if (pattern == any_name) pattern = name;
}

bool is_printable(char c) { return c >= 0x20 && c < 0x7F; }

std::string why_no_comp_id(std::string_view field, std::string_view name) {
  const std::string start = std::string{field} + " is no name for a session of a template: ";
  if (name.size() > longest_name) return start + "longer than " + std::to_string(longest_name) + " bytes";
  if (!std::all_of(name.begin(), name.end(), is_printable)) return start + "expected printable ASCII";
  if (name.empty() || name == any_name || name.front() == ' ' || name.back() == ' ') return start + "empty, *, or with a blank at an end";
  return {};
}

}  // namespace

const session_spec* find_variant(const session_template& t, const logon_identity& who) {
  const auto found = std::find_if(t.variants.begin(), t.variants.end(), [&](const session_spec& s) { return fits(s.config, who); });
  return found == t.variants.end() ? nullptr : &*found;
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
  fill_in(c.sender_sub_id, who.sender_sub_id);
  fill_in(c.target_sub_id, who.target_sub_id);
  fill_in(c.sender_location_id, who.sender_location_id);
  fill_in(c.target_location_id, who.target_location_id);
  c.reset_on_logon = c.reset_on_logon || t.has_own_qualifiers;
  return spec;
}

std::string why_no_name(const session_id& id) {
  const auto sender = why_no_comp_id("TargetCompID(56)", id.sender_comp_id);
  return sender.empty() ? why_no_comp_id("SenderCompID(49)", id.target_comp_id) : sender;
}

}  // namespace troupe::actors
