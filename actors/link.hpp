// Byte streams, without saying what carries them: TCP (connection_tcp.cpp), a fake wire (fake_network.hpp), TLS over either.
//
// A `link` is one end of a stream that nobody reads: it can be handed from one reactor to another inside a message. Attached
// to a reactor it becomes a `stream`, which belongs to that thread; detached from it, a link again. Whoever lets go of
// either closes it.
#pragma once

#include "actors/socket_options.hpp"
#include "protocol/types.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace troupe::actors {

class reactor;
class stream;

class link {
 public:
  virtual ~link() = default;
  // Takes the stream out: works once, then throws std::logic_error. On the thread of `home`. Throws std::system_error if the
  // reactor cannot take it.
  [[nodiscard]] virtual std::unique_ptr<stream> attach(reactor& home) = 0;
};
using link_ptr = std::shared_ptr<link>;

enum class io_status : std::uint8_t {
  done,         // `bytes` > 0 were moved
  would_block,  // none now: wait
  end,          // the peer will not send any more
  failed,       // the stream is broken: `error` says why
};
struct io_result {
  io_status status = io_status::would_block;
  std::size_t bytes = 0;
  std::string error{};
};

class stream {
 public:
  using callback = std::function<void()>;

  virtual ~stream() = default;  // closes; no callback comes afterwards

  // Never block. A short count is no error. After `end` or `failed` nothing better comes.
  [[nodiscard]] virtual io_result read(std::span<char> into) = 0;
  [[nodiscard]] virtual io_result write(std::span<const std::string_view> parts) = 0;

  // What to call when waiting is over: set once, forgotten with the stream. Called on the reactor's thread.
  virtual void on_readable(callback then) = 0;
  virtual void on_writable(callback then) = 0;
  // One call, and never from inside this one, when read (write) is worth another try, also because of an end or an error.
  virtual void await_readable() = 0;
  virtual void await_writable() = 0;

  // Nothing more will be written or read: what was written still reaches the peer, if it can. Then destroy it.
  virtual void close_gently() = 0;
  // What was written may be lost, and the peer learns that something broke. Then destroy it.
  virtual void close_hard() = 0;

  // Takes the stream away from this reactor; this object is then empty. Bytes read belong to who read them.
  [[nodiscard]] virtual link_ptr detach() = 0;
};

struct listen_place {
  std::string host;        // an address of this machine, or a name that is looked up; empty: all of them
  std::uint16_t port = 0;  // 0: any free one
  socket_options options{};  // of the listener, and of what it accepts
};
struct connect_place {
  std::string host;
  std::uint16_t port = 0;
  std::string source_host{};      // the address that the peer sees; empty: the kernel's choice
  std::uint16_t source_port = 0;  // 0: the kernel's choice
  socket_options options{};
};

// A listening socket, or a connect under way; destroyed, it ends, and calls back no more.
class listener {
 public:
  virtual ~listener() = default;
  [[nodiscard]] virtual std::uint16_t port() const = 0;
};
class connect_attempt {
 public:
  virtual ~connect_attempt() = default;
  // The name that is being looked up just now; empty: none, or it is known.
  [[nodiscard]] virtual std::string looks_up() const { return {}; }
  // Called once when every name is known, and not at all if there was none to look up: what comes now is the peer's time. For the
  // moment after `connect` has returned.
  virtual void on_names_known(std::function<void()> /*then*/) {}
};

struct accepted {
  link_ptr socket;
  std::string peer;  // "127.0.0.1:49152"
};
struct listen_result {
  std::unique_ptr<listener> on;  // empty: see error
  std::string error;             // says where, why and what to do
};

// Where streams come from; each reactor has one. All calls and callbacks on its thread.
class network {
 public:
  using on_accept = std::function<void(accepted)>;
  // Accepting pauses for a moment, by itself, and why ("too many open files …").
  using on_trouble = std::function<void(std::string)>;
  using on_connect = std::function<void(link_ptr socket, std::string peer_or_error)>;  // socket empty: error

  virtual ~network() = default;
  [[nodiscard]] virtual listen_result listen(reactor& home, const listen_place& where, on_accept accept, on_trouble trouble) = 0;
  // Never calls back from inside this call, and at most once. Time limits are the caller's.
  [[nodiscard]] virtual std::unique_ptr<connect_attempt> connect(reactor& home, const connect_place& where, on_connect done) = 0;
};

// Puts something between a reactor and its network: counts, delays, loses. Called once for each reactor.
using network_decorator = std::function<std::unique_ptr<network>(network& inner)>;

}  // namespace troupe::actors
