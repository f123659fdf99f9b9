#include "apps/demo/switched_store.hpp"

namespace troupe::demo {
namespace {

using namespace store;

class switched_store final : public message_store {
 public:
  switched_store(std::unique_ptr<message_store> inner, store_switches& switches) : inner_(std::move(inner)), switches_(switches) {}

  protocol::session_snapshot load(const protocol::session_id& id, protocol::utc_time now) override { return inner_->load(id, now); }
  void commit(std::span<const session_batch> batches, std::span<commit_result> results) override {
    if (switches_.is_failing) return fail(results);
    if (switches_.honest == 0) return;  // results say `done`
    if (switches_.honest != ~0ULL) --switches_.honest;
    inner_->commit(batches, results);
  }
  protocol::replay_page fetch(const protocol::session_id& id, protocol::seq_num begin, protocol::seq_num end, std::size_t max_records,
                              std::size_t max_bytes) override {
    return inner_->fetch(id, begin, end, max_records, max_bytes);
  }
  std::optional<protocol::seq_num> find_token(const protocol::session_id& id, protocol::submit_token token) override {
    return inner_->find_token(id, token);
  }
  bool is_parked(const protocol::session_id& id, protocol::submit_token token) override { return inner_->is_parked(id, token); }
  std::vector<stored_session> sessions() override { return inner_->sessions(); }
  bool forget_unused(const protocol::session_id& id, protocol::session_incarnation of) override { return inner_->forget_unused(id, of); }
  [[nodiscard]] bool is_blocking() const override { return inner_->is_blocking(); }
  [[nodiscard]] std::string describe() const override { return inner_->describe(); }

 private:
  void fail(std::span<commit_result> results) {
    for (auto& r : results) r = {commit_status::failed, "the demo has switched this store off"};
    switches_.failed += results.size();
  }

  std::unique_ptr<message_store> inner_;
  store_switches& switches_;
};

}  // namespace

std::unique_ptr<message_store> switched(std::unique_ptr<message_store> inner, store_switches& switches) {
  return std::make_unique<switched_store>(std::move(inner), switches);
}

}  // namespace troupe::demo
