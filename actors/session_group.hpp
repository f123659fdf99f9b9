// The group: what is stable about one session while its actors come and go.
//
//   group ─┬─ session actor   (one incarnation; restarted through the restart policy)
//          ├─ heartbeat timer (replaced at once)
//          └─ connection      (one epoch; none while there is no link)
//
// It decides when links come: an acceptor's by answering `bind`, the one place where a duplicate is found out; an initiator's
// by connecting, host after host, with back-off. It decides nothing about FIX. Numbers that must never be used twice (epochs) and
// submits without outcome are kept in the session's anchor, which survives the group, too.
#pragma once

#include "actors/engine_config.hpp"
#include "actors/messages.hpp"
#include "actors/pinned.hpp"

namespace troupe::actors {

struct group_surroundings {
  session_spec spec;
  restart_limits restarts;
  std::shared_ptr<session_anchor> anchor;
  store_actor store;              // may be empty: waits for store_replaced
  application_actor application;  // may be empty: waits for application_replaced
  supervisor_actor supervisor;
  event_sink* events = nullptr;
  message_sink* messages = nullptr;
};

session_group_actor spawn_group(reactor& home, group_surroundings around);

[[nodiscard]] std::string_view to_string(group_state state);

}  // namespace troupe::actors
