// A QuickFIX settings file, understood: typed, checked, every default filled in.
//
// All problems are found in one go. A file with an error has no value, unless it is of one session and the file says to go on without it; a
// file with warnings only has one. What each key means stands in one table (settings_table.hpp), from which docs/settings.md is made.
#pragma once

#include "actors/address_list.hpp"
#include "actors/host_order.hpp"
#include "actors/proxy_dialogue.hpp"
#include "actors/schedule.hpp"
#include "actors/settings_dialect.hpp"
#include "actors/settings_file.hpp"
#include "actors/socket_options.hpp"
#include "protocol/session_config.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::actors {

struct network_address {
  std::string host;
  std::uint16_t port = 0;

  auto operator<=>(const network_address&) const = default;
};

// One of an initiator's hosts, and where it is called from.
struct host_setting {
  std::string host;
  std::uint16_t port = 0;
  std::string source_host{};      // empty: any address of this machine
  std::uint16_t source_port = 0;  // 0: any

  auto operator<=>(const host_setting&) const = default;
};

// Of the parts that ProxyType and ProxyVersion say.
struct proxy_setting {
  std::string type;     // http, socks; empty: none
  std::string version;  // empty: the usual one
  proxy_settings proxy; // once checked; no host: none
};

enum class application_kind : std::uint8_t { executor, echo };
enum class store_kind : std::uint8_t { memory, sqlite, journal, postgres };
enum class store_durability : std::uint8_t { process, power };

// A counterparty's own dictionary.
struct dictionary_setting {
  std::filesystem::path file;  // empty: the one that comes with Troupe
  text_position at;            // where it is named; else the [SESSION]
};

// A window of a session's schedule as it is written.
struct window_settings {
  std::optional<std::chrono::seconds> start, end;        // since midnight
  std::optional<std::chrono::weekday> start_day, end_day;
  std::set<unsigned> weekdays;                           // c_encoding

  [[nodiscard]] bool is_empty() const { return !start && !end && !start_day && !end_day && weekdays.empty(); }
};

struct schedule_settings {
  bool is_non_stop = false;
  bool is_in_local_time = false;
  std::string zone;                       // empty: UTC
  std::vector<window_settings> windows;   // by the number behind the key
  window_settings logon;
  std::optional<std::chrono::seconds> reset;  // since midnight
  std::filesystem::path holidays;         // empty: none
};

struct session_settings {
  protocol::session_config config;
  application_kind application = application_kind::executor;
  bool rejects_what_application_throws = false;
  text_position at;  // its [SESSION]
  settings_dialect dialect = settings_dialect::cpp;  // its defaults are in all that is not set

  schedule_settings times;
  // Of them, once read. Empty: always.
  std::shared_ptr<const schedule> open;
  std::shared_ptr<const schedule> logon_time;
  std::shared_ptr<const schedule> reset_time;  // where one period follows the other, numbers start at 1 while logged on. Empty: never

  // messages are checked with these; read into config.dictionaries by load_dictionaries
  bool use_data_dictionary = true;
  dictionary_setting data_dictionary;       // FIX 4.x
  dictionary_setting transport_dictionary;  // FIXT 1.1
  dictionary_setting application_dictionary;                              // of default_appl_ver_id
  std::map<std::string, dictionary_setting> application_dictionaries;     // by version: "FIX.5.0"

  // sessions made by their Logon; the names of a template may be *
  bool is_template = false;
  bool has_own_qualifiers = false;
  std::size_t max_dynamic_sessions = 0;
  std::size_t max_dynamic_identities = 0;
  std::chrono::seconds dynamic_idle{};  // 0: never

  // initiator
  bool waits_for_operator = false;    // does not connect by itself
  std::vector<host_setting> connect;  // tried as host_order says
  host_order_settings host_order;
  network_address source;             // where all of them are called from, if they do not say so themselves
  proxy_setting proxy;
  std::chrono::milliseconds connect_timeout{};
  std::vector<std::chrono::milliseconds> reconnect_waits;  // one after the other; the last stays
  std::chrono::milliseconds reconnect_max_interval{};      // at least the last of them
  unsigned reconnect_jitter = 0;                           // percent by which a wait may be shorter
  unsigned max_failed_logons = 0;  // 0: no limit

