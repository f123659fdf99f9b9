// What a connection still has to write: ranges of committed batches, shared and not copied while the peer reads.
//
// Behind a backlog small ranges are copied together: otherwise each would keep its whole batch alive, and a peer that does not
// read would cost a multiple of the bytes that are counted as unwritten.
#pragma once

#include "protocol/commit.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe::actors {

class write_queue {
 public:
  static constexpr std::size_t backlog = 64 * 1024;  // from so many unwritten bytes on
  static constexpr std::size_t chunk = 64 * 1024;

  void add(const protocol::commit_ptr& batch) {
    for (const auto& range : batch->transmit) {
      if (range.length == 0) continue;
      const auto bytes = std::string_view{batch->bytes}.substr(range.offset, range.length);
      if (unwritten_ >= backlog && bytes.size() <= chunk / 4) {
        add_copy(bytes);
      } else {
        add_part(bytes, batch);
      }
    }
  }
  [[nodiscard]] std::span<const std::string_view> parts() const { return std::span{parts_}.subspan(first_); }
  [[nodiscard]] std::size_t unwritten() const { return unwritten_; }

  void written(std::size_t bytes) {
    unwritten_ -= bytes;
    while (bytes > 0 && bytes >= parts_[first_].size()) {
      bytes -= parts_[first_].size();
      owners_[first_++].reset();
    }
    if (bytes > 0) parts_[first_].remove_prefix(bytes);
    if (first_ == parts_.size() || first_ >= 1024) forget(first_);
    if (parts_.empty()) last_chunk_.reset();
  }

 private:
  void add_part(std::string_view bytes, std::shared_ptr<const void> owner) {
    parts_.push_back(bytes);
    owners_.push_back(std::move(owner));
    unwritten_ += bytes.size();
  }

  // Behind the last part if that ends the chunk and has room. A chunk never moves its bytes: parts are views into it.
  void add_copy(std::string_view bytes) {
    if (!last_chunk_ || last_chunk_->size() + bytes.size() > chunk) {
      last_chunk_ = std::make_shared<std::string>();
      last_chunk_->reserve(chunk);
    }
    const char* const at = last_chunk_->data() + last_chunk_->size();
    last_chunk_->append(bytes);
    auto& last = parts_.back();
    if (owners_.back() != last_chunk_) return add_part({at, bytes.size()}, last_chunk_);
    last = {last.data(), last.size() + bytes.size()};
    unwritten_ += bytes.size();
  }

  void forget(std::size_t count) {
    parts_.erase(parts_.begin(), parts_.begin() + static_cast<std::ptrdiff_t>(count));
    owners_.erase(owners_.begin(), owners_.begin() + static_cast<std::ptrdiff_t>(count));
    first_ = 0;
  }

  std::vector<std::string_view> parts_;
  std::vector<std::shared_ptr<const void>> owners_;  // of the part with the same index
  std::shared_ptr<std::string> last_chunk_;
  std::size_t first_ = 0;
  std::size_t unwritten_ = 0;
};

}  // namespace troupe::actors
