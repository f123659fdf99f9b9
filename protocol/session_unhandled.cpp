#include "protocol/session_unhandled.hpp"

namespace troupe::protocol {

void session_unhandled::handled(seq_num up_to) {
  for (; !is_empty() && waiting_[first_].number <= up_to; ++first_) bytes_ -= waiting_[first_].bytes;
  if (is_empty() || first_ > 4096) {
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }
}

void session_unhandled::clear() {
  waiting_.clear();
  first_ = 0;
  bytes_ = 0;
}

}  // namespace troupe::protocol
