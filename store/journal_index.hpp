// Where the messages of a segment are: in memory while it is written, in a file of its own once it is sealed.
#pragma once

#include "store/file_layer.hpp"
#include "store/journal_format.hpp"
#include "store/journal_scan.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace troupe::store::journal {

struct numbering {
  std::uint32_t slot = 0;
  std::uint64_t generation = 0;
  auto operator<=>(const numbering&) const = default;
};

// The messages of one numbering in one segment, ascending.
struct numbering_index {
  std::vector<reference> references;
  std::vector<token_row> tokens;  // ascending by number while in memory
  std::uint64_t last = 0;         // number, of a skipped range the last one
};

class segment_index {
 public:
  void add(const numbering& whose, std::uint32_t entry, std::uint32_t row, const record_row& record);
  void add(std::uint32_t entry, const entry_view& e);
  // What an index that was made when the segment was whole says of entries that are damaged now: their numbers and tokens, at least.
  void keep_damaged(const class index_file& before, std::span<const damage> damaged);
  // Forgets what stands in entries from this offset on.
  void drop_from(std::uint32_t entry);
  [[nodiscard]] const numbering_index* find(const numbering& whose) const;
  [[nodiscard]] const std::map<numbering, numbering_index>& all() const { return numberings_; }

 private:
  std::map<numbering, numbering_index> numberings_;
  std::map<numbering, numbering_index>::iterator latest_ = numberings_.end();  // most messages follow one of their own session
};

// Which segment an index is of, as it was when the index was made.
struct indexed_segment {
  std::uint64_t store = 0;
  std::uint64_t number = 0;
  std::uint64_t edition = 0;
};

// Written beside, then renamed. Throws file_failure.
void write_index(file_layer& files, const std::string& path, const indexed_segment& of, const segment_index& index);

// nullptr: it is not among them, which are ascending.
[[nodiscard]] const index_row* row_of(std::span<const index_row> rows, const numbering& whose);

// An index file: its directory. What of it is needed is read when it is, and checked then; no file stays open, for there may be thousands.
class index_file {
 public:
  // nullopt: there is none, or it is damaged, or of another segment. Throws file_failure.
  [[nodiscard]] static std::optional<index_file> open(const std::string& path, const indexed_segment& of);
  [[nodiscard]] std::span<const index_row> rows() const { return rows_; }
  [[nodiscard]] const index_row* find(const numbering& whose) const { return row_of(rows_, whose); }
  // nullopt: damaged. Throws file_failure.
  [[nodiscard]] std::optional<numbering_index> load(const index_row& row) const;

 private:
  std::string path_;
  std::vector<index_row> rows_;
};

// Of which segment an index says that it is; nullopt: it is missing or damaged. Throws file_failure.
[[nodiscard]] std::optional<indexed_segment> index_owner(const std::string& path);

}  // namespace troupe::store::journal
