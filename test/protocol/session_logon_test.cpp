#include "test/support/dialogue.hpp"

using namespace troupe::protocol;
using namespace troupe::test;

BOOST_AUTO_TEST_SUITE(session_logon)

BOOST_AUTO_TEST_CASE(acceptor_answers_a_logon) {
  dialogue d{acceptor()};
  d.connect();
  d.peer("35=A|34=1|98=0|108=30|");
  d.expect("35=A|34=1|98=0|108=30|");
  BOOST_TEST((d.state() == session_state::Active));
  BOOST_TEST(d.has<action::logged_on>());
  BOOST_TEST(d.store.durable().next_target.value == 2);
  BOOST_TEST(d.store.durable().next_sender.value == 2);
}

BOOST_AUTO_TEST_CASE(initiator_logs_on) {
  dialogue d{initiator()};
  d.connect();
  d.expect("35=A|34=1|98=0|108=30|");
  BOOST_TEST((d.state() == session_state::LogonSent));
  d.peer("35=A|34=1|98=0|108=30|");
  BOOST_TEST((d.state() == session_state::Active));
  d.expect_silence();
}

BOOST_AUTO_TEST_CASE(acceptor_answers_before_it_asks) {
  dialogue d{acceptor()};
  d.connect();
  d.peer("35=A|34=5|98=0|108=30|");
  d.expect("35=A|34=1|98=0|108=30|");
  d.expect("35=2|34=2|7=1|16=0|");
  BOOST_TEST((d.state() == session_state::Recovering));
}

BOOST_AUTO_TEST_SUITE_END()
