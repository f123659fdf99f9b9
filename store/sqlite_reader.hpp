// Reads a SQLite store: for its owner, and for others that only look (sqlite_view.hpp).
//
// A damaged record is given as is_damaged, without its frame. Where the blocks of places are damaged or missing the rows themselves are searched, which takes as
// long as reading all of them, and finds the same. Throws sqlite_error.
#pragma once

#include "protocol/commit.hpp"
#include "store/message_store.hpp"
#include "store/sqlite_handle.hpp"
#include "store/sqlite_place.hpp"
#include "store/sqlite_record.hpp"
#include "store/sqlite_tail.hpp"
#include "store/store_view.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace troupe::store {

struct numbers_sought {
  protocol::numbering_generation generation{};
  protocol::seq_num first{}, last{};
};

class sqlite_reader {
 public:
  // Of the owner, who knows the tail, and keeps it for as long as this lives.
  sqlite_reader(sqlite_connection& connection, const session_tails& tails);
  // Of anybody: the tail is read with each question.
  explicit sqlite_reader(sqlite_connection& connection);

  // All sessions. Throws store_error for one whose numbers are damaged, with what to do.
  [[nodiscard]] std::vector<sqlite_row> sessions();
  // The damaged ones, too.
  [[nodiscard]] std::vector<sqlite_row> all_sessions();
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
  // The row of a message; nullopt: it has none.
  [[nodiscard]] std::optional<std::uint64_t> row_of(const session_row& session, protocol::seq_num number);
  // Of messages that have a place, and no row, in a range of numbers.
  [[nodiscard]] std::vector<numbered_token> tokens_of_lost(const session_row& session, protocol::seq_num first, protocol::seq_num last);
  // Places of numbers by the rows themselves, whatever blocks say.
  [[nodiscard]] std::vector<record_place> search(const session_row& session, protocol::seq_num first, protocol::seq_num last);
  // The same of many sessions, in one go through all rows.
  [[nodiscard]] session_tails search(const std::map<std::uint64_t, numbers_sought>& of);
  // Only of one that reads it itself: as of the last question.
  [[nodiscard]] const sqlite_tail& tail() const { return *tail_; }

 private:
  class one_read;

  sqlite_reader(sqlite_connection& connection, std::unique_ptr<sqlite_tail> tail, const session_tails* tails);

  [[nodiscard]] std::optional<place_block> block_at(const session_row& session, protocol::seq_num from, protocol::seq_num end);
  [[nodiscard]] std::optional<place_block> block_of_tail(const session_row& session, protocol::seq_num from, protocol::seq_num end);
  [[nodiscard]] const session_tail* tail_of(const session_row& session) const;
  [[nodiscard]] bool seek(std::uint64_t row, bool& is_open);
  [[nodiscard]] protocol::stored_record record_at(const session_row& session, const record_place& place) const;
  [[nodiscard]] std::optional<protocol::seq_num> find_token(const session_row& session, protocol::numbering_generation generation, protocol::submit_token token);

  sqlite_connection& connection_;
  std::unique_ptr<sqlite_tail> tail_;  // of one that reads it itself
  const session_tails* tails_;
  sqlite_places places_;
  sqlite_statement all_, rows_, search_, search_all_, search_token_, parked_, parked_token_, numbering_, before_;
};

}  // namespace troupe::store
