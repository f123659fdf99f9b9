// What of a table of records is on its way out: in slices, beside commits that happen anyway.
#pragma once

#include "store/message_store.hpp"

#include <cstdint>
#include <utility>
#include <vector>

namespace troupe::store {

// A session's row, and the newest numbering of it that goes, with all before it.
using prune_list = std::vector<std::pair<std::uint64_t, std::uint64_t>>;

// Of the numberings that the table has, those that stay.
inline std::vector<finished_numbering> without_what_goes(std::vector<finished_numbering> all, const prune_list& going, std::uint64_t row) {
  std::erase_if(all, [&](const finished_numbering& n) {
    for (const auto& [whose, through] : going)
      if (whose == row && n.generation.value <= through) return true;
    return false;
  });
  return all;
}

}  // namespace troupe::store
