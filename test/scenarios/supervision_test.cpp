// When it is tried again, when it is given up, and whom that concerns.
#include "actors/testing/stage.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace troupe::actors;
using namespace troupe::actors::testing;
using namespace std::chrono_literals;
using enum troupe::protocol::session_state;

namespace {

stage_plan with_neighbour() {
  stage_plan p;
  p.sessions = 2;
  p.has_store_per_session = true;
  return p;
}

void neighbour_trades_on(stage& s, const std::string& order) {
  const auto connects = s.buyer.status(1).connects;
  s.buyer.order(order, 1);
  s.advance(1s);
  BOOST_TEST(s.seller.seen(1).ends_with(order), s.seller.seen(1));
  BOOST_TEST(s.buyer.status(1).connects == connects);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(supervision)

BOOST_AUTO_TEST_CASE(connects_are_tried_again_at_growing_intervals_that_are_never_the_same) {
  stage s;
  BOOST_TEST_REQUIRE(s.buyer.start().error.empty());  // nobody listens
  std::vector<steady_time> waits;
  while (waits.size() < 8) {
    BOOST_TEST_REQUIRE(s.run_until([&] { return s.buyer.status(0).group == group_state::Backoff; }, 1min));
    waits.push_back(*s.buyer.status(0).retry_at - s.now().steady);
    BOOST_TEST_REQUIRE(s.run_until([&] { return s.buyer.status(0).connects == waits.size() + 1; }, 1min));
  }
  const steady_time full[] = {1s, 2s, 4s, 8s, 8s, 8s, 8s, 8s};
  for (std::size_t i = 0; i < waits.size(); ++i) {
    BOOST_TEST((waits[i] <= full[i]), i << ": " << waits[i].count());
    BOOST_TEST((waits[i] >= full[i] * 8 / 10 - 10ms), i << ": " << waits[i].count());
  }
  std::sort(waits.begin(), waits.end());
  BOOST_TEST((std::adjacent_find(waits.begin(), waits.end()) == waits.end()));
  // The venue opens: logged on at the next try; a link that lasted makes the next failure a first one again.
  BOOST_TEST_REQUIRE(s.seller.start().error.empty());
  BOOST_TEST(s.settle(), s.what_is_open());
  s.advance(1min);
  s.cut();
  s.run();
  BOOST_TEST((*s.buyer.status(0).retry_at - s.now().steady <= 1s));
}

BOOST_AUTO_TEST_CASE(a_session_that_crashes_too_often_needs_an_operator_and_its_neighbour_trades_on) {
  stage s{with_neighbour()};
  s.start();
  std::size_t crashes = 0;
  while (s.seller.status(0).group != group_state::NeedsOperator && crashes < 20) {
    if (s.seller.crash(part::session, 0, "a bug in line 42")) ++crashes;
    s.advance(6s);
    neighbour_trades_on(s, "N" + std::to_string(crashes));
  }
  BOOST_TEST(crashes == 6U);  // five within a minute are answered by a restart
  const auto status = s.seller.status(0);
  BOOST_TEST(status.reason.find("6 failures within 60 s") != std::string::npos, status.reason);
  BOOST_TEST(status.reason.find("a bug in line 42") != std::string::npos, status.reason);
  BOOST_TEST(s.seller.events().count("needs-operator") == 1U);
  s.advance(10min);
  BOOST_TEST((s.seller.status(0).group == group_state::NeedsOperator));
  neighbour_trades_on(s, "LATER");

  BOOST_TEST(s.seller.tell(operator_command::logon, 0).is_done);
  s.buyer.order("A1", 0);  // refused: not logged on yet
  BOOST_TEST(s.settle(), s.what_is_open());
  s.buyer.order("A2", 0);
  BOOST_TEST(s.settle(), s.what_is_open());
  BOOST_TEST(s.seller.seen(0) == "A2");
  BOOST_TEST(s.broken_promises().empty(), lines(s.broken_promises()));
}

BOOST_AUTO_TEST_CASE(crashes_far_apart_are_forgiven_for_ever) {
  stage s;
  s.start();
  for (int i = 0; i < 30; ++i) {
    BOOST_TEST_REQUIRE(s.seller.crash(part::session));
    s.advance(20s);
    BOOST_TEST_REQUIRE(s.settle(), s.what_is_open());
  }
  BOOST_TEST(s.seller.status(0).restarts == 30U);
}

BOOST_AUTO_TEST_CASE(each_part_may_die_again_and_again_while_the_neighbour_trades_on) {
  for (const auto p : {part::session, part::timer, part::connection, part::application, part::group, part::store}) {
    stage s{with_neighbour()};
    s.start();
    for (int i = 0; i < 5; ++i) {
      BOOST_TEST(s.seller.crash(p, 0), to_string(p));
      s.buyer.order("A" + std::to_string(i), 0);
      s.advance(25s);
      neighbour_trades_on(s, "N" + std::to_string(i));
    }
    BOOST_TEST(s.settle(), to_string(p) << ": " << s.what_is_open());
    BOOST_TEST(s.broken_promises().empty(), to_string(p) << ":\n" << lines(s.broken_promises()));
  }
}

BOOST_AUTO_TEST_CASE(a_door_that_breaks_is_made_again_and_disturbs_nobody_inside) {
  stage s{with_neighbour()};
  s.start();
  for (const auto p : {part::acceptor, part::lobby}) {
    BOOST_TEST(s.seller.crash(p));
    s.run();
    neighbour_trades_on(s, std::string{to_string(p)});
    BOOST_TEST(s.run_until([&] { return s.net().is_listening(9876); }, 10s));
  }
  s.cut();
  BOOST_TEST(s.settle(), s.what_is_open());
}

BOOST_AUTO_TEST_CASE(a_poisonous_message_stops_its_session_only) {
  stage s{with_neighbour()};
  s.seller.application().answer = [](session_reference&, const troupe::protocol::message_view& m, const message_info&) {
    if (m.find(11) == "POISON") throw std::runtime_error{"cannot price POISON"};
    return handling::handled;
  };
  s.start();
  s.buyer.order("A1", 0);
  s.buyer.order("POISON", 0);
  s.advance(2min);
  BOOST_TEST((s.seller.status(0).group == group_state::NeedsOperator));
  BOOST_TEST(s.seller.status(0).reason.find("cannot price POISON") != std::string::npos, s.seller.status(0).reason);
  BOOST_TEST(s.seller.seen(0).starts_with("A1 POISON POISON?"), s.seller.seen(0));
  neighbour_trades_on(s, "N1");
}

BOOST_AUTO_TEST_SUITE_END()
