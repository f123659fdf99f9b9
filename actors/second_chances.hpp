// The failures of one child of the supervisor: when it is started again, and when not any more.
//
// Belongs to an actor that is pinned; its pending restart goes with it.
#pragma once

#include "actors/pinned.hpp"
#include "actors/restart_policy.hpp"

#include <algorithm>
#include <utility>

namespace troupe::actors {

class second_chances {
 public:
  explicit second_chances(restart_limits limits) : policy_(limits) {}

  // The child has failed: calls `again` in a turn of `self` when it may be started, perhaps at once. False if it has failed too
  // often: then `why_not` says so, and nothing more happens until `forgive`.
  template <class Self, class F>
  bool failed(Self* self, const std::string& reason, F again) {
    reactor& home = *self->home_reactor();
    last_reason_ = reason;
    const auto decision = policy_.failed(home.now().steady);
    if (const auto* never = std::get_if<give_up>(&decision)) {
      why_not_ = never->reason + ", the last one: " + reason;
      return false;
    }
    call_at(self, std::get<restart_at>(decision).when, again);
    return true;
  }

  // It could not be started, for a reason that may pass (a disk, a database): tried again for ever, in longer and longer pauses.
  template <class Self, class F>
  void not_started(Self* self, const std::string& reason, const restart_limits& limits, F again) {
    last_reason_ = reason;
    pause_ = std::clamp(pause_ * 2, limits.first_pause, limits.longest_pause);
    call_at(self, self->home_reactor()->now().steady + pause_, again);
  }
  void started() { pause_ = {}; }

  void forgive() {
    policy_.forgive();
    why_not_.clear();
  }
  void cancel(reactor& home) {
    if (timer_.value != 0) home.cancel_timer(timer_);
    timer_ = {};
  }
  [[nodiscard]] bool is_pending() const { return timer_.value != 0; }
  [[nodiscard]] bool has_given_up() const { return !why_not_.empty(); }
  [[nodiscard]] const std::string& why_not() const { return why_not_; }
  [[nodiscard]] const std::string& last_reason() const { return last_reason_; }

 private:
  template <class Self, class F>
  void call_at(Self* self, protocol::steady_time when, F again) {
    reactor& home = *self->home_reactor();
    cancel(home);
    timer_ = home.start_timer(when, [keep = self->keep_alive(), self, this, again] {
      self->enter([&] {
        timer_ = {};
        again();
      });
    });
  }

  restart_policy policy_;
  protocol::steady_time pause_{};
  timer_id timer_;
  std::string why_not_;
  std::string last_reason_;
};

}  // namespace troupe::actors
