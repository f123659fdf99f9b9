#include "actors/session_group_class.hpp"

namespace troupe::actors {

// Nothing may be lost with it: no link, no submit without an outcome, no message that the application has not handled, no operator's word.
caf::result<retired> session_group::on_retire() {
  if (!may_retire()) return retired{};
  if (!session_) return leave();
  auto promise = self_->make_response_promise<retired>();
  self_->request(session_, caf::infinite, status_of{})
      .then(
          [this, promise](const session_status& s) mutable {
            const bool is_done = s.state == protocol::session_state::Disconnected && s.expected_target == s.handled_target;
            promise.deliver(is_done && may_retire() ? leave() : retired{});
          },
          [promise](const caf::error&) mutable { promise.deliver(retired{}); });
  return promise;
}

bool session_group::may_retire() const {
  const bool is_waiting = state_ == group_state::OutOfSchedule || (state_ == group_state::Running && is_ready_);
  return is_waiting && !connection_ && seat_.is_free(now());
}

// Closed first and then looked into: nobody can have submitted in between.
retired session_group::leave() {
  anchor().close();
  if (anchor().in_flight.load() > 0) {
    anchor().open(me());
    return {};
  }
  forget_timer();
  forget_end();
  state_ = group_state::Retired;
  return {true, status_.incarnation};
}

}  // namespace troupe::actors
