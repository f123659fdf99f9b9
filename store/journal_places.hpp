// In which sealed segments messages of a numbering are: asked with every look into a journal, which may have a thousand segments and ten
// thousand sessions.
#pragma once

#include "store/journal_index.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

namespace troupe::store::journal {

// One that is named too often costs a look; each segment that has messages of it must be named.
class numbering_places {
 public:
  void put(const numbering& n, std::uint64_t segment) {
    auto& all = places_[n];
    const auto at = std::lower_bound(all.begin(), all.end(), segment);
    if (at == all.end() || *at != segment) all.insert(at, segment);
  }
  void erase(const numbering& n, std::uint64_t segment) {
    const auto known = places_.find(n);
    if (known == places_.end()) return;
    std::erase(known->second, segment);
    if (known->second.empty()) places_.erase(known);
  }
  // Segments, ascending.
  [[nodiscard]] std::span<const std::uint64_t> of(const numbering& n) const {
    const auto known = places_.find(n);
    return known == places_.end() ? std::span<const std::uint64_t>{} : std::span<const std::uint64_t>{known->second};
  }
  // The numberings of a session in front of this one, ascending.
  template <class F>
  void for_each_before(const numbering& end, F&& f) const {
    for (auto at = places_.lower_bound({end.slot, 0}); at != places_.end() && at->first < end; ++at) f(at->first);
  }

 private:
  std::map<numbering, std::vector<std::uint64_t>> places_;
};

}  // namespace troupe::store::journal
