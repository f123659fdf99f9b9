// Which store a command is about: that of a settings file, or one that is named.
#pragma once

#include "actors/settings.hpp"
#include "apps/exit_codes.hpp"
#include "protocol/types.hpp"
#include "store/open_store.hpp"
#include "store/store_unavailable.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace troupe::apps {

// What the settings of the store mean to whoever opens it.
[[nodiscard]] store::store_settings opened_as(const actors::store_settings& s);

struct store_question {
  std::filesystem::path file;   // settings
  std::filesystem::path store;  // a SQLite file, or a journal's folder; empty: the one of the settings
  std::string session;          // in full, or its TargetCompID; empty: all
  bool is_json = false;
};

struct store_place {
  store::store_settings store;
  std::optional<actors::settings> settings;  // if there is a file

  [[nodiscard]] std::string name() const { return store::name_of(store); }

  // ForceResendWhenCorruptedStore of a session that the file has.
  [[nodiscard]] std::optional<bool> fills_damaged(const protocol::session_id& id) const;
};

// A command ends with this exit code, and a word to the operator.
struct cannot {
  int exit_code;
  std::string text;
};

// Throws cannot: neither is named, the settings are wrong (their problems are told), or the store is in memory.
[[nodiscard]] store_place place_of(const store_question& q);

// Which of these is meant. Throws cannot.
[[nodiscard]] protocol::session_id session_meant(const std::string& wanted, const std::vector<protocol::session_id>& known);

// On the standard error output.
void complain(const std::string& text);

template <class Command>
int or_complain(Command command) {
  try {
    return command();
  } catch (const cannot& e) {
    if (!e.text.empty()) complain(e.text);
    return e.exit_code;
  } catch (const store::store_error& e) {
    complain(e.what());
    return exit_code::unreadable;
  } catch (const store::store_unavailable& e) {
    complain(e.what());
    return exit_code::unreadable;
  }
}

}  // namespace troupe::apps
