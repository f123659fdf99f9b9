// Which of several hosts an initiator tries next. Pure: time is an argument.
//
// The first attempt is for the first host. Round robin: each further one is for the host behind, whatever became of the last connection.
// Priority: the same, until a connection has held, that is, was logged on for `start_over` or longer; when it ends the search begins with
// the first host again. How long the waits between attempts are does not count: else long waits would never leave the first host.
#pragma once

#include "protocol/types.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace troupe::actors {

enum class host_policy : std::uint8_t { round_robin, priority };

struct host_order_settings {
  host_policy policy = host_policy::round_robin;
  protocol::steady_time start_over = std::chrono::seconds{120};
};

class host_order {
 public:
  explicit host_order(host_order_settings settings) : settings_(settings) {}

  // The index of the host to try now, of `count` hosts; `count` > 0.
  [[nodiscard]] std::size_t next(std::size_t count);
  // A connection that was logged on for so long is over.
  void lasted(protocol::steady_time duration);

 private:
  host_order_settings settings_;
  bool starts_over_ = true;
  std::size_t host_ = 0;
};

}  // namespace troupe::actors
