// The actor of one TCP connection (or fake wire): bytes in, frames out; batches in, bytes out. Knows nothing of FIX but framing.
//
// Tells its session link_up, then `received` and `wrote`, then link_down exactly once, also if it is killed; then it ends. One
// that was to connect and did not tells the group connect_failed instead, exactly once.
//
// Reading stops while more than `max_unconsumed` bytes of `received` are not returned with `consumed`, so what an
// unread connection can hold is bounded: max_unconsumed + the framer's max_unread. Writing has no bound of its own: the session
// learns from `wrote` what piles up and decides. `wrote` comes when all is written, and whenever `unwritten` has
// crossed a multiple of `mark`.
//
// All bytes that are handed over in one turn of the reactor go out in one write at its end. Callbacks keep the actor alive:
// end it with an exit message, `abort_link`, or a batch that closes.
#pragma once

#include "actors/link.hpp"
#include "actors/messages.hpp"
#include "actors/proxy_dialogue.hpp"
#include "actors/reactor.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace troupe::actors {

struct connection_settings {
  std::size_t max_frame = 1 << 20;
  std::size_t max_unconsumed = 256 * 1024;
  std::size_t mark = 64 * 1024;
  protocol::frame_check check = protocol::frame_check::length_and_sum;
};

// A link that a lobby (or a test) read from already.
struct adopted_link {
  link_ptr socket;
  std::string unread;
  std::string peer;
};
connection_actor spawn_connection(reactor& home, connection_epoch epoch, connection_client session, adopted_link adopted,
                                  connection_settings settings = {});

struct connect_to {
  std::string host;
  std::uint16_t port = 0;
  std::chrono::nanoseconds timeout = std::chrono::seconds{10};
  std::string source_host{};
  std::uint16_t source_port = 0;
  socket_options options{};
  proxy_settings proxy{};  // no host: none
};
connection_actor spawn_connection(reactor& home, connection_epoch epoch, connection_client session, session_group_actor group,
                                  connect_to where, connection_settings settings = {});

}  // namespace troupe::actors
