// Two whole engines, a wire between them, and a clock that a test moves: where recovery paths are tested.
//
//   stage s;                                      // BUY connects to SELL, which answers every order with a fill
//   s.start();
//   s.buyer.order("A1");
//   s.cut();                                      // the wire breaks …
//   s.seller.crash(part::session);                // … and what serves it on the other side
//   BOOST_TEST(s.settle());                       // time passes until all is well again
//   BOOST_TEST(s.broken_promises().empty());      // nothing lost, doubled, turned round, sent under two contents
//
// The engines are real: supervisor, stores, sessions, lobby, as `engine` starts them. Only time, network and disk are not. One
// thread, no sleep, no port; the same seed gives the same run, another one another order of what is concurrent.
#pragma once

#include "actors/testing/audit.hpp"
#include "actors/testing/staged_engine.hpp"
#include "actors/testing/wire_watch.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace troupe::actors::testing {

struct stage_plan {
  std::size_t sessions = 1;
  std::size_t shards = 1;              // of each engine, beside its control reactor
  bool has_store_per_session = false;
  std::uint64_t seed = 1;
  bool is_in_place = true;             // off: every message is a step of its own (step, run_steps)
  protocol::steady_time wire_delay{};  // each way
  std::function<void(session_spec&)> change_session;  // both sides; role tells them apart
  std::function<void(engine_config&)> change_engine;  // both
};

class stage {
  struct system_config : caf::actor_system_config {
    system_config();
  };
  system_config config_;
  caf::actor_system system_{config_};
  std::vector<std::unique_ptr<virtual_reactor>> reactors_;
  stage_plan plan_;
  wire_watch watch_;

 public:
  explicit stage(stage_plan plan = {});
  ~stage();
  stage(const stage&) = delete;
  stage& operator=(const stage&) = delete;

  staged_engine buyer;   // initiator
  staged_engine seller;  // acceptor; answers orders

  // Both engines, until every session is logged on. Throws std::runtime_error if that does not come about.
  void start();
  void run() { clock().run(); }
  void advance(protocol::steady_time d) { clock().advance(d); }
  // So many steps (messages of actors, posted callbacks), fewer if nothing is left to do; how many they were.
  std::size_t run_steps(std::size_t n);
  // Lets time pass until it holds; false if it does not within `limit`.
  bool run_until(const std::function<bool()>& condition, protocol::steady_time limit = std::chrono::minutes{10}) { return clock().run_until(condition, limit); }
  [[nodiscard]] protocol::instant now() { return clock().now(); }

  [[nodiscard]] fake_network& net() { return clock().fake_net(); }
  void cut();        // every wire that is open: both ends see a reset
  void half_open();  // every wire that is open: nothing arrives any more, and nobody is told

  // Lets time pass until every session is Active, all that was stored has arrived and been handled, and every submit has its
  // outcome. False if it is not so within `limit`: then `what_is_open` says why.
  bool settle(protocol::steady_time limit = std::chrono::minutes{5});
  [[nodiscard]] std::string what_is_open();
  // See audit.hpp; and what was seen on the wire before it was durable. Between two engines: a fix_peer has promised nothing.
  [[nodiscard]] std::vector<std::string> broken_promises() const;

  [[nodiscard]] virtual_reactor& clock() { return *reactors_.front(); }
  [[nodiscard]] caf::actor_system& system() { return system_; }

 private:
  [[nodiscard]] engine_plan plan_of(bool is_buyer);
  [[nodiscard]] std::vector<virtual_reactor*> reactors_of(bool is_buyer);
  [[nodiscard]] static direction direction_of(const staged_engine& from, const staged_engine& to, std::size_t n);
  [[nodiscard]] static std::string why_not_settled(const staged_engine& from, const staged_engine& to, std::size_t n, const group_status& s, const group_status& peer);
};

// All of them, a line each: for messages of tests.
[[nodiscard]] std::string lines(const std::vector<std::string>& findings);

}  // namespace troupe::actors::testing
