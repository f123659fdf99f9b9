// Heartbeat(0) and TestRequest(1): does the peer live, and does it know that we do?
//
// Nothing sent for HeartBtInt: a Heartbeat, unless a TestRequest of ours is open. Nothing received for HeartBtInt x
// test_request_factor: a TestRequest; still nothing at disconnect_factor: the peer is gone. HeartBtInt 0: none of it.
#pragma once

#include "protocol/types.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace troupe::protocol {

class session_liveness {
 public:
  enum class need : std::uint8_t { nothing, heartbeat, test_request, give_up };

  // The session is up; both silences begin now.
  void start(std::chrono::seconds heart_bt_int, double test_request_factor, double disconnect_factor, steady_time now);
  // Only our own Heartbeats: the peer may be silent as long as it likes.
  void start_unheard(std::chrono::seconds heart_bt_int, steady_time now);
  void stop();

  void sent(steady_time now) { last_sent_ = now; }
  // Any message; it answers an open TestRequest as well as a Heartbeat would.
  void received(steady_time now) {
    last_received_ = now;
    if (phase_ == phase::testing) phase_ = phase::listening;
  }

  // We do not read: silence is our own doing. `resume` starts it anew.
  void suspend();
  void resume(steady_time now);

  // What is due now. `test_request` is told once per silence.
  [[nodiscard]] need poll(steady_time now);
  [[nodiscard]] std::optional<steady_time> next_deadline() const;

 private:
  // stopped: no HeartBtInt or not up. listening -> (silence) testing -> (more silence) given up.
  enum class phase : std::uint8_t { stopped, listening, testing, deaf };

  [[nodiscard]] steady_time test_at() const { return last_received_ + test_after_; }
  // From our TestRequest on, so that a machine which slept for an hour still gives the peer its chance.
  [[nodiscard]] steady_time give_up_at() const { return tested_ + (give_up_after_ - test_after_); }

  phase phase_ = phase::stopped;
  bool is_heard_ = true;
  steady_time interval_{};
  steady_time test_after_{};
  steady_time give_up_after_{};
  steady_time last_sent_{};
  steady_time last_received_{};
  steady_time tested_{};  // in testing: when the TestRequest went out
};

}  // namespace troupe::protocol
