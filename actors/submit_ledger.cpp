#include "actors/submit_ledger.hpp"

namespace troupe::actors {

bool submit_ledger::add(const submit& s) {
  if (!order_.emplace(s.token.value, last_ + 1).second) return false;
  open_.emplace_hint(open_.end(), ++last_, s);
  return true;
}

bool submit_ledger::answered(submit_token token) {
  const auto found = order_.find(token.value);
  if (found == order_.end()) return false;
  open_.erase(found->second);
  order_.erase(found);
  return true;
}

std::vector<submit> submit_ledger::open() const {
  std::vector<submit> all;
  all.reserve(open_.size());
  for (const auto& [place, s] : open_) all.push_back(s);
  return all;
}

}  // namespace troupe::actors
