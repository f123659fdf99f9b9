// The control socket: how `troupe status` and the other live commands talk to a running engine.
//
// A Unix stream socket, mode 0600. A request is one line of JSON, its answer another:
//
//   {"ask":"status"}                                            {"done":true,"pid":4711,"sessions":[…],…}   (status_json.hpp)
//   {"ask":"logout","session":"FIX.4.2:US->THEM","text":"…"}    {"done":true,"text":"logging out"}
//   anything wrong                                              {"done":false,"text":"what, and what was expected"}
//
// Commands: logon, logout, reset, disconnect. A session is named in full, or by its TargetCompID if only one has it.
// Bounds: clients at once, bytes of a request, bytes of answers that a client does not read, time without a request.
#pragma once

#include "actors/events.hpp"
#include "actors/messages.hpp"
#include "actors/reactor.hpp"

namespace troupe::actors {

struct control_limits {
  std::size_t clients = 16;
  std::size_t request_bytes = 16 * 1024;
  steady_time idle = std::chrono::seconds{30};  // without a whole request, or without taking an answer
};

// `listen{path, 0}`: answered with an error that says what to do if the path cannot be had; a socket file whose process has gone is
// replaced, one that somebody listens on is not. The file is removed when the actor ends.
using control_actor = caf::typed_actor<sig<listening(listen)>, sig<void(stop_listening)>>;

// A real reactor. `events` lives longer than the actor.
control_actor spawn_control(reactor& home, supervisor_actor supervisor, event_sink& events, control_limits limits = {});

}  // namespace troupe::actors
