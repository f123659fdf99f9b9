// How many application messages a peer may send: so many in a period, refilled evenly, and all of a period's at once after a rest.
//
// A message that is taken beyond the limit is a debt: `free_at` is when it is paid, and reading may go on.
#pragma once

#include "protocol/types.hpp"

#include <algorithm>
#include <chrono>
#include <optional>

namespace troupe::protocol {

class session_throttle {
 public:
  // limit 0: there is none.
  session_throttle(unsigned limit, std::chrono::milliseconds period) : limit_(limit), each_(limit == 0 ? steady_time{} : steady_time{period} / limit) {}

  [[nodiscard]] bool is_on() const { return limit_ != 0; }
  // Is one more within the limit?
  [[nodiscard]] bool has_room(steady_time now) const { return !is_on() || paid_until_ + each_ <= now + full(); }
  // One more was taken, within the limit or beyond it.
  void count(steady_time now) {
    if (is_on()) paid_until_ = std::max(paid_until_, now) + each_;
  }
  // From when on one more is within the limit; nullopt: now.
  [[nodiscard]] std::optional<steady_time> free_at(steady_time now) const {
    return has_room(now) ? std::nullopt : std::optional{paid_until_ + each_ - full()};
  }

 private:
  [[nodiscard]] steady_time full() const { return each_ * limit_; }

  unsigned limit_;
  steady_time each_;
  steady_time paid_until_{};
};

}  // namespace troupe::protocol
