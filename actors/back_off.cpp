#include "actors/back_off.hpp"

#include <algorithm>
#include <cmath>

namespace troupe::actors {

double back_off::full_wait() const {
  const auto given = limits_.series.size();
  if (failures_ < given) return static_cast<double>(limits_.series[failures_].count());
  return std::min(static_cast<double>(limits_.base.count()) * std::pow(limits_.growth, failures_ - given),
                  static_cast<double>(std::max(limits_.base, limits_.cap).count()));
}

protocol::steady_time back_off::next(std::uint64_t random) {
  const auto full = full_wait();
  ++failures_;
  const auto share = static_cast<double>(random >> 11) * 0x1p-53;  // [0, 1)
  return protocol::steady_time{static_cast<std::int64_t>(full * (1.0 - limits_.jitter * share))};
}

void back_off::lasted(protocol::steady_time duration) {
  if (duration >= limits_.stable_after) reset();
}

}  // namespace troupe::actors
