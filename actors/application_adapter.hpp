// Runs a user's `application` as an actor, and keeps the books that the promises need:
//
// - what is handled and not yet durable is remembered, and said again to a new incarnation of the session;
// - deliveries of older incarnations are dropped;
// - while too much is unconfirmed, deliveries wait, and the session stops reading from its peer.
//
// Users with actors of their own implement `application_actor` instead; then these are their duties.
#pragma once

#include "actors/application.hpp"
#include "actors/messages.hpp"
#include "actors/reactor.hpp"

namespace troupe::actors {

// How the engine gets the application of a session, at the start and after each crash. Called on the supervisor's thread.
using application_source = std::function<application_actor(reactor& home, const session_reference& session)>;

struct adapter_limits {
  std::size_t max_unconfirmed = 4096;  // handled deliveries that are not durable yet
  // on_message throws: the peer gets a BusinessMessageReject(j) 380=4, and the object lives on. Else it is made again, and so is the delivery.
  bool rejects_what_throws = false;
};

[[nodiscard]] application_source hosted(application_factory make, adapter_limits limits = {});

}  // namespace troupe::actors
