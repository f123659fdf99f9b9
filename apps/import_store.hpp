// `troupe import`: the sessions of a QuickFIX FileStore become sessions of a store of ours, with their numbers and messages, so that the next Logon goes on
// where QuickFIX stopped. Without --apply it says what it would do.
#pragma once

#include <filesystem>
#include <string>

namespace CLI {
class App;
}

namespace troupe::apps {

struct import_question {
  std::filesystem::path folder;  // FileStorePath of QuickFIX
  std::filesystem::path file;    // our settings
  std::string session;           // in full, or its TargetCompID; empty: all that have files
  bool applies = false;
  bool replaces = false;         // a session that has been used here
  bool fills_lost = false;       // messages that cannot be had are gap-filled
};

[[nodiscard]] CLI::App* add_import(CLI::App& app, import_question& into);
[[nodiscard]] int import_store(const import_question& q);

}  // namespace troupe::apps
