#include "test/conformance/settings_of.hpp"

#include "actors/dictionary_files.hpp"
#include "actors/settings.hpp"

#include <algorithm>
#include <map>

namespace troupe::test {
namespace {

using actors::settings_result;

bool sets(const transcript& story, std::string_view key) {
  return std::ranges::any_of(story.settings, [&](const auto& s) { return s.starts_with(std::string{key} + "="); });
}

// "{dictionaries}": the folder of those that come with Troupe.
std::string with_folder(std::string setting) {
  constexpr std::string_view placeholder = "{dictionaries}";
  const auto at = setting.find(placeholder);
  const auto known = actors::find_standard_dictionary("FIX.4.2");
  if (at != setting.npos && known) setting.replace(at, placeholder.size(), known->parent_path().string());
  return setting;
}

std::string file_of(const transcript& story, const fix_version& version, protocol::role role) {
  const bool is_acceptor = role == protocol::role::acceptor;
  std::string text = "[DEFAULT]\nConnectionType=";
  text += is_acceptor ? "acceptor\nSocketAcceptPort=9878\n" : "initiator\nSocketConnectHost=localhost\nSocketConnectPort=9878\n";
  text += "Store=memory\nNonStopSession=Y\n[SESSION]\nSenderCompID=US\nTargetCompID=THEM\nBeginString=" + std::string{version.begin_string} + "\n";
  if (version.is_fixt()) text += "DefaultApplVerID=" + std::string{version.appl_ver_id} + "\n";
  if (!sets(story, "HeartBtInt") && !is_acceptor) text += "HeartBtInt=30\n";
  for (const auto& s : story.settings) text += with_folder(s) + "\n";
  return text;
}

actors::settings value_of(settings_result result) {
  if (result.value) return std::move(*result.value);
  std::string text = "the settings are not understood:";
  for (const auto& p : result.problems) text += "\n  " + to_string(p, "transcript");
  throw transcript_error{text};
}

protocol::dictionaries read_dictionaries(const transcript& story, const fix_version& version, protocol::role role) {
  auto result = actors::understand_settings(file_of(story, version, role), "transcript");
  actors::load_dictionaries(result);
  return value_of(std::move(result)).sessions.front().config.dictionaries;
}

// Those of a version are read once: they take longer than a story.
protocol::dictionaries dictionaries_of(const transcript& story, const fix_version& version, protocol::role role) {
  const bool has_own = std::ranges::any_of(story.settings, [](const auto& s) { return s.find("DataDictionary") != s.npos; });
  if (has_own) return read_dictionaries(story, version, role);
  static std::map<std::string_view, protocol::dictionaries> known;
  const auto [at, is_new] = known.try_emplace(version.name);
  if (is_new) at->second = read_dictionaries({}, version, protocol::role::acceptor);
  return at->second;
}

}  // namespace

protocol::session_config config_of(const transcript& story, const fix_version& version, protocol::role role) {
  auto session = std::move(value_of(actors::understand_settings(file_of(story, version, role), "transcript")).sessions.front());
  if (session.use_data_dictionary) session.config.dictionaries = dictionaries_of(story, version, role);
  const auto has_hook = [&](std::string_view name) { return std::ranges::find(story.hooks, name) != story.hooks.end(); };
  session.config.has_authenticate_hook = has_hook("authenticate");
  session.config.has_prepare_logon_hook = has_hook("prepare_logon");
  session.config.has_may_resend_hook = has_hook("may_resend");
  return session.config;
}

}  // namespace troupe::test
