// How long to wait before the next attempt to connect: grows with every failure, up to a cap, never the same twice.
//
// Pure: randomness is an argument. Jitter only shortens, so that neither the interval of the settings nor the cap is
// ever exceeded, and so that many sessions that lost one host do not come back in the same instant.
#pragma once

#include "protocol/types.hpp"

#include <chrono>
#include <cstdint>

namespace troupe::actors {

struct back_off_limits {
  protocol::steady_time base = std::chrono::seconds{30};  // ReconnectInterval: the first wait
  protocol::steady_time cap = std::chrono::minutes{5};
  double growth = 2.0;
  double jitter = 0.2;  // a wait is between (1 - jitter) and 1 times its full length
  protocol::steady_time stable_after = std::chrono::seconds{30};  // so long logged on: the next failure is a first one
};

class back_off {
 public:
  explicit back_off(back_off_limits limits) : limits_(limits) {}

  // One more attempt has failed: how long to wait. `random`: 64 even bits.
  [[nodiscard]] protocol::steady_time next(std::uint64_t random);
  // A connection that was logged on for so long is over.
  void lasted(protocol::steady_time duration);
  void reset() { failures_ = 0; }
  [[nodiscard]] unsigned failures() const { return failures_; }

 private:
  back_off_limits limits_;
  unsigned failures_ = 0;
};

}  // namespace troupe::actors
