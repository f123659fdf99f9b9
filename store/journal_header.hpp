// What the headers of a journal say, and of a damaged one what it must have said: its file's name, the segments beside it and its own
// entries tell that. For whoever looks into a journal, or repairs it; the engine opens none with a damaged header.
#pragma once

#include "store/journal_scan.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace troupe::store::journal {

struct told_segment {
  enum class state : std::uint8_t {
    whole,
    damaged,    // and entries stand behind it that are of this journal and this place
    elsewhere,  // it is whole, and says that the file belongs to another journal, or to another place in this one
    unknown,    // it is damaged, and nothing behind it fits a checksum of this journal
    missing,    // there is no such file behind the last one, and an index of it
  };
  std::uint64_t number = 0;
  state is{};
  segment_header header;  // of a damaged one as it may be written again
  std::string why{};      // of one that is not whole: a sentence without its end

  [[nodiscard]] bool can_be_read() const { return is == state::whole || is == state::damaged; }
};

struct told_journal {
  std::uint64_t store = 0;             // see segment_header
  std::vector<told_segment> segments;  // ascending
};

// `numbers`: ascending, not empty. Throws store_error: of another format, or nothing tells that this is a journal; or file_failure.
[[nodiscard]] told_journal tell_headers(const std::string& folder, const std::vector<std::uint64_t>& numbers);

// A segment as if its header said so. Throws file_failure.
[[nodiscard]] segment_file open_segment(const std::string& path, const segment_header& header);

}  // namespace troupe::store::journal
