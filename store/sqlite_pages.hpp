// A SQLite file as its pages say, without SQLite: for files that it refuses to read, and for damage that it does not see.
//
// Pages are those of the file with the committed frames of its write-ahead log laid over them: of the log only what SQLite itself would take, up to the last
// commit whose salts and checksums fit. Numbers of pages begin at 1. Nothing is written. Format: https://www.sqlite.org/fileformat2.html.
// Memory: a page, and the places of the log's frames. Thread: one at a time.
#pragma once

#include "store/sqlite_handle.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace troupe::store {

enum class page_kind : std::uint8_t { none = 0, index_interior = 2, table_interior = 5, index_leaf = 10, table_leaf = 13 };

// An entry of a page: a row of a table, or of an index.
struct page_cell {
  std::uint32_t child = 0;     // of interior pages
  std::uint64_t row = 0;       // of tables
  std::uint64_t size = 0;      // of the whole payload
  std::string_view local;      // what of the payload stands on this page
  std::uint32_t overflow = 0;  // the page where it goes on; 0: nowhere
  std::size_t bytes = 0;       // it takes of the page
};

// One page, of which `usable` bytes are SQLite's. A view: the bytes are somebody else's.
class sqlite_page {
 public:
  sqlite_page(std::uint32_t number, std::string_view usable) : bytes_(usable), head_(number == 1 ? 100 : 0) {}

  [[nodiscard]] page_kind kind() const;
  [[nodiscard]] bool is_interior() const { return kind() == page_kind::table_interior || kind() == page_kind::index_interior; }
  [[nodiscard]] std::size_t count() const;  // of cells
  [[nodiscard]] std::uint32_t right_most() const;
  // nullopt: its pointer leads nowhere.
  [[nodiscard]] std::optional<page_cell> cell(std::size_t n) const;
  // What stands here if it is a cell of such a page.
  [[nodiscard]] std::optional<page_cell> cell_at(page_kind kind, std::size_t offset) const;
  // Cells, free blocks, fragments and the room between account for every byte, once.
  [[nodiscard]] bool is_consistent() const;
  [[nodiscard]] std::size_t size() const { return bytes_.size(); }

 private:
  [[nodiscard]] std::size_t number16(std::size_t at) const;
  [[nodiscard]] std::size_t pointers() const { return head_ + (is_interior() ? 12 : 8); }

  std::string_view bytes_;
  std::size_t head_;
};

struct page_value {
  enum class type : std::uint8_t { null, integer, real, bytes };
  type what{};
  bool is_there = true;  // false: the payload was cut off in front of it
  std::int64_t number = 0;
  std::string_view bytes;

  [[nodiscard]] std::uint64_t integer() const { return static_cast<std::uint64_t>(number); }
  [[nodiscard]] bool is_integer() const { return is_there && what == type::integer; }
  [[nodiscard]] bool is_bytes() const { return is_there && what == type::bytes; }
};

// The columns of a payload, as many as are there. A view of it.
struct page_row {
  static constexpr std::size_t most = 16;
  std::array<page_value, most> values;
  std::size_t count = 0;

  const page_value& operator[](std::size_t n) const { return values[n]; }
};
// nullopt: it is none, or has more columns. `size` is that of the whole payload, of which `payload` is the beginning.
[[nodiscard]] std::optional<page_row> row_in(std::string_view payload, std::uint64_t size);

struct byte_source {
  std::uint64_t size = 0;
  std::function<void(char* to, std::size_t size, std::uint64_t at)> read = nullptr;  // what lies within; throws what it will
};

class sqlite_pages {
 public:
  // The log's size is 0 if there is none.
  sqlite_pages(byte_source file, byte_source log);

  [[nodiscard]] std::uint32_t count() const { return count_; }
  [[nodiscard]] std::uint32_t page_size() const { return page_size_; }
  [[nodiscard]] std::uint32_t usable_size() const { return usable_; }
  // Zeros where the file is cut.
  void read(std::uint32_t number, std::string& to) const;
  // The whole payload, or as much of it as its chain of pages leads to. Tells the pages.
  [[nodiscard]] std::string payload(const page_cell& cell, const std::function<void(std::uint32_t)>& passed = nullptr) const;

  // Calls for each page of a tree, a parent in front of its children. False: one of them is not consistent, not of this kind of tree, or there twice.
  bool walk(std::uint32_t root, page_kind leaf, const std::function<void(std::uint32_t number, const sqlite_page& page)>& found) const;
  // Where the tree of a table is, as the schema says.
  [[nodiscard]] std::optional<std::uint32_t> root_of(std::string_view table) const;
  // The pages that are in no use; nullopt: the list is damaged, or the page where it begins.
  [[nodiscard]] std::optional<std::vector<std::uint32_t>> free_pages() const;
  // The pages of the log that count, and where in it they stand.
  [[nodiscard]] const std::unordered_map<std::uint32_t, std::uint64_t>& logged() const { return logged_; }

 private:
  void read_log();
  void find_size();
  void set_size(std::uint32_t page_size, std::uint32_t reserved);
  [[nodiscard]] std::size_t consistent_pages(std::uint32_t page_size, std::uint32_t reserved) const;

  byte_source file_, log_;
  std::uint32_t page_size_ = 0, usable_ = 0, count_ = 0;
  std::unordered_map<std::uint32_t, std::uint64_t> logged_;  // page, where its newest frame has it
  std::uint32_t count_of_log_ = 0;                           // pages, as its last commit says
};

// Read by the files of this connection, which must be in a transaction or alone: the locks of the process stay as they are.
[[nodiscard]] sqlite_pages pages_of(sqlite_connection& connection);
// Nobody of this process may have the file open: SQLite's locks would be lost. Throws file_failure.
[[nodiscard]] sqlite_pages pages_at(const std::string& path);

}  // namespace troupe::store
