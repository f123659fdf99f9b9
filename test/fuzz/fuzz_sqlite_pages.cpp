// Any bytes as a SQLite file and its write-ahead log, read page by page as a salvage and the opening of a store do. The first byte says how many times 512 bytes are the file's.
#include "store/message_store.hpp"
#include "store/sqlite_end.hpp"
#include "store/sqlite_pages.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

namespace {

using namespace troupe::store;

void require(bool holds) {
  if (!holds) std::abort();
}

byte_source source_of(std::string_view bytes) {
  return {bytes.size(), [bytes](char* to, std::size_t size, std::uint64_t at) {
            require(at <= bytes.size() && size <= bytes.size() - at);
            std::memcpy(to, bytes.data() + at, size);
          }};
}

void look_at(const sqlite_pages& pages, const page_cell& cell, const sqlite_page& page) {
  require(cell.local.size() <= page.size() && cell.local.size() <= cell.size);
  const auto payload = pages.payload(cell);
  require(payload.size() <= cell.size);
  if (const auto row = row_in(payload, cell.size))
    for (std::size_t i = 0; i < row->count; ++i) require(!(*row)[i].is_there || (*row)[i].bytes.size() <= payload.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::string_view all{reinterpret_cast<const char*>(data) + 1, size - 1};
  const auto of_file = all.substr(0, std::size_t{data[0]} * 512);
  const sqlite_pages pages{source_of(of_file), source_of(all.substr(of_file.size()))};
  if (pages.count() == 0 || pages.count() > 1000) return 0;  // its last commit may say that there are many more
  std::string bytes;
  for (std::uint32_t n = 1; n <= pages.count(); ++n) {
    pages.read(n, bytes);
    const sqlite_page page{n, bytes};
    if (page.is_consistent())
      for (std::size_t i = 0; i < page.count(); ++i) require(page.cell(i).has_value());
    for (std::size_t at = 0; at <= bytes.size(); ++at)
      for (const auto kind : {page_kind::table_leaf, page_kind::index_leaf, page_kind::table_interior, page_kind::index_interior})
        if (const auto cell = page.cell_at(kind, at); cell && at % 16 == 0) look_at(pages, *cell, page);
    pages.walk(n, page_kind::table_leaf, [](std::uint32_t, const sqlite_page&) {});
    pages.walk(n, page_kind::index_leaf, [](std::uint32_t, const sqlite_page&) {});
  }
  (void)pages.free_pages();
  try {
    require_whole_end(pages, "x");
  } catch (const store_error&) {
  }
  return 0;
}
