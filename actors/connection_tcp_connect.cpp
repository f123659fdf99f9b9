// Connecting: look the names up, then try one address of the host after the other, each with a socket of its own.
#include "actors/connection_tcp.hpp"
#include "actors/name_lookup.hpp"
#include "actors/reactor_asio_context.hpp"

#include <asio/ip/tcp.hpp>

#include <algorithm>
#include <deque>
#include <functional>
#include <iterator>
#include <memory>
#include <system_error>
#include <utility>

namespace troupe::actors {
namespace {

using asio::ip::tcp;

class tcp_connect : public std::enable_shared_from_this<tcp_connect> {
 public:
  tcp_connect(reactor& home, std::shared_ptr<silent_addresses> silent, connect_place where, network::on_connect done)
      : home_(home), socket_(io_context_of(home)), silent_(std::move(silent)), where_(std::move(where)), done_(std::move(done)) {}

  void begin() {
    if (where_.source_host.empty()) return find_host();
    look_up(where_.source_host, where_.source_port, [this](std::deque<tcp::endpoint> found) {
      sources_ = std::move(found);
      find_host();
    });
  }
  void give_up() {
    if (std::exchange(done_, nullptr) && is_one_of_several_) (*silent_)[name_of_host()] = trying_.address().to_string();
    names_known_ = nullptr;
    question_.reset();
    std::error_code ignored;
    socket_.close(ignored);
  }
  [[nodiscard]] const std::string& looks_up() const { return looks_up_; }
  void on_names_known(std::function<void()> then) { names_known_ = std::move(then); }

 private:
  void find_host() {
    if (!done_) return;
    look_up(where_.host, where_.port, [this](std::deque<tcp::endpoint> found) {
      hosts_ = std::move(found);
      begin_behind_silent();
      try_next();
    });
  }

  template <class F>
  void look_up(const std::string& host, std::uint16_t port, F then) {
    std::error_code not_an_address;
    const auto address = asio::ip::make_address(host, not_an_address);
    if (!not_an_address) return home_.post([self = shared_from_this(), then, at = tcp::endpoint{address, port}] { then({at}); });
    looks_up_ = host;
    question_ = names_of_process().ask(host, home_.now().steady, [&home = home_, weak = weak_from_this(), port, then](const looked_up& found) {
      home.post([weak, found, port, then] {
        if (const auto self = weak.lock()) self->take(found, port, then);
      });
    });
  }
  template <class F>
  void take(const looked_up& found, std::uint16_t port, F then) {
    if (!done_) return;
    question_.reset();
    const auto name = std::exchange(looks_up_, {});
    std::deque<tcp::endpoint> places;
    for (const auto& number : found.addresses) {
      std::error_code e;
      if (const auto address = asio::ip::make_address(number, e); !e) places.emplace_back(address, port);
    }
    if (places.empty()) return fail("cannot look up " + host_and_port(name, port) + ": " + found.error);
    was_name_looked_up_ = true;
    then(std::move(places));
  }

  [[nodiscard]] std::string name_of_host() const { return host_and_port(where_.host, where_.port); }

  // A connect limit is spent on one address that does not answer: its neighbours have their turn the next time.
  void begin_behind_silent() {
    is_one_of_several_ = hosts_.size() > 1;
    const auto known = silent_->find(name_of_host());
    if (known == silent_->end()) return;
    const auto it = std::find_if(hosts_.begin(), hosts_.end(), [&](const tcp::endpoint& h) { return h.address().to_string() == known->second; });
    if (it != hosts_.end()) std::rotate(hosts_.begin(), std::next(it), hosts_.end());
  }

  void try_next() {
    if (!done_) return;
    if (const auto then = std::exchange(names_known_, nullptr); then && was_name_looked_up_) then();
    if (hosts_.empty()) {
      silent_->erase(name_of_host());
      return fail("cannot connect to " + name_of_host() + last_error_);
    }
    trying_ = hosts_.front();
    hosts_.pop_front();
    if (const auto refused = open_for(trying_); !refused.empty()) {
      last_error_ = refused;
      return try_next();
    }
    socket_.async_connect(trying_, [self = shared_from_this()](const std::error_code& e) {
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

  reactor& home_;
  tcp::socket socket_;
  std::shared_ptr<silent_addresses> silent_;
  connect_place where_;
  network::on_connect done_;
  std::deque<tcp::endpoint> sources_;
  std::string looks_up_;  // just now
  std::unique_ptr<name_lookup::question> question_;
  bool was_name_looked_up_ = false;
  std::function<void()> names_known_;
  std::deque<tcp::endpoint> hosts_;  // still to be tried
  bool is_one_of_several_ = false;
  tcp::endpoint trying_;
  std::string last_error_;
};

class tcp_connect_attempt final : public connect_attempt {
 public:
  explicit tcp_connect_attempt(std::shared_ptr<tcp_connect> c) : connect_(std::move(c)) {}
  ~tcp_connect_attempt() override { connect_->give_up(); }
  tcp_connect_attempt(const tcp_connect_attempt&) = delete;
  tcp_connect_attempt& operator=(const tcp_connect_attempt&) = delete;
  [[nodiscard]] std::string looks_up() const override { return connect_->looks_up(); }
  void on_names_known(std::function<void()> then) override { connect_->on_names_known(std::move(then)); }

 private:
  std::shared_ptr<tcp_connect> connect_;
};

}  // namespace

std::unique_ptr<connect_attempt> tcp_network::connect(reactor& home, const connect_place& where, on_connect done) {
  auto c = std::make_shared<tcp_connect>(home, silent_, where, std::move(done));
  c->begin();
  return std::make_unique<tcp_connect_attempt>(std::move(c));
}

}  // namespace troupe::actors
