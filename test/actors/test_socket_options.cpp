// What the kernel says about the sockets of both sides, on loopback.
#include "actors/address_list.hpp"
#include "actors/link.hpp"
#include "actors/reactor_asio.hpp"
#include "test/actors/actor_world.hpp"

#include <boost/test/unit_test.hpp>

#include <dirent.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace troupe::actors::test {
namespace {

using namespace std::chrono_literals;

// The TCP sockets of this process: what a link holds it does not show.
std::vector<int> sockets() {
  std::vector<int> found;
  DIR* const all = ::opendir("/proc/self/fd");
  while (const dirent* const one = all ? ::readdir(all) : nullptr) {
    const int fd = std::atoi(one->d_name);
    sockaddr_in name{};
    socklen_t size = sizeof name;
    if (::getsockname(fd, reinterpret_cast<sockaddr*>(&name), &size) == 0 && name.sin_family == AF_INET) found.push_back(fd);
  }
  if (all) ::closedir(all);
  return found;
}
std::uint16_t port_of(int fd, decltype(::getsockname) get) {
  sockaddr_in name{};
  socklen_t size = sizeof name;
  return get(fd, reinterpret_cast<sockaddr*>(&name), &size) == 0 ? ntohs(name.sin_port) : 0;
}

struct what_came {
  std::optional<accepted> there;
  link_ptr here;
  std::string text;
};

// A listener and what connects to it, both with options, on a reactor of their own.
struct loopback {
  loopback() { home.start(); }
  ~loopback() {
    (void)is_done_on_reactor([&] {
      attempt.reset();
      came = {};
      on = {};
    });
    home.stop();
    home.join();
  }

  // Runs it on the reactor's thread, and returns when it is done.
  template <class F>
  void on_reactor(F what) {
    BOOST_REQUIRE(is_done_on_reactor(what));
  }
  template <class F>
  bool is_done_on_reactor(F what) {
    bool is_done = false;
    home.post([&] {
      what();
      const std::lock_guard lock{mutex};
      is_done = true;
      changed.notify_all();
    });
    std::unique_lock lock{mutex};
    return changed.wait_for(lock, 10s, [&] { return is_done; });
  }

  void listen(const socket_options& options) {
    on_reactor([&] {
      on = home.net().listen(
          home, {.host = "127.0.0.1", .port = 0, .options = options}, [&](accepted a) { note([&] { came.there = std::move(a); }); }, [](const std::string&) {});
    });
    BOOST_REQUIRE_EQUAL(on.error, "");
    port = on.on->port();
  }
  // The text that comes with the link, or instead of it.
  std::string connect(connect_place where) {
    where.port = port;
    on_reactor([&] {
      attempt = home.net().connect(home, where, [&](link_ptr socket, std::string text) {
        note([&] {
          came.here = std::move(socket);
          came.text = std::move(text);
        });
      });
    });
    std::unique_lock lock{mutex};
    BOOST_REQUIRE(changed.wait_for(lock, 10s, [&] { return !came.text.empty() && (!came.here || came.there); }));
    return came.text;
  }
  template <class F>
  void note(F what) {
    const std::lock_guard lock{mutex};
    what();
    changed.notify_all();
  }

  // The socket that called, and the one that was called.
  int calling() { return find(::getpeername); }
  int called() {
    for (const int fd : sockets())
      if (port_of(fd, ::getsockname) == port && port_of(fd, ::getpeername) != 0) return fd;
    return -1;
  }
  int find(decltype(::getsockname) get) {
    const auto all = sockets();
    const auto it = std::find_if(all.begin(), all.end(), [&](int fd) { return port_of(fd, get) == port; });
    return it == all.end() ? -1 : *it;
  }

