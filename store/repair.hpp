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
  std::map<protocol::session_id, protocol::seq_num> next_sender, next_target;  // also of sessions that a damaged journal does not know any more
  bool has_all_sessions = false;                                               // there are none beside those that a damaged journal still knows, and those named here
  protocol::utc_time now{};                                                    // when a numbering began of which that is lost
};

struct repair_step {
  enum class kind : std::uint8_t {
    fill,         // numbers become ones that never carried a message
    set_numbers,  // of a session
    remake_index,
    cut_tail,
    write_header,    // of a segment
    write_sessions,  // all of them anew, at the beginning of another segment
    set_aside,       // a segment that is none of this journal, or nothing of which can be read: it gets another name
    none,            // nothing can be done, or the operator has to say more
  };
  kind what{};
  std::string text;  // for the operator, a sentence
  protocol::session_id session{};
  protocol::numbering_generation generation{};
  protocol::seq_num first{}, last{};               // of fill
  protocol::seq_num next_sender{}, next_target{};  // of set_numbers
  std::string file{};                              // of all that are about one
  std::uint64_t begin = 0;                         // of cut_tail
  std::vector<numbered_token> tokens{};            // of fill, ascending: what was submitted with them was sent, and stays known
};

struct examined_store {
  store_kind kind{};
  store_view& view;
  std::vector<viewed_session> sessions;  // all of them, asked for in front of what was found
  std::vector<store_damage> found;       // all that verify has found
  std::vector<protocol::session_id> names{};  // as the view was given them
};

struct repair_plan {
  std::vector<viewed_session> sessions;  // as the plan knows them
  std::vector<repair_step> steps;
  std::vector<protocol::session_id> names{};
  protocol::utc_time now{};
};

// Throws store_error, among others if a wish would lower a number.
[[nodiscard]] repair_plan plan_repair(const examined_store& store, const repair_wishes& wishes);
[[nodiscard]] bool has_work(const repair_plan& plan);

// Does what the plan says. Takes the lock: throws store_error if there is an owner, if the numbers of a session have changed since the plan was made, or
// if the disk refuses; nothing has changed then but for indexes, which are made again, ends of segments that are cut, and what makes a journal one again that
// its engine opens: that is done first.
void repair_sqlite(const std::string& path, const repair_plan& plan);
// `segment_size`: see journal_options.
void repair_journal(const std::string& folder, const repair_plan& plan, std::uint64_t segment_size = std::uint64_t{64} << 20);
// Of a database the lease, with a greater fencing token. If the connection is lost at the very end it is not known whether it was done, and that is said.
void repair_postgres(const store_settings& where, const repair_plan& plan);

// A schema beside it with all that stands in it: a store, too. Its name. Takes the lease; throws store_error, and then there is no copy.
[[nodiscard]] std::string copy_postgres(const store_settings& where);

// -- for these two

// What a file that is set aside is called.
[[nodiscard]] std::string set_aside_name(const std::string& file);

// Throws store_error if somebody has used the store since the plan was made.
void require_unchanged(const std::string& path, const repair_plan& plan, const std::vector<viewed_session>& now);
// What stands in a store for the numbers of a fill: skipped ranges, and an administrative record without a frame for each token.
[[nodiscard]] std::vector<protocol::record> records_of(const repair_step& fill);

}  // namespace troupe::store
