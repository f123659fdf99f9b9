// The default store: one SQLite file for many sessions, pleasant to look into with the `sqlite3` shell (docs/store.md).
//
// Durability `process`: what was committed survives the end of the process, kill -9 included, but not the end of the
// machine (WAL, synchronous=OFF). `power`: the write-ahead log is on the disk when `commit` returns (synchronous=EXTRA); it
// waits for that, so the store is one that blocks. A commit is one transaction, however many sessions take part. The owner
// holds a lock beside the file; others may read.
// Thread: one at a time. Owns nothing but the file, its -wal, -shm and .lock.
#pragma once

#include "store/commit_order.hpp"
#include "store/durability.hpp"
#include "store/file_lock.hpp"
#include "store/message_store.hpp"
#include "store/pruning.hpp"
#include "store/sqlite_handle.hpp"
#include "store/sqlite_reader.hpp"

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace troupe::store {

struct sqlite_options {
  store::durability durability = store::durability::process;
  unsigned wal_pages = 1000;          // pages in the write-ahead log before they are moved into the file
  unsigned max_wal_pages = 262'144;   // 1 GiB: if a reader holds them there, commits fail until it ends
  unsigned kept_generations = 2;      // numberings whose messages are kept: the present one (always) and those before it
  unsigned prune_slice = 64;          // records of older ones removed with a commit, so that no commit takes long
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

  session_row& row_of(const protocol::session_id& id, protocol::utc_time now);
  session_row& insert(const protocol::session_id& id, protocol::utc_time now);
  bool commit_all(std::span<const session_batch> batches, std::span<commit_result> results);
  commit_result stage(const session_batch& item);
  void write(session_row& session, const protocol::commit_batch& batch);
  void write_numbers(const session_row& session);
  void write_parked(const session_row& session, const protocol::commit_batch& batch);
  void roll_back(std::span<commit_result> results, const std::string& reason);
  void resolve(const session_batch& item, commit_result& result);
  void prune();
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
  std::map<protocol::session_id, session_row> sessions_;              // as committed, and as staged in a transaction
  std::vector<std::pair<session_row*, session_row>> before_;          // what to go back to
  prune_list to_prune_;     // session row, newest generation to remove
  prune_list staged_prune_;  // the same, once the transaction is committed
};

}  // namespace troupe::store
