#include "actors/connection_tcp.hpp"
#include "actors/control_socket.hpp"
#include "actors/reactor_asio_context.hpp"

#include <asio/posix/stream_descriptor.hpp>

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <optional>
#include <utility>

namespace troupe::actors {
namespace {

using descriptor = asio::posix::stream_descriptor;

constexpr int accepts_a_turn = 16;
constexpr std::chrono::milliseconds pause_without_descriptors{200};

class accepting : public std::enable_shared_from_this<accepting> {
 public:
  accepting(reactor& home, std::shared_ptr<control_socket> socket, std::function<void(link_ptr)> accept)
      : home_(home), socket_(std::move(socket)), waits_(io_context_of(home), ::dup(socket_->descriptor())), accept_(std::move(accept)) {}

  void wait() {
    waits_.async_wait(descriptor::wait_read, [self = shared_from_this()](const std::error_code& e) {
      if (!e && self->socket_) self->accept_some();
    });
  }
  void stop() {
    if (pause_) home_.cancel_timer(*pause_);
    std::error_code ignored;
    waits_.close(ignored);
    socket_.reset();
  }

 private:
  void accept_some() {
    for (int n = 0; n < accepts_a_turn && socket_; ++n) {
      const int client = ::accept4(socket_->descriptor(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (client >= 0) accept_(make_tcp_link(client));  // any stream socket: it does not ask what carries it
      else if (errno == EAGAIN || errno == EWOULDBLOCK) break;
      else if (errno != EINTR && errno != ECONNABORTED) return pause();
    }
    if (socket_) wait();
  }
  // Out of files: who waits in the kernel's queue is accepted later.
  void pause() {
    pause_ = home_.start_timer(home_.now().steady + pause_without_descriptors, [self = shared_from_this()] {
      self->pause_.reset();
      if (self->socket_) self->accept_some();
    });
  }

  reactor& home_;
  std::shared_ptr<control_socket> socket_;
  descriptor waits_;
  std::function<void(link_ptr)> accept_;
  std::optional<timer_id> pause_;
};

class asio_control_listener final : public control_listener {
 public:
  explicit asio_control_listener(std::shared_ptr<accepting> a) : accepting_(std::move(a)) {}
  ~asio_control_listener() override { accepting_->stop(); }
  asio_control_listener(const asio_control_listener&) = delete;
  asio_control_listener& operator=(const asio_control_listener&) = delete;

 private:
  std::shared_ptr<accepting> accepting_;
};

}  // namespace

std::unique_ptr<control_listener> serve_control(reactor& home, std::shared_ptr<control_socket> socket, std::function<void(link_ptr)> accept) {
  auto a = std::make_shared<accepting>(home, std::move(socket), std::move(accept));
  a->wait();
  return std::make_unique<asio_control_listener>(std::move(a));
}

}  // namespace troupe::actors
