// Where an accepted link waits until it is known whose it is: read up to the first whole frame, ask that session's group, hand
// over the link with all bytes read from it.
//
// Three limits bound what a stranger can cost: time since the accept, bytes before the first frame is whole, links at once. A
// link that breaks one, or whose first message is no Logon of a session that is published for its place, or whose group says no, is closed
// without a word, and the event `lobby-refused` says why. Who is connected already is for the group to decide.
//
// When all links are taken, an address that has many of them makes room for one that has fewer: the link of it that has been silent for
// longest is closed. Who is on no list of its place (who_may_come) takes no link of anybody.
//
// A link that comes from a load balancer (accepted_link::has_proxy_header) says in a header who the peer is, before anything else; one that
// does not, or says it wrongly, is refused. One whose header names nobody, and that ends behind it, was a health check: no event.
//
// Where there is a maker, it is asked once for a session that is not published, or whose group is ending: a Logon may make one from
// a template. The guest's time limit goes on meanwhile, and each guest asks once: as many questions are open as there are links.
//
// A group that dies is withdrawn by itself; if it dies between `bound` and `adopt`, the link closes with the message.
#pragma once

#include "actors/address_list.hpp"
#include "actors/events.hpp"
#include "actors/messages.hpp"
#include "actors/reactor.hpp"

#include <chrono>
#include <cstddef>
#include <vector>

namespace troupe::actors {

struct lobby_limits {
  std::chrono::nanoseconds time = std::chrono::seconds{10};  // from the accept until the group has answered
  std::size_t bytes = 8 * 1024;
  std::size_t links = 1000;
  protocol::frame_check check = protocol::frame_check::length_and_sum;  // the loosest of the sessions; each of them looks again
};

// At one place: an address must be on one of these lists. Without any: everybody.
using who_may_come = std::vector<address_list>;

// One on each reactor. `events` lives longer than the actor. `maker`: empty if there are no templates. `places`: by their number; for those
// beyond, everybody may come.
lobby_actor spawn_lobby(reactor& home, event_sink& events, lobby_limits limits = {}, session_maker maker = {}, std::vector<who_may_come> places = {});

}  // namespace troupe::actors
