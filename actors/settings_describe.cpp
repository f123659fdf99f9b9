// docs/settings.md, made from the table.
#include "actors/settings_table.hpp"

#include <algorithm>

namespace troupe::actors {
namespace {

std::string code(std::string_view s) { return s.empty() ? std::string{} : "`" + std::string{s} + "`"; }

std::string name_of(const setting_key& key) { return code(std::string{key.name} + (key.scope == key_scope::indexed ? "<n>" : key.scope == key_scope::versioned ? ".<version>" : "")); }

std::string scope_of(const setting_key& key) {
  if (const auto side = side_of(key)) return *side == protocol::role::initiator ? "initiator" : "acceptor";
  return key.scope == key_scope::process ? "process" : "session";
}

// "cpp j n" -> "C++, J, n"
std::string known_to(std::string_view engines) {
  std::string out;
  while (!engines.empty()) {
    const auto blank = std::min(engines.find(' '), engines.size());
    const auto one = engines.substr(0, blank);
    if (!out.empty()) out += ", ";
    out += one == "cpp" ? "C++" : one == "j" ? "J" : one == "go" ? "Go" : one;
    engines.remove_prefix(std::min(blank + 1, engines.size()));
  }
  return out;
}

std::string row(const setting_key& key) {
  return "| " + name_of(key) + (key.is_ours() ? " \\*" : "") + " | " + expectation(key) + " | " + code(key.standard) + " | " + scope_of(key) + " | " +
         known_to(key.engines) + " | " + std::string{key.meaning} + " |\n";
}

std::string row(const dialect_default& d) {
  const auto keys = setting_keys();
  const auto key = std::find_if(keys.begin(), keys.end(), [&](const setting_key& k) { return k.name == d.key; });
  return "| " + code(to_string(d.dialect)) + " | " + code(d.key) + " | " + code(d.standard) + (d.unless.empty() ? "" : ", unless " + std::string{d.unless}) + " | " +
         code(key->standard) + " |\n";
}

std::string becomes(const unbuilt_key& key) {
  const std::string verb = key.policy == unbuilt_policy::refused ? "error" : "warning";
  return key.harmless.empty() ? verb : verb + " unless " + code(key.harmless);
}

// One table for each fate.
std::string rows(unbuilt_fate fate) {
  std::string all = "| key | known to | what happens | why |\n|---|---|---|---|\n";
  for (const unbuilt_key& key : unbuilt_keys())
    if (key.fate == fate) all += "| " + code(key.name) + " | " + known_to(key.engines) + " | " + becomes(key) + " | " + std::string{key.reason} + " |\n";
  return all;
}

}  // namespace

std::string describe_settings() {
  std::string out =
      "# Settings\n\n"
      "<!-- Made by `cmake --build … --target docs` from actors/settings_table.cpp. Do not edit. -->\n\n"
      "`troupe run` reads a QuickFIX settings file: `[DEFAULT]` once, then one `[SESSION]` for each session. A session has the keys of\n"
      "`[DEFAULT]` unless it sets them itself. Lines that start with `#` are comments; keys are compared without regard to case, values\n"
      "are not. Environment variables and `~` are not expanded. `troupe check FILE` reports everything that is wrong with a file.\n\n"
      "A relative path is relative to the working directory of the process that reads the file, not to the file: start `troupe status` and\n"
      "the other live commands where `troupe run` was started, or write absolute paths.\n\n"
      "A key marked \\* is Troupe's own; *known to* names the engines that have the others: QuickFIX C++, QuickFIX/J, QuickFIX/Go,\n"
      "QuickFIX/n. Keys of scope *process* hold for all sessions and belong in `[DEFAULT]`; those of scope *initiator* and *acceptor* are of\n"
      "one side, and in a `[SESSION]` of the other `troupe check` says that they are ignored.\n\n"
      "Some values have two names, since two engines call them differently. A `[SESSION]` wins over `[DEFAULT]` by either name; two names in\n"
      "one section must say the same.\n\n"
      "| key | value | default | scope | known to | meaning |\n|---|---|---|---|---|---|\n";
  for (const setting_key& key : setting_keys()) out += row(key);
  out +=
      "\n`ConnectionType`, `BeginString`, `SenderCompID` and `TargetCompID` must be set; an initiator also needs `HeartBtInt`,\n"
      "`SocketConnectHost` and `SocketConnectPort`, an acceptor `SocketAcceptPort`.\n\n"
      "Y and N may be small. Where seconds are expected, a duration as in QuickFIX/Go will do, `1m30s`. A fraction of a second behind\n"
      "a time is read, as QuickFIX C++ does, and does not count. Days need two letters of their name.\n\n"
      "## Defaults of other engines\n\n"
      "`SettingsDialect` names the engine that a file was written for. Then keys that are not set have these defaults; all others are the same\n"
      "in each of the four engines that has the key. It changes nothing else: what a key says means the same under each.\n\n"
      "| `SettingsDialect` | key | default | Troupe's |\n|---|---|---|---|\n";
  for (const dialect_default& d : dialect_defaults()) out += row(d);
  out +=
      "\nTroupe's own defaults are those of QuickFIX C++, `SettingsDialect=cpp`, but for three: it brings dictionaries along, where QuickFIX C++ wants\n"
      "one named; a session without `StartTime` is always open, where QuickFIX C++ does not start it; and small messages go out at once\n"
      "(`SocketNodelay`), where QuickFIX C++ leaves it to the system. QuickFIX/Go also writes each message\n"
      "through to the disk unless `FileStoreSync=N`: a session with `SettingsDialect=go` brings `StoreDurability=power` for the whole store, if neither key is set.\n\n"
      "## Further keys of other engines\n\n"
      "They are recognised, and never silently ignored: a warning where nothing but comfort is lost, an error where identity, security,\n"
      "sequence numbers or the peer would be another than the file says.\n\n"
      "### Not built yet\n\n" +
      rows(unbuilt_fate::later) +
      "\n### Do not apply\n\n"
      "What they are about is not in Troupe, or is always as they ask.\n\n" +
      rows(unbuilt_fate::never);
  return out;
}

}  // namespace troupe::actors
