// The root of an engine's actors: starts them, restarts them, gives up loudly, and ends them in order.
//
//   supervisor ─┬─ store(s)
//               ├─ door: lobby of each shard, acceptor
//               ├─ application of each session
//               └─ session group of each session ── session actor, heartbeat timer, connection
//
// | what dies   | what happens                                                                                   |
// |-------------|------------------------------------------------------------------------------------------------|
// | store       | opened again; meanwhile its sessions have no link; then each loads from it                     |
// | application | made again; what it had not handled is delivered again, marked                                 |
// | group       | a new one for the same session, with the same epochs and open submits                          |
// | lobby, acceptor | both made again, on the same ports; sessions that are up stay up                           |
//
// What fails more than `restarts.intensity` times within `restarts.period` stays down: its sessions become NeedsOperator, the rest
// runs on, and the operator's `logon` tries again. A store that cannot be opened has not failed by itself: it is tried for ever, and
// one that may wait for a network (store_spec) on a thread of its own, so that questions are answered meanwhile.
// Within a session the group supervises by itself.
//
// `make_session`: a Logon for which no session is there makes one, if a template fits (session_template.hpp). Such a session is like any
// other until it is retired: it has no link, nothing is under way, and it is idle for too long, or another one needs its place.
//
// `start`: opens the stores, loads the accepting sessions, listens, then lets the initiators connect; answered when all that is
// done, with an error if a store cannot be opened or a port is not free: then nothing is left running. With `starts_without_ports` a port
// that is not free is tried again, for ever, and told in the status. `stop`: no new links, every
// session logs out, applications handle what was delivered, stores write what they hold; then everything ends.
#pragma once

#include "actors/engine_config.hpp"
#include "actors/messages.hpp"
#include "actors/reactor.hpp"
#include "actors/session_anchors.hpp"

#include <vector>

namespace troupe::actors {

struct supervisor_surroundings {
  engine_config config;
  std::vector<reactor*> shards;  // at least one; homes of stores, sessions and applications
  session_anchors anchors;
};

// `control`: its own reactor, may be a shard in tests. Reactors, and the sinks of the configuration, live longer.
supervisor_actor spawn_supervisor(reactor& control, supervisor_surroundings around);

}  // namespace troupe::actors
