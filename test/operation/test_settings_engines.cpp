// The keys of four engines: all of them known, with their defaults and the forms their engines write values in; and no value that
// passes by, or through.
#include "actors/settings_table.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>

using namespace troupe::actors;
using namespace std::chrono_literals;

namespace {

constexpr std::array dialects{settings_dialect::cpp, settings_dialect::j, settings_dialect::go, settings_dialect::n};

const std::string minimal = "[DEFAULT]\nConnectionType=acceptor\nSocketAcceptPort=9878\nSenderCompID=US\nStore=memory\n[SESSION]\nBeginString=FIX.4.4\nTargetCompID=THEM\n";

session_settings session_of(const std::string& more) {
  auto result = understand_settings(minimal + more, "x.cfg");
  BOOST_TEST_REQUIRE(result.value.has_value(), more << (result.problems.empty() ? "" : result.problems.front().text));
  return result.value->sessions.at(0);
}

// ---------------------------------------------------------------- the table of names, which is not part of the project

struct fact {
  std::string name;
  std::array<std::string, 4> defaults;  // in the order of the dialects; "-": the engine does not have it
};

std::vector<std::string> columns(const std::string& line) {
  std::vector<std::string> all(1);
  for (const char c : line)
    if (c == '\t') all.emplace_back();
    else if (c != '\r') all.back() += c;
  return all;
}

std::vector<fact> facts() {
  const char* const folder = std::getenv("TROUPE_FACTS");
  std::ifstream in{std::string{folder ? folder : ""} + "/settings.tsv"};
  std::vector<fact> all;
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) {
    auto c = columns(line);
    c.resize(6);
    all.push_back({c[0], {c[2], c[3], c[4], c[5]}});
  }
  return all;
}

// "SocketConnectHost<n>" -> "SocketConnectHost7"
std::string as_written(std::string name) {
  if (const auto at = name.find("<n>"); at != std::string::npos) name.replace(at, 3, "7");
  return name;
}

struct known_name {
  std::string_view name, engines;
};

std::optional<known_name> known(const std::string& name) {
  if (const auto found = find_key(name)) return known_name{found->key->name, found->key->engines};
  if (const auto* unbuilt = find_unbuilt(name)) return known_name{unbuilt->name, unbuilt->engines};
  return std::nullopt;
}

std::string engines_text(unsigned bits) {
  std::string text;
  for (std::size_t i = 0; i < dialects.size(); ++i)
    if ((bits >> i & 1U) != 0) text += (text.empty() ? "" : " ") + std::string{to_string(dialects[i])};
  return text;
}

// What a page says in words, as it would be written in a file; empty: it names no value.
std::string literal(const std::string& documented) {
  static const std::map<std::string, std::string> words{{"None", ""}, {"N/A", ""}, {"0 (disables splitting)", "0"}};
  if (const auto it = words.find(documented); it != words.end()) return it->second;
  return documented.find(' ') == std::string::npos ? documented : "";
}

// Documented, and the same as not setting it, or not followed for a reason.
struct other_default {
  std::string_view key, value, why;
};
constexpr std::array others{
    other_default{"MillisecondsInTimeStamp", "Y", "not set: what the version allows, which is the same"},
    other_default{"TimestampPrecision", "MILLIS", "not set: what the version allows, which is the same"},
    other_default{"TimeZone", "UTC", "not set: UTC"},
    other_default{"FileStoreSync", "Y", "not set: StoreDurability=power for the whole store, which is the same"},
    other_default{"FileStoreSync", "N", "not set: N"},
    other_default{"AppDataDictionary", "ApplVerID=FIX.4.2", "an example of the page, no default"},
    other_default{"SocketNodelay", "N", "small messages would wait for others; the page says so"},
    other_default{"SocketTcpNoDelay", "Y", "not set: what SocketNodelay says, which is the same"},
};
bool is_expected(std::string_view key, std::string_view value) {
  return std::any_of(others.begin(), others.end(), [&](const other_default& o) { return o.key == key && o.value == value; });
}

