// One reactor, one memory or SQLite store, and the actors of some sessions, without a supervisor: for programs that drive the
// cast from outside. Nothing is restarted here.
#pragma once

#include "actors/engine_config.hpp"
#include "actors/session_group.hpp"

#include <memory>
#include <string>

namespace troupe::testing {

class small_engine {
 public:
  // `listen`: none or one; the one reactor and the first store serve all sessions.
  explicit small_engine(actors::engine_config config);
  ~small_engine();  // ends all actors, cuts what is connected
  small_engine(const small_engine&) = delete;
  small_engine& operator=(const small_engine&) = delete;

  // Throws std::runtime_error if it cannot listen.
  void start();

  // Any thread but the reactor's; each waits for the answer.
  actors::command_result tell(const protocol::session_id& id, actors::command what);
  actors::group_status status(const protocol::session_id& id);
  [[nodiscard]] actors::session_reference reference(const protocol::session_id& id);

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace troupe::testing
