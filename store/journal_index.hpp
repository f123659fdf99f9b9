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
  // Forgets what stands in entries from this offset on.
  void drop_from(std::uint32_t entry);
  [[nodiscard]] const numbering_index* find(const numbering& whose) const;
  [[nodiscard]] const std::map<numbering, numbering_index>& all() const { return numberings_; }
  [[nodiscard]] bool is_empty() const { return numberings_.empty(); }

 private:
  std::map<numbering, numbering_index> numberings_;
  std::map<numbering, numbering_index>::iterator latest_ = numberings_.end();  // most messages follow one of their own session
};

// Written beside, then renamed. Throws file_failure.
void write_index(file_layer& files, const std::string& path, std::uint64_t store, std::uint64_t segment, const segment_index& index);

// An index file. What of it is needed is read when it is, and checked then.
class index_file {
 public:
  // nullopt: there is none, or it is damaged, or of another journal. Throws file_failure.
  [[nodiscard]] static std::optional<index_file> open(const std::string& path, std::uint64_t store, std::uint64_t segment);
  [[nodiscard]] std::span<const index_row> rows() const { return rows_; }
  [[nodiscard]] const index_row* find(const numbering& whose) const;
  // nullopt: damaged.
  [[nodiscard]] std::optional<numbering_index> load(const index_row& row) const;

 private:
  std::string path_;
  file_handle file_;
  std::vector<index_row> rows_;
};

}  // namespace troupe::store::journal
