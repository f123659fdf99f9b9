// A store with two switches: it fails while told to, or lies: says that something is stored and stores nothing.
#pragma once

#include "store/message_store.hpp"

#include <atomic>
#include <memory>

namespace troupe::demo {

// Shared by the demo's thread and the store's.
struct store_switches {
  std::atomic<bool> is_failing{false};
  std::atomic<std::uint64_t> failed{0};      // commits refused so far
  std::atomic<std::uint64_t> honest{~0ULL};  // commits that are stored; those behind them are only said to be
};

// `switches` lives longer than the store.
[[nodiscard]] std::unique_ptr<store::message_store> switched(std::unique_ptr<store::message_store> inner, store_switches& switches);

}  // namespace troupe::demo
