// Two machines trade while links are lost, stores fail, and either side crashes back to its last commit, at random but by a
// seed. Afterwards: everything that was accepted has arrived, nothing twice without a mark, all of it in order, and no
// MsgSeqNum ever carried two contents.
//
// TROUPE_CRASH_SEEDS: how many seeds (300). TROUPE_CRASH_SEED: only this one, with a trace.
#include "test/protocol/session_storm.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <random>

using namespace troupe::protocol;
using namespace troupe::test;

namespace {

unsigned number_from(const char* variable, unsigned otherwise) {
  const char* text = std::getenv(variable);
  return text ? static_cast<unsigned>(std::strtoul(text, nullptr, 10)) : otherwise;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(session_crash)

BOOST_AUTO_TEST_CASE(nothing_is_lost_doubled_or_reordered) {
  const unsigned only = number_from("TROUPE_CRASH_SEED", 0);
  const unsigned last = only ? only : number_from("TROUPE_CRASH_SEEDS", 300);
  std::size_t messages = 0;
  std::map<std::string, int> troubles;
  for (unsigned seed = only ? only : 1; seed <= last; ++seed) {
    storm s{std::mt19937{seed}, hurried(role::initiator), hurried(role::acceptor), only != 0};
    s.rage(1500);
    BOOST_TEST(s.settle(), "seed " << seed << " does not settle: " << s.where());
    for (const auto& b : s.broken()) BOOST_TEST(b.empty(), "seed " << seed << ": " << b);
    messages += s.messages();
    for (const auto& [what, times] : s.troubles) troubles[what] += times;
  }
  BOOST_TEST_MESSAGE(messages << " messages, seeds up to " << last);
  for (const auto& [what, times] : troubles) BOOST_TEST_MESSAGE(what << ": " << times);
  BOOST_TEST(messages > 10u * (only ? 0 : last));
}

BOOST_AUTO_TEST_SUITE_END()
