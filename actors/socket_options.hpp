// What a settings file may ask of the kernel for a TCP socket. Plain data.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace troupe::actors {

struct socket_options {
  bool no_delay = true;                        // TCP_NODELAY: small messages go out at once
  bool keep_alive = false;                     // SO_KEEPALIVE: the kernel probes a silent peer, by its own, long, times
  bool oob_inline = false;                     // SO_OOBINLINE: urgent bytes come where they stand, among the others
  bool reuse_address = true;                   // SO_REUSEADDR, where an address is bound: a listener, or a fixed source port
  int receive_buffer = 0;                      // SO_RCVBUF in bytes; 0: the kernel's own size, which adapts
  int send_buffer = 0;                         // SO_SNDBUF, likewise
  std::optional<std::uint8_t> traffic_class{};  // IP_TOS, IPV6_TCLASS: the whole octet
  // How long a closed connection is kept, by the reactor and not the kernel, to get its last bytes out; 0: it is reset at once.
  std::optional<std::chrono::seconds> linger{};

  bool operator==(const socket_options&) const = default;
};

// Sets all but `linger`, which is the stream's business, and `reuse_address`, which has its moment. Before listen or connect, as a
// receive buffer is announced to the peer then. What the kernel refuses is said: "SO_SNDBUF=…: Operation not permitted"; else empty.
[[nodiscard]] std::string set_socket_options(int descriptor, const socket_options& options);

}  // namespace troupe::actors
