// An application that does not handle what it is given, and a peer that sends on and on.
#include "actors/deliver.hpp"
#include "test/flow/flow_world.hpp"

#include <boost/test/unit_test.hpp>

using namespace troupe::test;
using namespace troupe;

namespace {

struct stuck_world : flow_world {
  std::vector<delivery> kept;
  std::size_t messages() const {
    std::size_t n = 0;
    for (const auto& d : kept) n += d.messages.size();
    return n;
  }
};

// Notes how many messages have room in the list that it is given, and handles all.
class measuring_application {
 public:
  using handle_type = application_actor;
  using pointer = pinned<handle_type::base>*;
  measuring_application(pointer self, std::vector<std::size_t>* rooms) : self_(self), rooms_(rooms) {}
  handle_type::behavior_type make_behavior() {
    return actors::test::quiet_application({.on_attached = [this](const attached& a) { session_ = a.session; },
                              .on_delivery = [this](const delivery& d) {
                                rooms_->push_back(d.messages.capacity());
                                deliver(self_, session_, handled{.incarnation = d.incarnation, .generation = d.generation, .up_to = d.messages.back().number, .submits = {}, .unsupported = {}, .failed = {}});
                              }});
  }

 private:
  pointer self_;
  std::vector<std::size_t>* rooms_;
  application_client session_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(slow_application)

BOOST_FIXTURE_TEST_CASE(a_fast_peer_is_not_read_any_more_and_its_neighbour_trades_on, stuck_world) {
  add("STUCK", stuck(kept));
  add("FINE", answering(100));
  auto peer = log_on("STUCK");
  auto neighbour = log_on("FINE");
  const memory_watch memory;
  std::uint64_t n = 2;
  const auto forty = [&] {
    std::string bytes;
    for (int i = 0; i < 40; ++i) bytes += order("STUCK", n++);
    return bytes;
  };
  while (n < 100'000 && feed(peer, forty())) {
  }
  BOOST_TEST(n < 100'000u);  // back-pressure has reached the peer
  BOOST_TEST(messages() > limits.max_unhandled_messages);
  BOOST_TEST(messages() <= limits.max_unhandled_messages + link_limits.max_unconsumed / order("STUCK", 2).size());
  // The wire of the test, one credit, the shared reads, and three small structs for each message.
  const auto bound = 256 * kib + link_limits.max_unconsumed + 17 * 64 * kib + messages() * 3 * sizeof(protocol::inbound_message) * 2;
  BOOST_TEST(memory.peak() <= bound);
  BOOST_TEST(trades(neighbour, "FINE", 2));
}

// The lists of a delivery that was taken in place are used for the next one; sent, each delivery has lists of its own.
BOOST_FIXTURE_TEST_CASE(lists_of_a_delivery_are_given_back_where_it_was_taken_in_place, flow_world) {
  for (const bool in_place : {true, false}) {
    reactor.set_in_place(in_place);
    const std::string name = in_place ? "NEAR" : "FAR";
    std::vector<std::size_t> rooms;
    add(name, [&](actors::reactor& home, const session_reference&) { return home.spawn<measuring_application>(&rooms); });
    auto peer = log_on(name);
    std::string many;
    for (std::uint64_t n = 2; n < 42; ++n) many += order(name, n);
    BOOST_TEST_REQUIRE(feed(peer, many));
    BOOST_TEST_REQUIRE(feed(peer, order(name, 42)));
    BOOST_TEST_REQUIRE(rooms.size() >= 2U);
    BOOST_TEST(rooms.front() > 1U);
    BOOST_TEST((rooms.back() > 1U) == in_place, rooms.back() << " messages have room");
    reactor.run();
  }
}

// Each read brings one small order and much that is thrown away: what is kept must not keep the rest alive.
BOOST_FIXTURE_TEST_CASE(an_order_does_not_keep_the_bytes_it_came_with, stuck_world) {
  add("STUCK", stuck(kept));
  auto peer = log_on("STUCK");
  const memory_watch memory;
  const auto noise = said("STUCK", 1, "0", "43=Y|122=20260105-12:00:00|112=" + std::string(60 * kib, 'x') + "|");
  std::uint64_t n = 2;
  while (n < 900 && feed(peer, order("STUCK", n) + noise)) ++n;
  BOOST_TEST(n == 900u);
  BOOST_TEST(messages() == 898u);
  const auto most_shared = 17 * 128 * kib;  // a block is twice as large as what did not fit into the one before
  BOOST_TEST(memory.peak() <= 256 * kib + 256 * kib + most_shared + messages() * kib);
}

BOOST_AUTO_TEST_SUITE_END()
