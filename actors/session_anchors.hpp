// The anchors of all sessions of an engine, by identity: what engine::session looks into. Any thread.
//
// A copy is the same register: the supervisor adds the sessions that it makes, and whoever holds a copy finds them. The anchor of a
// session that was made from a template stays while its identity is in the store, so that a reference to it is good again when
// its peer comes back.
#pragma once

#include "actors/session_anchor.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <vector>

namespace troupe::actors {

struct engine_config;
struct session_spec;

class session_anchors {
 public:
  // Throws std::out_of_range if there is no such session.
  [[nodiscard]] std::shared_ptr<session_anchor> at(const session_id& id) const;
  [[nodiscard]] bool has(const session_id& id) const;
  [[nodiscard]] bool empty() const { return all().empty(); }
  [[nodiscard]] std::vector<std::shared_ptr<session_anchor>> all() const;

  // A closed one. False: there is one already.
  bool add(const session_id& id, const session_spec& of);
  void remove(const session_id& id);

 private:
  struct shared {
    mutable std::mutex mutex;
    std::map<session_id, std::shared_ptr<session_anchor>> by_id;
  };
  std::shared_ptr<shared> shared_ = std::make_shared<shared>();
};

// One for each configured session. Throws std::invalid_argument if the configuration names something twice, or a store that is not
// there, or has a template that could never make a session.
[[nodiscard]] session_anchors make_anchors(const engine_config& config);

}  // namespace troupe::actors
