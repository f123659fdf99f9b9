// What only memory has: a bound.
#include "store/memory_store.hpp"
#include "test/store/batches.hpp"

#include <boost/test/unit_test.hpp>

using namespace troupe::test;

BOOST_AUTO_TEST_SUITE(memory)

BOOST_AUTO_TEST_CASE(beyond_its_bound_the_oldest_records_go_and_are_seen_to_be_lost) {
  memory_store store{10 * (100 + memory_store::record_share)};
  hand h{store, alpha};
  for (std::uint64_t n = 1; n <= 25; ++n) h.commit(h.next(record_kind::application, std::string(100, 'x'), submit_token{n}));
  const auto page = h.fetch(1, 25);
  BOOST_REQUIRE(page.records.size() == 10u);
  BOOST_TEST(page.records.front().number.value == 16u);
  BOOST_TEST(page.begin.value == 1u);
  BOOST_TEST(!store.find_token(alpha, submit_token{15}));
  BOOST_TEST((store.find_token(alpha, submit_token{16}) == seq_num{16}));
  h.load();
  BOOST_TEST(h.state().next_sender.value == 26u);
}

BOOST_AUTO_TEST_SUITE_END()
