// One thread that runs actors, timers and I/O; the place where actors are pinned. Real ones: reactor_asio.hpp,
// virtual ones for tests: virtual_reactor.hpp. Actors are the same on both.
//
// A reactor is the execution unit (`context()`) of the actors pinned to it. Messages of theirs to actors that live
// elsewhere wake those where they belong; `home()` is where its own actors queue.
//
// Threads: everything here belongs to the reactor's own thread, but for `home()`, `post` and `spawn`, which any thread
// may call. Lifetime: longer than every actor pinned to it. To end: send exit messages, drop handles,
// `await_all_actors_done()`, stop and join the reactors, then let go of the actor system.
#pragma once

#include "actors/caf.hpp"
#include "actors/timer_wheel.hpp"
#include "protocol/types.hpp"

#include <array>
#include <cstddef>
#include <functional>
#include <random>
#include <type_traits>
#include <utility>
#include <vector>

namespace troupe::actors {

class network;
class pinned_base;
class reactor;

// A typed actor made of a plain class with `handle_type`, `make_behavior()` and a constructor (self, …): see pinned.hpp.
template <class State>
class actor_of;
template <class State>
struct actor_of_state {
  using type = actor_of<State>;
};

template <class State>
concept behavior_class = requires { typename State::handle_type; } && !std::is_base_of_v<caf::abstract_actor, State>;

class reactor : public caf::execution_unit {
 public:
  reactor(const reactor&) = delete;
  reactor& operator=(const reactor&) = delete;
  ~reactor() override;

  // -- time, chance, I/O
  [[nodiscard]] virtual protocol::instant now() const = 0;
  // Seeded when the reactor was made; the only source of randomness of its actors.
  [[nodiscard]] std::mt19937_64& random() { return random_; }
  [[nodiscard]] virtual network& net() = 0;

  // Calls `then` on this thread when the deadline has come: never before, at most one tick late.
  timer_id start_timer(protocol::steady_time deadline, timer_wheel::callback then);
  // False if it has fired or was cancelled before.
  bool cancel_timer(timer_id id) { return wheel_.cancel(id); }

  // Runs `job` on this thread, later, in the order of posting. Any thread.
  virtual void post(std::function<void()> job) = 0;

  // -- actors
  // An actor class derived from pinned<…> (constructor: actor_config&, reactor*, args), or a behavior_class
  // (constructor: self, args). Starts with its first turn on this thread. Any thread.
  template <class Actor, class... Args>
  auto spawn(Args&&... args) {
    caf::actor_config cfg{home()};
    using actor_class = typename std::conditional_t<behavior_class<Actor>, actor_of_state<Actor>, std::type_identity<Actor>>::type;
    auto handle = system().spawn_class<actor_class, caf::no_spawn_options>(cfg, this, std::forward<Args>(args)...);
    spawned(caf::actor_cast<caf::strong_actor_ptr>(handle));
    return handle;
  }
  [[nodiscard]] caf::execution_unit* home() { return &home_; }

  // -- in-place dispatch: see deliver.hpp
  [[nodiscard]] bool is_in_place() const { return is_in_place_; }
  void set_in_place(bool on) { is_in_place_ = on; }
  // The pinned actor behind a pointer that somebody holds a handle of; nullptr if it is not pinned anywhere.
  [[nodiscard]] pinned_base* find_pinned(caf::abstract_actor* actor);

  // A turn is one outermost piece of work: a resumed actor, an I/O or timer callback; what it dispatches in place is part of it.
  class turn {
   public:
    explicit turn(reactor& r) : reactor_(r) { ++reactor_.depth_; }
    ~turn() {
      if (reactor_.depth_ == 1) reactor_.end_turn();
      --reactor_.depth_;
    }
    turn(const turn&) = delete;
    turn& operator=(const turn&) = delete;

   private:
    reactor& reactor_;
  };
  [[nodiscard]] std::size_t depth() const { return depth_; }
  // Calls `actor->turn_ended()` once when this turn ends (or soon, if there is none); keeps it alive until then.
  void call_at_turn_end(pinned_base& actor);

  void exec_later(caf::resumable* job) override;  // of actors that are not ours

 protected:
  reactor(caf::actor_system& system, std::uint64_t seed, protocol::steady_time now);

  // Queues an actor of ours. Any thread.
  virtual void push(caf::resumable* job) = 0;
  virtual void spawned(const caf::strong_actor_ptr&) {}
  // The wheel got an earlier deadline than it had.
  virtual void timer_added(protocol::steady_time deadline) = 0;

  void run_job(caf::resumable* job, std::size_t throughput);
  [[nodiscard]] timer_wheel& wheel() { return wheel_; }
  // For the end, while the reactor is still whole: timers keep actors alive.
  void drop_timers() { wheel_.clear(); }

 private:
  struct home_unit final : caf::execution_unit {
    home_unit(caf::actor_system* system, reactor& owner) : caf::execution_unit(system), owner_(owner) {}
    void exec_later(caf::resumable* job) override { owner_.push(job); }
    reactor& owner_;
  };
  struct known_actor {
    caf::actor_id id = caf::invalid_actor_id;
    pinned_base* actor = nullptr;
  };
  struct turn_end {
    caf::strong_actor_ptr keep;
    pinned_base* actor = nullptr;
  };
  void end_turn();

  home_unit home_;
  std::mt19937_64 random_;
  timer_wheel wheel_;
  std::array<known_actor, 1024> known_{};  // by actor id, which is never used twice: saves a dynamic_cast per message
  std::vector<turn_end> turn_ends_;
  std::vector<turn_end> ending_;
  std::size_t depth_ = 0;
  bool is_in_place_ = true;
};

}  // namespace troupe::actors
