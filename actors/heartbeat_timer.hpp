// Tells one session when its deadline has come: the session's only clock. Counterpart of arm, disarm and tick.
#pragma once

#include "actors/messages.hpp"
#include "actors/reactor.hpp"

namespace troupe::actors {

// `client` gets one `tick` when the last armed deadline has come: not before it, and never for one that was replaced or
// disarmed. A deadline in the past ticks at once.
timer_actor spawn_heartbeat_timer(reactor& home, session_actor client);

}  // namespace troupe::actors
