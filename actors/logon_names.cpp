#include "actors/logon_names.hpp"

#include "actors/session_template.hpp"

#include <algorithm>

namespace troupe::actors {
namespace {

bool is_printable(char c) { return c >= 0x20 && c < 0x7F; }

// Whatever comes from the wire is shown only if it could be a name.
std::string shown(const std::string& received) {
  if (received.empty()) return "missing";
  return why_no_name({}, received).empty() ? received : "no name";
}

}  // namespace

std::string what_differs(const logon_names& expected, const logon_identity& who) {
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const auto& field = logon_name_fields[i];
    const auto& received = who.*field.of_logon;
    if (!expected[i] || *expected[i] == received) continue;
    return std::string{field.in_logon} + " is " + shown(received) + ", expected " + (expected[i]->empty() ? "none" : *expected[i]);
  }
  return {};
}

std::string why_no_name(std::string_view field, std::string_view name) {
  const std::string start = std::string{field} + " is no name for a session of a template: ";
  if (name.size() > longest_name) return start + "longer than " + std::to_string(longest_name) + " bytes";
  if (!std::all_of(name.begin(), name.end(), is_printable)) return start + "expected printable ASCII";
  if (name.empty() || name == any_name || name.front() == ' ' || name.back() == ' ') return start + "empty, *, or with a blank at an end";
  return {};
}

}  // namespace troupe::actors