  quiet_config config;
  caf::actor_system system{config};
  asio_reactor home{system};
  std::mutex mutex;
  std::condition_variable changed;
  listen_result on;
  std::unique_ptr<connect_attempt> attempt;
  what_came came;
  std::uint16_t port = 0;
};

int option(int fd, int level, int name) {
  int value = -1;
  socklen_t size = sizeof value;
  BOOST_TEST(::getsockopt(fd, level, name, &value, &size) == 0);
  return value;
}

socket_options unusual() {
  socket_options o;
  o.no_delay = false;
  o.keep_alive = true;
  o.oob_inline = true;
  o.receive_buffer = 40'000;
  o.send_buffer = 50'000;
  o.traffic_class = std::uint8_t{0x10};
  return o;
}

BOOST_FIXTURE_TEST_SUITE(socket_option_suite, loopback)

BOOST_AUTO_TEST_CASE(both_sides_have_what_was_asked_for) {
  listen(unusual());
  (void)connect({.host = "127.0.0.1", .options = unusual()});
  for (const int fd : {calling(), called()}) {
    BOOST_REQUIRE(fd >= 0);
    BOOST_TEST(option(fd, IPPROTO_TCP, TCP_NODELAY) == 0);
    BOOST_TEST(option(fd, SOL_SOCKET, SO_KEEPALIVE) == 1);
    BOOST_TEST(option(fd, SOL_SOCKET, SO_OOBINLINE) == 1);
    BOOST_TEST(option(fd, SOL_SOCKET, SO_RCVBUF) == 80'000);  // Linux counts its own book-keeping, too
    BOOST_TEST(option(fd, SOL_SOCKET, SO_SNDBUF) == 100'000);
    BOOST_TEST(option(fd, IPPROTO_IP, IP_TOS) == 0x10);
  }
}

BOOST_AUTO_TEST_CASE(without_a_word_messages_go_out_at_once_and_the_rest_is_the_systems) {
  listen({});
  (void)connect({.host = "127.0.0.1"});
  for (const int fd : {calling(), called()}) {
    BOOST_REQUIRE(fd >= 0);
    BOOST_TEST(option(fd, IPPROTO_TCP, TCP_NODELAY) == 1);
    BOOST_TEST(option(fd, SOL_SOCKET, SO_KEEPALIVE) == 0);
    BOOST_TEST(option(fd, SOL_SOCKET, SO_OOBINLINE) == 0);
    BOOST_TEST(option(fd, IPPROTO_IP, IP_TOS) == 0);
  }
}

BOOST_AUTO_TEST_CASE(a_port_may_be_reused_or_not) {
  listen({});
  BOOST_TEST(option(find(::getsockname), SOL_SOCKET, SO_REUSEADDR) == 1);
  socket_options strict;
  strict.reuse_address = false;
  listen(strict);
  BOOST_TEST(option(find(::getsockname), SOL_SOCKET, SO_REUSEADDR) == 0);
}

BOOST_AUTO_TEST_CASE(the_peer_sees_the_address_that_was_chosen) {
  listen({});
  (void)connect({.host = "127.0.0.1", .source_host = "127.0.0.9"});
  BOOST_REQUIRE(came.there.has_value());
  BOOST_TEST(came.there->peer.starts_with("127.0.0.9:"));
}

BOOST_AUTO_TEST_CASE(a_source_that_cannot_be_had_says_which_and_why) {
  listen({});
  const auto text = connect({.host = "127.0.0.1", .source_host = "192.0.2.1"});
  BOOST_TEST(!came.here);
  BOOST_TEST(text.starts_with("cannot connect to 127.0.0.1:" + std::to_string(port) + " from 192.0.2.1:0: Cannot assign requested address; expected an address of this machine"), text);
}

BOOST_AUTO_TEST_CASE(a_source_of_the_other_kind_says_so) {
  listen({});
  const auto text = connect({.host = "127.0.0.1", .source_host = "::1"});
  BOOST_TEST(!came.here);
  BOOST_TEST(text.ends_with("the one is an IPv4 and the other an IPv6 address"), text);
}

// 0: the peer hears of it at once, and of nothing else.
BOOST_AUTO_TEST_CASE(a_linger_of_nothing_resets) {
  socket_options abrupt;
  abrupt.linger = 0s;
  listen({});
  (void)connect({.host = "127.0.0.1", .options = abrupt});
  const int there = called();
  BOOST_REQUIRE(there >= 0);
  on_reactor([&] {
    auto s = came.here->attach(home);
    s->close_gently();
  });
  char byte = 0;
  BOOST_TEST(::recv(there, &byte, 1, MSG_DONTWAIT) == -1);
  BOOST_TEST(errno == ECONNRESET);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace troupe::actors::test
