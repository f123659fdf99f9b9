#include "actors/submit_ledger.hpp"

#include <utility>

namespace troupe::actors {

const submit* submit_ledger::add(submit&& s) {
  if (!order_.emplace(s.token.value, last_ + 1).second) return nullptr;
  bytes_ += size_of(s.message);
  return &open_.emplace_hint(open_.end(), ++last_, std::move(s))->second;
}

std::optional<std::size_t> submit_ledger::answered(submit_token token) {
  const auto found = order_.find(token.value);
  if (found == order_.end()) return std::nullopt;
  const auto place = open_.find(found->second);
  const auto size = size_of(place->second.message);
  open_.erase(place);
  order_.erase(found);
  bytes_ -= size;
  return size;
}

std::vector<submit> submit_ledger::open() const {
  std::vector<submit> all;
  all.reserve(open_.size());
  for (const auto& [place, s] : open_) all.push_back(s);
  return all;
}

}  // namespace troupe::actors
