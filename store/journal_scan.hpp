// Walks through a segment, entry by entry, and steps over damage.
#pragma once

#include "store/file_layer.hpp"
#include "store/journal_entry.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::store::journal {

// A part of a file in memory, so that a walk through it needs few calls and little memory. Not a mapping: a disk that cannot be
// read is an exception, and not a signal.
class file_window {
 public:
  file_window(int fd, std::string path, std::uint64_t size) : fd_(fd), path_(std::move(path)), size_(size) {}
  // At most so many bytes from there, fewer at the end of the file. Valid until the next call. Throws file_failure.
  [[nodiscard]] std::string_view at(std::uint64_t offset, std::size_t size);
  [[nodiscard]] std::uint64_t size() const { return size_; }
  void forget() { bytes_.clear(); }  // what stands in the file may be another by now

 private:
  static constexpr std::size_t stride = 256 * 1024;
  int fd_;
  std::string path_;
  std::uint64_t size_;
  std::uint64_t begin_ = 0;
  std::string bytes_;
};

struct segment_file {
  std::uint64_t number = 0;
  std::string path;
  file_handle file;
  segment_header header;
  std::uint64_t size = 0;  // of the file
};

// What cannot be made sense of, in one segment.
struct damage {
  enum class kind : std::uint8_t {
    hole,        // an entry that is whole stands behind it
    tail,        // none does
    unfinished,  // none does, and it was never published: whoever wrote it was killed, and had acknowledged nothing of it
  };
  std::uint64_t begin = 0, end = 0;  // offsets
  kind what{};
};

struct scan_result {
  std::uint64_t end = sizeof(segment_header);  // behind the last whole entry
  bool has_snapshot = false;                   // all of it
  std::vector<damage> damaged;
};

// Opens and checks its header. Throws store_error (what is wrong, what to do) or file_failure.
[[nodiscard]] segment_file open_segment(const std::string& path, std::uint64_t number);
// `whole` is called for each entry, with its offset; until it returns false. `is_growing`: somebody else writes it meanwhile, so it ends with
// the first entry that is not there yet. Throws file_failure.
scan_result scan(const segment_file& segment, const std::function<bool(std::uint64_t, const entry_view&)>& whole, bool is_growing = false);

// The run of this machine, from its start to its stop; 0: the system does not tell.
[[nodiscard]] std::uint64_t boot_of_machine();

[[nodiscard]] std::string segment_name(std::uint64_t number, std::string_view ending);
// Ascending.
[[nodiscard]] std::vector<std::uint64_t> segments_in(const std::string& folder, std::string_view ending = ".seg");
[[nodiscard]] constexpr std::uint64_t place_of(std::uint64_t segment, std::uint64_t offset) { return segment << 32 | offset; }

}  // namespace troupe::store::journal
