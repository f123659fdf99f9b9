// The reactor of production: one thread, one asio::io_context.
//
//   asio_reactor io{system};  io.start();  …  io.stop();  io.join();
//
// `run` serves I/O and actors in turn so that neither starves: one handler, then up to 256 actor turns; it sleeps in the
// kernel when both are idle, unless busy polling. Posted jobs must not throw. See reactor.hpp for the order of a shutdown.
#pragma once

#include "actors/link.hpp"
#include "actors/reactor.hpp"

#include <cstdint>
#include <memory>
#include <optional>

namespace troupe::actors {

struct asio_reactor_options {
  bool is_busy_polling = false;       // never sleep: lowest latency for one core
  std::optional<std::uint64_t> seed;  // of random(); default: the machine's entropy
  network_decorator decorate;         // around TCP; may be empty
};

class asio_reactor final : public reactor {
 public:
  explicit asio_reactor(caf::actor_system& system, asio_reactor_options options = {});
  ~asio_reactor() override;  // stops and joins

  void start();  // on a thread of its own
  void run();    // on this thread, until stop
  void stop();   // any thread; returns at once
  void join();

  [[nodiscard]] protocol::instant now() const override;
  [[nodiscard]] network& net() override;
  void post(std::function<void()> job) override;

  struct impl;  // reactor_asio_context.hpp
  [[nodiscard]] impl& context() { return *impl_; }

 private:
  void push(caf::resumable* job) override;
  void timer_added(protocol::steady_time deadline) override;

  std::unique_ptr<impl> impl_;
};

}  // namespace troupe::actors
