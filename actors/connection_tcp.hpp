// TCP for real reactors: see link.hpp. Private to the reactor and the acceptor.
#pragma once

#include "actors/link.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace troupe::actors {

// Those of this network, and where they are: "0.0.0.0:9876".
using listening_ports = std::multimap<std::uint16_t, std::string>;

// Of each host that has several addresses, the one that has let the last attempt wait in vain: the next begins behind it.
using silent_addresses = std::map<std::string, std::string>;

class tcp_network final : public network {
 public:
  // A host is an address, or a name that is looked up; empty: every IPv4 address of this machine.
  listen_result listen(reactor& home, const listen_place& where, on_accept accept, on_trouble trouble) override;
  std::unique_ptr<connect_attempt> connect(reactor& home, const connect_place& where, on_connect done) override;

 private:
  std::shared_ptr<listening_ports> listening_ = std::make_shared<listening_ports>();
  std::shared_ptr<silent_addresses> silent_ = std::make_shared<silent_addresses>();
};

// Takes over a connected socket that has its options; `linger` as in socket_options.
[[nodiscard]] link_ptr make_tcp_link(int descriptor, std::optional<std::chrono::seconds> linger = std::nullopt);
// "127.0.0.1:49152", "[::1]:49152"; "?" if it is not connected any more.
[[nodiscard]] std::string peer_of(int descriptor);
[[nodiscard]] std::string host_and_port(const std::string& host, std::uint16_t port);

}  // namespace troupe::actors
