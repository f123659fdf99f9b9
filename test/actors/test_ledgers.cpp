#include "actors/handled_ledger.hpp"
#include "actors/submit_ledger.hpp"

#include <boost/test/unit_test.hpp>

using namespace troupe::actors;

BOOST_AUTO_TEST_SUITE(ledgers)

namespace {
submit order(std::uint64_t token) { return {submit_token{token}, {"D", "", ""}}; }
handled up_to(std::uint64_t number, std::uint64_t generation = 1) {
  return {.incarnation = session_incarnation{1}, .generation = numbering_generation{generation}, .up_to = seq_num{number},
          .submits = {}, .unsupported = {}};
}
}  // namespace

BOOST_AUTO_TEST_CASE(a_submit_without_outcome_is_remembered_in_its_order) {
  submit_ledger ledger;
  for (std::uint64_t t : {7, 5, 6}) BOOST_TEST(ledger.add(order(t)));
  BOOST_TEST(ledger.answered(submit_token{5}).has_value());
  BOOST_TEST(!ledger.answered(submit_token{5}).has_value());
  const auto open = ledger.open();
  BOOST_REQUIRE(open.size() == 2u);
  BOOST_TEST(open[0].token.value == 7u);
  BOOST_TEST(open[1].token.value == 6u);
}

BOOST_AUTO_TEST_CASE(one_token_is_not_in_flight_twice) {
  submit_ledger ledger;
  BOOST_TEST(ledger.add(order(7)));
  BOOST_TEST(!ledger.add(order(7)));
  BOOST_TEST(ledger.answered(submit_token{7}).has_value());
  BOOST_TEST(ledger.bytes() == 0u);
  BOOST_TEST(ledger.add(order(7)));
}

BOOST_AUTO_TEST_CASE(what_is_confirmed_is_not_said_again) {
  handled_ledger ledger;
  for (std::uint64_t n : {2, 3, 5}) ledger.add(up_to(n));
  ledger.confirm(numbering_generation{1}, seq_num{3});
  ledger.attach(session_incarnation{2});
  BOOST_REQUIRE(ledger.unconfirmed().size() == 1u);
  BOOST_TEST(ledger.unconfirmed().front().up_to.value == 5u);
  BOOST_TEST(ledger.unconfirmed().front().incarnation.value == 2u);
}

BOOST_AUTO_TEST_CASE(what_belongs_to_an_older_numbering_is_said_again_until_it_is_answered) {
  handled_ledger ledger;
  ledger.add(up_to(9, 1));
  ledger.add(up_to(2, 2));
  ledger.attach(session_incarnation{2});
  BOOST_TEST(ledger.unconfirmed().size() == 2u);
  ledger.confirm(numbering_generation{1}, seq_num{9});
  BOOST_REQUIRE(ledger.unconfirmed().size() == 1u);
  BOOST_TEST(ledger.unconfirmed().front().up_to.value == 2u);
}

BOOST_AUTO_TEST_CASE(a_late_confirmation_of_an_older_numbering_confirms_nothing_new) {
  handled_ledger ledger;
  ledger.add(up_to(9, 1));
  ledger.add(up_to(2, 2));
  ledger.confirm(numbering_generation{1}, seq_num{9});
  BOOST_TEST(ledger.unconfirmed().size() == 1u);
  ledger.confirm(numbering_generation{2}, seq_num{2});
  BOOST_TEST(ledger.unconfirmed().empty());
}

BOOST_AUTO_TEST_SUITE_END()
