// Every key of a settings file: what it means, what it may hold, what it fills. The one place where a key is defined.
//
// `check`, `run`, the messages about mistakes and docs/settings.md all come from here.
#pragma once

#include "actors/settings.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace troupe::actors {

enum class value_kind : std::uint8_t {
  text,
  path,
  flag,     // Y or N, y or n
  choice,   // one of `choices`
  number,   // whole, least … most
  seconds,  // whole, least … most; also as "1m30s"
  bytes,    // whole, least … most
  real,     // least … most
  time,     // HH:MM:SS, a fraction that does not count, and a time zone behind it or not
  day,      // of the week
  days,     // of the week, with commas between
  field,    // TAG=value, with a tag that may stand in a body
  duration,   // as seconds, but also 0.5s or 300ms
  waits,      // some of these, one after the other: 5;10;3x30
  addresses,  // and networks, with commas between
  octet,      // of the traffic class: a number, or names
};

enum class key_scope : std::uint8_t {
  session,
  process,   // one value for all sessions, so best in [DEFAULT]
  indexed,   // of a session, and may be repeated with 1, 2, 3 … behind the name
  versioned, // of a session, and may be repeated with a version of FIX behind the name: AppDataDictionary.FIX.5.0
};

// A value that fits its key.
struct setting_value {
  std::string_view text;
  std::int64_t number = 0;
  double real = 0;
  bool flag = false;
  unsigned index = 0;  // 0: the plain name
  std::string_view version{};  // empty: the plain name
  std::string_view zone{};     // of a time; empty: none is said
};

struct settings_target {
  settings& process;
  session_settings& session;
};

struct setting_key {
  std::string_view name;
  std::string_view engines;  // that have it: some of "cpp j go n" (QuickFIX C++, QuickFIX/J, QuickFIX/Go, QuickFIX/n); empty: our own
  value_kind kind;
  key_scope scope;
  std::string_view standard;  // the default as it would be written; empty: none. See also dialect_defaults
  std::int64_t least;
  std::int64_t most;
  std::string_view choices;  // separated by one blank
  std::string_view meaning;  // one or two sentences
  void (*fill)(settings_target, const setting_value&);

  [[nodiscard]] bool is_ours() const { return engines.empty(); }
};

[[nodiscard]] std::span<const setting_key> setting_keys();

// The key of a name as written, its index ("SocketConnectHost2": 2), its version ("AppDataDictionary.FIX.5.0": FIX.5.0, which
// lives as long as the program).
struct found_key {
  const setting_key* key = nullptr;
  unsigned index = 0;
  std::string_view version{};
};
[[nodiscard]] std::optional<found_key> find_key(std::string_view name);

// A value that has several names, so that the files of several engines can be read. Of two sections the nearer one wins, whatever its
// name: a [SESSION] over [DEFAULT].
struct shared_value {
  std::array<std::string_view, 2> names;
  // What two settings hold of it. None: in one section the second name wins, as its meaning says; else both must say the same there.
  bool (*is_same)(settings_target, settings_target) = nullptr;

  // The other name; empty if `name` is none of them.
  [[nodiscard]] std::string_view other(std::string_view name) const { return name == names[0] ? names[1] : name == names[1] ? names[0] : std::string_view{}; }
};
[[nodiscard]] std::span<const shared_value> shared_values();

// Whose a key is that has no effect on the other side; empty: it is for both.
[[nodiscard]] std::optional<protocol::role> side_of(const setting_key& key);

// Reads `text` as a value of this key; empty if it does not fit.
[[nodiscard]] std::optional<setting_value> fit_value(const setting_key& key, std::string_view text);
// "a whole number of seconds from 1 to 3600"
[[nodiscard]] std::string expectation(const setting_key& key);

// What becomes of a key that other engines know and this one does not have yet.
enum class unbuilt_policy : std::uint8_t {
  ignored,  // a warning
  refused,  // an error: to ignore it would change identity, security, numbering or who is talked to
};
// Whether it may apply one day.
enum class unbuilt_fate : std::uint8_t {
  never,  // what it is about is not here, or always as it asks
  later,  // what it asks for is not built yet
};
struct unbuilt_key {
  std::string_view name;  // "LogonTag<n>": any number may stand there; "AppDataDictionary.<v>": any version
  std::string_view engines;  // as of a setting_key
  unbuilt_policy policy;
  std::string_view harmless;  // values, separated by one blank, that ask for what happens anyway
  std::string_view reason;    // what is not done because of it, or what to do instead
  unbuilt_fate fate = unbuilt_fate::never;
};
[[nodiscard]] std::span<const unbuilt_key> unbuilt_keys();
[[nodiscard]] const unbuilt_key* find_unbuilt(std::string_view name);

// The known name that looks most like this one; empty if none does.
[[nodiscard]] std::string_view nearest_key(std::string_view name);

// docs/settings.md
[[nodiscard]] std::string describe_settings();

}  // namespace troupe::actors
