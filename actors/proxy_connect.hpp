// A connection by way of a proxy: connect to the proxy, hold the dialogue, hand over the link.
#pragma once

#include "actors/link.hpp"
#include "actors/proxy_dialogue.hpp"

#include <functional>
#include <memory>
#include <string>

namespace troupe::actors {

// `unread`: bytes of the peer that came behind the proxy's answer. Socket empty: peer_or_error is the reason.
using on_proxied = std::function<void(link_ptr socket, std::string peer_or_error, std::string unread)>;

// As network::connect: never calls back from inside this call, at most once, and not after the attempt is destroyed; time limits are the
// caller's. `where` is what the proxy is asked for; its source address and options are those of our connection to the proxy.
[[nodiscard]] std::unique_ptr<connect_attempt> connect_by_proxy(reactor& home, const proxy_settings& proxy, const connect_place& where, on_proxied done);

}  // namespace troupe::actors
