#include "store/store_view.hpp"

#include "store/file_lock.hpp"
#include "store/journal_view.hpp"
#include "store/postgres_view.hpp"
#include "store/sqlite_view.hpp"

#include <filesystem>
#include <utility>

namespace troupe::store {

session_row row_of(const viewed_session& s) {
  session_row row;
  row.id = s.id;
  row.row = s.key;
  row.name_check = crc32c(to_string(s.id));
  row.last_commit = s.last_commit;
  row.state = s.state;
  row.is_damaged = s.is_damaged;
  return row;
}

store_kind kind_at(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::is_directory(path, ignored) ? store_kind::journal : store_kind::sqlite;
}

std::unique_ptr<store_view> view_store(store_kind kind, const std::string& path, std::vector<protocol::session_id> names) {
  std::error_code ignored;
  if (kind == store_kind::memory) throw store_error("a store in memory ends with its process: there is nothing to look into.");
  if (!std::filesystem::exists(path, ignored)) throw store_error(path + ": is not there. The store is made when the engine runs for the first time.");
  if (kind == store_kind::sqlite && std::filesystem::is_directory(path, ignored)) throw store_error(path + ": is a folder, expected a SQLite file.");
  if (kind == store_kind::journal) return std::make_unique<journal_view>(path, std::move(names));
  return std::make_unique<sqlite_view>(path);
}

std::unique_ptr<store_view> view_store(const store_settings& where, std::vector<protocol::session_id> names) {
  if (where.kind == store_kind::postgres) return std::make_unique<postgres_view>(where.connection, where.schema);
  return view_store(where.kind, where.path, std::move(names));
}

std::optional<std::string> holder_of(const store_settings& where) {
  if (where.kind == store_kind::memory) return std::nullopt;
  return where.kind == store_kind::postgres ? postgres_view{where.connection, where.schema}.owner() : holder_of(where.path);
}

}  // namespace troupe::store
