// What neighbouring virtual reactors share: one clock, one order of events, one network. See virtual_reactor.hpp.
#pragma once

#include "protocol/types.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <vector>

namespace troupe::actors {

class fake_network;
class virtual_reactor;

class virtual_world {
 public:
  explicit virtual_world(std::uint64_t seed);
  ~virtual_world();
  virtual_world(const virtual_world&) = delete;
  virtual_world& operator=(const virtual_world&) = delete;

  [[nodiscard]] protocol::instant now() const { return now_; }
  [[nodiscard]] std::mt19937_64& random() { return random_; }
  [[nodiscard]] fake_network& net() { return *net_; }

  // Events of the same moment happen in the order they were scheduled.
  void schedule(protocol::steady_time at, std::function<void()> event);

  bool step();
  bool fire_next(protocol::steady_time limit);  // the earliest event or timer, if due at or before `limit`; moves the clock to it
  void pass_to(protocol::steady_time t);
  void set_utc(protocol::utc_time utc) { now_.utc = utc; }

  void add(virtual_reactor& r) { reactors_.push_back(&r); }
  void remove(virtual_reactor& r) { std::erase(reactors_, &r); }

 private:
  struct event {
    protocol::steady_time at{};
    std::uint64_t order = 0;
    std::function<void()> what;
  };
  static bool is_later(const event& a, const event& b) { return a.at != b.at ? a.at > b.at : a.order > b.order; }
  [[nodiscard]] virtual_reactor* earliest_timer() const;

  protocol::instant now_;
  std::mt19937_64 random_;
  std::vector<event> events_;  // a heap
  std::uint64_t order_ = 0;
  std::vector<virtual_reactor*> reactors_;
  std::unique_ptr<fake_network> net_;
};

}  // namespace troupe::actors
