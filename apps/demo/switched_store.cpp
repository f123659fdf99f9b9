#include "apps/demo/switched_store.hpp"

#include "apps/demo/forwarding_store.hpp"

namespace troupe::demo {
namespace {

using namespace store;

class switched_store final : public forwarding_store {
 public:
  switched_store(std::unique_ptr<message_store> inner, store_switches& switches) : forwarding_store(std::move(inner)), switches_(switches) {}

  void commit(std::span<const session_batch> batches, std::span<commit_result> results) override {
    if (switches_.is_failing) return fail(results);
    if (switches_.honest == 0) return;  // results say `done`
    if (switches_.honest != ~0ULL) --switches_.honest;
    inner_->commit(batches, results);
  }

 private:
  void fail(std::span<commit_result> results) {
    for (auto& r : results) r = {commit_status::failed, "the demo has switched this store off"};
    switches_.failed += results.size();
  }

  store_switches& switches_;
};

}  // namespace

std::unique_ptr<message_store> switched(std::unique_ptr<message_store> inner, store_switches& switches) {
  return std::make_unique<switched_store>(std::move(inner), switches);
}

}  // namespace troupe::demo
