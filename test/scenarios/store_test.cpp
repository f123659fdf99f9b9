// The store is slow, fails, does not know, goes away and comes back.
#include "actors/testing/stage.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace troupe::actors;
using namespace troupe::actors::testing;
using namespace std::chrono_literals;
using enum troupe::protocol::session_state;

namespace troupe::actors::testing {

std::ostream& operator<<(std::ostream& out, store_fault f) { return out << static_cast<int>(f); }

}  // namespace troupe::actors::testing

namespace {

void all_is_well(stage& s, const std::string& seen) {
  BOOST_TEST(s.settle(), s.what_is_open());
  BOOST_TEST(s.seller.seen() == seen);
  BOOST_TEST(s.broken_promises().empty(), lines(s.broken_promises()));
}

// What was logged as sent by the buyer.
class sent_log final : public message_sink {
 public:
  void in(const session_id&, std::string_view) noexcept override {}
  void out(const session_id& of, std::string_view frames) noexcept override {
    if (of.sender_comp_id == "BUY") text_ += frames;
  }
  [[nodiscard]] std::size_t count(std::string_view what) const {
    std::size_t times = 0;
    for (auto at = text_.find(what); at != std::string::npos; at = text_.find(what, at + 1)) ++times;
    return times;
  }

 private:
  std::string text_;
};

const store_fault faults[] = {store_fault::failed, store_fault::unknown_not_stored, store_fault::unknown_stored, store_fault::dies_before,
                              store_fault::dies_after};

}  // namespace

BOOST_AUTO_TEST_SUITE(stores)

// Nothing is sent, nothing is accepted, before it is durable.
BOOST_AUTO_TEST_CASE(a_slow_store_holds_everything_up_and_loses_nothing) {
  stage s;
  s.start();
  s.buyer.hold(part::store);
  s.buyer.order("A1");
  s.buyer.order("A2");
  s.advance(5s);
  BOOST_TEST(s.seller.seen().empty());
  BOOST_TEST(s.buyer.in_flight() == 2U);
  s.buyer.release(part::store);
  all_is_well(s, "A1 A2");
}

// The log says what has left, not what was tried.
BOOST_AUTO_TEST_CASE(a_message_is_logged_when_it_is_stored_and_once) {
  sent_log sent;
  stage_plan p;
  p.change_engine = [&](engine_config& c) { c.messages = &sent; };
  stage s{p};
  s.start();
  const auto before = s.buyer.status(0).messages_out;
  s.buyer.store().next(store_fault::failed, 1000);
  s.buyer.order("A1");
  s.advance(10s);
  BOOST_TEST(s.buyer.store().failures() > 2U);
  BOOST_TEST(sent.count("11=A1") == 0U);
  BOOST_TEST(s.buyer.status(0).messages_out == before);
  s.buyer.store().heal();
  all_is_well(s, "A1");
  BOOST_TEST(sent.count("11=A1") == 1U);
  BOOST_TEST(s.buyer.status(0).messages_out == before + 1);
}

// The session crashes twice while commits of its first life wait in the queue of the store.
BOOST_AUTO_TEST_CASE(commits_of_dead_incarnations_are_in_the_queue) {
  stage s;
  s.start();
  const auto first = s.buyer.durable().incarnation;
  s.buyer.hold(part::store);
  s.buyer.order("A1");
  s.run();
  BOOST_TEST(s.buyer.crash(part::session));
  s.advance(2s);
  BOOST_TEST(s.buyer.crash(part::session));
  s.advance(2s);
  s.buyer.release(part::store);
  all_is_well(s, "A1?");  // in the store before the new life was opened: resent
  BOOST_TEST(s.buyer.durable().incarnation.value == first.value + 2);
  BOOST_TEST(s.buyer.log().count(s.buyer.id(), log_entry::kind::outcome) == 1U);
}

// What the application has handled is handled, though the session that was told has died before it was durable: the next one is
// told again, with what was submitted meanwhile, and what the peer sends again is known already.
BOOST_AUTO_TEST_CASE(handled_and_not_committed_is_not_delivered_again) {
  stage s;
  s.start();
  s.seller.store().always(store_fault::failed);
  s.buyer.order("A1");
  s.run();
  BOOST_TEST(s.seller.seen() == "A1");
  BOOST_TEST(s.seller.crash(part::session));
  s.seller.store().heal();
  all_is_well(s, "A1");
  BOOST_TEST(s.buyer.seen() == "EA1?");  // durable while there was no link, so it went out as a resend
}

