// The control socket: how `troupe status` and the other live commands talk to a running engine.
//
// A Unix stream socket, mode 0600. A request is one line of JSON, its answer another:
//
//   {"ask":"status"}                                            {"done":true,"pid":4711,"sessions":[…],…}   (status_json.hpp)
//   {"ask":"logout","session":"FIX.4.2:US->THEM","text":"…"}    {"done":true,"text":"logging out"}
//   {"ask":"parked","session":"THEM","after":7}                 {"done":true,"session":"…","parked":[…],"next":…}       (parked_json.hpp)
//   {"ask":"drop-parked","session":"THEM","token":"9"}          {"done":true,"text":"1 submit was dropped …"}, when it is durable; or "all":true
//   {"ask":"stop","within_seconds":10}                          {"done":true,"text":"stopped"}, when it has
//   anything wrong                                              {"done":false,"text":"what, and what was expected"}
//
// Commands: logon, logout, reset, disconnect. A session is named in full, or by its TargetCompID if only one has it.
// A client has one request under way, the next waits behind its answer. One client too many is told so and closed; one that sends
// too long a line is, too; one that says nothing, does not finish its line or does not take its answer in time is cut.
#pragma once

#include "actors/events.hpp"
#include "actors/messages.hpp"
#include "actors/reactor.hpp"

#include <chrono>
#include <cstddef>
#include <functional>

namespace troupe::actors {

struct control_limits {
  std::size_t clients = 16;
  std::size_t request_bytes = 16 * 1024;
  steady_time idle = std::chrono::seconds{30};  // without a whole request, or without taking an answer
  steady_time stop_within = std::chrono::seconds{10};  // of a stop that does not say it
};

// `listen{path, 0}`: answered with an error that says what to do if the path cannot be had; a socket file whose process has gone is
// replaced, one that somebody listens on, or that is no socket, is not. The file is removed when the actor ends, if it is still ours.
using control_actor = caf::typed_actor<sig<listening(listen)>, sig<void(stop_listening)>>;

// A real reactor. `events` lives longer than the actor. `stopped` is called on the reactor's thread when a client has stopped the
// engine: the process is to end.
control_actor spawn_control(reactor& home, supervisor_actor supervisor, event_sink& events, control_limits limits = {},
                            std::function<void()> stopped = {});

}  // namespace troupe::actors
