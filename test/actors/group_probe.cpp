#include "test/actors/group_probe.hpp"

namespace troupe::actors::test {
namespace {

class group_probe {
 public:
  using handle_type = session_group_actor;
  using pointer = pinned<session_group_actor::base>*;

  group_probe(pointer self, seen_by_group* seen) : self_(self), seen_(seen) {}

  session_group_actor::behavior_type make_behavior() {
    return {[this](const bind& m) -> caf::result<bound> {
              seen_->binds.push_back(m);
              if (!seen_->is_silent) return seen_->answer;
              return seen_->promises.emplace_back(self_->make_response_promise<caf::typed_response_promise<bound>>());
            },
            [this](const adopt& m) { seen_->adopted.push_back(m); },
            [this](const unbind& m) { seen_->unbound.push_back(m.ticket); },
            [](const command&) { return command_result{}; },
            [](status_of) { return group_status{}; },
            [](submits_wait) {},
            [](const session_ready&) {},
            [](const session_status&) {},
            [](const session_ended&) {},
            [](const session_note&) {},
            [this](const connect_failed& m) { seen_->failed_connects.push_back(m.reason); },
            [](const application_replaced&) {},
            [](const outcomes&) {},
            [](const ask_token&) {},
            [](const store_lost&) {},
            [](const store_replaced&) {},
            [](const halt&) {},
            [](retire) { return retired{}; },
            [](const list_parked&) { return parked_list{}; }};
  }

 private:
  pointer self_;
  seen_by_group* seen_;
};

}  // namespace

session_group_actor spawn_group_probe(reactor& home, seen_by_group& seen) {
  return home.spawn<group_probe>(&seen);
}

}  // namespace troupe::actors::test
