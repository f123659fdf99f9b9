// How long the messages of a numbering that is over are kept, and where they go then.
//
// A store by itself keeps so many numberings of each session. This one, around it, also looks at their age and at the size of the whole, and
// writes what is to go into an archive first: a file for each numbering, of frames as they went out, a line each, for `troupe decode`. It goes
// only when the archive has it on the disk.
//
// The present numbering never goes. Nobody waits for any of it: with each commit a slice is read, and written by a thread of its own. It
// is looked at when a session is loaded and when one begins a new numbering; the time is that of these events. The last numbering that is over
// stays, for its tokens are still asked for, unless none is to be kept.
// Thread: as the store it holds.
#pragma once

#include "store/background.hpp"
#include "store/message_store.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace troupe::store {

struct retention {
  unsigned numberings = 1;         // of those that are over, of each session
  std::chrono::seconds time{0};    // since they ended; 0: however long
  std::uint64_t bytes = 0;         // of the whole store, beyond which the oldest go; 0: however many
  std::string archive{};           // folder; empty: what goes is gone

  // No more than a store does by itself.
  [[nodiscard]] bool is_plain() const { return time.count() == 0 && bytes == 0 && archive.empty(); }
};

inline const retention keeps_all{.numberings = std::numeric_limits<unsigned>::max() - 1};  // with the present one it is a number still

class retaining_store final : public message_store {
 public:
  // `inner` keeps all numberings by itself. Throws store_error if the archive cannot be written to.
  retaining_store(std::unique_ptr<message_store> inner, retention keep);
  ~retaining_store() override;

  protocol::session_snapshot load(const protocol::session_id& id, protocol::utc_time now) override;
  void commit(std::span<const session_batch> batches, std::span<commit_result> results) override;
  protocol::replay_page fetch(const protocol::session_id& id, protocol::seq_num begin, protocol::seq_num end, std::size_t max_records,
                              std::size_t max_bytes) override {
    return inner_->fetch(id, begin, end, max_records, max_bytes);
  }
  std::optional<protocol::seq_num> find_token(const protocol::session_id& id, protocol::submit_token token) override { return inner_->find_token(id, token); }
  bool is_parked(const protocol::session_id& id, protocol::submit_token token) override { return inner_->is_parked(id, token); }
  std::vector<stored_session> sessions() override { return inner_->sessions(); }
  bool forget_unused(const protocol::session_id& id, protocol::session_incarnation of) override { return inner_->forget_unused(id, of); }
  [[nodiscard]] bool is_blocking() const override { return inner_->is_blocking(); }
  [[nodiscard]] std::string describe() const override { return inner_->describe(); }
  [[nodiscard]] std::vector<std::string> findings() const override { return inner_->findings(); }
  void report_to(std::function<void(const std::string&)> whom) override;
  std::vector<finished_numbering> finished(const protocol::session_id& id) override { return inner_->finished(id); }
  protocol::replay_page fetch_of(const protocol::session_id& id, protocol::numbering_generation generation, protocol::seq_num begin, protocol::seq_num end,
                                 std::size_t max_records, std::size_t max_bytes) override {
    return inner_->fetch_of(id, generation, begin, end, max_records, max_bytes);
  }
  void retire(const protocol::session_id& id, protocol::numbering_generation through) override { inner_->retire(id, through); }
  std::optional<std::uint64_t> size() override { return inner_->size(); }

 private:
  struct writing {
    std::atomic<int> state{0};  // 1: it is on the disk, -1: it failed
    std::string why{};          // set before that
    std::atomic<unsigned> waiting{0};  // slices that are not written yet: a slow disk makes us read later, not keep more
  };
  // One numbering on its way into the archive.
  struct archiving {
    protocol::session_id id;
    finished_numbering what;
    protocol::seq_num next{1};
    std::string path;
    std::shared_ptr<writing> outcome = std::make_shared<writing>();
    bool is_handed_over = false;
  };
  struct due {
    protocol::session_id id;
    finished_numbering what;
  };

  // Of each session the oldest numbering that may go for the size of the whole; as far as it was looked for.
  struct candidate {
    finished_numbering what;
    protocol::utc_time ended{};
  };
  struct oldest_of_all {
    std::map<protocol::session_id, candidate> found;
    std::set<protocol::session_id> left;  // to look at, or to look at again
  };

  void look_at(const protocol::session_id& id);
  void look_at_size();
  void compare(protocol::session_id id);
  void let_the_oldest_go();
  void go(const protocol::session_id& id, const finished_numbering& n);
  void step();
  void begin(const due& next);
  void slice();
  void hand_over(const archiving& a, std::string text, bool is_first, bool is_last, bool is_there);
  void give_up(const std::string& why);
  struct ending {
    std::optional<protocol::utc_time> time;  // of the last message that tells one
    std::uint32_t check = 0;                 // of the last record
  };
  [[nodiscard]] ending end_of(const protocol::session_id& id, const finished_numbering& n);
  [[nodiscard]] std::string path_for(const due& d);

  std::unique_ptr<message_store> inner_;
  retention keep_;
  std::function<void(const std::string&)> report_ = [](const std::string&) {};
  protocol::utc_time now_{};
  std::vector<protocol::session_id> to_look_at_;
  bool has_to_look_at_size_ = false;
  std::optional<oldest_of_all> oldest_;  // since the store was too large for the first time
  std::deque<due> due_;
  std::optional<archiving> present_;
  std::unique_ptr<background> writer_;  // only with an archive
};

}  // namespace troupe::store
