// Keys that say how, of something that another key has to switch on.
#include "actors/settings_reader.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace troupe::actors {
namespace {

struct partner {
  const char* key;
  const char* of;  // what has to be set for it
  bool (*is_there)(const session_settings&);
};

bool parks(const session_settings& s) { return s.config.park_submits; }
bool limits(const session_settings& s) { return s.config.inbound_limit > 0; }
bool minds_silence(const session_settings& s) { return s.config.check_silence; }
// A schedule that is there and does not count is what NonStopSession=Y is for.
bool has_times(const session_settings& s) {
  const auto is_there = [](const window_settings& w) { return !w.is_empty(); };
  return s.times.is_non_stop || s.times.reset || std::any_of(s.times.windows.begin(), s.times.windows.end(), is_there);
}

constexpr partner partners[] = {
    {"MaxParkedSubmits", "SubmitsWhileDown=park", parks},
    {"MaxParkedBytes", "SubmitsWhileDown=park", parks},
    {"MaxParkedAge", "SubmitsWhileDown=park", parks},
    {"CancelOnDisconnectDelay", "CancelOnDisconnect=disconnect or always", [](const session_settings& s) { return s.config.cancel_orders != protocol::cancel_rule::never; }},
    {"InboundLimitPeriod", "InboundLimit", limits},
    {"InboundLimitAction", "InboundLimit", limits},
    {"MaxLatency", "CheckLatency=Y", [](const session_settings& s) { return s.config.check_latency; }},
    {"TestRequestDelayMultiplier", "DisableHeartBeatCheck=N", minds_silence},
    {"HeartBeatTimeoutMultiplier", "DisableHeartBeatCheck=N", minds_silence},
    {"SendLogoutBeforeDisconnectFromTimeout", "DisableHeartBeatCheck=N", minds_silence},
    {"HostSelectionPolicyPriorityStartOverInterval", "HostSelectionPolicy=PRIORITY", [](const session_settings& s) { return s.host_order.policy == host_policy::priority; }},
    {"ResendSessionLevelRejects", "PersistMessages=Y", [](const session_settings& s) { return s.config.resend_messages; }},
    {"ValidateConditionalFields", "UseDataDictionary=Y", [](const session_settings& s) { return s.use_data_dictionary; }},
    {"TimeZone", "StartTime and EndTime", has_times},
    {"HolidaysFile", "StartTime and EndTime", has_times},
    {"MessageLogDelimiter", "FileLogPath", [](const session_settings& s) { return !s.log_directory.empty(); }},
};

// N asks for nothing.
bool asks(const settings_entry& e) { return !(find_key(e.key)->key->kind == value_kind::flag && equal_ignoring_case(e.value, "N")); }

}  // namespace

// What stands in [DEFAULT] is of use if one session has what it belongs to.
void settings_reader::check_partners(const std::vector<effective_entries>& sessions) {
  std::set<const settings_entry*> in_use;
  std::map<const settings_entry*, const partner*> alone;
  for (const effective_entries& s : sessions) {
    const session_settings* read = find_read(s.session().at);
    if (!read) continue;
    for (const partner& p : partners) {
      const settings_entry* e = s.find(p.key);
      if (!e || !asks(*e)) continue;
      if (p.is_there(*read)) in_use.insert(e);
      else alone.emplace(e, &p);
    }
  }
  for (const auto& [e, p] : alone)
    if (!in_use.contains(e)) warning(e->key_at, e->key + " is of no use here: it is for " + p->of + ", which is not set");
}

}  // namespace troupe::actors
