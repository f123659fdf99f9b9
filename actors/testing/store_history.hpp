// Every record that a store has ever made durable, in order, also those that a reset has made it forget.
//
// Kept beside the store, not by it: what a test compares the world with. Any thread; `all` copies.
#pragma once

#include "protocol/commit.hpp"

#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace troupe::actors::testing {

struct history_record {
  protocol::numbering_generation generation{};
  protocol::record_kind kind{};
  protocol::seq_num number{};
  protocol::submit_token token{};
  std::string frame;
};

class store_history {
 public:
  // A batch that is durable now. One that is repeated byte for byte (a retry after an unknown outcome) counts once.
  void add(const protocol::session_id& id, const protocol::commit_batch& batch);

  [[nodiscard]] std::vector<history_record> all(const protocol::session_id& id) const;
  // Whether this frame is durable; SendingTime(52) may be another one, for a first sending that had to wait in the store.
  [[nodiscard]] bool has(const protocol::session_id& id, std::string_view frame) const;

 private:
  struct sent {
    protocol::session_incarnation incarnation{};
    protocol::commit_id last{};
    std::vector<history_record> records;
    std::set<std::string, std::less<>> frames;
  };
  mutable std::mutex mutex_;
  std::map<protocol::session_id, sent> sessions_;
};

}  // namespace troupe::actors::testing
