#include "actors/connection_tcp.hpp"

#include "actors/io_wait.hpp"
#include "actors/reactor_asio_context.hpp"

#include <asio/ip/tcp.hpp>
#include <asio/posix/stream_descriptor.hpp>

#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace troupe::actors {
namespace {

using asio::ip::tcp;
using descriptor = asio::posix::stream_descriptor;
using linger_time = std::optional<std::chrono::seconds>;

constexpr std::size_t max_parts = 64;
constexpr std::chrono::seconds usual_linger{2};
constexpr std::size_t linger_bytes = 1 << 20;

std::string text_of(int error) {
  return std::generic_category().message(error);
}

io_result failure(int error) {
  if (error == EAGAIN || error == EWOULDBLOCK || error == EINTR) return {io_status::would_block, 0, {}};
  return {io_status::failed, 0, text_of(error)};
}

// ------------------------------------------------------------------ stream

// Waits outlive the stream that asked for them by a moment: they hold this, and find no callback any more.
struct waits : std::enable_shared_from_this<waits> {
  explicit waits(asio::io_context& io) : socket(io) {}

  void wait(descriptor::wait_type what, io_wait& slot, bool& is_waiting) {
    slot.want();
    if (std::exchange(is_waiting, true)) return;
    socket.async_wait(what, [self = shared_from_this(), &slot, &is_waiting](const std::error_code&) {
      is_waiting = false;
      slot.fire();
    });
  }
  void wait_to_read() { wait(descriptor::wait_read, readable, is_waiting_to_read); }
  void wait_to_write() { wait(descriptor::wait_write, writable, is_waiting_to_write); }
  void forget() {
    readable.forget();
    writable.forget();
  }
  void close() {
    forget();
    std::error_code ignored;
    socket.close(ignored);
  }

  descriptor socket;
  io_wait readable;
  io_wait writable;
  bool is_waiting_to_read = false;
  bool is_waiting_to_write = false;
};

// After our last byte: the peer gets it only if we do not close while bytes of his are unread, so read them away for a while.
// Its timer alone owns it: a reactor that is taken down meanwhile drops its timers and with them this and the socket.
class lingering : public std::enable_shared_from_this<lingering> {
 public:
  lingering(std::shared_ptr<waits> w, reactor& home) : waits_(std::move(w)), home_(home) {}

  void begin(std::chrono::seconds time) {
    timer_ = home_.start_timer(home_.now().steady + time, [self = shared_from_this()] { self->end(); });
    waits_->readable.set([weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->read_away();
    });
    read_away();
  }

 private:
  void read_away() {
    std::array<char, 4096> nothing;
    for (;;) {
      const auto n = ::recv(waits_->socket.native_handle(), nothing.data(), nothing.size(), MSG_DONTWAIT);
      if (n < 0 && (errno == EAGAIN || errno == EINTR)) break;
      if (n <= 0 || (bytes_ += static_cast<std::size_t>(n)) > linger_bytes) return end();
    }
    waits_->wait_to_read();
  }
  void end() {
    if (!waits_) return;
    home_.cancel_timer(timer_);
    std::exchange(waits_, nullptr)->close();
  }

  std::shared_ptr<waits> waits_;
  reactor& home_;
  timer_id timer_;
  std::size_t bytes_ = 0;
};

class tcp_stream final : public stream {
 public:
  tcp_stream(int socket, reactor& home, linger_time linger) : home_(home), linger_(linger), waits_(std::make_shared<waits>(io_context_of(home))) {
    waits_->socket.assign(socket);
  }
  ~tcp_stream() override {
    if (waits_) close();
  }
  tcp_stream(const tcp_stream&) = delete;
  tcp_stream& operator=(const tcp_stream&) = delete;

  io_result read(std::span<char> into) override {
    const auto n = ::recv(native(), into.data(), into.size(), MSG_DONTWAIT);
    if (n > 0) return {io_status::done, static_cast<std::size_t>(n), {}};
    if (n == 0) return {io_status::end, 0, {}};
    return failure(errno);
  }

  io_result write(std::span<const std::string_view> parts) override {
    std::array<iovec, max_parts> vectors;
    const auto count = std::min(parts.size(), vectors.size());
    for (std::size_t i = 0; i < count; ++i) vectors[i] = {const_cast<char*>(parts[i].data()), parts[i].size()};
    msghdr message{};
    message.msg_iov = vectors.data();
    message.msg_iovlen = count;
    const auto n = ::sendmsg(native(), &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n > 0) return {io_status::done, static_cast<std::size_t>(n), {}};
    return n == 0 ? io_result{} : failure(errno);
  }

  void on_readable(callback then) override { waits_->readable.set(std::move(then)); }
  void on_writable(callback then) override { waits_->writable.set(std::move(then)); }
  void await_readable() override { waits_->wait_to_read(); }
  void await_writable() override { waits_->wait_to_write(); }

  void close_gently() override {
    if (linger_ == std::chrono::seconds{0}) return close_hard();
    waits_->forget();
    ::shutdown(native(), SHUT_WR);
    std::make_shared<lingering>(std::exchange(waits_, nullptr), home_)->begin(linger_.value_or(usual_linger));
  }
  void close_hard() override {
    const ::linger at_once{1, 0};
    ::setsockopt(native(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close();
  }

  link_ptr detach() override {
    waits_->forget();
    const auto socket = waits_->socket.release();
    waits_.reset();
    return make_tcp_link(socket, linger_);
  }

 private:
  [[nodiscard]] int native() { return waits_->socket.native_handle(); }
  void close() {
    waits_->close();
    waits_.reset();
  }

  reactor& home_;
  linger_time linger_;
  std::shared_ptr<waits> waits_;
};

class tcp_link final : public link {
 public:
  tcp_link(int socket, linger_time linger) : socket_(socket), linger_(linger) {}
  ~tcp_link() override {
    if (socket_ >= 0) ::close(socket_);
  }
  tcp_link(const tcp_link&) = delete;
  tcp_link& operator=(const tcp_link&) = delete;

  std::unique_ptr<stream> attach(reactor& home) override {
    if (socket_ < 0) throw std::logic_error{"a link is attached once"};
    auto s = std::make_unique<tcp_stream>(socket_, home, linger_);
    socket_ = -1;
    return s;
  }

 private:
  int socket_;
  linger_time linger_;
};

}  // namespace

link_ptr make_tcp_link(int descriptor, linger_time linger) { return std::make_shared<tcp_link>(descriptor, linger); }

std::string host_and_port(const std::string& host, std::uint16_t port) {
  const bool is_ipv6 = host.find(':') != std::string::npos;
  return (is_ipv6 ? '[' + host + ']' : host) + ':' + std::to_string(port);
}

std::string peer_of(int socket) {
  tcp::endpoint peer;
  auto size = static_cast<socklen_t>(peer.capacity());
  if (::getpeername(socket, peer.data(), &size) != 0) return "?";
  return host_and_port(peer.address().to_string(), peer.port());
}

}  // namespace troupe::actors
