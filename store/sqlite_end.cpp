#include "store/sqlite_end.hpp"

#include "store/message_store.hpp"

namespace troupe::store {

namespace {

[[noreturn]] void refuse(const std::string& path, const std::string& what) {
  throw store_error(path + ": " + what + ": the file is damaged, and the newest messages may be missing. `troupe repair-store` says what can be had; or restore the file from a copy.");
}

// Ascending, all of them behind this row.
bool stand_behind(std::uint64_t row, const sqlite_page& page) {
  for (std::size_t i = 0; i < page.count(); ++i) {
    const auto next = page.cell(i)->row;
    if (next <= row) return false;
    row = next;
  }
  return true;
}

// Down the last branches. A branch that leads elsewhere shows by rows that do not stand behind those in front of it.
void require_whole_records(const sqlite_pages& pages, const std::string& path, std::uint32_t root) {
  std::string bytes;
  std::uint64_t row = 0, depth = 0;
  for (auto number = root;; ++depth) {
    const auto where = "page " + std::to_string(number) + " of the table of messages";
    if (number == 0 || number > pages.count() || depth > 20) refuse(path, where + " is not there");
    pages.read(number, bytes);
    const sqlite_page page{number, bytes};
    const bool is_leaf = page.kind() == page_kind::table_leaf;
    if ((!is_leaf && page.kind() != page_kind::table_interior) || !page.is_consistent() || !stand_behind(row, page)) refuse(path, where + " is not as it was written");
    if (is_leaf) return;
    if (page.count() > 0) row = page.cell(page.count() - 1)->row;
    number = page.right_most();
  }
}

}  // namespace

void require_whole_end(const sqlite_pages& pages, const std::string& path) {
  const auto records = pages.root_of("record"), sessions = pages.root_of("session");
  if (!records || !sessions) refuse(path, "the places of its tables cannot be read");
  require_whole_records(pages, path, *records);
  if (!pages.walk(*sessions, page_kind::table_leaf, [](std::uint32_t, const sqlite_page&) {})) refuse(path, "a page of the table of sessions is not as it was written");
}

}  // namespace troupe::store
