#include "actors/timer_wheel.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace troupe::actors {

timer_id timer_wheel::add(time deadline, callback then) {
  const auto index = take_node();
  auto& n = nodes_[index];
  n.deadline = deadline;
  n.order = ++order_;
  n.then = std::move(then);
  file(index);
  if (size_++ == 0) {
    next_ = deadline;
  } else if (next_ && deadline < *next_) {
    next_ = deadline;
  }
  return {(std::uint64_t{n.generation} << 32) | index};
}

bool timer_wheel::cancel(timer_id id) {
  const auto index = static_cast<std::uint32_t>(id.value);
  if (index >= nodes_.size()) return false;
  auto& n = nodes_[index];
  if (n.generation != id.value >> 32 || n.at == place::nowhere) return false;
  if (n.at == place::slot) unlink(index);
  if (next_ == n.deadline) next_.reset();
  release(index);
  return true;
}

std::size_t timer_wheel::fire(time now) {
  std::size_t fired = 0;
  while (fire_one(now)) ++fired;
  return fired;
}

bool timer_wheel::fire_one(time now) {
  turn_to(tick_of(now));
  drop_cancelled();
  if (due_.empty() || due_.front().deadline > now) return false;
  const auto index = due_.front().index;
  std::pop_heap(due_.begin(), due_.end());
  due_.pop_back();
  const auto then = std::move(nodes_[index].then);
  next_.reset();
  release(index);
  then();
  return true;
}

void timer_wheel::clear() {
  std::vector<callback> callbacks;
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
    if (nodes_[i].at == place::nowhere) continue;
    callbacks.push_back(std::move(nodes_[i].then));
    if (nodes_[i].at == place::slot) unlink(i);
    release(i);
  }
  due_.clear();
  next_.reset();
}

std::optional<timer_wheel::time> timer_wheel::next() {
  if (size_ == 0) return std::nullopt;
  if (next_) return next_;
  drop_cancelled();
  if (!due_.empty()) return next_ = due_.front().deadline;
  const auto where = nearest_slot();
  for (auto i = heads_[*where]; i != nil; i = nodes_[i].after) {
    if (!next_ || nodes_[i].deadline < *next_) next_ = nodes_[i].deadline;
  }
  return next_;
}

std::uint32_t timer_wheel::take_node() {
  if (free_.empty()) {
    nodes_.emplace_back();
    return static_cast<std::uint32_t>(nodes_.size() - 1);
  }
  const auto index = free_.back();
  free_.pop_back();
  return index;
}

void timer_wheel::release(std::uint32_t index) {
  auto& n = nodes_[index];
  n.then = nullptr;
  n.at = place::nowhere;
  ++n.generation;
  free_.push_back(index);
  --size_;
}

// The level is the highest group of six bits in which the tick differs from the cursor; the slot is that group. So
// everything on a lower level is earlier than everything on a higher one.
void timer_wheel::file(std::uint32_t index) {
  const auto t = std::min(tick_of(nodes_[index].deadline), cursor_ | ((std::uint64_t{1} << (slot_bits * levels)) - 1));
  if (t <= cursor_) return make_due(index);
  const auto level = static_cast<std::size_t>((std::bit_width(t ^ cursor_) - 1) / slot_bits);
  const auto slot = (t >> (level * slot_bits)) & (slots - 1);
  link_in(index, level * slots + slot);
}

void timer_wheel::link_in(std::uint32_t index, std::size_t where) {
  auto& n = nodes_[index];
  n.at = place::slot;
  n.where = static_cast<std::uint16_t>(where);
  n.before = nil;
  n.after = heads_[where];
  if (n.after != nil) nodes_[n.after].before = index;
  heads_[where] = index;
  occupied_[where / slots] |= std::uint64_t{1} << (where % slots);
}

void timer_wheel::unlink(std::uint32_t index) {
  auto& n = nodes_[index];
  if (n.after != nil) nodes_[n.after].before = n.before;
  if (n.before != nil) {
    nodes_[n.before].after = n.after;
    return;
  }
  heads_[n.where] = n.after;
  if (n.after == nil) occupied_[n.where / slots] &= ~(std::uint64_t{1} << (n.where % slots));
}

void timer_wheel::make_due(std::uint32_t index) {
  auto& n = nodes_[index];
  n.at = place::due;
  due_.push_back({n.deadline, n.order, index, n.generation});
  std::push_heap(due_.begin(), due_.end());
}

void timer_wheel::empty_slot(std::size_t where) {
  auto i = std::exchange(heads_[where], nil);
  occupied_[where / slots] &= ~(std::uint64_t{1} << (where % slots));
  while (i != nil) {
    const auto after = nodes_[i].after;
    file(i);
    i = after;
  }
}

std::optional<std::size_t> timer_wheel::nearest_slot() const {
  for (std::size_t level = 0; level < levels; ++level) {
    if (occupied_[level] != 0) return level * slots + static_cast<std::size_t>(std::countr_zero(occupied_[level]));
  }
  return std::nullopt;
}

std::uint64_t timer_wheel::first_tick_of(std::size_t where) const {
  const auto shift = (where / slots) * slot_bits;
  const auto above = cursor_ >> (shift + slot_bits) << (shift + slot_bits);
  return above | (std::uint64_t{where % slots} << shift);
}

bool timer_wheel::is_live(const due_entry& e) const {
  return nodes_[e.index].generation == e.generation;
}

void timer_wheel::drop_cancelled() {
  while (!due_.empty() && !is_live(due_.front())) {
    std::pop_heap(due_.begin(), due_.end());
    due_.pop_back();
  }
}

void timer_wheel::turn_to(std::uint64_t reached) {
  while (const auto where = nearest_slot()) {
    const auto first = first_tick_of(*where);
    if (first > reached) break;
    cursor_ = first;
    empty_slot(*where);
  }
  if (size_ == 0) due_.clear();
  if (reached > cursor_) cursor_ = reached;
}

}  // namespace troupe::actors
