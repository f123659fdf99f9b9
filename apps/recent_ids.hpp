// The newest so many identifiers, to tell a repeated order from a new one. Bounded: what is older is forgotten.
#pragma once

#include <cstddef>
#include <deque>
#include <set>
#include <string>
#include <string_view>

namespace troupe::apps {

class recent_ids {
 public:
  explicit recent_ids(std::size_t remembers) : remembers_(remembers) {}

  // False: it is known.
  [[nodiscard]] bool remember(std::string_view id) {
    if (!known_.emplace(id).second) return false;
    oldest_first_.emplace_back(id);
    if (oldest_first_.size() <= remembers_) return true;
    known_.erase(oldest_first_.front());
    oldest_first_.pop_front();
    return true;
  }
  void forget_all() {
    known_.clear();
    oldest_first_.clear();
  }

 private:
  std::size_t remembers_;
  std::set<std::string, std::less<>> known_;
  std::deque<std::string> oldest_first_;
};

}  // namespace troupe::apps
