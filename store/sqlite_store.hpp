// The default store: one SQLite file for many sessions, pleasant to look into with the `sqlite3` shell (docs/store.md).
//
// Durability `process`: what was committed survives the end of the process, kill -9 included, but not the end of the
// machine (WAL, synchronous=OFF). `power`: the write-ahead log is on the disk when `commit` returns (synchronous=EXTRA); it
// waits for that, so the store is one that blocks. A commit is one transaction, however many sessions take part, and its messages stand
// behind each other whatever sessions they are of, the last one of a session with its numbers: a commit changes the end of one table and
// nothing else (docs/decisions/0020). The owner holds a lock beside the file; others may read.
// Thread: one at a time. Owns nothing but the file, its -wal, -shm and .lock.
#pragma once

#include "store/commit_order.hpp"
#include "store/durability.hpp"
#include "store/file_lock.hpp"
#include "store/message_store.hpp"
#include "store/pruning.hpp"
#include "store/sqlite_handle.hpp"
#include "store/sqlite_reader.hpp"
#include "store/sqlite_record.hpp"
#include "store/sqlite_tail.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace troupe::store {

struct sqlite_options {
  store::durability durability = store::durability::process;
  unsigned wal_pages = 1000;          // pages in the write-ahead log before they are moved into the file
  unsigned max_wal_pages = 262'144;   // 1 GiB: if a reader holds them there, commits fail until it ends
  unsigned kept_generations = 2;      // numberings whose messages are kept: the present one (always) and those before it
  // Places and numbers of all sessions are written behind so many records, or so many for each session that there is, or so many bytes of messages, some sessions with each
  // commit. What came since then is read on opening.
  unsigned settled_every = 8192;
  unsigned settled_rows_a_session = 8;
  std::uint64_t settled_bytes = 16 << 20;
};

class sqlite_store final : public message_store {
 public:
  // Opens or makes the file. Throws store_error: not a store, in use (by whom), not writable, folder missing.
  explicit sqlite_store(std::string path, sqlite_options options = {});
  ~sqlite_store() override;

  protocol::session_snapshot load(const protocol::session_id& id, protocol::utc_time now) override;
  void commit(std::span<const session_batch> batches, std::span<commit_result> results) override;
  protocol::replay_page fetch(const protocol::session_id& id, protocol::seq_num begin, protocol::seq_num end,
                              std::size_t max_records, std::size_t max_bytes) override;
  std::optional<protocol::seq_num> find_token(const protocol::session_id& id, protocol::submit_token token) override;
  bool is_parked(const protocol::session_id& id, protocol::submit_token token) override;
  std::vector<stored_session> sessions() override;
  bool forget_unused(const protocol::session_id& id, protocol::session_incarnation of) override;
  std::vector<finished_numbering> finished(const protocol::session_id& id) override;
  protocol::replay_page fetch_of(const protocol::session_id& id, protocol::numbering_generation generation, protocol::seq_num begin, protocol::seq_num end,
                                 std::size_t max_records, std::size_t max_bytes) override;
  void retire(const protocol::session_id& id, protocol::numbering_generation through) override;
  std::optional<std::uint64_t> size() override;
  [[nodiscard]] bool is_blocking() const override { return options_.durability == durability::power; }
  [[nodiscard]] std::string describe() const override { return "sqlite " + path_ + " (" + to_text(options_.durability) + ")"; }

  // For tests of a full disk: the largest number of pages the file may grow to.
  void limit_pages(unsigned pages);

 private:
  struct statements;

  // A session as committed, and as staged in a transaction.
  struct owned_session {
    sqlite_row numbers;
    std::uint64_t numbers_row = 0;  // the record that carries its newest numbers, if its own row does not
    protocol::seq_num covered{};    // through this number blocks tell of its messages
    std::size_t written = 0;        // so many of the places of its tail stand in a block of this transaction

    [[nodiscard]] bool is_settled() const { return numbers_row <= numbers.as_of; }
  };
  // What to go back to when a transaction fails.
  struct session_before {
    owned_session* session;
    protocol::session_snapshot state;
    protocol::commit_id last_commit;
    std::uint64_t as_of, numbers_row;
    protocol::seq_num covered;
    std::size_t places;                                   // of its tail
    std::optional<session_tail> numbering_of_before{};  // which a reset has ended
  };

  void take_over();
  bool find_missing(sqlite_reader& found);
  owned_session& session_of(const protocol::session_id& id, protocol::utc_time now);
  owned_session& insert(const protocol::session_id& id, protocol::utc_time now);
  bool commit_all(std::span<const session_batch> batches, std::span<commit_result> results);
  void begin();
  void end();
  commit_result stage(const session_batch& item);
  void remember(owned_session& session);
  void write(owned_session& session, const protocol::commit_batch& batch);
  void begin_numbering(owned_session& session, const protocol::commit_batch& batch);
  void write_records(owned_session& session, const protocol::commit_batch& batch, bool carry_numbers);
  void write_numbers(owned_session& session);
  void write_parked(const session_row& session, const protocol::commit_batch& batch);
  void write_places(owned_session& session, std::size_t count);
  void write_last_places(owned_session& session);
  void settle(std::size_t batches);
  void settle(owned_session& session);
  void settle_all();
  void hold_snapshot();
  void let_go();
  void roll_back(std::span<commit_result> results, const std::string& reason);
  void resolve(const session_batch& item, commit_result& result, bool may_be_stored);
  [[nodiscard]] bool is_stored(const sqlite_row& session, const protocol::commit_batch& batch);
  void read_back();
  void prune();
  void remove(std::uint64_t session, const place_block& block);
  static int on_wal(void* self, sqlite3*, const char*, int pages);
  void checkpoint();
  void require_short_log();
  [[nodiscard]] std::string told(const sqlite_error& e) const;  // with what to do about it
  [[noreturn]] void fail(const std::string& what, const sqlite_error& e) const;
  [[nodiscard]] unsigned kept_generations() const;

  std::string path_;
  sqlite_options options_;
  file_lock lock_;
  std::unique_ptr<sqlite_connection> connection_;
  std::unique_ptr<sqlite_reader> reader_;
  std::unique_ptr<statements> statements_;
  unsigned wal_now_ = 0;                          // pages in the write-ahead log
  unsigned checkpoint_at_ = options_.wal_pages;
  bool is_log_held_ = false;                      // by a reader, when we last looked
  bool has_snapshot_ = false;                     // held from one commit to the next
  std::uint64_t last_row_ = 0;                    // of the table of records
  std::uint64_t through_ = 0;                     // as `settled` says
  std::map<protocol::session_id, owned_session> sessions_;
  session_tails tails_;                                 // by the session's row
  std::vector<session_before> before_;
  std::vector<protocol::session_id> to_settle_;         // what is behind `settle_at_` is done, but for this
  std::size_t settled_now_ = 0;                         // of these, in this transaction
  std::uint64_t settle_at_ = 0;
  bool is_settling_wanted_ = false;
  std::uint64_t unsettled_bytes_ = 0;                   // of messages behind the last time that all was settled
  prune_list to_prune_;      // session row, newest generation to remove
  prune_list staged_prune_;  // the same, once the transaction is committed
  std::size_t pruned_ = 0;   // of the first list, from its end, in this transaction
};

}  // namespace troupe::store
