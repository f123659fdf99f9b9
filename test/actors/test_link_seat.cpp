#include "actors/link_seat.hpp"

#include <boost/test/unit_test.hpp>

using namespace troupe::actors;
using namespace std::chrono_literals;
using troupe::protocol::connection_epoch;

BOOST_AUTO_TEST_SUITE(link_seat_)

BOOST_AUTO_TEST_CASE(a_second_link_never_disturbs_the_first) {
  link_seat seat;
  const auto ticket = seat.promise(0s);
  BOOST_TEST(seat.take(ticket, connection_epoch{1}, 1s));
  BOOST_TEST(seat.promise(2s) == 0u);
  BOOST_TEST(seat.why_not() == "already connected");
}

BOOST_AUTO_TEST_CASE(of_two_at_the_door_the_first_gets_the_seat) {
  link_seat seat;
  const auto first = seat.promise(0s);
  BOOST_TEST(first != 0u);
  BOOST_TEST(seat.promise(0s) == 0u);
  seat.give_back(first);
  BOOST_TEST(seat.promise(0s) != 0u);
}

BOOST_AUTO_TEST_CASE(a_promise_expires_and_its_ticket_is_void) {
  link_seat seat;
  const auto late = seat.promise(0s);
  const auto next = seat.promise(5s);
  BOOST_TEST(next != 0u);
  BOOST_TEST(!seat.take(late, connection_epoch{1}, 5s));
  BOOST_TEST(seat.take(next, connection_epoch{1}, 6s));
}

BOOST_AUTO_TEST_CASE(only_the_link_that_sits_can_leave) {
  link_seat seat;
  seat.take(connection_epoch{2});
  BOOST_TEST(!seat.leave(connection_epoch{1}));
  BOOST_TEST(seat.is_taken());
  BOOST_TEST(seat.leave(connection_epoch{2}));
  BOOST_TEST(seat.is_free(0s));
}

BOOST_AUTO_TEST_SUITE_END()