BOOST_AUTO_TEST_CASE(a_store_that_fails_for_a_while_stalls_and_resumes_by_itself) {
  for (const bool is_buyer : {true, false}) {
    stage s;
    s.start();
    auto& hurt = is_buyer ? s.buyer : s.seller;
    hurt.store().always(store_fault::failed);
    s.buyer.order("A1");
    s.advance(10s);
    BOOST_TEST((hurt.state() == StoreStalled));
    BOOST_TEST(s.net().last_wire().is_open());
    hurt.store().heal();
    all_is_well(s, "A1");
    BOOST_TEST(hurt.status(0).connects == 1U);
  }
}

// Behind a commit that failed nothing else is taken, and nothing is lost: both come again, in order, and the session lives on.
BOOST_AUTO_TEST_CASE(what_was_queued_behind_a_failed_commit_waits_for_it) {
  stage s;
  s.start();
  s.buyer.hold(part::store);
  s.buyer.order("A1");
  s.buyer.order("A2");
  s.run();
  s.buyer.store().next(store_fault::failed);
  s.buyer.release(part::store);
  all_is_well(s, "A1 A2");
  BOOST_TEST(s.buyer.status(0).restarts == 0U);
}

BOOST_DATA_TEST_CASE(one_commit_goes_wrong, boost::unit_test::data::make(faults), fault) {
  for (const bool is_buyer : {true, false})
    for (std::uint64_t after = 0; after < 8; ++after) {
      stage s;
      s.start();
      auto& hurt = is_buyer ? s.buyer : s.seller;
      hurt.store().next(fault, 1, after);
      s.buyer.order("A1");
      s.run();
      s.buyer.order("A2");
      BOOST_TEST(s.settle(), s.what_is_open());
      s.buyer.order("A3");
      BOOST_TEST(s.settle(), s.what_is_open());
      BOOST_TEST(s.broken_promises().empty(), "after " << after << ":\n" << lines(s.broken_promises()));
      BOOST_TEST(hurt.store().failures() <= 1U);
    }
}

BOOST_AUTO_TEST_CASE(a_store_that_is_away_for_a_minute_comes_back) {
  stage_plan p;
  p.change_engine = [](engine_config& c) { c.restarts.intensity = 100; };
  stage s{p};
  s.start();
  s.buyer.order("A1");
  s.run();
  s.seller.store().refuse_to_open("orders.db: Input/output error");
  BOOST_TEST(s.seller.crash(part::store));
  s.run();
  BOOST_TEST((s.buyer.state() == Disconnected));
  s.buyer.order("A2");
  s.advance(1min);
  BOOST_TEST(s.seller.status().problems.size() == 1U);
  s.seller.store().heal();
  BOOST_TEST(s.settle(), s.what_is_open());
  s.buyer.order("A3");
  all_is_well(s, "A1 A3");  // A2 was refused: nobody was logged on
}

BOOST_AUTO_TEST_CASE(a_store_that_cannot_be_read_fails_the_session_until_it_can) {
  stage s;
  s.start();
  s.seller.store().fail_loads();
  BOOST_TEST(s.seller.crash(part::session));
  s.advance(500ms);
  BOOST_TEST((s.seller.status(0).group == group_state::Starting));
  s.seller.store().heal();
  s.buyer.order("A1");
  BOOST_TEST(s.settle(), s.what_is_open());
  BOOST_TEST(s.broken_promises().empty(), lines(s.broken_promises()));
}

// The page of a replay cannot be read: the store dies of it, and is asked again by the next life.
BOOST_AUTO_TEST_CASE(a_page_that_cannot_be_read_does_not_lose_what_is_on_it) {
  stage_plan p;
  p.wire_delay = 1s;
  stage s{p};
  s.start();
  s.buyer.order("A1");
  s.buyer.order("A2");
  s.run();
  s.cut();
  s.buyer.store().fail_fetches();
  s.advance(6s);
  s.buyer.store().heal();
  all_is_well(s, "A1? A2?");
}

BOOST_AUTO_TEST_SUITE_END()
