#include "actors/host_order.hpp"

#include <utility>

namespace troupe::actors {

std::size_t host_order::next(std::size_t count, protocol::steady_time now) {
  const auto last = std::exchange(last_attempt_, now);
  const bool starts_over = !last || (settings_.policy == host_policy::priority && now - *last >= settings_.start_over);
  return host_ = starts_over ? 0 : (host_ + 1) % count;
}

}  // namespace troupe::actors
