// Crashes between any two steps of receive, deliver, handled, commit, transmit: in both roles, of every part.
//
// A step is one message of one actor. Two orders are under way and answered; the crash comes after 0, 1, 2 … steps, until there are
// no more. After each, time passes until all is well, and the stores and logs of both sides are compared.
#include "actors/testing/stage.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace troupe::actors;
using namespace troupe::actors::testing;
using namespace std::chrono_literals;

namespace troupe::actors::testing {

std::ostream& operator<<(std::ostream& out, part p) { return out << to_string(p); }

}  // namespace troupe::actors::testing

namespace {

// In place, a step is a whole chain of actors; otherwise it is one message.
stage_plan step_by_step(std::uint64_t seed, bool is_in_place) {
  stage_plan p;
  p.is_in_place = is_in_place;
  p.seed = seed;
  return p;
}

// Nothing that was made durable is lost or doubled; what was not made durable was refused, or its process died.
void check(stage& s, std::size_t step) {
  const bool is_well = s.settle();
  const auto broken = s.broken_promises();
  BOOST_TEST(is_well, "after step " << step << ": " << s.what_is_open());
  BOOST_TEST(broken.empty(), "after step " << step << ":\n" << lines(broken));
  s.buyer.order("B1");  // and it goes on
  BOOST_TEST(s.settle(), "after step " << step << ", later: " << s.what_is_open());
  // Marked if the application was not yet back when it came: it was delivered to nobody first.
  const auto seen = s.seller.seen();
  BOOST_TEST((seen.ends_with("B1") || seen.ends_with("B1?")), "after step " << step << ": " << seen);
}

// Hurts two orders after each number of steps; how many there were.
std::size_t at_every_step(const std::function<void(stage&)>& hurt, bool is_in_place = false) {
  for (std::size_t step = 0;; ++step) {
    stage s{step_by_step(step + 1, is_in_place)};
    s.start();
    s.buyer.order("A1");
    s.buyer.order("A2");
    const bool is_over = s.run_steps(step) < step;
    hurt(s);
    check(s, step);
    if (is_over) return is_in_place ? step : std::max(step, at_every_step(hurt, true));
  }
}

const part parts[] = {part::session, part::timer, part::connection, part::application, part::group, part::store, part::lobby, part::acceptor};

}  // namespace

BOOST_AUTO_TEST_SUITE(crashes)

BOOST_AUTO_TEST_CASE(nothing_is_hurt_and_all_is_well) {
  stage s;
  s.start();
  s.buyer.order("A1");
  s.buyer.order("A2");
  BOOST_TEST(s.settle(), s.what_is_open());
  BOOST_TEST(s.seller.seen() == "A1 A2");
  BOOST_TEST(s.buyer.seen() == "EA1 EA2");
  BOOST_TEST(s.broken_promises().empty(), lines(s.broken_promises()));
}

BOOST_DATA_TEST_CASE(a_part_of_the_buyer_crashes_at_every_step, boost::unit_test::data::make(parts), p) {
  BOOST_TEST(at_every_step([&](stage& s) { s.buyer.crash(p); }) > 20U);
}

BOOST_DATA_TEST_CASE(a_part_of_the_seller_crashes_at_every_step, boost::unit_test::data::make(parts), p) {
  BOOST_TEST(at_every_step([&](stage& s) { s.seller.crash(p); }) > 20U);
}

BOOST_AUTO_TEST_CASE(the_buyer_is_killed_at_every_step) {
  at_every_step([](stage& s) {
    s.buyer.kill();
    s.advance(1s);
    BOOST_TEST_REQUIRE(s.buyer.start().error.empty());
  });
}

BOOST_AUTO_TEST_CASE(the_seller_is_killed_at_every_step) {
  at_every_step([](stage& s) {
    s.seller.kill();
    s.advance(1s);
    BOOST_TEST_REQUIRE(s.seller.start().error.empty());
  });
}

BOOST_AUTO_TEST_CASE(the_wire_breaks_at_every_step) {
  at_every_step([](stage& s) { s.cut(); });
}

BOOST_AUTO_TEST_SUITE_END()
