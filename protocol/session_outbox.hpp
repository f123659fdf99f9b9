// Builds commits, keeps those that the store has not confirmed, and hands them out again when it failed.
//
// Between two `take` calls of a session everything goes into one open batch; `seal` closes it. A batch that makes
// something durable gets the next commit_id and is kept until confirmed; one that only transmits has id 0 and is
// forgotten. Confirmed batches are used again once nobody else holds them, so that a session in flow allocates nothing.
#pragma once

#include "protocol/commit.hpp"
#include "protocol/types.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace troupe::protocol {

// What every commit says about the session after it.
struct durable_numbers {
  numbering_generation generation{};
  seq_num next_sender{};
  seq_num next_target{};
  bool is_reset_pending = false;

  bool operator==(const durable_numbers&) const = default;
};

class session_outbox {
 public:
  session_outbox(session_incarnation incarnation, durable_numbers stored);

  [[nodiscard]] bool is_open() const { return open_ != nullptr; }
  void open(connection_epoch epoch);
  [[nodiscard]] commit_batch& batch() { return *open_; }

  // The bytes from `offset` on are a frame of this record.
  void record_tail(record_kind kind, seq_num number, submit_token token, std::size_t offset);
  // The bytes from `offset` on go to the wire.
  void transmit_tail(std::size_t offset);

  // Would a commit change anything in the store?
  [[nodiscard]] bool is_stale(const durable_numbers& now) const { return !(now == sealed_); }
  // Closes the open batch; nullptr if there is nothing in it.
  commit_ptr seal(const durable_numbers& now);

  // Takes confirmed batches off, and calls `told(batch)` for each.
  template <class Told>
  void confirm(commit_id up_to, Told told);

  [[nodiscard]] bool has_unconfirmed() const { return first_ != unconfirmed_.size(); }
  [[nodiscard]] std::optional<commit_id> oldest_unconfirmed() const {
    return has_unconfirmed() ? std::optional{unconfirmed_[first_]->id} : std::nullopt;
  }
  // Those from this id on, in order, to be handed out again unchanged.
  [[nodiscard]] std::vector<commit_ptr> unconfirmed(commit_id from) const;
  // What waits for the store, a fixed share for each batch included: those that only move a number count, too.
  [[nodiscard]] std::size_t uncommitted_bytes() const { return uncommitted_bytes_; }
  static constexpr std::size_t batch_share = 1024;

 private:
  using owned_batch = std::shared_ptr<commit_batch>;

  [[nodiscard]] static std::size_t weight_of(const commit_batch& batch);
  owned_batch fresh_batch();
  void retire(owned_batch batch);

  session_incarnation incarnation_;
  durable_numbers sealed_;
  commit_id last_id_{};
  owned_batch open_;
  std::vector<owned_batch> unconfirmed_;  // from first_ on; what is in front is compacted now and then
  std::size_t first_ = 0;
  std::vector<owned_batch> resting_;      // confirmed; ours alone once store and connection have let go
  std::size_t uncommitted_bytes_ = 0;
};

template <class Told>
void session_outbox::confirm(commit_id up_to, Told told) {
  for (; first_ != unconfirmed_.size() && unconfirmed_[first_]->id <= up_to; ++first_) {
    auto& batch = unconfirmed_[first_];
    told(static_cast<const commit_batch&>(*batch));
    uncommitted_bytes_ -= weight_of(*batch);
    retire(std::move(batch));
  }
  if (first_ == unconfirmed_.size() || first_ > 64) {
    unconfirmed_.erase(unconfirmed_.begin(), unconfirmed_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }
}

}  // namespace troupe::protocol
