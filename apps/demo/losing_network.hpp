// A network that loses messages on their way out: whole ones, as many as it is told, nothing else.
#pragma once

#include "actors/link.hpp"

#include <atomic>

namespace troupe::demo {

// Shared by the demo's thread and the reactors.
struct losses {
  std::atomic<int> to_lose{0};  // so many of the next application messages (NewOrderSingle)
  std::atomic<int> lost{0};
};

// `counts` lives longer than the engine.
[[nodiscard]] actors::network_decorator losing(losses& counts);

}  // namespace troupe::demo
