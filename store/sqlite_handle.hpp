// SQLite's C interface with ownership: a connection, and statements prepared once and used for as long as it lives.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <sqlite3.h>
#include <stdexcept>
#include <string>
#include <string_view>

namespace troupe::store {

// What SQLite said. Never leaves store/: it becomes a commit_result or a store_error.
class sqlite_error : public std::runtime_error {
 public:
  sqlite_error(int code, const std::string& text) : std::runtime_error(text), code_(code) {}
  [[nodiscard]] int code() const { return code_; }  // primary result code

 private:
  int code_;
};

class sqlite_connection {
 public:
  // `flags` as in sqlite3_open_v2. Throws sqlite_error.
  sqlite_connection(const std::string& path, int flags);

  void run(const char* sql);  // one or more statements without result
  [[nodiscard]] std::int64_t number(const char* sql);  // the first column of the first row
  [[nodiscard]] sqlite3* get() const { return handle_.get(); }
  [[nodiscard]] bool is_in_transaction() const { return sqlite3_get_autocommit(handle_.get()) == 0; }
  [[noreturn]] void fail(int code) const;

 private:
  struct closer {
    void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
  };
  std::unique_ptr<sqlite3, closer> handle_;
};

// A prepared statement. `use` makes it ready for new values; texts and blobs bound must live until the next step.
class sqlite_statement {
 public:
  sqlite_statement(sqlite_connection& connection, const char* sql);

  template <class... Values>
  sqlite_statement& use(const Values&... values) {
    sqlite3_reset(handle_.get());
    int at = 0;
    (bind(++at, values), ...);
    return *this;
  }
  [[nodiscard]] bool step();  // true: a row is there
  void done() {               // runs to the end and lets go of the rows
    while (step()) {
    }
    reset();
  }
  void reset() { sqlite3_reset(handle_.get()); }

  [[nodiscard]] std::uint64_t column(int at) const { return static_cast<std::uint64_t>(sqlite3_column_int64(handle_.get(), at)); }
  [[nodiscard]] bool is_null(int at) const { return sqlite3_column_type(handle_.get(), at) == SQLITE_NULL; }
  [[nodiscard]] std::string_view bytes(int at) const;

 private:
  void bind(int at, std::uint64_t value) { check(sqlite3_bind_int64(handle_.get(), at, static_cast<std::int64_t>(value))); }
  void bind(int at, std::int64_t value) { check(sqlite3_bind_int64(handle_.get(), at, value)); }
  void bind(int at, std::nullptr_t) { check(sqlite3_bind_null(handle_.get(), at)); }
  void bind(int at, const std::string& text) {
    check(sqlite3_bind_text(handle_.get(), at, text.data(), static_cast<int>(text.size()), SQLITE_STATIC));
  }

 public:
  struct blob {
    std::string_view bytes;
  };

 private:
  void bind(int at, const blob& value) {
    check(sqlite3_bind_blob(handle_.get(), at, value.bytes.data() ? value.bytes.data() : "", static_cast<int>(value.bytes.size()), SQLITE_STATIC));
  }
  void check(int code) const;

  struct finalizer {
    void operator()(sqlite3_stmt* handle) const { sqlite3_finalize(handle); }
  };
  sqlite_connection* connection_;
  std::unique_ptr<sqlite3_stmt, finalizer> handle_;
};

}  // namespace troupe::store
