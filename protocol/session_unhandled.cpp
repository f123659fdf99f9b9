#include "protocol/session_unhandled.hpp"

#include <algorithm>
#include <utility>

namespace troupe::protocol {

void session_unhandled::take_first() {
  bytes_ -= waiting_[first_].frame.size();
  const auto owner = std::exchange(waiting_[first_].owner, nullptr);
  if (first_ + 1 == waiting_.size() || waiting_[first_ + 1].owner != owner) --shared_;
  ++first_;
}

std::vector<inbound_message> session_unhandled::handled(seq_num up_to) {
  std::vector<inbound_message> refused;
  while (!is_empty()) {
    const auto number = waiting_[first_].number;
    const bool is_refused = !refused_.empty() && refused_.front() == number;
    if (number > up_to && !is_refused) break;
    if (is_refused) {
      refused.push_back(waiting_[first_]);
      refused_.pop_front();
    }
    take_first();
  }
  if (is_empty() || first_ > 4096) {
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }
  return refused;
}

std::vector<inbound_message> session_unhandled::again() const {
  std::vector<inbound_message> all{waiting_.begin() + static_cast<std::ptrdiff_t>(first_), waiting_.end()};
  std::erase_if(all, [this](const inbound_message& m) { return std::find(refused_.begin(), refused_.end(), m.number) != refused_.end(); });
  for (auto& m : all) m.is_possible_duplicate = true;
  return all;
}

const inbound_message* session_unhandled::find(seq_num number) const {
  const auto begin = waiting_.begin() + static_cast<std::ptrdiff_t>(first_);
  const auto found = std::lower_bound(begin, waiting_.end(), number, [](const inbound_message& m, seq_num n) { return m.number < n; });
  return found != waiting_.end() && found->number == number ? &*found : nullptr;
}

void session_unhandled::clear() {
  waiting_.clear();
  refused_.clear();
  first_ = 0;
  bytes_ = 0;
  shared_ = 0;
}

}  // namespace troupe::protocol
