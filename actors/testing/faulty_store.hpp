// A store that fails when it is told to: wraps any message_store.
//
//   auto file = std::make_shared<store::memory_store>();          // what survives: the disk
//   auto faults = std::make_shared<store_faults>();
//   config.stores.push_back({"orders", [=] { return open_faulty(file, faults); }});
//   …
//   faults->next(store_fault::unknown_stored);                    // the next commit is stored, and nobody knows
//
// The wrapped store is the disk: it survives the actor that owns this one, and what `commit` has answered `done` is in it. A slow
// store is one whose actor is held: see virtual_reactor::hold.
#pragma once

#include "actors/testing/store_faults.hpp"
#include "actors/testing/store_history.hpp"
#include "store/message_store.hpp"

#include <memory>

namespace troupe::actors::testing {

class faulty_store final : public store::message_store {
 public:
  // Throws store_error if the switches say that it cannot be opened. `history` may be empty.
  faulty_store(std::shared_ptr<store::message_store> disk, std::shared_ptr<store_faults> faults,
               std::shared_ptr<store_history> history = {});

  protocol::session_snapshot load(const protocol::session_id& id, protocol::utc_time now) override;
  void commit(std::span<const store::session_batch> batches, std::span<store::commit_result> results) override;
  protocol::replay_page fetch(const protocol::session_id& id, protocol::seq_num begin, protocol::seq_num end,
                              std::size_t max_records, std::size_t max_bytes) override;
  std::optional<protocol::seq_num> find_token(const protocol::session_id& id, protocol::submit_token token) override;
  bool is_parked(const protocol::session_id& id, protocol::submit_token token) override;
  std::vector<store::stored_session> sessions() override;
  bool forget_unused(const protocol::session_id& id, protocol::session_incarnation of) override;
  // As the wrapped one: on a virtual reactor wrap one that does not block, or its actor runs on a thread of its own.
  [[nodiscard]] bool is_blocking() const override { return disk_->is_blocking(); }
  [[nodiscard]] std::string describe() const override { return faults_->name().empty() ? disk_->describe() : faults_->name(); }

 private:
  void must_live() const;
  void commit_really(std::span<const store::session_batch> batches, std::span<store::commit_result> results);
  void refuse_all(std::span<store::commit_result> results, store::commit_status status, const char* why) const;

  std::shared_ptr<store::message_store> disk_;
  std::shared_ptr<store_faults> faults_;
  std::shared_ptr<store_history> history_;
  std::uint64_t life_;
};

[[nodiscard]] std::shared_ptr<store::message_store> open_faulty(std::shared_ptr<store::message_store> disk,
                                                                std::shared_ptr<store_faults> faults,
                                                                std::shared_ptr<store_history> history = {});

}  // namespace troupe::actors::testing
