// `troupe repair-store`: what can be done about a damaged store, and doing it. Without --apply it only says it.
#pragma once

#include "apps/store_place.hpp"

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace troupe::apps {

struct repair_question {
  store_question where;
  std::vector<std::string> next_sender, next_target;  // SESSION=N
  bool fills_lost = false;
  bool has_all_sessions = false;  // of a journal in which names are damaged
  bool applies = false;
  bool makes_no_copy = false;
};

[[nodiscard]] CLI::App* add_repair_store(CLI::App& app, repair_question& into);

// The exit code: done if nothing is, or stays, damaged, else faults_found; refused, unreadable.
[[nodiscard]] int repair_store(const repair_question& q);

}  // namespace troupe::apps
