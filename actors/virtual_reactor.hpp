// A reactor for tests: virtual time, seeded chance, a fake network, and no thread but the caller's.
//
//   virtual_reactor reactor{system};          // or several: virtual_reactor second{system, reactor};
//   auto a = reactor.spawn<some_actor>(…);
//   reactor.run();                            // until nobody has anything to do
//   reactor.advance(30s);                     // timers and the network, each at its moment, running until idle in between
//   reactor.net().cut(…);                     // the fake network: fake_network.hpp
//
// Reactors made from one another are neighbours: they share time and network, and each of these calls drives all of them;
// whose job is next is drawn from the seed. The same seed gives the same run. Time only passes in `advance` and `run_until`.
// Actors that are not pinned to a virtual reactor run on CAF's threads and have no place in such a test; messages that only
// come back to the test go to a pinned probe or are received by a scoped_actor after `run`.
#pragma once

#include "actors/reactor.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <variant>
#include <vector>

namespace troupe::actors {

class fake_network;
class virtual_world;

class virtual_reactor final : public reactor {
 public:
  explicit virtual_reactor(caf::actor_system& system, std::uint64_t seed = 1);
  virtual_reactor(caf::actor_system& system, virtual_reactor& neighbour);
  ~virtual_reactor() override;

  // Begins at steady 1 h, UTC 2026-01-05 12:00 (a Monday).
  [[nodiscard]] protocol::instant now() const override;
  [[nodiscard]] network& net() override;
  [[nodiscard]] fake_network& fake_net();
  void post(std::function<void()> work) override;

  // One job: one message of one actor, or one posted function. False if there is none.
  bool step();
  // Until there is none. Throws std::runtime_error after `max_steps`: then something goes round in circles.
  void run(std::size_t max_steps = 10'000'000);
  // Runs, then lets so much time pass.
  void advance(protocol::steady_time d);
  // Lets time pass until `condition` holds (looked at whenever all are idle). False if it does not within `limit`.
  bool run_until(const std::function<bool()>& condition, protocol::steady_time limit = std::chrono::hours{1});
  // Kills what is still alive of this reactor's actors and runs; the destructor does it, too.
  void end_all();

  // -- what can befall actors; call these between steps
  // Those of this reactor that live, in the order they were made.
  [[nodiscard]] std::vector<caf::strong_actor_ptr> alive() const;
  // From now on messages do not reach this actor until `release`: it is slow, or stuck. Its I/O and timers go on.
  void hold(const caf::strong_actor_ptr& actor);
  void release(const caf::strong_actor_ptr& actor);
  // As after kill -9: all its actors end at once, none handles what waits for it, and nothing of them is left to be done.
  void crash();
  // Only UTC jumps, as when an operator sets the clock.
  void set_utc(protocol::utc_time utc);

 private:
  friend class virtual_world;
  using job = std::variant<caf::resumable*, std::function<void()>>;

  virtual_reactor(caf::actor_system& system, std::shared_ptr<virtual_world> world);
  void push(caf::resumable* actor) override { jobs_.emplace_back(actor); }
  void timer_added(protocol::steady_time) override {}
  void spawned(const caf::strong_actor_ptr& actor) override { spawned_.emplace_back(actor.get()); }
  bool step_here();
  bool park(caf::resumable* actor);
  void drop_jobs();
  bool fire_timer();

  std::shared_ptr<virtual_world> world_;
  std::deque<job> jobs_;
  std::vector<caf::resumable*> parked_;  // jobs of actors that are held
  std::vector<caf::weak_actor_ptr> spawned_;
};

}  // namespace troupe::actors
