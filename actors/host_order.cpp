#include "actors/host_order.hpp"

#include <utility>

namespace troupe::actors {

std::size_t host_order::next(std::size_t count) {
  const bool starts_over = std::exchange(starts_over_, false);
  return host_ = starts_over ? 0 : (host_ + 1) % count;
}

void host_order::lasted(protocol::steady_time duration) {
  if (settings_.policy == host_policy::priority && duration >= settings_.start_over) starts_over_ = true;
}

}  // namespace troupe::actors
