#include "test/durability/fault_points.hpp"

#include <algorithm>
#include <csignal>
#include <string>
#include <unistd.h>

namespace troupe::durability {

namespace {

[[noreturn]] void die(fault_point p) {
  const std::string line = "reached " + std::string{to_string(p)} + "\n";
  if (::write(STDOUT_FILENO, line.data(), line.size()) < 0) ::_exit(1);  // the driver has gone
  ::kill(::getpid(), SIGKILL);
  for (;;) ::pause();
}

}  // namespace

std::string_view to_string(fault_point p) {
  switch (p) {
    case fault_point::before_commit: return "before-commit";
    case fault_point::after_commit: return "after-commit";
    case fault_point::before_transmit: return "before-transmit";
    case fault_point::after_transmit: return "after-transmit";
    case fault_point::before_deliver: return "before-deliver";
    case fault_point::after_deliver: return "after-deliver";
    case fault_point::before_handled: return "before-handled";
    case fault_point::after_handled: return "after-handled";
  }
  return "?";
}

std::optional<fault_point> fault_point_of(std::string_view name) {
  const auto found = std::find_if(every_fault_point.begin(), every_fault_point.end(), [&](fault_point p) { return to_string(p) == name; });
  return found == every_fault_point.end() ? std::nullopt : std::optional{*found};
}

void fault_plan::arm(fault_point p, std::uint64_t n) {
  left_ = n;
  armed_ = static_cast<int>(p);
}

void fault_plan::count(fault_point p) {
  if (--left_ == 0) die(p);
}

}  // namespace troupe::durability