  // acceptor
  network_address accept;        // host empty: every address
  address_list allowed_remote_addresses;  // empty: everybody
  bool use_tcp_proxy = false;    // connections come from a load balancer, with a header of the PROXY protocol

  socket_options socket;  // of the connection, and of an acceptor's listening socket

  // logs
  std::filesystem::path log_directory;  // empty: no files
  char message_log_delimiter = '\x01';
};

struct store_settings {
  store_kind kind = store_kind::memory;
  std::filesystem::path path;  // of the file or folder; else empty
  store_durability durability = store_durability::process;
  unsigned keep_numberings = 1;  // see store::retention
  std::chrono::seconds keep_time{0};
  std::uint64_t keep_bytes = 0;
  std::filesystem::path archive;
  // of postgres
  std::string connection;  // as libpq understands it: may hold a password, never shown
  std::string schema;
  std::chrono::seconds lease{};
};

struct lobby_settings {
  std::chrono::seconds timeout{};
  std::size_t max_bytes = 0;
  std::size_t max_sockets = 0;
};

struct restart_settings {
  unsigned intensity = 0;  // so many restarts …
  std::chrono::seconds period{};  // … within this time: give up
};

struct log_settings {
  std::filesystem::path directory;  // of the event log; empty: none
  bool to_screen = true;
  std::size_t max_queued = 0;  // lines of events and messages; more are dropped and counted
  std::size_t max_queued_bytes = 0;
};

// A [SESSION] with AcceptorTemplate=Y, or [DEFAULT] with DynamicSessions=Y. With BeginString=* it is one for each version.
struct template_settings {
  std::vector<session_settings> variants;  // at least one
  std::string left_out{};                  // not empty: it has this error, and makes no sessions
};

// Of ContinueInitializationOnError=Y: a [SESSION] that has an error.
struct left_out_session {
  protocol::session_id id;  // as much of it as could be read
  protocol::session_id kept_free;  // of it, what is certain: whom no template may make in its place. An empty name may be any
  text_position at;         // its [SESSION]
  std::string why;          // "line 14: LogonTimeout=soon: expected …"
};

struct settings {
  std::vector<session_settings> sessions;  // no identity twice
  std::vector<template_settings> templates;  // in the order of the file; there is a session, or a template that makes some
  std::vector<left_out_session> left_out;
  bool accepts_anybody = false;              // the last one is [DEFAULT]
  store_settings store;
  lobby_settings lobby;
  restart_settings restart;
  log_settings log;
  std::filesystem::path control_socket;
  std::chrono::seconds stop_timeout{};
  bool continues_on_error = false;  // without the sessions that have errors
};

struct settings_result {
  std::optional<settings> value;            // empty if a problem is an error of the file
  std::vector<settings_problem> problems;   // in the order of the file
};

// `file` is the name of what `text` was read from: the control socket may be derived from it.
[[nodiscard]] settings_result understand_settings(std::string_view text, const std::filesystem::path& file);

// Reads the dictionaries that the sessions name, or those of their versions, into their configs; each file once. What is wrong with
// them, with their own lines, is added to the problems; with an error the value is emptied.
void load_dictionaries(settings_result& result);

// Reads, understands, and loads the dictionaries. A file that cannot be read is a problem in line 0.
[[nodiscard]] settings_result read_settings(const std::filesystem::path& file);

// "dir/x.cfg:12:14: error: HeartBtInt=thirty: expected …"
// "dir/x.cfg:12:14: error: …; its session is left out", if that is so.
[[nodiscard]] std::string to_string(const settings_problem& problem, const std::filesystem::path& file);

}  // namespace troupe::actors
