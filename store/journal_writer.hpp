// A segment that is written whole, beside the journal, and takes its place by a renaming: by whoever does not write as the engine does.
#pragma once

#include "store/file_layer.hpp"
#include "store/journal_entry.hpp"
#include "store/journal_index.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace troupe::store::journal {

// Each throws file_failure.
class segment_writer {
 public:
  segment_writer(file_layer& files, std::string path, indexed_segment what);

  // One entry behind the other. Throws store_error if it is too large for any segment.
  void put(const entry_content& content);
  // Of `header` what the writer knows by itself is set. It is on the disk then, but for its name. Returns its size.
  std::uint64_t finish(segment_header header);

  [[nodiscard]] const std::shared_ptr<segment_index>& index() const { return index_; }

 private:
  [[nodiscard]] std::size_t make_space(std::uint64_t size);
  void flush();
  void add_to_index(const entry_content& c, std::uint32_t entry);

  file_layer& files_;
  std::string path_;
  indexed_segment what_;
  std::uint32_t seed_;
  file_handle file_;
  std::string bytes_;
  std::uint64_t offset_ = 0;  // of them in the file
  std::shared_ptr<segment_index> index_ = std::make_shared<segment_index>();
};

// With its check.
[[nodiscard]] segment_header sealed(segment_header header);

}  // namespace troupe::store::journal
