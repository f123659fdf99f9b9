#include "test/conformance/settings_of.hpp"

#include "actors/settings.hpp"

#include <algorithm>
#include <map>

namespace troupe::test {
namespace {

using actors::settings_result;

bool sets(const transcript& story, std::string_view key) {
  return std::ranges::any_of(story.settings, [&](const auto& s) { return s.starts_with(std::string{key} + "="); });
}

std::string file_of(const transcript& story, const fix_version& version, protocol::role role) {
  const bool is_acceptor = role == protocol::role::acceptor;
  std::string text = "[DEFAULT]\nConnectionType=";
  text += is_acceptor ? "acceptor\nSocketAcceptPort=9878\n" : "initiator\nSocketConnectHost=localhost\nSocketConnectPort=9878\n";
  text += "Store=memory\nNonStopSession=Y\n[SESSION]\nSenderCompID=US\nTargetCompID=THEM\nBeginString=" + std::string{version.begin_string} + "\n";
  if (version.is_fixt()) text += "DefaultApplVerID=" + std::string{version.appl_ver_id} + "\n";
  if (!sets(story, "HeartBtInt") && !is_acceptor) text += "HeartBtInt=30\n";
  for (const auto& s : story.settings) text += s + "\n";
  return text;
}

actors::settings value_of(settings_result result) {
  if (result.value) return std::move(*result.value);
  std::string text = "the settings are not understood:";
  for (const auto& p : result.problems) text += "\n  " + to_string(p, "transcript");
  throw transcript_error{text};
}

// Read once for each version: they take longer than a story.
const protocol::dictionaries& dictionaries_of(const fix_version& version) {
  static std::map<std::string_view, protocol::dictionaries> known;
  const auto [at, is_new] = known.try_emplace(version.name);
  if (!is_new) return at->second;
  auto result = actors::understand_settings(file_of({}, version, protocol::role::acceptor), "transcript");
  actors::load_dictionaries(result);
  return at->second = value_of(std::move(result)).sessions.front().config.dictionaries;
}

}  // namespace

protocol::session_config config_of(const transcript& story, const fix_version& version, protocol::role role) {
  auto session = std::move(value_of(actors::understand_settings(file_of(story, version, role), "transcript")).sessions.front());
  if (session.use_data_dictionary) session.config.dictionaries = dictionaries_of(version);
  const auto has_hook = [&](std::string_view name) { return std::ranges::find(story.hooks, name) != story.hooks.end(); };
  session.config.has_authenticate_hook = has_hook("authenticate");
  session.config.has_prepare_logon_hook = has_hook("prepare_logon");
  session.config.has_may_resend_hook = has_hook("may_resend");
  return session.config;
}

}  // namespace troupe::test
