// What is left of sealed segments, written anew in one: when most of their messages are of numberings that nobody can ask for any more, or
// when there are many small ones. So a session that never resets does not keep the messages of its neighbours.
//
// The new segment has the place of the last one of them, and begins with the sessions as they were at its end, so that opening can go on
// from it as from any other. It is made beside them and on the disk, by whatever thread; the owner of the journal then puts it in their place, between two
// of its own calls, for it alone knows who reads.
#pragma once

#include "store/file_layer.hpp"
#include "store/journal_index.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace troupe::store::journal {

struct compaction_plan {
  std::string folder;
  std::uint64_t store = 0;
  std::vector<indexed_segment> segments;  // ascending, with nothing between them
  std::uint64_t next = 0;                 // the segment behind them: its snapshot is how they end
  std::set<numbering> living;             // what is kept
  std::shared_ptr<const std::atomic<bool>> is_over{};  // its owner waits for the end of it; may be empty
};

struct compacted {
  std::vector<indexed_segment> instead_of;
  indexed_segment made;
  std::string segment_path, index_path;  // where they are, until they take their place
  std::uint64_t size = 0;                // bytes of the segment
  std::shared_ptr<const segment_index> index;
};

struct compaction_outcome {
  std::optional<compacted> made{};
  std::uint64_t damaged = 0;  // else this one of them is, so that they are kept as they are, for whoever looks into it; 0: it was given up
};

// Throws file_failure, store_error.
[[nodiscard]] compaction_outcome compact(file_layer& files, const compaction_plan& plan);

// As far as it concerns the choice of what to write anew.
struct weighed_segment {
  std::uint64_t size = 0;    // bytes
  std::uint64_t living = 0;  // of them, about
  bool is_barred = false;    // it is not to be touched
};

struct segment_run {
  std::size_t first = 0, count = 0;
};

// The first run of neighbours that is worth it: half of it is dead, or it is at least four of which none is most of all. What is left must fit
// into `most` bytes, and not much more than that be read for it. count 0: none.
[[nodiscard]] segment_run choose_run(const std::vector<weighed_segment>& segments, std::uint64_t most);

}  // namespace troupe::store::journal
