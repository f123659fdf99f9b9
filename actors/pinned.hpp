// Actors that live on one reactor's thread.
//
// `pinned<Base>` pins any event-based CAF actor; `actor_of<State>` makes one from a plain class:
//
//   class echo {
//    public:
//     using handle_type = caf::typed_actor<sig<void(ping)>, sig<void(pong)>>;
//     using pointer = pinned<handle_type::base>*;
//     echo(pointer self, int more) …                          // on the spawner's thread: store, do not act
//     handle_type::behavior_type make_behavior() { return {[this](const ping& p) { … }, …}; }  // first turn, on the reactor
//   };
//   auto e = reactor.spawn<echo>(42);
//
// The State is destroyed when the actor ends (on the reactor's thread), not when the last handle goes. A handler that throws
// ends the actor; monitors read what it said with `reason_text`.
#pragma once

#include "actors/caf.hpp"
#include "actors/reactor.hpp"

#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace troupe::actors {

// What a `down` or `exit` reason says, for events and logs: the what() of the exception if there was one.
[[nodiscard]] std::string reason_text(const caf::error& reason);
[[nodiscard]] caf::error reason_of(std::exception_ptr failure);

// What a reactor needs to know about its actors.
class pinned_base {
 public:
  [[nodiscard]] reactor* home_reactor() const { return reactor_; }
  // One of its handlers is on the stack.
  [[nodiscard]] bool is_executing() const { return is_executing_; }

  // Handles a message at once, not through the mailbox. Only deliver.hpp decides that this may be.
  virtual bool handle_now(caf::mailbox_element& message) = 0;
  // Alive, initialised, nothing waiting in its mailbox, no handler of it running.
  [[nodiscard]] virtual bool is_ready() = 0;
  // See reactor::call_at_turn_end.
  virtual void turn_ended() {}
  [[nodiscard]] virtual caf::strong_actor_ptr keep_alive() = 0;

  // For tests and drills: ends the actor between two of its handlers, as if one had thrown this. On its reactor's thread.
  virtual void fail_now(const std::string& reason) = 0;
  // What it is ("session"), and whose ("FIX.4.2:BUY->SELL"; empty: nobody's in particular).
  [[nodiscard]] virtual std::string_view kind() const = 0;
  [[nodiscard]] virtual std::string about() const { return {}; }
  // While held, messages do not reach it: they wait, as if its thread stood still. See virtual_reactor::hold.
  [[nodiscard]] bool is_held() const { return is_held_; }
  void set_held(bool on) { is_held_ = on; }

 protected:
  explicit pinned_base(reactor* r) : reactor_(r) {}
  ~pinned_base() = default;

  class executing {
   public:
    explicit executing(pinned_base& actor) : actor_(actor), before_(std::exchange(actor.is_executing_, true)) {}
    ~executing() { actor_.is_executing_ = before_; }
    executing(const executing&) = delete;
    executing& operator=(const executing&) = delete;

   private:
    pinned_base& actor_;
    bool before_;
  };

  reactor* reactor_;
  bool is_executing_ = false;
  bool is_held_ = false;
};

// `about` of the actor behind a handle; empty if it is pinned nowhere.
template <class Handle>
[[nodiscard]] std::string about(const Handle& handle) {
  const auto* actor = dynamic_cast<const pinned_base*>(caf::actor_cast<caf::abstract_actor*>(handle));
  return actor ? actor->about() : std::string{};
}

template <class Base>
class pinned : public Base, public pinned_base {
 public:
  // Without a reactor the actor runs on CAF's scheduler.
  template <class... Args>
  explicit pinned(caf::actor_config& cfg, reactor* home, Args&&... args)
      : Base(cfg, std::forward<Args>(args)...), pinned_base(home) {
    this->set_exception_handler([](caf::scheduled_actor*, std::exception_ptr& e) { return reason_of(e); });
  }

  using Base::enqueue;
  void enqueue(caf::mailbox_element_ptr message, caf::execution_unit* unit) override {
    Base::enqueue(std::move(message), reactor_ ? reactor_->home() : unit);
  }
  void launch(caf::execution_unit* unit, bool lazy, bool hide) override {
    Base::launch(reactor_ ? reactor_->home() : unit, lazy, hide);
  }
  caf::resumable::resume_result resume(caf::execution_unit* unit, std::size_t throughput) override {
    const executing e{*this};
    return Base::resume(unit, throughput);
  }

  // Runs a callback of I/O or a timer as if it were a handler: does nothing if the actor has ended, and an exception ends
  // the actor. The caller keeps the actor alive, and is on its reactor's thread.
  template <class F>
  void enter(F&& f) {
    if (has_ended()) return;
    this->context(reactor_);
    {
      const executing e{*this};
      try {
        f();
      } catch (...) {
        this->quit(reason_of(std::current_exception()));
      }
    }
    if (!is_executing_ && !this->alive()) this->finalize();
  }

  [[nodiscard]] bool has_ended() const {
    return this->getf(caf::abstract_actor::is_terminated_flag) || this->getf(caf::abstract_actor::is_cleaned_up_flag);
  }
  [[nodiscard]] bool is_ready() override {
    return !is_executing_ && !is_held_ && this->getf(caf::abstract_actor::is_initialized_flag) && !has_ended() && is_idle();
  }
  bool handle_now(caf::mailbox_element& message) override {
    const executing e{*this};
    const auto result = this->activate(reactor_, message);
    return result == caf::scheduled_actor::activation_result::success ||
           result == caf::scheduled_actor::activation_result::terminated;
  }
  [[nodiscard]] caf::strong_actor_ptr keep_alive() override { return caf::strong_actor_ptr{this->ctrl()}; }
  void fail_now(const std::string& reason) override {
    enter([&] { throw std::runtime_error{reason}; });
  }
  [[nodiscard]] std::string_view kind() const override { return this->name(); }

 private:
  // CAF blocks the mailbox of an actor that waits, and does not call it empty then.
  [[nodiscard]] bool is_idle() { return this->mailbox().blocked() || this->mailbox().empty(); }
};

// See the top of this file.
template <class State>
class actor_of final : public pinned<typename State::handle_type::base> {
 public:
  using super = pinned<typename State::handle_type::base>;
  using behavior_type = typename State::handle_type::behavior_type;

  template <class... Args>
  actor_of(caf::actor_config& cfg, reactor* home, Args&&... args) : super(cfg, home) {
    state_.emplace(static_cast<super*>(this), std::forward<Args>(args)...);
  }
  const char* name() const override {
    if constexpr (requires { State::name; }) return State::name;
    return "troupe";
  }
  behavior_type make_behavior() override { return state_->make_behavior(); }
  // State's `about`, if it has one.
  [[nodiscard]] std::string about() const override {
    if constexpr (requires(const State& s) { s.about(); }) return state_ ? state_->about() : std::string{};
    return {};
  }
  void on_exit() override { state_.reset(); }
  void turn_ended() override {
    if constexpr (requires(State& s) { s.turn_ended(); }) {
      this->enter([this] { state_->turn_ended(); });
    }
  }

 private:
  std::optional<State> state_;
};

}  // namespace troupe::actors
