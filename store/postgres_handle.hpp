// libpq with ownership and a limit to every wait: a connection, the values of a statement, and the rows it gave.
//
// All goes over the wire in binary. A connection that has failed once stays so: make another one.
// Thread: a connection belongs to one at a time.
#pragma once

#include "store/postgres_address.hpp"

#include <libpq-fe.h>

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::store {

// What PostgreSQL or the network said. Never leaves store/: it becomes a commit_result, a store_unavailable or a store_error.
class postgres_error : public std::runtime_error {
 public:
  enum class kind : unsigned char {
    unreachable,  // there is no connection to be had; why may be the connection string or the network
    lost,         // the connection is gone: whether the statement was done is not known
    passing,      // the server cannot do so just now
    data,         // the server refuses what it was given: another batch may go through
    lasting,      // it will not do so tomorrow either
  };
  postgres_error(kind what, const std::string& text) : std::runtime_error(text), kind_(what) {}
  [[nodiscard]] kind what_kind() const { return kind_; }
  [[nodiscard]] bool is_lost() const { return kind_ == kind::lost; }
  [[nodiscard]] bool may_pass() const { return kind_ != kind::data && kind_ != kind::lasting; }

 private:
  kind kind_;
};

// With what to do about it.
[[nodiscard]] std::string told(const postgres_error& e);

// Values in their order. Bytes handed in must live until the statement was run.
class postgres_values {
 public:
  postgres_values& number(std::uint64_t value);
  postgres_values& bytes(std::string_view value);
  postgres_values& text(std::string_view value);
  postgres_values& numbers(std::span<const std::uint64_t> values);
  postgres_values& byte_strings(std::span<const std::string_view> values);

  [[nodiscard]] int count() const { return static_cast<int>(types_.size()); }
  [[nodiscard]] const Oid* types() const { return types_.data(); }
  [[nodiscard]] const char* const* data() const { return data_.data(); }
  [[nodiscard]] const int* lengths() const { return lengths_.data(); }
  [[nodiscard]] const int* formats() const { return formats_.data(); }

 private:
  postgres_values& add(Oid type, std::string_view value);
  postgres_values& add_own(Oid type, std::string value);

  std::deque<std::string> own_;
  std::vector<Oid> types_;
  std::vector<const char*> data_;
  std::vector<int> lengths_, formats_;
};

// Columns are bigint, boolean, bytea or text.
class postgres_rows {
 public:
  explicit postgres_rows(PGresult* result) : result_(result) {}
  [[nodiscard]] int count() const { return PQntuples(result_.get()); }
  [[nodiscard]] std::uint64_t number(int row, int column) const;
  [[nodiscard]] bool flag(int row, int column) const { return bytes(row, column) == std::string_view{"\1", 1}; }
  [[nodiscard]] bool is_null(int row, int column) const { return PQgetisnull(result_.get(), row, column) != 0; }
  [[nodiscard]] std::string_view bytes(int row, int column) const;  // lives as long as the rows
  [[nodiscard]] std::string text(int row, int column) const { return std::string{bytes(row, column)}; }

 private:
  struct clearer {
    void operator()(PGresult* r) const { PQclear(r); }
  };
  std::unique_ptr<PGresult, clearer> result_;
};

// Prepared on a connection when it is first run there. One name, one text.
struct postgres_statement {
  std::string name;
  std::string sql;
};

struct postgres_limits {
  std::chrono::seconds connect{5};   // for each host of the connection string; 2 at least
  std::chrono::milliseconds answer{10'000};  // without a byte from the server: the connection is given up
};

class postgres_connection {
 public:
  // Throws postgres_error, its text without passwords. `program`: as pg_stat_activity shows us, unless the connection string says so.
  postgres_connection(const postgres_address& address, const std::string& program, postgres_limits limits);

  postgres_rows run(const postgres_statement& statement, const postgres_values& values = {});
  void run_script(const std::string& sql);  // one or more statements without values and rows: one transaction if it says nothing else
  [[nodiscard]] int server_version() const { return PQserverVersion(handle_.get()); }  // 150018
  [[nodiscard]] bool is_lost() const { return is_lost_; }

 private:
  struct finisher {
    void operator()(PGconn* c) const { PQfinish(c); }
  };
  PGconn* get() const { return handle_.get(); }
  postgres_rows finish(int was_sent);
  void send_all();
  PGresult* next_result();
  void wait_for(short events);
  [[noreturn]] void fail(const PGresult* result);
  [[noreturn]] void lose(const std::string& why);

  const postgres_address* address_;
  postgres_limits limits_;
  std::unique_ptr<PGconn, finisher> handle_;
  std::set<std::string> prepared_;
  bool is_lost_ = false;
};

// In front of its use: a commit is on the server's disk, and at its standbys, before it returns; more than that is left as it is.
inline constexpr const char* commits_for_good =
    "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') NOT IN ('on', 'remote_apply')";

// A connection to a store: it ends by itself, on both sides, when the other one is gone. The server must notice that, too: a statement that was
// cut in two would hold its locks until then. `settings`: more statements in front of its use. Throws postgres_error; store_error if the server is too old.
[[nodiscard]] std::unique_ptr<postgres_connection> connect_to_store(const postgres_address& address, const std::string& program, postgres_limits limits, const std::string& settings);

}  // namespace troupe::store
