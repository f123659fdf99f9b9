// A PostgreSQL server for tests that are no C++: says where it is, and then does what each line of the standard input says, until that ends.
//
//   start, stop, restart     the server; a stop is a crash of it
//   anything else            SQL. Answered by its rows, a line each, with `| ` in front of them, or by `! ` and what is wrong
//
// Each answer ends with a line `.`. Exit code 77: there is no server on this machine.
#include "test/store/postgres_server.hpp"

#include <algorithm>
#include <iostream>
#include <stdexcept>
#include <string>

namespace {

void obey(troupe::test::postgres_server& server, const std::string& line) {
  if (line == "start") return server.start();
  if (line == "stop") return server.stop_at_once();
  if (line == "restart") return server.restart_at_once();
  for (const auto& row : server.ask(line)) std::cout << "| " << row << '\n';
}

std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

}  // namespace

int main() try {
  if (troupe::test::postgres_programs().empty()) {
    std::cout << "there is no PostgreSQL server below /usr/lib/postgresql (Debian: postgresql)" << std::endl;
    return 77;
  }
  troupe::test::postgres_server server;
  std::cout << server.connection() << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
    try {
      obey(server, line);
    } catch (const std::runtime_error& e) {
      std::cout << "! " << one_line(e.what()) << '\n';
    }
    std::cout << '.' << std::endl;
  }
  return 0;
} catch (const std::exception& e) {
  std::cerr << "postgres_for_tests: " << e.what() << '\n';
  return 1;
}
