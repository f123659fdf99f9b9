// Which process this is, and whether another one is still there: for owners of stores.
#pragma once

#include <cstdint>
#include <string>

namespace troupe::store {

struct process_identity {
  std::uint64_t pid = 0;
  std::uint64_t started = 0;  // of the process, in the kernel's ticks since it booted: pids are given again
  std::string machine;        // where that pid means something: this boot of the kernel, and the container
  std::string host;           // for people
  std::string program;

  bool operator==(const process_identity& o) const { return pid == o.pid && started == o.started && machine == o.machine; }
};

[[nodiscard]] std::string host_name();
[[nodiscard]] process_identity this_process();

// True only if it is certain: it was on this machine, and is no longer there.
[[nodiscard]] bool is_dead(const process_identity& other);

}  // namespace troupe::store
