// Where a party of the durability proof can be told to kill itself: named moments of a message's way, both ways.
//
// Nothing in the engine knows of them: they are passed by what stands around its store, its network, its messages and its application.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <string_view>

namespace troupe::durability {

enum class fault_point : unsigned char {
  before_commit,    // a batch with our messages has reached the store, and nothing of it is stored
  after_commit,     // it is stored, and nothing of it has left
  before_transmit,  // bytes are about to be handed to the kernel
  after_transmit,   // the kernel has them
  before_deliver,   // a message has come, and the application does not know of it
  after_deliver,    // the application was called, and has done nothing yet
  before_handled,   // it has written and submitted what it wants, and has not said `handled`
  after_handled,    // it said so, and what it said has reached the store, and is not stored
};
inline constexpr std::array every_fault_point = {fault_point::before_commit,  fault_point::after_commit,  fault_point::before_transmit, fault_point::after_transmit,
                                                 fault_point::before_deliver, fault_point::after_deliver, fault_point::before_handled,  fault_point::after_handled};
[[nodiscard]] std::string_view to_string(fault_point p);  // "before-commit"
[[nodiscard]] std::optional<fault_point> fault_point_of(std::string_view name);

// Shared by all threads of a party.
class fault_plan {
 public:
  // The process dies at the n-th passage from now on. Once.
  void arm(fault_point p, std::uint64_t n);
  // Says `reached POINT` on the standard output and ends the process with SIGKILL, if it is time.
  void pass(fault_point p) {
    if (armed_.load(std::memory_order_relaxed) == static_cast<int>(p)) count(p);
  }

 private:
  void count(fault_point p);

  static constexpr int nothing = -1;
  std::atomic<int> armed_{nothing};
  std::atomic<std::uint64_t> left_{0};
};

}  // namespace troupe::durability
