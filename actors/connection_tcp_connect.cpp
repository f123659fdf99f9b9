// Connecting: look the names up, then try one address of the host after the other, each with a socket of its own.
#include "actors/connection_tcp.hpp"
#include "actors/reactor_asio_context.hpp"

#include <asio/ip/tcp.hpp>
#include <asio/post.hpp>

#include <algorithm>
#include <deque>
#include <memory>
#include <system_error>
#include <utility>

namespace troupe::actors {
namespace {

using asio::ip::tcp;

class tcp_connect : public std::enable_shared_from_this<tcp_connect> {
 public:
  tcp_connect(asio::io_context& io, connect_place where, network::on_connect done)
      : resolver_(io), socket_(io), where_(std::move(where)), done_(std::move(done)) {}

  void begin() {
    if (where_.source_host.empty()) return find_host();
    look_up(where_.source_host, where_.source_port, [this](std::deque<tcp::endpoint> found) {
      sources_ = std::move(found);
      find_host();
    });
  }
  void give_up() {
    done_ = nullptr;
    std::error_code ignored;
    resolver_.cancel();
    socket_.close(ignored);
  }

 private:
  void find_host() {
    if (!done_) return;
    look_up(where_.host, where_.port, [this](std::deque<tcp::endpoint> found) {
      hosts_ = std::move(found);
      try_next();
    });
  }

  template <class F>
  void look_up(const std::string& host, std::uint16_t port, F then) {
    std::error_code not_an_address;
    const auto address = asio::ip::make_address(host, not_an_address);
    if (!not_an_address) return asio::post(socket_.get_executor(), [self = shared_from_this(), then, at = tcp::endpoint{address, port}] { then({at}); });
    resolver_.async_resolve(host, std::to_string(port), [self = shared_from_this(), then, host, port](const std::error_code& e, const tcp::resolver::results_type& found) {
      if (e) return self->fail("cannot look up " + host_and_port(host, port) + ": " + e.message());
      then({found.begin(), found.end()});
    });
  }

  void try_next() {
    if (!done_) return;
    if (hosts_.empty()) return fail("cannot connect to " + host_and_port(where_.host, where_.port) + last_error_);
    const auto at = hosts_.front();
    hosts_.pop_front();
    if (const auto refused = open_for(at); !refused.empty()) {
      last_error_ = refused;
      return try_next();
    }
    socket_.async_connect(at, [self = shared_from_this()](const std::error_code& e) {
      if (!self->done_) return;
      if (!e) return self->succeed();
      self->last_error_ = self->source_text() + ": " + e.message();
      self->try_next();
    });
  }

  // Empty: the socket is made, has its options, and its source address if there is to be one.
  std::string open_for(const tcp::endpoint& at) {
    std::error_code e;
    socket_.close(e);
    socket_.open(at.protocol(), e);
    if (e) return ": " + e.message();
    if (auto refused = set_socket_options(socket_.native_handle(), where_.options); !refused.empty()) return ": " + refused;
    if (!where_.source_host.empty() || where_.source_port != 0) return bind_source(at.protocol());
    return {};
  }
  std::string bind_source(const tcp& protocol) {
    tcp::endpoint source{protocol, where_.source_port};
    if (!sources_.empty()) {
      const auto fits = std::find_if(sources_.begin(), sources_.end(), [&](const tcp::endpoint& s) { return s.protocol() == protocol; });
      if (fits == sources_.end()) return source_text() + ": the one is an IPv4 and the other an IPv6 address";
      source = *fits;
    }
    std::error_code e;
    socket_.set_option(tcp::socket::reuse_address{where_.options.reuse_address}, e);
    if (!e) socket_.bind(source, e);
    return e ? source_text() + ": " + e.message() + "; expected an address of this machine, and a port that is free" : std::string{};
  }
  [[nodiscard]] std::string source_text() const {
    if (where_.source_host.empty() && where_.source_port == 0) return {};
    return " from " + host_and_port(where_.source_host, where_.source_port);
  }

  void fail(const std::string& why) {
    if (auto done = std::exchange(done_, nullptr)) done(nullptr, why);
  }
  void succeed() {
    auto done = std::exchange(done_, nullptr);
    const auto socket = socket_.release();
    auto peer = peer_of(socket);
    done(make_tcp_link(socket, where_.options.linger), std::move(peer));
  }

  tcp::resolver resolver_;
  tcp::socket socket_;
  connect_place where_;
  network::on_connect done_;
  std::deque<tcp::endpoint> sources_;
  std::deque<tcp::endpoint> hosts_;  // still to be tried
  std::string last_error_;
};

class tcp_connect_attempt final : public connect_attempt {
 public:
  explicit tcp_connect_attempt(std::shared_ptr<tcp_connect> c) : connect_(std::move(c)) {}
  ~tcp_connect_attempt() override { connect_->give_up(); }
  tcp_connect_attempt(const tcp_connect_attempt&) = delete;
  tcp_connect_attempt& operator=(const tcp_connect_attempt&) = delete;

 private:
  std::shared_ptr<tcp_connect> connect_;
};

}  // namespace

std::unique_ptr<connect_attempt> tcp_network::connect(reactor& home, const connect_place& where, on_connect done) {
  auto c = std::make_shared<tcp_connect>(io_context_of(home), where, std::move(done));
  c->begin();
  return std::make_unique<tcp_connect_attempt>(std::move(c));
}

}  // namespace troupe::actors
