// Batches of many sessions, and the one statement that stores them.
//
// That statement is a transaction by itself. It locks the lease if the fencing token fits, changes the numbers of each session whose
// incarnation and last commit are what we think, and adds the messages of those alone. So all of a session is stored or nothing of it, and
// a session that is not as we think holds up nobody else.
#pragma once

#include "store/commit_order.hpp"
#include "store/message_store.hpp"
#include "store/postgres_handle.hpp"
#include "store/session_row.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe::store {

struct postgres_group_statements {
  explicit postgres_group_statements(const std::string& schema);  // quoted
  postgres_statement without_parked, with_parked;
};

class postgres_group {
 public:
  // Takes the batch if it is its turn; otherwise says why not. The batch lives until the group was stored.
  commit_result stage(session_row& session, const protocol::commit_batch& batch);
  [[nodiscard]] bool is_empty() const { return staged_.empty(); }

  // What the server did: the sessions whose part is stored, by their row.
  struct outcome {
    bool is_fenced = false;  // the token does not fit: nothing is stored
    std::uint64_t lease_left = 0;  // milliseconds
    std::set<std::uint64_t> stored;
  };
  [[nodiscard]] outcome store(postgres_connection& connection, const postgres_group_statements& statements, std::uint64_t token) const;

  [[nodiscard]] bool is_whole(const outcome& done) const { return done.stored.size() == staged_.size(); }

  // Each batch that is stored, in its order.
  template <class F>
  void for_each_stored(const outcome& done, F&& f) const {
    for (const auto& [session, batch] : batches_)
      if (done.stored.contains(session->row)) f(*session, *batch);
  }

  // Takes over what is stored. The generations that nobody can ask for any more: session row, the newest of them.
  std::vector<std::pair<std::uint64_t, std::uint64_t>> settle(const outcome& done, unsigned kept_generations);

 private:
  struct staged {
    session_row* session;
    session_row now;
    protocol::commit_id before{};
    bool has_reset = false;
    std::vector<const protocol::parked_submit*> park{};
    std::uint64_t parked_through = 0;
    std::vector<std::uint64_t> unpark{};
  };
  static void take_parked(staged& s, const protocol::commit_batch& batch);
  void add_numbers(postgres_values& v) const;
  void add_records(postgres_values& v) const;
  void add_parked(postgres_values& v) const;
  void add_unparked(postgres_values& v) const;
  [[nodiscard]] bool has_parked() const;

  std::map<std::uint64_t, staged> staged_;  // by session row
  std::vector<std::pair<const session_row*, const protocol::commit_batch*>> batches_;
};

}  // namespace troupe::store
