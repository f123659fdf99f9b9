// Reads a SQLite store: for its owner, and for others that only look (sqlite_view.hpp).
//
// A damaged record is given as is_damaged, without its frame. Throws sqlite_error.
#pragma once

#include "protocol/commit.hpp"
#include "store/message_store.hpp"
#include "store/session_row.hpp"
#include "store/sqlite_handle.hpp"

#include <optional>
#include <string>
#include <vector>

namespace troupe::store {

class sqlite_reader {
 public:
  // `version`: of the file. One without a table for what is parked has nothing parked.
  explicit sqlite_reader(sqlite_connection& connection, std::int64_t version);

  // All sessions. Throws store_error for one whose numbers are damaged, with what to do.
  [[nodiscard]] std::vector<session_row> sessions();
  // The damaged ones, too.
  [[nodiscard]] std::vector<session_row> all_sessions();
  [[nodiscard]] protocol::replay_page fetch(const session_row& session, protocol::seq_num begin, protocol::seq_num end,
                                            std::size_t max_records, std::size_t max_bytes);
  [[nodiscard]] std::optional<protocol::seq_num> find_token(const session_row& session, protocol::submit_token token);
  // Ascending by place, from behind `after` on, so many at most.
  [[nodiscard]] std::vector<protocol::parked_submit> parked(const session_row& session, std::uint64_t after = 0, std::size_t most = ~std::size_t{} >> 1);
  [[nodiscard]] bool is_parked(const session_row& session, protocol::submit_token token);
  // Numberings before the present one, ascending.
  [[nodiscard]] std::vector<finished_numbering> finished(const session_row& session);
  // The first numbering behind this one that has records.
  [[nodiscard]] std::optional<protocol::numbering_generation> next_numbering(std::uint64_t row, protocol::numbering_generation after);
  // What is committed for a session; nullopt if it is not in the file.
  [[nodiscard]] std::optional<protocol::commit_id> last_commit(std::uint64_t row, protocol::session_incarnation incarnation);

 private:
  [[nodiscard]] std::optional<protocol::seq_num> find_token(std::uint64_t row, std::uint64_t generation, protocol::submit_token token);
  [[nodiscard]] protocol::stored_record record_of(const session_row& session) const;

  sqlite_statement all_, page_, start_, token_, position_, parked_, parked_token_, numbering_, before_;
};

}  // namespace troupe::store
