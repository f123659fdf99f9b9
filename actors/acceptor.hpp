// Listens, and hands every accepted link to a lobby, to one after the other if there are several, with the place where it came in.
//
// `listen` may be asked for several places; each is answered with the port, or with an error that says where, why and what to
// do. If files run out, accepting pauses and goes on by itself. `stop_listening`, or the actor's end, closes them all; links
// that were accepted are not touched.
#pragma once

#include "actors/events.hpp"
#include "actors/messages.hpp"
#include "actors/reactor.hpp"

#include <vector>

namespace troupe::actors {

// `events` lives longer than the actor.
acceptor_actor spawn_acceptor(reactor& home, std::vector<lobby_actor> lobbies, event_sink& events);

}  // namespace troupe::actors
