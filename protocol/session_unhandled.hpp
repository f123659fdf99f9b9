// Application messages that were delivered and not handled yet: they hold back the number that may be made durable.
#pragma once

#include "protocol/types.hpp"

#include <cstddef>
#include <vector>

namespace troupe::protocol {

class session_unhandled {
 public:
  void add(seq_num number, std::size_t bytes) {
    waiting_.push_back({number, bytes});
    bytes_ += bytes;
  }
  void handled(seq_num up_to);
  void clear();

  // The next number the application has not handled, if the next one of the session is `expected`.
  [[nodiscard]] seq_num next_target(seq_num expected) const { return is_empty() ? expected : waiting_[first_].number; }
  [[nodiscard]] bool is_empty() const { return first_ == waiting_.size(); }
  [[nodiscard]] std::size_t count() const { return waiting_.size() - first_; }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  struct entry {
    seq_num number{};
    std::size_t bytes = 0;
  };
  std::vector<entry> waiting_;  // ascending, from first_ on
  std::size_t first_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace troupe::protocol
