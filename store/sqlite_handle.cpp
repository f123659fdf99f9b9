#include "store/sqlite_handle.hpp"

namespace troupe::store {

sqlite_connection::sqlite_connection(const std::string& path, int flags) {
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  handle_.reset(handle);
  if (code != SQLITE_OK) fail(code);
}

void sqlite_connection::fail(int code) const {
  const std::string text = handle_ ? sqlite3_errmsg(handle_.get()) : sqlite3_errstr(code);
  throw sqlite_error(code & 0xFF, text);
}

void sqlite_connection::run(const char* sql) {
  if (const int code = sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr); code != SQLITE_OK) fail(code);
}

std::int64_t sqlite_connection::number(const char* sql) {
  sqlite_statement statement{*this, sql};
  return statement.step() ? static_cast<std::int64_t>(statement.column(0)) : 0;
}

sqlite_statement::sqlite_statement(sqlite_connection& connection, const char* sql) : connection_(&connection) {
  sqlite3_stmt* handle = nullptr;
  const int code = sqlite3_prepare_v3(connection.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &handle, nullptr);
  handle_.reset(handle);
  if (code != SQLITE_OK) connection.fail(code);
}

bool sqlite_statement::step() {
  const int code = sqlite3_step(handle_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  try {
    connection_->fail(code);
  } catch (...) {
    sqlite3_reset(handle_.get());
    throw;
  }
}

std::string_view sqlite_statement::bytes(int at) const {
  const auto* data = static_cast<const char*>(sqlite3_column_blob(handle_.get(), at));
  return data ? std::string_view{data, static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), at))} : std::string_view{};
}

void sqlite_statement::check(int code) const {
  if (code != SQLITE_OK) connection_->fail(code);
}

}  // namespace troupe::store
