// What can be done about a damaged store, as a plan; and doing it, in one transaction, so that whoever is killed leaves the store as it was or as it should be.
//
// Nothing is made up: a number is never lowered, a message never invented, and what only the operator can know is taken from him.
#pragma once

#include "store/durability.hpp"
#include "store/store_damage.hpp"
#include "store/store_view.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace troupe::store {

struct repair_wishes {
  bool fills_lost = false;  // lost and damaged messages count as numbers that never carried one
  std::map<protocol::session_id, protocol::seq_num> next_sender, next_target;
};

struct repair_step {
  enum class kind : std::uint8_t {
    fill,         // numbers become a skipped range
    set_numbers,  // of a session
    remake_index,
    cut_tail,
    none,         // nothing can be done, or the operator has to say more
  };
  kind what{};
  std::string text;  // for the operator, a sentence
  protocol::session_id session{};
  protocol::numbering_generation generation{};
  protocol::seq_num first{}, last{};               // of fill
  protocol::seq_num next_sender{}, next_target{};  // of set_numbers
  std::string file{};                              // of remake_index and cut_tail
  std::uint64_t begin = 0;                         // of cut_tail
};

// `found`: all that verify has found. Throws store_error, among others if a wish would lower a number.
[[nodiscard]] std::vector<repair_step> plan_repair(store_view& view, const std::vector<store_damage>& found, const repair_wishes& wishes);
[[nodiscard]] bool has_work(const std::vector<repair_step>& plan);

// Does what the plan says. Takes the lock: throws store_error if there is an owner, if the store has changed since the plan was made, or if the disk refuses;
// nothing has changed then but for indexes, which are made again.
void repair_sqlite(const std::string& path, const std::vector<repair_step>& plan);
void repair_journal(const std::string& folder, const std::vector<repair_step>& plan);

}  // namespace troupe::store
