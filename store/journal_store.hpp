// The store for the lowest latency: a log of our own, in segments that are made ahead of need (journal_format.hpp).
//
// A commit is a copy into a mapped file: no call into the kernel, nothing to wait for. Durability `process`: what was committed survives the
// end of the process, kill -9 included. `power`: the segment is synced when `commit` returns; the store blocks then. A full disk is a
// commit that fails when another segment is needed, with a reason, and goes through when there is room again. A batch is whole or absent;
// all that are committed at a time share a sync, not a fate.
//
// Nothing is changed in place. Opening reads the last segment only: its snapshot of all sessions, and what follows. Messages are found by an index
// of each sealed segment. Segments of which nothing can be asked any more are removed, and of those of which
// little is left, that is written anew into one (journal_compact.hpp).
//
// Memory: the index of the segment that is written (16 bytes a message), a row for each session and numbering of each sealed one, and where it is.
// Thread: one at a time, and one of its own for files that nobody waits for. The folder has one owner, by a lock beside it.
#pragma once

#include "store/background.hpp"
#include "store/commit_order.hpp"
#include "store/durability.hpp"
#include "store/file_layer.hpp"
#include "store/file_lock.hpp"
#include "store/journal_compact.hpp"
#include "store/journal_index.hpp"
#include "store/journal_messages.hpp"
#include "store/journal_parts.hpp"
#include "store/journal_places.hpp"
#include "store/journal_room.hpp"
#include "store/journal_sessions.hpp"
#include "store/message_store.hpp"

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace troupe::store {

struct journal_options {
  store::durability durability = store::durability::process;
  std::uint64_t segment_size = std::uint64_t{64} << 20;  // bytes; 4 KiB at least, 4 GiB - 8 at most
  unsigned kept_generations = 2;  // numberings whose messages are kept: the present one (always) and those before it
  file_layer* files = nullptr;    // nullptr: plain_files()
  bool has_thread = true;         // false: nothing is made ahead on a thread, for tests that count calls
};

class journal_store final : public message_store {
 public:
  // Opens or makes the folder. Throws store_error: not a journal, in use (by whom), damaged beyond what can be told, folder missing.
  explicit journal_store(std::string folder, journal_options options = {});
  ~journal_store() override;

  protocol::session_snapshot load(const protocol::session_id& id, protocol::utc_time now) override;
  void commit(std::span<const session_batch> batches, std::span<commit_result> results) override;
  protocol::replay_page fetch(const protocol::session_id& id, protocol::seq_num begin, protocol::seq_num end, std::size_t max_records,
                              std::size_t max_bytes) override;
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
  [[nodiscard]] std::string describe() const override { return "journal " + folder_ + " (" + to_text(options_.durability) + ")"; }
  [[nodiscard]] std::vector<std::string> findings() const override { return findings_; }
  void report_to(std::function<void(const std::string&)> whom) override { report_ = std::move(whom); }

 private:
  using session = journal::session_state;
  // What a session was before a commit that may have to be taken back.
  struct earlier {
    session* of = nullptr;
    protocol::session_snapshot state;
    protocol::commit_id last_commit{};
    std::optional<std::deque<protocol::parked_submit>> parked{};  // if the commit changed them
  };
  // The segment that is written.
  struct open_end {
    journal::room room;
    std::uint64_t number = 0;
    std::uint64_t tail = 0;    // where the next entry goes
    std::uint64_t synced = 0;  // what stands in front of it may be relied on
    bool is_condemned = false;  // a sync failed: what the disk has behind `synced` is not known
    std::shared_ptr<journal::segment_index> index = std::make_shared<journal::segment_index>();
  };
  struct sealed_segment {
    std::uint64_t number = 0;
    std::uint64_t size = 0;     // bytes
    std::uint64_t edition = 0;  // see segment_header
    bool is_barred = false;     // damaged: what is left of it is not written anew
    std::shared_ptr<const journal::segment_index> fresh;  // until its file is read
    std::optional<journal::index_file> file;
  };
  using compaction = std::future<journal::compaction_outcome>;
  // A part of an index file, kept for the next page.
  struct read_index {
    std::uint64_t segment = 0;
    journal::numbering whose;
    std::shared_ptr<const journal::numbering_index> index;
  };
  // The segment of which messages were read last.
  struct open_messages {
    std::uint64_t segment = 0;
    bool is_settled = false;  // it is cut to its length, or the one that is written
    journal::messages_of_segment messages;
  };
  using part = journal::numbering_part<sealed_segment>;  // without a segment: of the one that is written

  // -- opening (journal_open.cpp)
  void prepare_folder();
  void recover();
  void replay(const journal::segment_file& segment, bool is_last);
  void take(const journal::entry_view& entry, std::uint64_t offset);
  void seal_last(const journal::segment_file& segment, std::uint64_t end, std::shared_ptr<const journal::segment_index> index);
  void note_damage(const journal::segment_file& segment, const journal::damage& d);
  void note_sessions_behind(const std::vector<std::uint64_t>& numbers, std::uint64_t base);
  [[nodiscard]] std::string path_of(std::uint64_t segment, std::string_view ending = ".seg") const;

  // -- writing
  [[nodiscard]] journal::entry_content content_of(const session& s, journal::entry_kind kind) const;
  void append(const journal::entry_content& content);
  void append(const journal::entry_content& content, std::uint64_t size);
  [[nodiscard]] bool has_room(std::uint64_t size) const { return !end_.is_condemned && end_.tail + size + 8 <= end_.room.capacity; }
  void begin_segment(std::uint64_t room_for);  // with room for so many bytes of entries behind the snapshot
  void make_segment(open_end& next);
  void write_snapshot(open_end& to) const;
  void seal(open_end full);
  void sync();
  void mark_synced();
  void commit_some(std::span<const session_batch> batches, std::span<const std::uint64_t> sizes, std::span<commit_result> results);
  [[nodiscard]] commit_result stage(const session_batch& item, std::uint64_t size);
  void apply(session& s, const protocol::commit_batch& batch);
  void roll_back(std::span<commit_result> results, const std::string& reason);
  [[nodiscard]] session& session_of(const protocol::session_id& id, protocol::utc_time now);
  [[nodiscard]] bool is_dead(const journal::numbering& n) const;

  // -- tidying (journal_tidy.cpp)
  void tidy();
  void remove_dead_segments();
  void begin_compaction();
  void end_compaction();
  void adopt(const journal::compacted& made);
  void remove_later(const sealed_segment& s);
  void replace_later(std::vector<sealed_segment> replaced);
  [[nodiscard]] journal::weighed_segment weigh(const sealed_segment& s) const;
  template <class F>
  void for_each_numbering(const sealed_segment& s, F&& f) const;
  void note_places(const sealed_segment& s);
  void forget_places(const sealed_segment& s);
  [[nodiscard]] journal::indexed_segment named(const sealed_segment& s) const { return {store_, s.number, s.edition}; }

  // -- reading (journal_read.cpp)
  [[nodiscard]] std::vector<part> parts_of(const session& s, std::uint64_t generation);
  [[nodiscard]] std::optional<protocol::seq_num> find_token(const session& s, std::uint64_t generation, std::uint64_t token);
  [[nodiscard]] std::shared_ptr<const journal::numbering_index> index_of(sealed_segment& segment, const journal::numbering& whose);
  [[nodiscard]] journal::messages_of_segment& messages_of(const sealed_segment* segment);
  void settle_index(sealed_segment& segment);
  void read_index_again(sealed_segment& segment);

  std::string folder_;
  journal_options options_;
  file_layer& files_;
  std::vector<std::string> findings_;
  std::unique_ptr<file_lock> lock_;
  std::uint64_t store_ = 0;  // see segment_header
  std::uint32_t seed_ = 0;
  journal::sessions_by_id sessions_;
  journal::sessions_by_slot slots_;
  std::vector<sealed_segment> sealed_;          // ascending
  journal::numbering_places places_;            // of what is in them
  std::vector<earlier> before_;                 // of the commits of one sync
  std::vector<std::uint64_t> sizes_;            // kept for its capacity
  read_index last_read_;
  std::optional<open_messages> last_messages_;
  std::function<void(const std::string&)> report_ = [](const std::string&) {};
  compaction compaction_;
  std::shared_ptr<std::atomic<bool>> is_over_ = std::make_shared<std::atomic<bool>>(false);
  background tidier_;  // for what takes long: the next segment does not wait for it
  background thread_;
  std::unique_ptr<journal::rooms> rooms_;
  open_end end_;
};

}  // namespace troupe::store
