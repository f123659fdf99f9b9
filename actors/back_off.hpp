// How long to wait before the next attempt to connect: first what the series says, then growing with every failure up to a cap, never the same twice.
//
// Pure: randomness is an argument. Jitter only shortens, so that neither the interval of the settings nor the cap is
// ever exceeded, and so that many sessions that lost one host do not come back in the same instant.
#pragma once

#include "protocol/types.hpp"

#include <chrono>
#include <cstdint>
#include <utility>
#include <vector>

namespace troupe::actors {

struct back_off_limits {
  std::vector<protocol::steady_time> series{};            // ReconnectInterval as a list: all but its last wait
  protocol::steady_time base = std::chrono::seconds{30};  // ReconnectInterval: the first wait, or the first behind the series
  protocol::steady_time cap = std::chrono::minutes{5};
  double growth = 2.0;
  double jitter = 0.2;  // a wait is between (1 - jitter) and 1 times its full length
  protocol::steady_time stable_after = std::chrono::seconds{30};  // so long logged on: the next failure is a first one
};

class back_off {
 public:
  explicit back_off(back_off_limits limits) : limits_(std::move(limits)) {}

  // One more attempt has failed: how long to wait. `random`: 64 even bits.
  [[nodiscard]] protocol::steady_time next(std::uint64_t random);
  // A connection that was logged on for so long is over.
  void lasted(protocol::steady_time duration);
  void reset() { failures_ = 0; }
  [[nodiscard]] unsigned failures() const { return failures_; }

 private:
  [[nodiscard]] double full_wait() const;

  back_off_limits limits_;
  unsigned failures_ = 0;
};

}  // namespace troupe::actors
