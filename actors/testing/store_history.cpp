#include "actors/testing/store_history.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace troupe::actors::testing {
namespace {

// Without SendingTime(52) and what depends on it: BodyLength(9), CheckSum(10).
std::string without_times(std::string_view frame) {
  std::string kept;
  while (!frame.empty()) {
    const auto end = std::min(frame.find('\1'), frame.size() - 1) + 1;
    const auto field = frame.substr(0, end);
    if (!field.starts_with("52=") && !field.starts_with("9=") && !field.starts_with("10=")) kept += field;
    frame.remove_prefix(end);
  }
  return kept;
}

}  // namespace

void store_history::add(const protocol::session_id& id, const protocol::commit_batch& batch) {
  const std::lock_guard lock{mutex_};
  auto& s = sessions_[id];
  if (batch.incarnation == s.incarnation && batch.id <= s.last) return;
  s.incarnation = batch.incarnation;
  s.last = batch.id;
  for (const auto& r : batch.records) {
    s.records.push_back({batch.generation, r.kind, r.number, r.token, std::string{batch.frame(r)}});
    s.frames.insert(without_times(s.records.back().frame));
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
  return found != sessions_.end() && found->second.frames.contains(without_times(frame));
}

}  // namespace troupe::actors::testing
