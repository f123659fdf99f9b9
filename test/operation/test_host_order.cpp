#include "actors/host_order.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

using namespace troupe::actors;
using namespace std::chrono_literals;
using hosts = std::vector<std::size_t>;

namespace {

// After each attempt: for how long it was a connection that was logged on.
hosts tried(host_order order, std::size_t count, const std::vector<troupe::protocol::steady_time>& lasting) {
  hosts list;
  for (const auto time : lasting) {
    list.push_back(order.next(count));
    if (time > 0s) order.lasted(time);
  }
  return list;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(host_orders)

BOOST_AUTO_TEST_CASE(round_robin_goes_on_to_the_next_whatever_happened) {
  const host_order order{{host_policy::round_robin, 120s}};
  BOOST_TEST((tried(order, 3, {0s, 30s, 2h, 0s, 2h}) == hosts{0, 1, 2, 0, 1}));
  BOOST_TEST((tried(order, 1, {0s, 30s, 2h}) == hosts{0, 0, 0}));
}

BOOST_AUTO_TEST_CASE(priority_goes_on_to_the_next_as_long_as_no_connection_holds) {
  const host_order order{{host_policy::priority, 120s}};
  BOOST_TEST((tried(order, 3, {0s, 0s, 0s, 0s, 0s}) == hosts{0, 1, 2, 0, 1}));
  BOOST_TEST((tried(order, 2, {119s, 119s, 0s}) == hosts{0, 1, 0}));
}

BOOST_AUTO_TEST_CASE(priority_begins_with_the_first_again_after_a_connection_that_held) {
  const host_order order{{host_policy::priority, 120s}};
  BOOST_TEST((tried(order, 3, {0s, 120s, 0s, 0s, 0s}) == hosts{0, 1, 0, 1, 2}));
  BOOST_TEST((tried(order, 3, {2h, 0s, 2h, 0s}) == hosts{0, 0, 1, 0}));
}

BOOST_AUTO_TEST_SUITE_END()
