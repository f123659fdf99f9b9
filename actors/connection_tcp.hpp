// TCP for real reactors: see link.hpp. Private to the reactor and the acceptor.
#pragma once

#include "actors/link.hpp"

#include <string>

namespace troupe::actors {

class tcp_network final : public network {
 public:
  // A host is an address, or a name that is looked up; empty: every IPv4 address of this machine.
  listen_result listen(reactor& home, const std::string& host, std::uint16_t port, on_accept accept, on_trouble trouble) override;
  std::unique_ptr<connect_attempt> connect(reactor& home, const std::string& host, std::uint16_t port, on_connect done) override;
};

// Takes over a connected socket: makes it non-blocking, with TCP_NODELAY.
[[nodiscard]] link_ptr make_tcp_link(int descriptor);
// "127.0.0.1:49152", "[::1]:49152"; "?" if it is not connected any more.
[[nodiscard]] std::string peer_of(int descriptor);
[[nodiscard]] std::string host_and_port(const std::string& host, std::uint16_t port);

}  // namespace troupe::actors
