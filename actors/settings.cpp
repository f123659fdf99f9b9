#include "actors/logon_identity.hpp"
#include "actors/settings_reader.hpp"

#include "protocol/appl_version.hpp"

#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>

namespace troupe::actors {
namespace {

constexpr std::uintmax_t largest_file = 16 * 1024 * 1024;
constexpr std::size_t longest_socket_path = sizeof(sockaddr_un::sun_path) - 1;

bool holds(std::string_view values, std::string_view value) {
  std::istringstream in{std::string{values}};
  for (std::string v; in >> v;)
    if (equal_ignoring_case(v, value)) return true;
  return false;
}

std::string place(text_position at) { return "line " + std::to_string(at.line); }

bool names_dictionary(const effective_entries& entries) {
  bool is_there = false;
  entries.for_each([&](const settings_entry& e) {
    const auto found = find_key(e.key);
    is_there = is_there || (found && found->key->name.ends_with("DataDictionary") && found->key->kind == value_kind::path);
  });
  return is_there;
}

// One warning for a key, however many sections hold it.
void fold_repeated_warnings(std::vector<settings_problem>& problems) {
  std::map<std::string, std::pair<std::size_t, unsigned>> seen;  // text -> first, how many more
  std::vector<settings_problem> kept;
  for (auto& p : problems) {
    const auto [it, is_new] = seen.try_emplace(p.text, kept.size(), 0U);
    if (p.severity == severity::error || is_new)
      kept.push_back(std::move(p));
    else
      ++it->second.second;
  }
  for (const auto& [text, where] : seen)
    if (where.second > 0) kept[where.first].text += " (and " + std::to_string(where.second) + " more like this)";
  problems = std::move(kept);
}

}  // namespace

const settings_entry* find_in(const settings_section* section, std::string_view key) {
  if (!section) return nullptr;
  const auto it = std::find_if(section->entries.rbegin(), section->entries.rend(), [&](const settings_entry& e) { return equal_ignoring_case(e.key, key); });
  return it == section->entries.rend() ? nullptr : &*it;
}

std::string shown(const settings_entry& e) {
  std::string lower = e.key;
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (lower.find("password") != std::string::npos || lower.find("privatekey") != std::string::npos || lower.starts_with("logontag") || lower == "storeconnection") return e.key + "=***";
  std::string value = e.value.size() > 80 ? e.value.substr(0, 80) + "…" : e.value;
  std::replace_if(value.begin(), value.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, '?');
  return e.key + "=" + value;
}

const settings_entry* effective_entries::find(std::string_view key) const {
  if (const settings_entry* own = find_in(session_, key)) return own;
  return find_in(defaults_, key);
}

// ---------------------------------------------------------------- every entry

void settings_reader::check_entries() {
  for (const settings_section& section : file_.sections)
    for (const settings_entry& e : section.entries) check_entry(e);
  for (const settings_section& section : file_.sections) check_shared_values(section);
}

void settings_reader::check_entry(const settings_entry& e) {
  if (const auto found = find_key(e.key)) return check_value(e, *found->key);
  if (const unbuilt_key* unbuilt = find_unbuilt(e.key)) return check_unbuilt(e, *unbuilt);
  const std::string_view nearest = nearest_key(e.key);
  error(e.key_at, "key '" + e.key.substr(0, 80) + "' is not known" +
                      (nearest.empty() ? std::string{"; docs/settings.md lists all keys"} : "; did you mean " + std::string{nearest} + "?"));
}

void settings_reader::check_value(const settings_entry& e, const setting_key& key) {
  if (fit_value(key, e.value)) return;
  if (key.name == "BeginString" && protocol::appl_ver_id_of(e.value) > protocol::appl_ver_id_of("FIX.4.4"))
    return error(e.value_at, shown(e) + ": FIX 5.0 and later run on FIXT: set BeginString=FIXT.1.1 and DefaultApplVerID=" + e.value);
  if (key.kind == value_kind::addresses)
    if (const auto list = parse_address_list(e.value); !list.why.empty()) return error(e.value_at, e.key + ": " + list.why);
  const bool has_comment = e.value.find(" #") != std::string::npos;
  error(e.value_at, shown(e) + ": expected " + expectation(key) + (has_comment ? "; a comment needs a line of its own" : ""));
}

void settings_reader::check_unbuilt(const settings_entry& e, const unbuilt_key& key) {
  if (holds(key.harmless, e.value)) return;
  const std::string advice = key.harmless.empty() ? "" : " (only " + std::string{key.harmless.substr(0, key.harmless.find(' '))} + " is possible)";
  if (key.policy == unbuilt_policy::refused)
    error(e.key_at, shown(e) + " is refused: " + std::string{key.reason} + advice);
  else
    warning(e.key_at, e.key + " is ignored: " + std::string{key.reason});
}

// ---------------------------------------------------------------- every session

void settings_reader::fill_defaults(const effective_entries& entries, session_settings& session) {
  const settings_entry* e = entries.find("SettingsDialect");
  const auto dialect = dialect_of(e ? e->value : "").value_or(settings_dialect::cpp);
  for (const setting_key& key : setting_keys()) {
    const bool is_ours = key.name == "UseDataDictionary" && names_dictionary(entries);
    const auto standard = is_ours ? key.standard : default_of(key, dialect);
    if (!standard.empty()) key.fill({value_, session}, *fit_value(key, standard));
  }
}

void settings_reader::fill(const effective_entries& entries, session_settings& session) {
  for (const setting_key& key : setting_keys())
    entries.for_each([&](const settings_entry& e) {
      const auto found = find_key(e.key);
      if (!found || found->key != &key || is_overruled(entries, e, key)) return;
      auto value = fit_value(key, e.value);
      if (!value) return;  // reported
      value->index = found->index;
      value->version = found->version;
      key.fill({value_, session}, *value);
    });
}

void settings_reader::check_required(const effective_entries& entries) {
  for (const std::string key : {"ConnectionType", "BeginString", "SenderCompID", "TargetCompID"})
    if (!entries.has(key) && (key == "ConnectionType" || !entries.is_default_alone())) error(entries.session().at, key + " is missing; set it in this [SESSION] or in [DEFAULT]");
}

void settings_reader::check_initiator(const effective_entries& entries, session_settings& session) {
  check_hosts(entries, session);
  if (!entries.has("HeartBtInt")) error(entries.session().at, "HeartBtInt is missing; an initiator proposes it, 30 seconds are usual");
  check_proxy(entries, session);
  const settings_entry* longest = entries.find("ReconnectMaxInterval");
  const auto last = session.reconnect_waits.back();
  if (longest && session.reconnect_max_interval < last)
    error(longest->value_at, shown(*longest) + ": expected at least ReconnectInterval, " + std::to_string(std::chrono::ceil<std::chrono::seconds>(last).count()) + " seconds");
  session.reconnect_max_interval = std::max(session.reconnect_max_interval, last);
}

void settings_reader::check_acceptor(const effective_entries& entries) {
  if (!entries.has("SocketAcceptPort")) error(entries.session().at, "SocketAcceptPort is missing; an acceptor needs to know where to listen");
  if (const settings_entry* e = entries.find("SessionQualifier"))
    error(e->key_at, shown(*e) + ": an acceptor cannot tell two sessions with the same names apart; remove it");
}

// One dictionary of FIX 4.x, or two and more of FIXT 1.1.
void settings_reader::check_versions(const effective_entries& entries, session_settings& session) {
  const auto place_of = [&](const std::string& key) {
    const settings_entry* e = entries.find(key);
    return e ? e->value_at : session.at;
  };
  session.data_dictionary.at = place_of("DataDictionary");
  session.transport_dictionary.at = place_of("TransportDataDictionary");
  session.application_dictionary.at = place_of("AppDataDictionary");
  for (auto& [version, dictionary] : session.application_dictionaries) dictionary.at = place_of("AppDataDictionary." + version);

  const settings_entry* begin_string = entries.find("BeginString");
  if (!begin_string || begin_string->value == any_name) return;
  if (begin_string->value == "FIXT.1.1") {
    if (!entries.has("DefaultApplVerID"))
      error(begin_string->value_at, "DefaultApplVerID is missing; with BeginString=FIXT.1.1 it says of which version messages are, FIX.5.0SP2 for instance");
    for (const settings_entry& e : entries.session().entries)
      if (equal_ignoring_case(e.key, "DataDictionary"))
        warning(e.key_at, e.key + " is ignored: it is for FIX.4.x; with BeginString=FIXT.1.1 set TransportDataDictionary and AppDataDictionary");
    const std::string both = "AppDataDictionary." + std::string{protocol::application_version(session.config.default_appl_ver_id)};
    const settings_entry* plain = entries.find("AppDataDictionary");
    if (const settings_entry* e = entries.find(both); e && plain)
      error(e->key_at, e->key + " and AppDataDictionary, " + place(plain->key_at) + ", are both of DefaultApplVerID; remove one");
    return;
  }
  session.config.default_appl_ver_id.clear();
  for (const settings_entry& e : entries.session().entries)
    if (const auto found = find_key(e.key); found && (found->key->name == "DefaultApplVerID" || found->key->name == "TransportDataDictionary" || found->key->name == "AppDataDictionary"))
      warning(e.key_at, e.key + " is ignored: it is for BeginString=FIXT.1.1, and this session has " + begin_string->value);
}

// Fields that a version does not have: a strict peer would reject every message.
void settings_reader::check_fields(const effective_entries& entries, const session_settings& session) {
  struct {
    const char* key;
    const char* field;
    std::string_view since;
  } constexpr fields[] = {{"SendNextExpectedMsgSeqNum", "NextExpectedMsgSeqNum(789)", "FIX.4.4"},  {"EnableNextExpectedMsgSeqNum", "NextExpectedMsgSeqNum(789)", "FIX.4.4"},
                          {"EnableLastMsgSeqNumProcessed", "LastMsgSeqNumProcessed(369)", "FIX.4.2"}, {"TestMessageIndicator", "TestMessageIndicator(464)", "FIX.4.3"},
                          {"ResetSeqTime", "ResetSeqNumFlag(141)", "FIX.4.1"},
                          {"SenderLocationID", "SenderLocationID(142)", "FIX.4.1"},                {"TargetLocationID", "TargetLocationID(143)", "FIX.4.1"}};
  const auto& version = session.config.id.begin_string;
  for (const auto& f : fields) {
    const settings_entry* e = entries.find(f.key);
    const bool is_asked = e && (find_key(f.key)->key->kind != value_kind::flag || equal_ignoring_case(e->value, "Y") || find_key(f.key)->key->name == "TestMessageIndicator");
    if (is_asked && !version.empty() && version < f.since) error(e->value_at, shown(*e) + ": " + f.field + " came with " + std::string{f.since} + ", and this session has " + version + "; remove it");
  }
}

void settings_reader::check_timing(const effective_entries& entries, session_settings& session) {
  if (session.config.disconnect_factor > session.config.test_request_factor) return;
  const settings_entry* e = entries.find("HeartBeatTimeoutMultiplier");
  if (!e) e = entries.find("TestRequestDelayMultiplier");
  if (e) error(e->value_at, shown(*e) + ": expected HeartBeatTimeoutMultiplier to be greater than TestRequestDelayMultiplier");
}

void settings_reader::check_identity(const session_settings& session) {
  if (session.config.id.sender_comp_id.empty() || session.config.id.target_comp_id.empty()) return;
  const std::string name = to_string(session.config.id);
  for (const session_settings& other : value_.sessions) {
    if (other.config.id == session.config.id)
      return error(session.at, "this session has the same BeginString, SenderCompID, TargetCompID and SessionQualifier as the one in " + place(other.at) +
                                   "; an identity must be unique");
    if (to_string(other.config.id) == name)
      return error(session.at, "in commands, events and the status this session is called " + name + ", as is the one in " + place(other.at) +
                                   "; do without -> and : in one of their names");
  }
}

void settings_reader::read_session(const effective_entries& entries) {
  session_settings session;
  session.at = entries.session().at;
  fill_defaults(entries, session);
  fill(entries, session);
  check_required(entries);
  check_versions(entries, session);
  if (const settings_entry* type = entries.find("ConnectionType")) {
    if (type->value == "initiator") check_initiator(entries, session);
    if (type->value == "acceptor") check_acceptor(entries);
  }
  check_dynamic_keys(entries, session);
  check_sides(entries, session);
  check_timing(entries, session);
  check_parking(entries, session);
  check_window(entries, session);
  check_reset_time(entries, session);
  if (session.is_template || entries.is_default_alone()) return read_template(entries, std::move(session));
  check_names(entries, session);
  check_fields(entries, session);
  check_identity(session);
  value_.sessions.push_back(std::move(session));
}

// ---------------------------------------------------------------- all together

const settings_section* settings_reader::defaults() const {
  const auto it = std::find_if(file_.sections.begin(), file_.sections.end(), [](const settings_section& s) { return s.kind == section_kind::defaults; });
  return it == file_.sections.end() ? nullptr : &*it;
}

void settings_reader::check_process_keys(const std::vector<effective_entries>& sessions) {
  for (const setting_key& key : setting_keys()) {
    if (key.scope != key_scope::process || sessions.empty()) continue;
    const settings_entry* first = sessions.front().find(key.name);
    for (const effective_entries& s : sessions) {
      const settings_entry* e = s.find(key.name);
      if ((e == nullptr) == (first == nullptr) && (!e || e->value == first->value)) continue;
      const settings_entry* odd = e ? e : first;
      error(odd->key_at, shown(*odd) + ": holds for the whole process, but another session has " + (e && first ? "'" + first->value + "'" : "none") +
                             "; set it once in [DEFAULT]");
      break;
    }
  }
}

void settings_reader::finish_paths(const settings_section* defaults) {
  if (const settings_entry* e = find_in(defaults, "FileLogPath"))
    value_.log.directory = e->value;
  else if (!value_.sessions.empty())
    value_.log.directory = value_.sessions.front().log_directory;
  else if (!value_.templates.empty())
    value_.log.directory = value_.templates.front().variants.front().log_directory;

  if (value_.control_socket.empty()) {
    value_.control_socket = value_.store.path.empty() ? name_ : value_.store.path;
    value_.control_socket += ".sock";
  }
  if (value_.control_socket.native().size() > longest_socket_path)
    error({}, "the path of the control socket is longer than " + std::to_string(longest_socket_path) + " bytes: " + value_.control_socket.string() +
                  "; set ControlSocket to a shorter one");
}

settings_result settings_reader::read() {
  check_entries();
  std::vector<effective_entries> sessions;
  for (const settings_section& section : file_.sections)
    if (section.kind == section_kind::session) sessions.emplace_back(defaults(), section);
  if (anybody_ = section_for_anybody(); anybody_) sessions.emplace_back(defaults(), *anybody_);
  if (sessions.empty() && !has_errors()) error({}, "there is no [SESSION]; expected at least one");
  for (const effective_entries& s : sessions) read_session(s);
  auto whole = sessions;
  if (value_.continues_on_error) leave_out_broken(whole);
  check_process_keys(sessions);
  check_shared_ports(whole);
  check_partners(whole);
  finish_store(sessions);
  finish_paths(defaults());

  std::stable_sort(problems().begin(), problems().end(), [](const auto& a, const auto& b) { return a.at < b.at; });
  fold_repeated_warnings(problems());
  settings_result result;
  if (!has_errors()) result.value = std::move(value_);
  result.problems = std::move(problems());
  return result;
}

settings_result understand_settings(std::string_view text, const std::filesystem::path& file) {
  return settings_reader{cut_settings(text), file}.read();
}

settings_result read_settings(const std::filesystem::path& file) {
  const auto failed = [](std::string text) { return settings_result{std::nullopt, {{severity::error, {}, std::move(text)}}}; };
  std::error_code error;
  const auto status = std::filesystem::status(file, error);
  if (std::filesystem::is_directory(status)) return failed("is a directory; expected a settings file");
  // A pipe may never have anything to say, and a device no end.
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) return failed("is no regular file; expected a settings file");
  errno = 0;
  std::ifstream in{file, std::ios::binary};
  if (!in) return failed(std::string{"cannot be read: "} + std::strerror(errno) + "; expected a settings file");
  std::string text(largest_file + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad()) return failed(std::string{"cannot be read: "} + std::strerror(errno));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > largest_file) return failed("is larger than " + std::to_string(largest_file) + " bytes; is this a settings file?");
  auto result = understand_settings(text, file);
  load_dictionaries(result);
  return result;
}

std::string to_string(const settings_problem& problem, const std::filesystem::path& file) {
  std::string out = file.string();
  if (problem.at.line != 0) out += ":" + std::to_string(problem.at.line) + ":" + std::to_string(problem.at.column);
  return out + ": " + std::string{to_string(problem.severity)} + ": " + problem.text + (problem.is_of_one_session ? "; its session is left out" : "");
}

}  // namespace troupe::actors
