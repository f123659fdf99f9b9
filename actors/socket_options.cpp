#include "actors/socket_options.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <system_error>

namespace troupe::actors {
namespace {

bool is_ipv6(int descriptor) {
  int family = 0;
  socklen_t size = sizeof family;
  return ::getsockopt(descriptor, SOL_SOCKET, SO_DOMAIN, &family, &size) == 0 && family == AF_INET6;
}

}  // namespace

std::string set_socket_options(int descriptor, const socket_options& o) {
  std::string refused;
  const auto set = [&](int level, int option, const char* name, int value) {
    if (!refused.empty() || ::setsockopt(descriptor, level, option, &value, sizeof value) == 0) return;
    refused = std::string{name} + "=" + std::to_string(value) + ": " + std::generic_category().message(errno);
  };
  set(IPPROTO_TCP, TCP_NODELAY, "TCP_NODELAY", o.no_delay ? 1 : 0);
  set(SOL_SOCKET, SO_KEEPALIVE, "SO_KEEPALIVE", o.keep_alive ? 1 : 0);
  set(SOL_SOCKET, SO_OOBINLINE, "SO_OOBINLINE", o.oob_inline ? 1 : 0);
  if (o.receive_buffer > 0) set(SOL_SOCKET, SO_RCVBUF, "SO_RCVBUF", o.receive_buffer);
  if (o.send_buffer > 0) set(SOL_SOCKET, SO_SNDBUF, "SO_SNDBUF", o.send_buffer);
  if (o.traffic_class && is_ipv6(descriptor)) set(IPPROTO_IPV6, IPV6_TCLASS, "IPV6_TCLASS", *o.traffic_class);
  if (o.traffic_class && !is_ipv6(descriptor)) set(IPPROTO_IP, IP_TOS, "IP_TOS", *o.traffic_class);
  return refused;
}

}  // namespace troupe::actors
