// Reads a PostgreSQL store. A damaged record is given as is_damaged, without its frame. Throws postgres_error.
#pragma once

#include "store/message_store.hpp"
#include "store/postgres_handle.hpp"
#include "store/session_row.hpp"

#include <optional>
#include <string>
#include <vector>

namespace troupe::store {

class postgres_reader {
 public:
  explicit postgres_reader(const std::string& schema);  // quoted

  // All sessions. Throws store_error for one whose numbers are damaged, with what to do.
  [[nodiscard]] std::vector<session_row> sessions(postgres_connection& c) const;
  // The damaged ones, too.
  [[nodiscard]] std::vector<session_row> all_sessions(postgres_connection& c) const;
  [[nodiscard]] protocol::replay_page fetch(postgres_connection& c, const session_row& session, protocol::seq_num begin, protocol::seq_num end,
                                            std::size_t max_records, std::size_t max_bytes) const;
  [[nodiscard]] std::optional<protocol::seq_num> find_token(postgres_connection& c, const session_row& session, protocol::submit_token token) const;
  // Ascending by place, from behind `after` on, so many at most.
  [[nodiscard]] std::vector<protocol::parked_submit> parked(postgres_connection& c, const session_row& session, std::uint64_t after = 0, std::size_t most = ~std::size_t{} >> 1) const;
  [[nodiscard]] bool is_parked(postgres_connection& c, const session_row& session, protocol::submit_token token) const;
  // Numberings before the present one, ascending.
  [[nodiscard]] std::vector<finished_numbering> finished(postgres_connection& c, const session_row& session) const;
  // All that have records, ascending.
  [[nodiscard]] std::vector<protocol::numbering_generation> numberings(postgres_connection& c, std::uint64_t row) const;

 private:
  postgres_statement sessions_, page_, token_, parked_, parked_token_, finished_, numberings_;
};

}  // namespace troupe::store
