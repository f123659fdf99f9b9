// The exit codes are what the page says.
#include "apps/exit_codes.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <iterator>
#include <set>

using namespace troupe::apps;

BOOST_AUTO_TEST_SUITE(exit_codes)

BOOST_AUTO_TEST_CASE(the_page_is_what_the_table_says) {
  std::ifstream in{TROUPE_SOURCE "/docs/exit-codes.md", std::ios::binary};
  const std::string page{std::istreambuf_iterator<char>{in}, {}};
  BOOST_TEST((page == describe_exit_codes()), "docs/exit-codes.md is stale: build the target docs");
}

BOOST_AUTO_TEST_CASE(a_code_has_one_meaning) {
  std::set<int> seen;
  for (const auto& e : exit_meanings) {
    BOOST_TEST(seen.insert(e.code).second, e.code);
    BOOST_TEST(!e.brief.empty());
    BOOST_TEST(e.meaning.ends_with('.'), e.code);
  }
}

// Whatever the sources name is in the table.
BOOST_AUTO_TEST_CASE(every_constant_is_in_the_table) {
  std::ifstream in{TROUPE_SOURCE "/apps/exit_codes.hpp", std::ios::binary};
  unsigned constants = 0;
  for (std::string line; std::getline(in, line);) constants += line.starts_with("inline constexpr int ") ? 1U : 0U;
  BOOST_TEST(constants == exit_meanings.size());
}

BOOST_AUTO_TEST_SUITE_END()
