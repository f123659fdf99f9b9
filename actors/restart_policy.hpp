// Whether, and when, a child that died is started again: a pure function of its failures and the time.
//
// Up to `intensity` failures within `period` are answered by a restart, the first at once, each further one after a pause
// that doubles; one more and the answer is to give up, loudly, and wait for an operator.
#pragma once

#include "protocol/types.hpp"

#include <chrono>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace troupe::actors {

struct restart_limits {
  unsigned intensity = 5;
  protocol::steady_time period = std::chrono::seconds{60};
  protocol::steady_time first_pause = std::chrono::milliseconds{100};  // before the second restart
  protocol::steady_time longest_pause = std::chrono::seconds{5};
};

struct restart_at {
  protocol::steady_time when{};
};
struct give_up {
  std::string reason;  // "6 failures within 60 s"
};
using restart_decision = std::variant<restart_at, give_up>;

// `failures`: when the child died, the last time included, in any order. What is older than the period does not count.
[[nodiscard]] restart_decision decide_restart(const restart_limits& limits, std::span<const protocol::steady_time> failures,
                                              protocol::steady_time now);

// The failures of one child; keeps no more of them than the decision needs.
class restart_policy {
 public:
  explicit restart_policy(restart_limits limits) : limits_(limits) {}

  [[nodiscard]] restart_decision failed(protocol::steady_time now);
  void forgive() { failures_.clear(); }  // the operator has looked at it

 private:
  restart_limits limits_;
  std::vector<protocol::steady_time> failures_;
};

}  // namespace troupe::actors
