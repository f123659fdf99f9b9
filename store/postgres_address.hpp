// Where a PostgreSQL server is, as libpq is told, and as it may be shown: never with a password.
#pragma once

#include <string>
#include <vector>

namespace troupe::store {

class postgres_address {
 public:
  // A connection string or URI of libpq. Throws store_error if it is none, or names no port that there may be, without quoting from it.
  explicit postgres_address(std::string connection);

  [[nodiscard]] const std::string& connection() const { return connection_; }
  [[nodiscard]] const std::string& shown() const { return shown_; }  // "host=db1 dbname=fix user=troupe"
  // "postgresql host=db1 dbname=fix user=troupe schema venue_a"
  [[nodiscard]] std::string with_schema(const std::string& schema) const { return "postgresql " + shown_ + " schema " + schema; }
  // What libpq or the server said, without the passwords.
  [[nodiscard]] std::string masked(std::string text) const;

 private:
  std::string connection_;
  std::string shown_;
  std::vector<std::string> secrets_;
};

}  // namespace troupe::store
