#include "protocol/session_outbox.hpp"

#include "protocol/last_owner.hpp"

#include <algorithm>
#include <utility>

namespace troupe::protocol {
namespace {

constexpr std::size_t max_resting = 8;
constexpr std::size_t max_kept_capacity = 1 << 20;  // a batch that once grew beyond this is not kept

// Stores something of its own, and not only numbers that have moved.
bool stores_something(const commit_batch& batch) {
  return !batch.records.empty() || batch.reset || !batch.park.empty() || batch.parked_through != 0 || !batch.unpark.empty();
}

void clear(commit_batch& batch) {
  batch.id = commit_id{0};
  batch.reset.reset();
  batch.records.clear();
  batch.park.clear();
  batch.parked_through = 0;
  batch.unpark.clear();
  batch.given_up.clear();
  batch.drops.clear();
  batch.transmit.clear();
  batch.close_after_flush = false;
  batch.bytes.clear();
}

}  // namespace

session_outbox::session_outbox(session_incarnation incarnation, durable_numbers stored) : incarnation_(incarnation), sealed_(stored) {}

void session_outbox::open(connection_epoch epoch) {
  open_ = fresh_batch();
  open_->incarnation = incarnation_;
  open_->epoch = epoch;
}

void session_outbox::record_tail(record_kind kind, seq_num number, submit_token token, std::size_t offset) {
  const auto at = static_cast<std::uint32_t>(offset);
  open_->records.push_back({kind, number, number, token, at, static_cast<std::uint32_t>(open_->bytes.size()) - at});
}

void session_outbox::transmit_tail(std::size_t offset) {
  const auto at = static_cast<std::uint32_t>(offset);
  const auto length = static_cast<std::uint32_t>(open_->bytes.size()) - at;
  auto& runs = open_->transmit;
  if (!runs.empty() && runs.back().offset + runs.back().length == at)
    runs.back().length += length;
  else
    runs.push_back({at, length});
}

commit_ptr session_outbox::seal(const durable_numbers& now) {
  owned_batch batch = std::exchange(open_, nullptr);
  const bool is_durable = stores_something(*batch) || is_stale(now);
  if (!is_durable && batch->transmit.empty() && !batch->close_after_flush) {
    retire(std::move(batch));
    return nullptr;
  }
  batch->generation = now.generation;
  batch->next_sender = now.next_sender;
  batch->next_target = now.next_target;
  batch->is_reset_pending = now.is_reset_pending;
  batch->is_cancel_owed = now.is_cancel_owed;
  if (!is_durable) {
    retire(batch);
    return batch;
  }

  batch->id = ++last_id_;
  sealed_ = now;
  uncommitted_bytes_ += weight_of(*batch);
  unconfirmed_.push_back(batch);
  return batch;
}

std::size_t session_outbox::weight_of(const commit_batch& batch) {
  std::size_t weight = batch.bytes.size() + batch_share;
  for (const auto& p : batch.park) weight += size_of(p.message);
  return weight;
}

std::vector<commit_ptr> session_outbox::unconfirmed(commit_id from) const {
  std::vector<commit_ptr> batches;
  for (std::size_t i = first_; i != unconfirmed_.size(); ++i)
    if (unconfirmed_[i]->id >= from) batches.push_back(unconfirmed_[i]);
  return batches;
}

session_outbox::owned_batch session_outbox::fresh_batch() {
  const auto free = std::find_if(resting_.begin(), resting_.end(), [](const owned_batch& b) { return is_last_owner(b); });
  if (free == resting_.end()) return std::make_shared<commit_batch>();
  owned_batch batch = std::move(*free);
  resting_.erase(free);
  clear(*batch);
  return batch;
}

void session_outbox::retire(owned_batch batch) {
  if (resting_.size() < max_resting && batch->bytes.capacity() <= max_kept_capacity) resting_.push_back(std::move(batch));
}

}  // namespace troupe::protocol
