// Wishes that come over and over while nothing can be done about them.
#include "test/support/dialogue.hpp"

#include <boost/test/unit_test.hpp>

using namespace troupe::test;
using namespace troupe::protocol;

BOOST_AUTO_TEST_SUITE(impatient_operator)

BOOST_AUTO_TEST_CASE(a_reset_asked_for_a_thousand_times_while_the_store_is_stalled_happens_once) {
  dialogue d{acceptor()};
  d.connect();
  d.peer("35=A|34=1|98=0|108=30|");
  d.store.how = fake_store::mood::fails;
  d.submit("8", "58=x|");
  BOOST_TEST((d.state() == session_state::StoreStalled));
  for (int i = 0; i < 1000; ++i) d.on(event::reset_requested{});
  d.store.how = fake_store::mood::commits;
  d.advance(std::chrono::seconds{5});
  BOOST_TEST(d.session().generation().value == 2u);
}

BOOST_AUTO_TEST_SUITE_END()
