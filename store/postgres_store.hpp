// The store for sessions that outlive their machine: a schema of a PostgreSQL database (docs/store.md).
//
// Durability `power`: a commit is in the server's log on its disk, and at its synchronous standbys, before `commit` returns. `process`
// (synchronous_commit=off): it is in the server's memory, so it survives our end, and not that of the server. Either way the store waits for
// the network: it blocks. A commit is one statement and one round trip, however many sessions take part; one that the server refuses for
// what is in it is found by trying them one by one.
//
// The store has one owner, who holds a lease (postgres_lease.hpp); every statement that writes shows its fencing token. Once somebody else has
// taken over every call throws store_taken that names him.
//
// A lost connection is made anew by the next call, and by the call that lost it. That ends all that was under way on the old one, and reads
// all sessions back: so a commit of unknown outcome is told as done, or made again, within the same call if the server can be reached, and by the
// next one if it cannot. No wait is without a limit (postgres_limits).
// Thread: one at a time, and one of its own to renew the lease. Two connections.
#pragma once

#include "store/durability.hpp"
#include "store/message_store.hpp"
#include "store/pruning.hpp"
#include "store/postgres_address.hpp"
#include "store/postgres_group.hpp"
#include "store/postgres_handle.hpp"
#include "store/postgres_lease.hpp"
#include "store/postgres_reader.hpp"
#include "store/postgres_sizes.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace troupe::store {

struct postgres_options {
  store::durability durability = store::durability::power;
  std::string schema = "troupe";
  std::chrono::seconds lease{15};     // after so long without a sign of its owner others may take over
  postgres_limits limits{};
  unsigned kept_generations = 2;      // numberings whose messages are kept: the present one (always) and those before it
  unsigned prune_slice = 1000;        // records of older ones removed with a commit, so that no commit takes long
};

class postgres_store final : public message_store {
 public:
  // `connection`: as libpq understands it. Throws store_error, never with a password: not to be reached, in use (by whom), not ours.
  explicit postgres_store(std::string connection, postgres_options options = {});
  ~postgres_store() override;

  protocol::session_snapshot load(const protocol::session_id& id, protocol::utc_time now) override;
  void commit(std::span<const session_batch> batches, std::span<commit_result> results) override;
  protocol::replay_page fetch(const protocol::session_id& id, protocol::seq_num begin, protocol::seq_num end, std::size_t max_records,
                              std::size_t max_bytes) override;
  std::optional<protocol::seq_num> find_token(const protocol::session_id& id, protocol::submit_token token) override;
  bool is_parked(const protocol::session_id& id, protocol::submit_token token) override;
  std::vector<stored_session> sessions() override;
  bool forget_unused(const protocol::session_id& id, protocol::session_incarnation of) override;
  [[nodiscard]] std::vector<std::string> findings() const override { return findings_; }
  std::vector<finished_numbering> finished(const protocol::session_id& id) override;
  protocol::replay_page fetch_of(const protocol::session_id& id, protocol::numbering_generation generation, protocol::seq_num begin, protocol::seq_num end,
                                 std::size_t max_records, std::size_t max_bytes) override;
  void retire(const protocol::session_id& id, protocol::numbering_generation through) override;
  // Of the records (postgres_sizes.hpp); until they are counted, which each call goes on with, it is not known.
  std::optional<std::uint64_t> size() override;
  [[nodiscard]] bool is_blocking() const override { return true; }
  [[nodiscard]] std::string describe() const override;

  [[nodiscard]] std::uint64_t fencing_token() const { return lease_.token(); }

 private:
  struct statements;

  [[nodiscard]] std::unique_ptr<postgres_connection> connected() const;
  void open();
  void connect_again();
  void read_back(postgres_connection& connection);
  void drop_if_lost();
  template <class F>
  auto with_connection(F f);
  template <class F>
  auto asked(const std::string& what, F f);
  void settle_refusal();
  protocol::session_snapshot load_now(const protocol::session_id& id, protocol::utc_time now);
  session_row& insert(const protocol::session_id& id, protocol::utc_time now);
  void bump(session_row& session);
  void commit_in_one(std::span<const session_batch> batches, std::span<commit_result> results);
  [[nodiscard]] bool commit_all(std::span<const session_batch> batches, std::span<commit_result> results);
  void commit_now(std::span<const session_batch> batches, std::span<commit_result> results);
  [[nodiscard]] postgres_group::outcome store(const postgres_group& group);
  void tell_apart(std::span<const session_batch> batches, std::span<commit_result> results);
  void after_commit(const postgres_group::outcome& done);
  void prune();
  [[noreturn]] void fail_by_name() const;
  [[nodiscard]] unsigned kept_generations() const;

  postgres_address address_;
  postgres_options options_;
  std::string schema_;  // quoted
  postgres_reader reader_;
  postgres_group_statements group_statements_;
  std::unique_ptr<statements> statements_;
  postgres_lease lease_;
  std::unique_ptr<postgres_connection> connection_;  // null: lost
  bool is_in_doubt_ = false;                         // a commit was under way when it was
  std::vector<std::string> findings_;
  std::map<protocol::session_id, session_row> sessions_;           // as committed
  prune_list to_prune_;  // session row, newest generation to remove
  postgres_sizes sizes_;
};

}  // namespace troupe::store
