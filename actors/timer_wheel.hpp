// Many deadlines on one timer: plain data that its reactor drives. No thread, no clock: the time is an argument.
//
// A hierarchical wheel of six levels with 64 slots each; one slot of the lowest level is one tick (10 ms). `add` and
// `cancel` are O(1), firing costs a comparison sort of what is due in the same tick. Deadlines are kept exactly: nothing
// fires before its own, and those that are due fire in their order (equal ones in the order they were added).
#pragma once

#include "protocol/types.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace troupe::actors {

// Names one added deadline; 0 names none. Numbers are not used again.
struct timer_id {
  std::uint64_t value = 0;
  auto operator<=>(const timer_id&) const = default;
};

class timer_wheel {
 public:
  using time = protocol::steady_time;
  using callback = std::function<void()>;

  static constexpr time tick = std::chrono::milliseconds{10};

  explicit timer_wheel(time now = {}) : cursor_(tick_of(now)) {}

  timer_id add(time deadline, callback then);
  // False if it has fired or was cancelled before.
  bool cancel(timer_id id);

  // Fires what is due at `now`, earliest first, also what the callbacks add meanwhile; they may cancel, too. One that throws
  // is out of the wheel, the others remain. Returns how many fired.
  std::size_t fire(time now);
  // Fires the earliest one if it is due. False if none is.
  bool fire_one(time now);

  // Cancels all, and destroys the callbacks last.
  void clear();

  // The earliest deadline, exactly.
  [[nodiscard]] std::optional<time> next();
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  static constexpr int slot_bits = 6;
  static constexpr std::size_t slots = 1U << slot_bits;
  static constexpr std::size_t levels = 6;
  static constexpr std::uint32_t nil = ~std::uint32_t{0};

  enum class place : std::uint8_t { nowhere, slot, due };
  struct node {
    time deadline{};
    std::uint64_t order = 0;
    callback then;
    std::uint32_t generation = 1;
    std::uint32_t before = nil;
    std::uint32_t after = nil;
    std::uint16_t where = 0;  // level * slots + slot
    place at = place::nowhere;
  };
  struct due_entry {
    time deadline{};
    std::uint64_t order = 0;
    std::uint32_t index = 0;
    std::uint32_t generation = 0;
    bool operator<(const due_entry& other) const {  // a heap with the earliest on top
      return deadline != other.deadline ? deadline > other.deadline : order > other.order;
    }
  };

  static std::uint64_t tick_of(time t) { return t.count() <= 0 ? 0 : static_cast<std::uint64_t>(t / tick); }
  std::uint32_t take_node();
  void release(std::uint32_t index);
  void file(std::uint32_t index);
  void link_in(std::uint32_t index, std::size_t where);
  void unlink(std::uint32_t index);
  void make_due(std::uint32_t index);
  void empty_slot(std::size_t where);
  [[nodiscard]] std::optional<std::size_t> nearest_slot() const;
  [[nodiscard]] std::uint64_t first_tick_of(std::size_t where) const;
  [[nodiscard]] bool is_live(const due_entry& e) const;
  void drop_cancelled();
  void turn_to(std::uint64_t reached);

  std::vector<node> nodes_;
  std::vector<std::uint32_t> free_;
  std::array<std::uint32_t, levels * slots> heads_ = filled_with_nil();
  std::array<std::uint64_t, levels> occupied_{};
  std::vector<due_entry> due_;     // what belongs to the cursor's tick or before
  std::uint64_t cursor_;           // every tick before it is empty
  std::uint64_t order_ = 0;
  std::size_t size_ = 0;
  std::optional<time> next_;  // kept while it is known

  static constexpr std::array<std::uint32_t, levels * slots> filled_with_nil() {
    std::array<std::uint32_t, levels * slots> a{};
    for (auto& x : a) x = nil;
    return a;
  }
};

}  // namespace troupe::actors
