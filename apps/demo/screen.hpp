// The demo's live view: pure, from what is known to lines of text.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::demo {

inline constexpr std::string_view legend = "  d drop link  c crash session  l lose 5 orders  s fail store  k kill -9  q quit";

struct side_view {
  std::string name;         // "buyer (this process)"
  std::string state;        // of the session: "Active"
  std::string supervision;  // "Running"
  std::uint64_t next_out = 0;
  std::uint64_t next_in = 0;
  std::uint64_t restarts = 0;  // of the session's actor
  std::uint64_t connects = 0;
  std::string note;
};

struct screen_view {
  std::string elapsed;  // "12.3 s"
  std::vector<side_view> sides;
  std::uint64_t orders = 0;
  std::uint64_t reports = 0;
  std::uint64_t refused = 0;
  double rate = 0;                    // reports a second
  std::vector<std::string> messages;  // the last ones, oldest first
  std::vector<std::string> story;     // what happened, oldest first
  std::string verdict;                // of the last comparison
  std::string legend;                 // the keys
};

// At most `rows` lines of at most `columns` characters each; the newest of story and messages are kept.
[[nodiscard]] std::string render(const screen_view& view, std::size_t columns, std::size_t rows);

}  // namespace troupe::demo
