#include "actors/back_off.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

using namespace troupe::actors;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(back_off_)

BOOST_AUTO_TEST_CASE(waits_grow_from_the_reconnect_interval_to_the_cap) {
  back_off b{{.base = 10s, .cap = 60s, .growth = 2.0, .jitter = 0.0}};
  std::vector<std::chrono::nanoseconds> waits;
  for (int i = 0; i < 5; ++i) waits.push_back(b.next(0));
  const std::vector<std::chrono::nanoseconds> expected{10s, 20s, 40s, 60s, 60s};
  BOOST_TEST((waits == expected));
}

BOOST_AUTO_TEST_CASE(jitter_shortens_and_never_lengthens) {
  for (std::uint64_t random : {0ull, 1ull << 40, 1ull << 63, ~0ull}) {
    back_off b{{.base = 10s, .cap = 60s, .growth = 2.0, .jitter = 0.2}};
    const auto wait = b.next(random);
    BOOST_TEST((wait >= 8s && wait <= 10s));
  }
}

BOOST_AUTO_TEST_CASE(only_a_stable_connection_forgives) {
  back_off b{{.base = 10s, .cap = 60s, .growth = 2.0, .jitter = 0.0, .stable_after = 30s}};
  (void)b.next(0);
  (void)b.next(0);
  b.lasted(29s);
  BOOST_TEST((b.next(0) == 40s));
  b.lasted(30s);
  BOOST_TEST((b.next(0) == 10s));
}

BOOST_AUTO_TEST_CASE(a_series_comes_first_and_its_last_wait_stays_or_grows) {
  const auto waits = [](back_off b, int count) {
    std::vector<std::chrono::nanoseconds> list;
    for (int i = 0; i < count; ++i) list.push_back(b.next(0));
    return list;
  };
  using list = std::vector<std::chrono::nanoseconds>;
  BOOST_TEST((waits(back_off{{.series = {5s, 1s}, .base = 30s, .cap = 30s, .jitter = 0.0}}, 5) == list{5s, 1s, 30s, 30s, 30s}));
  BOOST_TEST((waits(back_off{{.series = {5s}, .base = 30s, .cap = 100s, .jitter = 0.0}}, 5) == list{5s, 30s, 60s, 100s, 100s}));
}

BOOST_AUTO_TEST_CASE(the_series_begins_anew_after_a_stable_connection) {
  back_off b{{.series = {5s, 10s}, .base = 30s, .cap = 30s, .jitter = 0.0, .stable_after = 30s}};
  (void)b.next(0);
  (void)b.next(0);
  b.lasted(30s);
  BOOST_TEST((b.next(0) == 5s));
}

BOOST_AUTO_TEST_CASE(a_thousand_failures_do_not_overflow) {
  back_off b{{.base = 1s, .cap = 5min}};
  for (int i = 0; i < 5000; ++i) BOOST_REQUIRE((b.next(0) <= 5min));
}

BOOST_AUTO_TEST_SUITE_END()
