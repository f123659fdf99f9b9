// A store that does what the store inside does: for those that differ from it in one point.
#pragma once

#include "store/message_store.hpp"

#include <memory>
#include <utility>

namespace troupe::demo {

class forwarding_store : public store::message_store {
 public:
  explicit forwarding_store(std::unique_ptr<store::message_store> inner) : inner_(std::move(inner)) {}

  protocol::session_snapshot load(const protocol::session_id& id, protocol::utc_time now) override { return inner_->load(id, now); }
  void commit(std::span<const store::session_batch> batches, std::span<store::commit_result> results) override { inner_->commit(batches, results); }
  protocol::replay_page fetch(const protocol::session_id& id, protocol::seq_num begin, protocol::seq_num end, std::size_t max_records,
                              std::size_t max_bytes) override {
    return inner_->fetch(id, begin, end, max_records, max_bytes);
  }
  std::optional<protocol::seq_num> find_token(const protocol::session_id& id, protocol::submit_token token) override {
    return inner_->find_token(id, token);
  }
  bool is_parked(const protocol::session_id& id, protocol::submit_token token) override { return inner_->is_parked(id, token); }
  std::vector<store::stored_session> sessions() override { return inner_->sessions(); }
  bool forget_unused(const protocol::session_id& id, protocol::session_incarnation of) override { return inner_->forget_unused(id, of); }
  [[nodiscard]] std::vector<std::string> findings() const override { return inner_->findings(); }
  [[nodiscard]] bool is_blocking() const override { return inner_->is_blocking(); }
  [[nodiscard]] std::string describe() const override { return inner_->describe(); }

 protected:
  std::unique_ptr<store::message_store> inner_;
};

}  // namespace troupe::demo
