// A store that forgets with its process: for tests, and for sessions that reset at every logon.
//
// Same promises as the others while it lives, incarnations and commit order included. Memory grows with what is sent, up
// to a bound for each session: beyond it the oldest records are dropped, which a ResendRequest then finds lost.
#pragma once

#include "store/commit_order.hpp"
#include "store/message_store.hpp"

#include <cstddef>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace troupe::store {

class memory_store final : public message_store {
 public:
  // A record counts its frame and `record_share`.
  static constexpr std::size_t default_bytes_per_session = 256 * 1024 * 1024;
  static constexpr std::size_t record_share = 192;
  explicit memory_store(std::size_t max_bytes_per_session = default_bytes_per_session);

  protocol::session_snapshot load(const protocol::session_id& id, protocol::utc_time now) override;
  void commit(std::span<const session_batch> batches, std::span<commit_result> results) override;
  protocol::replay_page fetch(const protocol::session_id& id, protocol::seq_num begin, protocol::seq_num end,
                              std::size_t max_records, std::size_t max_bytes) override;
  std::optional<protocol::seq_num> find_token(const protocol::session_id& id, protocol::submit_token token) override;
  bool is_parked(const protocol::session_id& id, protocol::submit_token token) override;
  std::vector<stored_session> sessions() override;
  bool forget_unused(const protocol::session_id& id, protocol::session_incarnation of) override;
  [[nodiscard]] bool is_blocking() const override { return false; }
  [[nodiscard]] std::string describe() const override { return "memory"; }

 private:
  struct kept_record {
    protocol::record_kind kind;
    protocol::seq_num number, last;
    protocol::submit_token token;
    std::string_view frame;
  };
  struct entry {
    commit_position position;
    protocol::session_snapshot state;  // without what is parked
    std::deque<protocol::parked_submit> parked;
    std::deque<kept_record> records;  // ascending
    std::deque<std::string> chunks;   // of their frames, one behind the other; a chunk never grows beyond what it has reserved
    std::size_t bytes = 0;
    std::unordered_map<std::uint64_t, protocol::seq_num> tokens;  // of the records up to `indexed`: most are never asked for
    protocol::seq_num indexed{};
    std::vector<std::pair<protocol::submit_token, protocol::seq_num>> previous_tokens;  // of the generation before; hardly ever asked for
  };

  commit_result commit_one(const session_batch& item);
  static void keep(entry& session, const protocol::commit_batch& batch);
  [[nodiscard]] static std::string_view copy(entry& session, std::string_view frame);
  void drop_oldest(entry& session);

  std::size_t max_bytes_;
  std::map<protocol::session_id, entry> sessions_;
};

}  // namespace troupe::store
