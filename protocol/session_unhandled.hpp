// Application messages that were delivered and not handled yet: they hold back the number that may be made durable, and are
// delivered again, marked, if the application is replaced.
#pragma once

#include "protocol/session_io.hpp"

#include <cstddef>
#include <vector>

namespace troupe::protocol {

class session_unhandled {
 public:
  void add(inbound_message message) {
    bytes_ += message.frame.size();
    waiting_.push_back(std::move(message));
  }
  void handled(seq_num up_to);
  void clear();

  // The next number the application has not handled, if the next one of the session is `expected`.
  [[nodiscard]] seq_num next_target(seq_num expected) const { return is_empty() ? expected : waiting_[first_].number; }
  [[nodiscard]] bool is_empty() const { return first_ == waiting_.size(); }
  [[nodiscard]] std::size_t count() const { return waiting_.size() - first_; }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

  // All of them, marked as possible duplicates.
  [[nodiscard]] std::vector<inbound_message> again() const;
  // nullptr: handled, or never delivered.
  [[nodiscard]] const inbound_message* find(seq_num number) const;

 private:
  std::vector<inbound_message> waiting_;  // ascending, from first_ on
  std::size_t first_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace troupe::protocol
