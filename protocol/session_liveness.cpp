#include "protocol/session_liveness.hpp"

#include <algorithm>

namespace troupe::protocol {
namespace {

steady_time times(std::chrono::seconds interval, double factor) {
  return std::chrono::duration_cast<steady_time>(std::chrono::duration<double>(interval) * factor);
}

}  // namespace

void session_liveness::start(std::chrono::seconds heart_bt_int, double test_request_factor, double disconnect_factor, steady_time now) {
  is_heard_ = true;
  phase_ = heart_bt_int.count() > 0 ? phase::listening : phase::stopped;
  interval_ = heart_bt_int;
  test_after_ = times(heart_bt_int, test_request_factor);
  give_up_after_ = times(heart_bt_int, disconnect_factor);
  last_sent_ = now;
  last_received_ = now;
}

void session_liveness::start_unheard(std::chrono::seconds heart_bt_int, steady_time now) {
  start(heart_bt_int, 0, 0, now);
  suspend();
  is_heard_ = false;
}

void session_liveness::stop() { phase_ = phase::stopped; }

void session_liveness::suspend() {
  if (phase_ != phase::stopped) phase_ = phase::deaf;
}

void session_liveness::resume(steady_time now) {
  if (phase_ != phase::deaf || !is_heard_) return;
  phase_ = phase::listening;
  last_received_ = now;
}

session_liveness::need session_liveness::poll(steady_time now) {
  switch (phase_) {
    case phase::stopped: return need::nothing;
    case phase::testing: return now >= give_up_at() ? need::give_up : need::nothing;
    case phase::listening:
      if (now >= test_at()) {
        phase_ = phase::testing;
        tested_ = now;
        return need::test_request;
      }
      break;
    case phase::deaf: break;
  }
  return now >= last_sent_ + interval_ ? need::heartbeat : need::nothing;
}

std::optional<steady_time> session_liveness::next_deadline() const {
  switch (phase_) {
    case phase::stopped: return std::nullopt;
    case phase::testing: return give_up_at();
    case phase::listening: return std::min(test_at(), last_sent_ + interval_);
    case phase::deaf: return last_sent_ + interval_;
  }
  return std::nullopt;
}

}  // namespace troupe::protocol
