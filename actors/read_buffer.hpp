// Where a connection reads into: blocks shared with the frames that were cut out of them.
//
// Bytes are only appended to a block, so what was handed out never changes. A block that nobody else holds is used again from
// its start; when one is full, the unread rest (at most a partial frame) moves to the next. Blocks grow while reads
// fill them, so an idle connection holds a small one. One thread; holders of blocks may be elsewhere.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace troupe::actors {

class read_buffer {
 public:
  // Room to read into: at least one byte, at most `most`. Valid until the next call of prepare or append.
  [[nodiscard]] std::span<char> prepare(std::size_t most);
  // So many bytes were read into it.
  void commit(std::size_t bytes);
  void append(std::string_view bytes);

  [[nodiscard]] std::string_view unread() const { return {block_.get() + begin_, end_ - begin_}; }
  // So many unread bytes are dealt with; they stay valid as long as `block()`, taken now, is held.
  void take(std::size_t bytes) { begin_ += bytes; }
  [[nodiscard]] std::shared_ptr<const void> block() const { return block_; }

 private:
  void make_room(std::size_t wanted);

  std::shared_ptr<char[]> block_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t next_capacity_ = 4 * 1024;
};

}  // namespace troupe::actors
