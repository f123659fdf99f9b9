// How a user tests his own recovery path: the code of docs/testing-recovery.md.
#include "actors/testing/fix_peer.hpp"
#include "actors/testing/stage.hpp"

#include <boost/test/unit_test.hpp>

#include <map>

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::actors::testing;
using namespace std::chrono_literals;

namespace {

// [application]
// What the desk must not get wrong: how much it owns. Lives in a database of its own, which a crash of the engine spares.
struct position_book {
  std::map<std::string, int> fills;  // by ExecID(17)
  [[nodiscard]] int position() const {
    int sum = 0;
    for (const auto& [id, quantity] : fills) sum += quantity;
    return sum;
  }
};

class position_keeper final : public application {
 public:
  explicit position_keeper(position_book& book) : book_(book) {}

  // A message may come again, marked: what is booked under its ExecID is booked once.
  handling on_message(session_reference&, const protocol::message_view& message, const message_info&) override {
    if (message.msg_type() == "8") book_.fills.try_emplace(std::string{message.find(17).value()}, 1);
    return handling::handled;
  }

 private:
  position_book& book_;
};
// [/application]

}  // namespace

BOOST_AUTO_TEST_SUITE(user_story)

// [kill]
BOOST_AUTO_TEST_CASE(the_position_is_right_wherever_the_process_was_killed) {
  bool is_over = false;
  for (std::size_t step = 0; !is_over; ++step) {
    position_book book;
    stage_plan plan;
    plan.is_in_place = false;  // every message is a step of its own
    stage s{plan};
    s.buyer.application().inner = [&](const session_id&) { return std::make_unique<position_keeper>(book); };
    s.start();

    s.buyer.order("A1");
    s.buyer.order("A2");
    is_over = s.run_steps(step) < step;
    s.buyer.kill();  // kill -9, and started again from what was committed
    BOOST_TEST_REQUIRE(s.buyer.start().error.empty());

    BOOST_TEST_CONTEXT("killed after " << step << " steps") {
      BOOST_TEST(s.settle(), s.what_is_open());
      BOOST_TEST(s.broken_promises().empty(), lines(s.broken_promises()));
      const auto filled = s.seller.log().all(s.seller.id());
      const auto orders = std::count_if(filled.begin(), filled.end(), [](const auto& e) { return e.what == log_entry::kind::message && !e.is_marked; });
      BOOST_TEST(book.position() <= 2);
      BOOST_TEST(book.position() >= orders);
    }
    if (is_over) BOOST_TEST(book.position() == 2);
  }
}
// [/kill]

// [store]
BOOST_AUTO_TEST_CASE(a_full_disk_holds_orders_back_and_loses_none) {
  stage s;
  s.start();
  s.seller.store().always(store_fault::failed);
  s.buyer.order("A1");
  s.advance(10s);
  BOOST_TEST((s.seller.state() == protocol::session_state::StoreStalled));
  BOOST_TEST(s.buyer.seen().empty());  // no fill leaves before it is durable

  s.seller.store().heal();
  BOOST_TEST(s.settle(), s.what_is_open());
  BOOST_TEST(s.buyer.seen() == "EA1");
}
// [/store]

// [peer]
BOOST_AUTO_TEST_CASE(a_counterparty_that_skips_a_number_is_asked_for_it) {
  stage s;
  BOOST_TEST_REQUIRE(s.seller.start().error.empty());
  fix_peer peer{s.clock(), s.seller.id()};
  peer.log_on();
  peer.skip();
  peer.send("D", "11=A3|55=TEST|54=1|");
  s.run();
  BOOST_TEST(peer.take() == "A:98=0|108=30 2:7=2|16=0");

  peer.fill_gap(2, 3);  // "it was nothing"
  s.run();
  BOOST_TEST(s.seller.seen() == "A3");
}
// [/peer]

BOOST_AUTO_TEST_SUITE_END()
