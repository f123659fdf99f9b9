#include "test/actors/actor_world.hpp"

#include "actors/deliver.hpp"
#include "actors/heartbeat_timer.hpp"
#include "actors/pinned.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>
#include <string>
#include <vector>

namespace troupe::actors::test {
namespace {

using namespace std::chrono_literals;

// Says what it is told to a list that the test holds.
class listener_actor {
 public:
  using handle_type = caf::typed_actor<sig<void(std::string)>, sig<void(int)>>;
  using pointer = pinned<handle_type::base>*;

  listener_actor(pointer self, std::vector<std::string>* heard) : self_(self), heard_(heard) {}
  handle_type::behavior_type make_behavior() {
    self_->set_down_handler([this](const caf::down_msg& dm) { heard_->push_back("down: " + reason_text(dm.reason)); });
    return {[this](const std::string& s) {
              if (s == "throw") throw std::runtime_error{"cannot bear it"};
              heard_->push_back(s);
            },
            [this](int i) { heard_->push_back(std::to_string(i)); }};
  }

 private:
  pointer self_;
  std::vector<std::string>* heard_;
};

class watcher {
 public:
  using handle_type = caf::typed_actor<sig<void(std::string)>, sig<void(int)>>;
  using pointer = pinned<handle_type::base>*;
  watcher(pointer self, listener_actor::handle_type whom, std::vector<std::string>* heard) : self_(self), whom_(whom), heard_(heard) {}
  handle_type::behavior_type make_behavior() {
    self_->set_down_handler([this](const caf::down_msg& dm) { heard_->push_back("down: " + reason_text(dm.reason)); });
    self_->monitor(whom_);
    return {[](const std::string&) {}, [](int) {}};
  }

 private:
  pointer self_;
  listener_actor::handle_type whom_;
  std::vector<std::string>* heard_;
};

BOOST_FIXTURE_TEST_SUITE(reactor_suite, actor_world)

BOOST_AUTO_TEST_CASE(messages_of_one_sender_arrive_in_order) {
  std::vector<std::string> heard;
  auto a = reactor.spawn<listener_actor>(&heard);
  for (int i = 0; i < 5; ++i) caf::anon_send(a, i);
  BOOST_TEST(heard.empty());
  reactor.run();
  BOOST_TEST((heard == std::vector<std::string>{"0", "1", "2", "3", "4"}));
}

BOOST_AUTO_TEST_CASE(a_handler_that_throws_ends_the_actor_and_says_why) {
  std::vector<std::string> heard;
  auto a = reactor.spawn<listener_actor>(&heard);
  auto w = reactor.spawn<watcher>(a, &heard);
  reactor.run();
  caf::anon_send(a, std::string{"throw"});
  caf::anon_send(a, 1);
  reactor.run();
  BOOST_TEST((heard == std::vector<std::string>{"down: cannot bear it"}));
}

BOOST_AUTO_TEST_CASE(timers_fire_at_their_moment_and_in_order) {
  std::vector<std::string> heard;
  const auto start = reactor.now();
  const auto note = [&](std::string what) {
    return [&, what] { heard.push_back(what + "@" + std::to_string((reactor.now().steady - start.steady) / 1us)); };
  };
  reactor.start_timer(start.steady + 25ms, note("b"));
  reactor.start_timer(start.steady + 3ms, note("a"));
  auto never = reactor.start_timer(start.steady + 10ms, note("never"));
  reactor.start_timer(start.steady + 25ms, note("c"));
  BOOST_TEST(reactor.cancel_timer(never));
  BOOST_TEST(!reactor.cancel_timer(never));
  reactor.advance(24ms);
  BOOST_TEST((heard == std::vector<std::string>{"a@3000"}));
  reactor.advance(1ms);
  BOOST_TEST((heard == std::vector<std::string>{"a@3000", "b@25000", "c@25000"}));
  BOOST_TEST((reactor.now().utc - start.utc == 25ms));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace troupe::actors::test
