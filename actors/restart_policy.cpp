#include "actors/restart_policy.hpp"

#include <algorithm>

namespace troupe::actors {

namespace {

protocol::steady_time pause_before(const restart_limits& limits, unsigned failures) {
  if (failures <= 1) return {};
  auto pause = limits.first_pause;
  for (unsigned i = 2; i < failures && pause < limits.longest_pause; ++i) pause *= 2;
  return std::min(pause, limits.longest_pause);
}

std::string describe(const restart_limits& limits, unsigned failures) {
  const auto period = std::chrono::duration_cast<std::chrono::seconds>(limits.period);
  return std::to_string(failures) + " failures within " + std::to_string(period.count()) + " s";
}

}  // namespace

restart_decision decide_restart(const restart_limits& limits, std::span<const protocol::steady_time> failures,
                                protocol::steady_time now) {
  const auto recent = static_cast<unsigned>(
      std::count_if(failures.begin(), failures.end(), [&](auto when) { return now - when <= limits.period; }));
  if (recent > limits.intensity) return give_up{describe(limits, recent)};
  return restart_at{now + pause_before(limits, recent)};
}

restart_decision restart_policy::failed(protocol::steady_time now) {
  std::erase_if(failures_, [&](auto when) { return now - when > limits_.period; });
  failures_.push_back(now);
  return decide_restart(limits_, failures_, now);
}

}  // namespace troupe::actors
