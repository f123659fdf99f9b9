// The server of a test program, and its end where there is none.
#include "test/store/postgres_server.hpp"

#include <boost/test/tree/test_case_counter.hpp>
#include <boost/test/tree/traverse.hpp>
#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <iostream>

namespace troupe::test {

namespace {

// Ends the program before its first case where there is no server; ctest knows the exit code as that of a skipped test.
struct server_or_nothing {
  server_or_nothing() {
    if (!postgres_programs().empty()) return;
    const auto& cases = boost::unit_test::framework::master_test_suite();
    boost::unit_test::test_case_counter counter;
    boost::unit_test::traverse_test_tree(cases, counter);
    std::cout << "skipped: " << counter.p_count << " cases, because there is no PostgreSQL server below /usr/lib/postgresql (Debian: postgresql)" << std::endl;
    std::_Exit(77);
  }
};
BOOST_TEST_GLOBAL_FIXTURE(server_or_nothing);

}  // namespace

postgres_server& the_server() {
  static postgres_server server;
  return server;
}

std::string fresh_schema() {
  static int last = 0;
  return "troupe_" + std::to_string(++last);
}

}  // namespace troupe::test
