// What a connection still has to write: ranges of committed batches, shared, never copied.
#pragma once

#include "protocol/commit.hpp"

#include <cstddef>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe::actors {

class write_queue {
 public:
  void add(const protocol::commit_ptr& batch) {
    for (const auto& range : batch->transmit) {
      if (range.length == 0) continue;
      parts_.push_back(std::string_view{batch->bytes}.substr(range.offset, range.length));
      owners_.push_back(batch);
      unwritten_ += range.length;
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
  }

 private:
  void forget(std::size_t count) {
    parts_.erase(parts_.begin(), parts_.begin() + static_cast<std::ptrdiff_t>(count));
    owners_.erase(owners_.begin(), owners_.begin() + static_cast<std::ptrdiff_t>(count));
    first_ = 0;
  }

  std::vector<std::string_view> parts_;
  std::vector<protocol::commit_ptr> owners_;  // of the part with the same index
  std::size_t first_ = 0;
  std::size_t unwritten_ = 0;
};

}  // namespace troupe::actors
