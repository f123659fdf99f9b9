// The segments of a journal taken together: where its numbers begin, and where what was acknowledged ends.
#pragma once

#include "store/journal_scan.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace troupe::store::journal {

// Made, and not begun: the machine stopped in between, or another is just making it. There is nothing in it. Throws file_failure.
[[nodiscard]] bool is_unbegun(const std::string& path);

// The sessions at its beginning are all there.
[[nodiscard]] bool has_whole_snapshot(const segment_file& segment);

struct journal_base {
  std::uint64_t store = 0;    // see segment_header
  std::uint64_t segment = 0;  // the last whose snapshot is whole: with it, and what follows, all is known
};
// `numbers`: ascending, not empty. Throws store_error: of two journals, or every snapshot is damaged; or file_failure.
[[nodiscard]] journal_base find_base(const std::string& folder, const std::vector<std::uint64_t>& numbers);

// In a segment that was synced: where the first entry begins that is not whole, behind all that were acknowledged. Nothing of it was sent.
[[nodiscard]] std::uint64_t end_of_acknowledged(const segment_file& segment);

}  // namespace troupe::store::journal
