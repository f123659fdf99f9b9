// A thread outside the reactors that submits faster than the session can take.
#include "test/flow/flow_world.hpp"

#include <boost/test/unit_test.hpp>

using namespace troupe::test;
using namespace troupe;

namespace {

// Submits until it is refused.
std::size_t flood(session_reference& session, std::size_t size) {
  for (std::uint64_t token = 1;; ++token)
    if (session.submit({"8", {}, "58=" + std::string(size, 's') + "\x01"}, submit_token{token}) != submit_result::taken) return token - 1;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(fast_submitter)

BOOST_FIXTURE_TEST_CASE(small_ones_are_refused_by_their_number, flow_world) {
  add("PEER", answering(0));
  auto session = reference("PEER");
  const memory_watch memory;
  const auto taken = flood(session, 20);
  reactor.run();
  BOOST_TEST(taken == session_spec{}.max_in_flight);
  BOOST_TEST(memory.peak() <= taken * kib);
  BOOST_TEST(session.in_flight() == 0u);  // nobody is logged on: all refused, all told
  BOOST_TEST(flood(session, 20) == taken);
}

BOOST_FIXTURE_TEST_CASE(large_ones_are_refused_by_their_bytes, flow_world) {
  add("PEER", answering(0));
  auto session = reference("PEER");
  const memory_watch memory;
  const auto taken = flood(session, 100'000);
  reactor.run();
  BOOST_TEST(taken == session_spec{}.max_in_flight_bytes / 100'005);
  BOOST_TEST(memory.peak() <= 3 * session_spec{}.max_in_flight_bytes);
  BOOST_TEST(flood(session, 100'000) == taken);
}

BOOST_FIXTURE_TEST_CASE(one_that_is_larger_than_all_is_taken_alone, flow_world) {
  add("PEER", answering(0), [](session_spec& s) { s.max_in_flight_bytes = 10; });
  auto session = reference("PEER");
  BOOST_TEST(flood(session, 100) == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
