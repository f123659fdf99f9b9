// Which segment the messages of a numbering are read from, number by number: for the store, and for whoever looks into it.
#pragma once

#include "protocol/commit.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace troupe::store::journal {

// Of one numbering, in one segment.
template <class Segment>
struct numbering_part {
  Segment* segment = nullptr;         // as its owner has it
  std::uint64_t first = 0, last = 0;  // numbers
  std::uint64_t first_token = 0, last_token = std::numeric_limits<std::uint64_t>::max();
};

// Told from the last segment to the first: a number that a later one has, too, counts there. Nothing at or behind the number that is next counts: it
// was taken back before it was acknowledged.
template <class Segment>
class numbering_parts {
 public:
  numbering_parts(const protocol::session_snapshot& session, protocol::numbering_generation of)
      : limit_(of == session.generation ? session.next_sender.value - 1 : std::numeric_limits<std::uint64_t>::max()) {}

  void add(numbering_part<Segment> p) {
    p.last = std::min(p.last, limit_);
    if (p.first > p.last) return;
    limit_ = p.first - 1;
    parts_.push_back(p);
  }
  // Ascending. It is empty then.
  [[nodiscard]] std::vector<numbering_part<Segment>> take() {
    std::reverse(parts_.begin(), parts_.end());
    return std::move(parts_);
  }

 private:
  std::uint64_t limit_;
  std::vector<numbering_part<Segment>> parts_;
};

}  // namespace troupe::store::journal
