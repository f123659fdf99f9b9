#include "protocol/session_unhandled.hpp"

#include <algorithm>

namespace troupe::protocol {
namespace {

// What is taken off at the front is moved out of the way now and then, and whenever nothing is left.
template <class List>
void drop_front(List& list, std::size_t& first) {
  if (first == list.size())
    list.clear();
  else if (first > 4096)
    list.erase(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(first));
  else
    return;
  first = 0;
}

}  // namespace

void session_unhandled::begin_read(const std::shared_ptr<const void>& owner) { reads_.push_back({owner, 0}); }

void session_unhandled::take_first() {
  bytes_ -= waiting_[first_].frame.size();
  auto& from = reads_[first_read_];
  if (--from.messages == 0) {
    from.owner = nullptr;
    ++first_read_;
  }
  ++first_;
  --count_;
}

std::vector<inbound_message> session_unhandled::handled(seq_num up_to) {
  std::vector<inbound_message> refused;
  while (!is_empty()) {
    const kept& next = waiting_[first_];
    const bool is_refused = !refused_.empty() && refused_.front() == next.number;
    if (next.number > up_to && !is_refused) break;
    if (is_refused) {
      refused.push_back(told(next, reads_[first_read_]));
      refused_.pop_front();
    }
    take_first();
  }
  drop_front(waiting_, first_);
  drop_front(reads_, first_read_);
  return refused;
}

std::vector<inbound_message> session_unhandled::again() const {
  std::vector<inbound_message> all;
  std::size_t at = first_;
  for (auto r = first_read_; r != reads_.size(); ++r)
    for (const auto end = at + reads_[r].messages; at != end; ++at) {
      if (std::find(refused_.begin(), refused_.end(), waiting_[at].number) != refused_.end()) continue;
      all.push_back(told(waiting_[at], reads_[r]));
      all.back().is_possible_duplicate = true;
    }
  return all;
}

std::optional<std::string_view> session_unhandled::find(seq_num number) const {
  const auto begin = waiting_.begin() + static_cast<std::ptrdiff_t>(first_);
  const auto found = std::lower_bound(begin, waiting_.end(), number, [](const kept& m, seq_num n) { return m.number < n; });
  return found != waiting_.end() && found->number == number ? std::optional{found->frame} : std::nullopt;
}

void session_unhandled::clear() {
  waiting_.clear();
  reads_.clear();
  refused_.clear();
  first_ = first_read_ = count_ = bytes_ = 0;
}

}  // namespace troupe::protocol
