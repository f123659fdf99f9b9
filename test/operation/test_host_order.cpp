#include "actors/host_order.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

using namespace troupe::actors;
using namespace std::chrono_literals;
using hosts = std::vector<std::size_t>;

namespace {

hosts tried(host_order order, std::size_t count, const std::vector<troupe::protocol::steady_time>& attempts) {
  hosts list;
  for (const auto at : attempts) list.push_back(order.next(count, at));
  return list;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(host_orders)

BOOST_AUTO_TEST_CASE(round_robin_goes_on_to_the_next_whatever_happened) {
  const host_order order{{host_policy::round_robin, 120s}};
  BOOST_TEST((tried(order, 3, {0s, 30s, 60s, 90s, 2h}) == hosts{0, 1, 2, 0, 1}));
  BOOST_TEST((tried(order, 1, {0s, 30s, 60s}) == hosts{0, 0, 0}));
}

BOOST_AUTO_TEST_CASE(priority_begins_with_the_first_again_when_the_last_attempt_was_long_ago) {
  const host_order order{{host_policy::priority, 120s}};
  BOOST_TEST((tried(order, 3, {0s, 30s, 60s, 90s, 120s}) == hosts{0, 1, 2, 0, 1}));
  BOOST_TEST((tried(order, 3, {0s, 30s, 30s + 119s, 30s + 119s + 120s}) == hosts{0, 1, 2, 0}));
  BOOST_TEST((tried(order, 3, {0s, 30s, 1h, 1h + 30s}) == hosts{0, 1, 0, 1}));
}

BOOST_AUTO_TEST_CASE(the_first_host_is_tried_first_at_any_time) {
  BOOST_TEST((tried(host_order{{host_policy::priority, 120s}}, 3, {5s}) == hosts{0}));
  BOOST_TEST((tried(host_order{{host_policy::round_robin, 120s}}, 3, {9h}) == hosts{0}));
}

BOOST_AUTO_TEST_SUITE_END()
