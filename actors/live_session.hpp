// The session actor: one incarnation of a session. Translates messages to events of the state machine and its actions to
// messages; decides nothing about FIX.
//
// It begins with `load`; then the application is told (`attached`), says again what it had handled, and only then the group
// may bring up links (`session_ready`). Every handler feeds all events of its message, takes the actions once and carries them
// out in order. Whatever goes to the wire goes to the store: see way_out.hpp. It ends by an exception, or when a newer
// incarnation owns the session; the group starts the next one.
#pragma once

#include "actors/events.hpp"
#include "actors/messages.hpp"
#include "actors/pinned.hpp"
#include "protocol/session_config.hpp"

namespace troupe::actors {

struct session_surroundings {
  protocol::session_config config;
  store_actor store;
  application_actor application;
  session_group_actor group;
  message_sink* messages = nullptr;  // lives longer than the engine
};

session_actor spawn_session(reactor& home, session_surroundings around);

}  // namespace troupe::actors
