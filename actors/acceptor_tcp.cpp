#include "actors/connection_tcp.hpp"
#include "actors/reactor_asio_context.hpp"

#include <asio/ip/tcp.hpp>

#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <optional>
#include <utility>

namespace troupe::actors {
namespace {

using asio::ip::tcp;

constexpr int backlog = 1024;
constexpr int accepts_a_turn = 64;
constexpr std::chrono::milliseconds pause_without_descriptors{200};

std::string place_of(const std::string& host, std::uint16_t port) { return host_and_port(host.empty() ? "0.0.0.0" : host, port); }

std::string listen_trouble(const std::string& host, std::uint16_t port, const std::error_code& e, const listening_ports& ours) {
  const auto own = ours.find(port);
  std::string text = "cannot listen on " + place_of(host, port) + ": " + e.message() + " (errno " +
                     std::to_string(e.value()) + "); ";
  switch (e.value()) {
    case EADDRINUSE:
      if (own != ours.end()) return text + "this process has this port itself, at " + own->second + ": write the same address for both, or choose another port";
      return text + "another process has this port: stop it, or choose another port";
    case EACCES: return text + "ports below 1024 need a privilege: choose a higher one, or grant CAP_NET_BIND_SERVICE";
    case EADDRNOTAVAIL: return text + "no interface of this machine has this address: use one that `ip addr` shows";
    case EMFILE:
    case ENFILE: return text + "too many open files: raise the limit (ulimit -n)";
    default: return text + "check the address and the port";
  }
}

class tcp_accept : public std::enable_shared_from_this<tcp_accept> {
 public:
  tcp_accept(reactor& home, const socket_options& options, network::on_accept accept, network::on_trouble trouble)
      : home_(home), options_(options), acceptor_(io_context_of(home)), accept_(std::move(accept)), trouble_(std::move(trouble)) {}

  // What is accepted takes its buffers from the listener: they are announced to the peer before we see it.
  std::error_code open(const tcp::endpoint& where) {
    std::error_code e;
    acceptor_.open(where.protocol(), e);
    if (!e) acceptor_.set_option(tcp::acceptor::reuse_address{options_.reuse_address}, e);
    if (!e) refused_ = set_socket_options(acceptor_.native_handle(), options_);
    if (!refused_.empty()) return {};
    if (!e) acceptor_.bind(where, e);
    if (!e) acceptor_.listen(backlog, e);
    if (!e) acceptor_.native_non_blocking(true, e);
    if (!e) wait();
    return e;
  }
  void stop() {
    is_open_ = false;
    if (pause_) home_.cancel_timer(*pause_);
    std::error_code ignored;
    acceptor_.close(ignored);
  }
  // What open did not get from the kernel, if it was an option.
  [[nodiscard]] const std::string& refused() const { return refused_; }
  [[nodiscard]] std::uint16_t port() const {
    std::error_code ignored;
    return acceptor_.local_endpoint(ignored).port();
  }

 private:
  void wait() {
    acceptor_.async_wait(tcp::acceptor::wait_read, [self = shared_from_this()](const std::error_code& e) {
      if (!e && self->is_open_) self->accept_some();
    });
  }
  void accept_some() {
    for (int n = 0; n < accepts_a_turn && is_open_; ++n) {
      tcp::endpoint peer;
      auto size = static_cast<socklen_t>(peer.capacity());
      const int socket = ::accept4(acceptor_.native_handle(), peer.data(), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (socket < 0) {
        if (errno == EINTR || errno == ECONNABORTED) continue;
        if (errno == EAGAIN || errno == EWOULDBLOCK) break;
        return pause(errno);
      }
      (void)set_socket_options(socket, options_);  // what the kernel refuses was said of the listener
      accept_({make_tcp_link(socket, options_.linger), host_and_port(peer.address().to_string(), peer.port())});  // who is gone already has no name of a peer any more
    }
    if (is_open_) wait();
  }
  // Who waits in the kernel's queue is accepted later; a loop over a failing accept would eat the reactor.
  void pause(int error) {
    pause_ = home_.start_timer(home_.now().steady + pause_without_descriptors, [self = shared_from_this()] {
      self->pause_.reset();
      if (self->is_open_) self->accept_some();
    });
    trouble_("cannot accept: " + std::generic_category().message(error) + "; trying again every 200 ms. If files ran out, raise the limit (ulimit -n)");
  }

  reactor& home_;
  socket_options options_;
  std::string refused_;
  tcp::acceptor acceptor_;
  network::on_accept accept_;
  network::on_trouble trouble_;
  std::optional<timer_id> pause_;
  bool is_open_ = true;
};

class tcp_listener final : public listener {
 public:
  tcp_listener(std::shared_ptr<tcp_accept> a, std::shared_ptr<listening_ports> all, const std::string& host)
      : accept_(std::move(a)), all_(std::move(all)), own_(all_->emplace(accept_->port(), place_of(host, accept_->port()))) {}
  ~tcp_listener() override {
    all_->erase(own_);
    accept_->stop();
  }
  tcp_listener(const tcp_listener&) = delete;
  tcp_listener& operator=(const tcp_listener&) = delete;
  [[nodiscard]] std::uint16_t port() const override { return accept_->port(); }

 private:
  std::shared_ptr<tcp_accept> accept_;
  std::shared_ptr<listening_ports> all_;
  listening_ports::iterator own_;
};

tcp::endpoint find_endpoint(asio::io_context& io, const std::string& host, std::uint16_t port, std::error_code& e) {
  if (host.empty()) return {tcp::v4(), port};
  const auto address = asio::ip::make_address(host, e);
  if (!e) return {address, port};
  e.clear();
  const auto found = tcp::resolver{io}.resolve(host, std::to_string(port), tcp::resolver::passive, e);
  return e || found.empty() ? tcp::endpoint{} : found.begin()->endpoint();
}

}  // namespace

listen_result tcp_network::listen(reactor& home, const listen_place& where, on_accept accept, on_trouble trouble) {
  std::error_code e;
  const auto at = find_endpoint(io_context_of(home), where.host, where.port, e);
  auto a = std::make_shared<tcp_accept>(home, where.options, std::move(accept), std::move(trouble));
  if (!e) e = a->open(at);
  if (!a->refused().empty()) return {nullptr, "cannot listen on " + host_and_port(where.host, where.port) + ": the kernel refuses " + a->refused()};
  if (e) return {nullptr, listen_trouble(where.host, where.port, e, *listening_)};
  return {std::make_unique<tcp_listener>(std::move(a), listening_, where.host), {}};
}

}  // namespace troupe::actors
