// Which of several hosts an initiator tries next. Pure: time is an argument.
//
// The rules are QuickFIX's. The first attempt is for the first host. Round robin: each further one is for the host behind, whatever became
// of the last connection. Priority: the same, as long as one attempt soon follows the other; if the last one was `start_over` or longer ago,
// because it was a connection that held, the search begins with the first host again.
#pragma once

#include "protocol/types.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

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
  [[nodiscard]] std::size_t next(std::size_t count, protocol::steady_time now);

 private:
  host_order_settings settings_;
  std::optional<protocol::steady_time> last_attempt_;
  std::size_t host_ = 0;
};

}  // namespace troupe::actors
