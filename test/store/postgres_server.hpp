// A PostgreSQL server of the tests' own, in a folder of its own: Debian's program, an unprivileged user, no service of the machine touched.
//
// It listens on a Unix socket in its folder and on an ephemeral port of 127.0.0.1, and ends with the process that started it, however that ends.
#pragma once

#include "test/support/temp_folder.hpp"

#include <cstdint>
#include <libpq-fe.h>
#include <memory>
#include <string>
#include <sys/types.h>
#include <vector>

namespace troupe::test {

class postgres_server {
 public:
  postgres_server();  // throws std::runtime_error with what the server said
  ~postgres_server();
  postgres_server(const postgres_server&) = delete;
  postgres_server& operator=(const postgres_server&) = delete;

  // By the thread that has made it: the server ends with the thread that has started it.
  void start();
  void stop_at_once();  // as a crash of it: nothing is written any more, and the log is replayed at the next start
  void restart_at_once() {
    stop_at_once();
    start();
  }

  [[nodiscard]] std::uint16_t port() const { return port_; }
  // As the superuser, who needs no password.
  [[nodiscard]] std::string connection() const { return "host=" + folder_.path().string() + at_port(port_); }
  [[nodiscard]] std::string connection_by(std::uint16_t tcp_port) const { return "host=127.0.0.1" + at_port(tcp_port); }

  // By one thread at a time. Rows of text, columns with `|` between them.
  std::vector<std::string> ask(const std::string& sql) const;
  void run(const std::string& sql) const { (void)ask(sql); }

 private:
  [[nodiscard]] static std::string at_port(std::uint16_t port) { return " port=" + std::to_string(port) + " dbname=postgres user=troupe"; }
  void make_cluster() const;
  [[nodiscard]] std::string log() const;
  void wait_until_up();

  temp_folder folder_;
  std::uint16_t port_ = 0;
  pid_t server_ = -1;
  mutable std::unique_ptr<PGconn, void (*)(PGconn*)> asker_{nullptr, &PQfinish};
};

// Of the newest version that is installed, or of TROUPE_POSTGRES_BIN; empty: there is none.
[[nodiscard]] std::string postgres_programs();

// Started when it is first asked for, stopped at the end of the program.
[[nodiscard]] postgres_server& the_server();

// The name of a schema that no test has used.
[[nodiscard]] std::string fresh_schema();

}  // namespace troupe::test
