// An engine: threads, stores, sessions and their supervision, behind plain functions. What a program starts with.
//
//   engine_config config;
//   config.stores.push_back({"orders", [] { return store::open_sqlite(…); }});
//   config.sessions.push_back({.config = …, .store = "orders", .hosts = {{"venue.example", 9876}}, .application = hosted(make_mine)});
//   engine e{std::move(config)};                       // throws std::invalid_argument if it contradicts itself
//   if (const auto up = e.start(); !up.error.empty()) …
//   e.session(id).submit(order, token);
//   e.stop(10s);                                       // says Logout(5) everywhere
//
// One control thread for supervision, one thread for each shard; applications are called on the thread of their session's shard.
// Every function may be called by any thread but those: it waits for the answer. References outlive the engine, and then refuse.
#pragma once

#include "actors/engine_config.hpp"
#include "actors/session_reference.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace troupe::actors {

class engine {
 public:
  explicit engine(engine_config config);
  ~engine();  // without `stop` before: cuts every connection; what is committed is committed
  engine(const engine&) = delete;
  engine& operator=(const engine&) = delete;

  // Once. On an error nothing is left running; the text says where, why and what to do.
  started start();
  // Returns when everything has ended, at the latest after `within` and what a store needs to write. Later calls return at once.
  stopped stop(std::chrono::nanoseconds within = std::chrono::seconds{10});

  // A shard that does not answer within 2 s is reported so.
  [[nodiscard]] engine_status status() const;
  command_result tell(const session_id& id, operator_command what, std::string text = {});
  // Throws std::out_of_range if there is no such session. One of a template is there from its first Logon on, also when it has ended
  // meanwhile, or the process: then it takes submits again once its peer has logged on.
  [[nodiscard]] session_reference session(const session_id& id) const;

  // For actors beside the engine's own (a control socket); they must end before the engine.
  [[nodiscard]] const supervisor_actor& supervisor() const;
  [[nodiscard]] reactor& control() const;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace troupe::actors
