// Private: what streams and listeners of a real reactor need of it. The only headers with Asio in them are named *_asio_* or *_tcp.
#pragma once

#include "actors/reactor_asio.hpp"

#include <asio/io_context.hpp>

namespace troupe::actors {

// Throws std::logic_error if this is no real reactor.
[[nodiscard]] asio::io_context& io_context_of(reactor& r);

}  // namespace troupe::actors
