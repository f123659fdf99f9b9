#include "test/store/cutting_proxy.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace troupe::test {

namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  at.sin_port = htons(port);
  return at;
}

int connected_to(std::uint16_t port) {
  const int s = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto at = loopback(port);
  if (::connect(s, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0) return s;
  ::close(s);
  return -1;
}

// Each side gets what was sent to it, and then the end.
void end(int client, int server) {
  ::shutdown(client, SHUT_WR);
  ::shutdown(server, SHUT_WR);
  ::close(client);
  ::close(server);
}

}  // namespace

cutting_proxy::cutting_proxy(std::uint16_t server_port) : server_port_(server_port) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto at = loopback(0);
  socklen_t size = sizeof at;
  const bool is_up = ::bind(listener_, reinterpret_cast<sockaddr*>(&at), size) == 0 && ::listen(listener_, 16) == 0 &&
                     ::getsockname(listener_, reinterpret_cast<sockaddr*>(&at), &size) == 0 && ::pipe(wake_) == 0;
  if (!is_up) throw std::runtime_error("the proxy cannot listen on 127.0.0.1");
  port_ = ntohs(at.sin_port);
  thread_ = std::thread{[this] { serve(); }};
}

cutting_proxy::~cutting_proxy() {
  {
    const std::lock_guard lock{mutex_};
    is_over_ = true;
  }
  wake();
  thread_.join();
  end_all();
  ::close(listener_);
  for (const int end : wake_) ::close(end);
}

void cutting_proxy::wake() const {
  const char byte = 0;
  if (::write(wake_[1], &byte, 1) != 1) throw std::runtime_error("the proxy cannot be told");
}

void cutting_proxy::cut_after(way which, std::size_t bytes, then what) {
  const std::lock_guard lock{mutex_};
  plan_ = plan{which, bytes, what};
}

bool cutting_proxy::has_cut() const {
  const std::lock_guard lock{mutex_};
  return !plan_;
}

void cutting_proxy::refuse() {
  const std::lock_guard lock{mutex_};
  mood_ = then::refuses;
  must_end_all_ = true;
  wake();
}

void cutting_proxy::freeze() {
  const std::lock_guard lock{mutex_};
  mood_ = then::is_frozen;
  wake();
}

void cutting_proxy::heal() {
  const std::lock_guard lock{mutex_};
  must_end_all_ = mood_ == then::is_frozen;
  mood_ = then::passes;
  wake();
}

std::size_t cutting_proxy::passed(way which) const {
  const std::lock_guard lock{mutex_};
  return passed_[static_cast<std::size_t>(which)];
}

void cutting_proxy::serve() {
  for (;;) {
    std::vector<pollfd> all{{wake_[0], POLLIN, 0}};
    {
      const std::lock_guard lock{mutex_};
      if (is_over_) return;
      if (must_end_all_) end_all();
      must_end_all_ = false;
      if (mood_ != then::is_frozen) {
        all.push_back({listener_, POLLIN, 0});
        for (const auto& c : connections_) all.insert(all.end(), {pollfd{c.client, POLLIN, 0}, pollfd{c.server, POLLIN, 0}});
      }
    }
    if (::poll(all.data(), all.size(), -1) < 0) continue;
    const std::lock_guard lock{mutex_};
    std::array<char, 64> told;
    if (all[0].revents != 0) {
      (void)!::read(wake_[0], told.data(), told.size());
      continue;
    }
    for (std::size_t at = 2; at + 1 < all.size(); at += 2) {
      const bool is_there = (all[at].revents == 0 || forward(all[at].fd, all[at + 1].fd, way::to_server)) &&
                            (all[at + 1].revents == 0 || forward(all[at + 1].fd, all[at].fd, way::to_client));
      if (connections_.empty()) break;  // all were ended
      if (is_there) continue;
      std::erase_if(connections_, [&](const connection& c) { return c.client == all[at].fd; });
      end(all[at].fd, all[at + 1].fd);
    }
    if (all.size() > 1 && all[1].revents != 0) accept_one();
  }
}

void cutting_proxy::accept_one() {
  const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  if (client < 0) return;
  const int server = mood_ == then::refuses ? -1 : connected_to(server_port_);
  if (server < 0) {
    ::close(client);
    return;
  }
  const int on = 1;
  for (const int s : {client, server}) ::setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  connections_.push_back({client, server});
}

// False: this connection is over.
bool cutting_proxy::forward(int from, int to, way which) {
  std::array<char, 65536> bytes;
  const bool is_planned = plan_ && plan_->which == which;
  const auto n = ::recv(from, bytes.data(), bytes.size(), 0);
  if (n <= 0) return false;
  const auto count = is_planned ? std::min(static_cast<std::size_t>(n), plan_->left) : static_cast<std::size_t>(n);
  for (std::size_t sent = 0; sent < count;) {
    const auto m = ::send(to, bytes.data() + sent, count - sent, MSG_NOSIGNAL);
    if (m <= 0) return false;
    sent += static_cast<std::size_t>(m);
  }
  passed_[static_cast<std::size_t>(which)] += count;
  if (!is_planned) return true;
  plan_->left -= count;
  if (plan_->left > 0) return true;
  mood_ = plan_->what;
  plan_.reset();
  if (mood_ != then::is_frozen) end_all();
  return true;
}

void cutting_proxy::end_all() {
  for (const auto& c : connections_) end(c.client, c.server);
  connections_.clear();
}

}  // namespace troupe::test
