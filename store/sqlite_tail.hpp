// The end of the table of records: rows that no block tells of yet, and numbers that are newer than the sessions' rows.
//
// `settled` says up to which row both are done. What stands behind it is read when the store is opened, and by others who look into it. There the ids of rows have no
// gap, as nothing of it is removed: so one that is missing between two shows.
#pragma once

#include "store/sqlite_place.hpp"
#include "store/sqlite_record.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

namespace troupe::store {

// Of the newest numbering that has rows here.
struct session_tail {
  protocol::numbering_generation generation{};
  std::vector<record_place> places;  // ascending

  void add(record_place p);
};

using session_tails = std::unordered_map<std::uint64_t, session_tail>;  // by the session's row

class sqlite_tail {
 public:
  explicit sqlite_tail(sqlite_connection& connection);

  // Reads on from where it was. Throws sqlite_error.
  void refresh();
  [[nodiscard]] const session_tails& tails() const { return tails_; }
  [[nodiscard]] std::uint64_t through() const { return through_; }
  // The id behind which there is none.
  [[nodiscard]] std::uint64_t last() const { return seen_; }
  // Gives a session the numbers that stand here, if they are newer. It is damaged, with the row named, if a row behind all that is known of it cannot be read: what
  // it said is not known.
  void bring_up_to_date(sqlite_row& session) const;

 private:
  struct newest {
    std::uint64_t row = 0;
    protocol::numbering_generation generation{};
    record_numbers numbers;
  };

  [[nodiscard]] std::optional<std::uint64_t> settled();
  struct known_session {
    std::uint32_t name_check = 0;
    protocol::numbering_generation generation{};  // of its row
  };

  void read_names();
  [[nodiscard]] const known_session* known(std::uint64_t session);
  void take();
  void suspect(std::uint64_t row, std::uint64_t claimed);

  [[nodiscard]] bool is_told(std::uint64_t session, protocol::numbering_generation generation, protocol::seq_num number);

  sqlite_places blocks_;
  sqlite_statement settled_, names_, rows_;
  std::map<std::uint64_t, known_session> sessions_;  // by the session's row
  bool has_names_ = false;                           // those of this refresh
  std::uint64_t through_ = 0, seen_ = 0;
  bool is_settled_known_ = true;
  session_tails tails_;
  std::map<std::uint64_t, std::pair<protocol::numbering_generation, protocol::seq_num>> covered_;  // by blocks, when it was asked for
  std::map<std::uint64_t, newest> newest_;
  std::map<std::uint64_t, std::uint64_t> suspects_;  // session, its last row that tells no numbers
  std::uint64_t suspect_of_all_ = 0;                 // such a row of nobody knows whom
};

// CRC-32C of what `settled` says.
[[nodiscard]] std::uint32_t settled_check(std::uint64_t through);

}  // namespace troupe::store