bool has(std::string_view engines, settings_dialect dialect) {
  return (" " + std::string{engines} + " ").find(" " + std::string{to_string(dialect)} + " ") != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(settings_engines)

BOOST_AUTO_TEST_CASE(every_name_of_every_engine_is_known_with_its_engines) {
  const auto all = facts();
  if (all.empty()) {
    std::cout << "left out: TROUPE_FACTS names no folder with settings.tsv\n";
    return;
  }
  BOOST_TEST(all.size() > 250U);
  std::map<std::string_view, unsigned> who_has;  // bits of the dialects
  for (const auto& f : all) {
    const auto k = known(as_written(f.name));
    BOOST_TEST(k.has_value(), f.name);
    if (!k) continue;
    for (std::size_t i = 0; i < dialects.size(); ++i)
      if (f.defaults[i] != "-") who_has[k->name] |= 1U << i;
  }
  for (const auto& [name, bits] : who_has) BOOST_TEST(known(as_written(std::string{name}))->engines == engines_text(bits), name);
  for (const auto& key : setting_keys()) BOOST_TEST(key.is_ours() == !who_has.contains(key.name), key.name);
  for (const auto& key : unbuilt_keys()) BOOST_TEST(who_has.contains(key.name), key.name);
}

BOOST_AUTO_TEST_CASE(defaults_are_those_that_each_engine_documents) {
  for (const auto& f : facts())
    if (const auto found = find_key(as_written(f.name)))
      for (std::size_t i = 0; i < dialects.size(); ++i) {
        const auto documented = literal(f.defaults[i]);
        if (f.defaults[i] == "-" || documented.empty() || is_expected(found->key->name, documented)) continue;
        BOOST_TEST(default_of(*found->key, dialects[i]) == documented, f.name << " of " << to_string(dialects[i]));
      }
}

// ---------------------------------------------------------------- dialects

BOOST_AUTO_TEST_CASE(a_file_without_keys_has_the_defaults_of_its_dialect) {
  BOOST_TEST(session_of("").config.test_request_factor == 1.2);
  BOOST_TEST(session_of("SettingsDialect=cpp\n").config.test_request_factor == 1.2);
  BOOST_TEST(session_of("SettingsDialect=j\n").config.test_request_factor == 1.5);
  BOOST_TEST(session_of("SettingsDialect=go\n").config.test_request_factor == 1.2);
  BOOST_TEST(session_of("SettingsDialect=n\n").config.test_request_factor == 1.2);
  BOOST_TEST(session_of("SettingsDialect=j\nTestRequestDelayMultiplier=0.1\n").config.test_request_factor == 1.1);
  for (const char* dialect : {"cpp", "j", "n"}) BOOST_TEST(session_of("SettingsDialect=" + std::string{dialect} + "\n").use_data_dictionary);
  for (const auto d : dialects) BOOST_TEST((session_of("SettingsDialect=" + std::string{to_string(d)} + "\n").dialect == d));
}

BOOST_AUTO_TEST_CASE(go_checks_messages_only_with_a_dictionary_that_is_named) {
  BOOST_TEST(!session_of("SettingsDialect=go\n").use_data_dictionary);
  BOOST_TEST(session_of("SettingsDialect=go\nDataDictionary=x.xml\n").use_data_dictionary);
  BOOST_TEST(session_of("SettingsDialect=go\nUseDataDictionary=Y\n").use_data_dictionary);
  BOOST_TEST(session_of("SettingsDialect=go\nBeginString=FIXT.1.1\nDefaultApplVerID=9\nAppDataDictionary.FIX.5.0SP2=x.xml\n").use_data_dictionary);
}

BOOST_AUTO_TEST_CASE(sessions_of_two_engines_live_in_one_file) {
  const auto result = understand_settings(minimal + "SettingsDialect=j\n[SESSION]\nBeginString=FIX.4.4\nTargetCompID=OTHER\n", "x.cfg");
  BOOST_TEST(result.value.value().sessions[0].config.test_request_factor == 1.5);
  BOOST_TEST(result.value.value().sessions[1].config.test_request_factor == 1.2);
}

BOOST_AUTO_TEST_CASE(one_session_of_go_has_the_store_write_through_to_the_disk) {
  const std::string on_disk =
      "[DEFAULT]\nConnectionType=acceptor\nSocketAcceptPort=1\nSenderCompID=US\nFileStorePath=dir\n[SESSION]\nBeginString=FIX.4.2\nTargetCompID=S\n"
      "[SESSION]\nBeginString=FIX.4.4\nTargetCompID=T\n";
  const auto durability_with = [&](const std::string& defaults, const std::string& of_last) {
    auto text = on_disk + of_last;
    return understand_settings(text.replace(text.find("FileStorePath"), 0, defaults), "x.cfg").value.value().store.durability;
  };
  using enum store_durability;
  BOOST_TEST((durability_with("", "") == process));
  BOOST_TEST((durability_with("", "SettingsDialect=go\n") == power));
  BOOST_TEST((durability_with("FileStoreSync=N\n", "SettingsDialect=go\n") == process));
  BOOST_TEST((durability_with("StoreDurability=process\n", "SettingsDialect=go\n") == process));
  BOOST_TEST((durability_with("FileStoreSync=Y\n", "") == power));
}

BOOST_AUTO_TEST_CASE(every_default_of_a_dialect_fits_its_key_and_is_another_one) {
  for (const auto& d : dialect_defaults()) {
    const auto found = find_key(d.key);
    BOOST_TEST_REQUIRE(found.has_value(), d.key);
    BOOST_TEST(fit_value(*found->key, d.standard).has_value(), d.key);
    BOOST_TEST(d.standard != found->key->standard, d.key);
    // A key that the engine does not have keeps our default, but for the dictionary that Go does not name.
    BOOST_TEST((has(found->key->engines, d.dialect) || d.key == "UseDataDictionary"), d.key);
  }
}

// ---------------------------------------------------------------- keys of one engine

BOOST_AUTO_TEST_CASE(checks_of_length_and_sum_are_as_loose_as_the_loosest_key) {
  using troupe::protocol::frame_check;
  BOOST_TEST((session_of("").config.framing == frame_check::length_and_sum));
  BOOST_TEST((session_of("ValidateChecksum=N\n").config.framing == frame_check::length));
  BOOST_TEST((session_of("ValidateLengthAndChecksum=N\n").config.framing == frame_check::neither));
  BOOST_TEST((session_of("ValidateLengthAndChecksum=N\nValidateChecksum=Y\n").config.framing == frame_check::neither));
}

BOOST_AUTO_TEST_CASE(a_time_of_resets_is_of_the_zone_of_the_session) {
  using namespace std::chrono;
  BOOST_TEST(!session_of("").reset_time);
  const auto s = session_of("ResetSeqTime=17:00:00\nTimeZone=America/New_York\nNonStopSession=Y\n");
  const sys_days july{2026y / 7 / 8};
  BOOST_TEST((s.reset_time->at(july + 12h)->end == july + 21h));
  BOOST_TEST(session_of("RejectMessageOnUnhandledException=Y\n").rejects_what_application_throws);
  BOOST_TEST(!session_of("").rejects_what_application_throws);
}

// ---------------------------------------------------------------- forms of values

BOOST_AUTO_TEST_CASE(values_in_the_forms_of_each_engine) {
  BOOST_TEST((session_of("LogonTimeout=1m30s\n").config.logon_timeout == 90s));
  BOOST_TEST((session_of("LogonTimeout=+20\n").config.logon_timeout == 20s));
  BOOST_TEST(session_of("ResetOnLogon=y\nCheckLatency=n\n").config.reset_on_logon);
  BOOST_TEST(!session_of("ResetOnLogon=y\nCheckLatency=n\n").config.check_latency);
  BOOST_TEST((session_of("HeartBtInt=0\n").config.heart_bt_int == 0s));
  const auto timed = session_of("StartTime=8:00:00.000\nEndTime=16:30:00.123456789 Europe/London\nStartDay=su\nEndDay=Frida\n");
  BOOST_TEST((timed.times.windows.at(0).start == 8h));
  BOOST_TEST((timed.times.windows.at(0).end == 16h + 30min));
  BOOST_TEST(timed.times.zone == "Europe/London");
  BOOST_TEST((timed.times.windows.at(0).end_day == std::chrono::Friday));
}

BOOST_AUTO_TEST_CASE(forms_that_no_engine_has) {
  const auto fits = [](std::string_view key, std::string_view value) { return fit_value(*find_key(key)->key, value).has_value(); };
  for (const char* wrong : {"500ms", "1m30", "++5", "+-5", "+", "0x10", "5.0", " 5"}) BOOST_TEST(!fits("LogonTimeout", wrong), wrong);
  for (const char* wrong : {"8:00", "8:0:00", "008:00:00", ":00:00", "08:00:00.", "08:00:00.1234567890", "08:00:00Z", "08:00:00 ", "24:00:00", "08:60:00", "-8:00:00"})
    BOOST_TEST(!fits("StartTime", wrong), wrong);
  for (const char* wrong : {"yes", "true", "YN", "1", ""}) BOOST_TEST(!fits("ResetOnLogon", wrong), wrong);
}

// A SOH in them would be another field on the wire.
BOOST_AUTO_TEST_CASE(no_control_character_gets_into_a_message_or_a_path) {
  const auto fits = [](std::string_view key, std::string value) { return fit_value(*find_key(key)->key, value).has_value(); };
  for (const char c : {'\0', '\x01', '\t', '\x1b', '\x7f'}) {
    BOOST_TEST(!fits("SenderCompID", std::string{"A"} + c + "B"));
    BOOST_TEST(!fits("LogonTag", std::string{"553=a"} + c + "54=1"));
    BOOST_TEST(!fits("FileLogPath", std::string{"dir"} + c));
    BOOST_TEST(!fits("StartTime", std::string{"08:00:00 UTC"} + c));
  }
  BOOST_TEST(fits("SenderCompID", "Größe & Co"));
}

// ---------------------------------------------------------------- bad values

// Under every key, each of these is refused with its place, or it is a value of its kind.
BOOST_AUTO_TEST_CASE(bad_values_are_refused_where_they_stand) {
  const std::string huge(10'240, '9'), text(10'240, 'A');
  const std::string all[] = {"", huge, text, "-1", "-99999999999999999999", "9999999999999999999999", "1e400", "nan", "ACCEPTOR", std::string("Y\0N", 3), std::string(1, '\0'), "\xff\xfe", "=", "[SESSION]", "%s%n", "Y;N"};
  for (const auto& key : setting_keys())
    for (const auto& value : all) {
      const auto result = understand_settings(minimal + std::string{key.name} + "=" + value + "\n", "x.cfg");
      const bool is_refused = std::any_of(result.problems.begin(), result.problems.end(), [&](const settings_problem& p) {
        const bool is_at_value = p.at.column == key.name.size() + 2 || value.find('\0') != std::string::npos;
        return p.severity == severity::error && p.at.line == 9 && p.at.column != 0 && is_at_value && p.text.size() < 1'000;
      });
      BOOST_TEST(is_refused == !fit_value(key, value).has_value(), key.name << "=" << value.substr(0, 30));
      if (value.empty() || value.size() > 10'000 || value.find('\0') != std::string::npos) BOOST_TEST(is_refused, key.name << "=" << value.substr(0, 30));
      for (const auto& p : result.problems) BOOST_TEST(p.text.find('\0') == std::string::npos, key.name);
    }
}

BOOST_AUTO_TEST_CASE(unbuilt_keys_never_pass_in_silence) {
  const std::string all[] = {"", std::string(10'240, 'A'), "-1", "x", std::string("\0", 1)};
  for (const auto& key : unbuilt_keys())
    for (const auto& value : all) {
      if ((" " + std::string{key.harmless} + " ").find(" " + value + " ") != std::string::npos && !value.empty()) continue;  // asks for what happens anyway
      const auto result = understand_settings(minimal + as_written(std::string{key.name}) + "=" + value + "\n", "x.cfg");
      BOOST_TEST(std::any_of(result.problems.begin(), result.problems.end(), [](const settings_problem& p) { return p.at.line == 9 && p.at.column != 0; }), key.name << "=" << value.substr(0, 30));
    }
}

BOOST_AUTO_TEST_SUITE_END()
