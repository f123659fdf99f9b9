#include "actors/read_buffer.hpp"

#include "protocol/last_owner.hpp"

#include <algorithm>
#include <cstring>

namespace troupe::actors {
namespace {

constexpr std::size_t largest_block = 64 * 1024;
constexpr std::size_t smallest_room = 512;

}  // namespace

std::span<char> read_buffer::prepare(std::size_t most) {
  make_room(smallest_room);
  return {block_.get() + end_, std::min(most, capacity_ - end_)};
}

void read_buffer::commit(std::size_t bytes) {
  end_ += bytes;
  if (end_ == capacity_) next_capacity_ = std::min(largest_block, next_capacity_ * 2);
}

void read_buffer::append(std::string_view bytes) {
  make_room(bytes.size());
  std::memcpy(block_.get() + end_, bytes.data(), bytes.size());
  end_ += bytes.size();
}

void read_buffer::make_room(std::size_t wanted) {
  if (begin_ == end_ && block_ && protocol::is_last_owner(block_) && capacity_ >= next_capacity_) begin_ = end_ = 0;
  if (capacity_ - end_ >= wanted) return;
  const auto rest = end_ - begin_;
  // As much room again as there is rest: a long frame is moved a few times, not with every read.
  const auto capacity = std::max(next_capacity_, std::max(rest * 2, rest + wanted));
  auto next = std::make_shared_for_overwrite<char[]>(capacity);
  if (rest > 0) std::memcpy(next.get(), block_.get() + begin_, rest);
  block_ = std::move(next);
  capacity_ = capacity;
  begin_ = 0;
  end_ = rest;
}

}  // namespace troupe::actors
