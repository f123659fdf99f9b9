#include "test/durability/records.hpp"
#include "test/durability/watched.hpp"

#include <algorithm>

namespace troupe::durability {

namespace {

using namespace store;

bool has_messages(std::span<const session_batch> batches) {
  return std::any_of(batches.begin(), batches.end(), [](const session_batch& b) {
    return std::any_of(b.batch->records.begin(), b.batch->records.end(), [](const protocol::record& r) { return r.kind == protocol::record_kind::application; });
  });
}

class repeating_store final : public demo::forwarding_store {
 public:
  using forwarding_store::forwarding_store;

  protocol::session_snapshot load(const protocol::session_id& id, protocol::utc_time now) override {
    auto state = inner_->load(id, now);
    is_lying_ = state.next_sender > protocol::seq_num{1};
    if (is_lying_) --state.next_sender.value;
    return state;
  }
  void commit(std::span<const session_batch> batches, std::span<commit_result> results) override {
    if (!is_lying_) inner_->commit(batches, results);
  }

 private:
  bool is_lying_ = false;
};

}  // namespace

void watched_store::write_stored_to(const std::filesystem::path& file) {
  const std::lock_guard lock{mutex_};
  write_stored(*inner_, file);
}

protocol::session_snapshot watched_store::load(const protocol::session_id& id, protocol::utc_time now) {
  const std::lock_guard lock{mutex_};
  auto state = inner_->load(id, now);
  next_target_ = state.next_target;
  return state;
}

bool watched_store::advances_target(std::span<const session_batch> batches) {
  const auto before = next_target_;
  for (const auto& b : batches) next_target_ = std::max(next_target_, b.batch->next_target);
  return next_target_ > before;
}

void watched_store::commit(std::span<const session_batch> batches, std::span<commit_result> results) {
  const std::lock_guard lock{mutex_};
  if (advances_target(batches)) faults_.pass(fault_point::after_handled);
  const bool is_ours = has_messages(batches);
  if (is_ours) faults_.pass(fault_point::before_commit);
  inner_->commit(batches, results);
  if (is_ours) faults_.pass(fault_point::after_commit);
}

protocol::replay_page watched_store::fetch(const protocol::session_id& id, protocol::seq_num begin, protocol::seq_num end, std::size_t max_records,
                                           std::size_t max_bytes) {
  const std::lock_guard lock{mutex_};
  return inner_->fetch(id, begin, end, max_records, max_bytes);
}

std::optional<protocol::seq_num> watched_store::find_token(const protocol::session_id& id, protocol::submit_token token) {
  const std::lock_guard lock{mutex_};
  return inner_->find_token(id, token);
}

std::unique_ptr<message_store> repeating(std::unique_ptr<message_store> inner) { return std::make_unique<repeating_store>(std::move(inner)); }

}  // namespace troupe::durability
