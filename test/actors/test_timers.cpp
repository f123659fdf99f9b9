#include "test/actors/actor_world.hpp"

#include "actors/timer_wheel.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <random>
#include <vector>

namespace troupe::actors::test {
namespace {

using namespace std::chrono_literals;
using time = timer_wheel::time;

BOOST_AUTO_TEST_SUITE(timer_suite)

BOOST_AUTO_TEST_CASE(the_wheel_fires_what_a_sorted_list_would) {
  std::mt19937_64 chance{5};
  timer_wheel wheel{time{1h}};
  time now{1h};
  std::multimap<time, int> expected;  // equal deadlines: in the order they were added
  std::map<int, std::pair<timer_id, time>> live;
  std::vector<int> fired;
  int next = 0;
  for (int round = 0; round < 20'000; ++round) {
    const auto what = chance() % 10;
    if (what < 5) {
      const auto magnitude = chance() % 42;
      const auto deadline = now + time{static_cast<std::int64_t>(chance() % (std::uint64_t{1} << (magnitude + 8)))} - 50ms;
      const int name = next++;
      live[name] = {wheel.add(deadline, [&fired, name] { fired.push_back(name); }), deadline};
      expected.emplace(deadline, name);
    } else if (what < 8 && !live.empty()) {
      const auto victim = std::next(live.begin(), static_cast<std::ptrdiff_t>(chance() % live.size()));
      BOOST_REQUIRE(wheel.cancel(victim->second.first));
      BOOST_REQUIRE(!wheel.cancel(victim->second.first));
      for (auto [i, end] = expected.equal_range(victim->second.second); i != end; ++i) {
        if (i->second != victim->first) continue;
        expected.erase(i);
        break;
      }
      live.erase(victim);
    } else {
      BOOST_REQUIRE((wheel.next() == (expected.empty() ? std::nullopt : std::optional{expected.begin()->first})));
      now += time{static_cast<std::int64_t>(chance() % (std::uint64_t{1} << (chance() % 40)))};
      fired.clear();
      wheel.fire(now);
      std::vector<int> due;
      while (!expected.empty() && expected.begin()->first <= now) {
        due.push_back(expected.begin()->second);
        live.erase(due.back());
        expected.erase(expected.begin());
      }
      BOOST_REQUIRE((fired == due));
    }
    BOOST_REQUIRE(wheel.size() == expected.size());
  }
}

BOOST_FIXTURE_TEST_CASE(ten_thousand_timers_each_fire_at_their_own_moment, actor_world) {
  const auto start = reactor.now().steady;
  std::size_t fired = 0;
  std::size_t wrong = 0;
  for (int i = 0; i < 10'000; ++i) {
    const auto deadline = start + time{reactor.random()() % 60'000'000'000};
    reactor.start_timer(deadline, [&, deadline] {
      ++fired;
      if (reactor.now().steady != deadline) ++wrong;
    });
  }
  reactor.advance(1min);
  BOOST_TEST(fired == 10'000U);
  BOOST_TEST(wrong == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_callback_may_add_and_cancel, actor_world) {
  const auto start = reactor.now().steady;
  std::vector<int> fired;
  timer_id second;
  reactor.start_timer(start + 5ms, [&] {
    fired.push_back(1);
    reactor.cancel_timer(second);
    reactor.start_timer(start + 5ms, [&] { fired.push_back(3); });
  });
  second = reactor.start_timer(start + 5ms, [&] { fired.push_back(2); });
  reactor.advance(5ms);
  BOOST_TEST((fired == std::vector<int>{1, 3}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace troupe::actors::test
