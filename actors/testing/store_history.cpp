#include "actors/testing/store_history.hpp"

#include <utility>

namespace troupe::actors::testing {

void store_history::add(const protocol::session_id& id, const protocol::commit_batch& batch) {
  const std::lock_guard lock{mutex_};
  auto& s = sessions_[id];
  if (batch.incarnation == s.incarnation && batch.id <= s.last) return;
  s.incarnation = batch.incarnation;
  s.last = batch.id;
  for (const auto& r : batch.records) {
    s.records.push_back({batch.generation, r.kind, r.number, r.token, std::string{batch.frame(r)}});
    s.frames.insert(s.records.back().frame);
  }
}

std::vector<history_record> store_history::all(const protocol::session_id& id) const {
  const std::lock_guard lock{mutex_};
  const auto found = sessions_.find(id);
  return found == sessions_.end() ? std::vector<history_record>{} : found->second.records;
}

bool store_history::has(const protocol::session_id& id, std::string_view frame) const {
  const std::lock_guard lock{mutex_};
  const auto found = sessions_.find(id);
  return found != sessions_.end() && found->second.frames.contains(frame);
}

}  // namespace troupe::actors::testing
