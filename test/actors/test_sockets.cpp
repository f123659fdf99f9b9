// The few stories in which the socket itself is the subject: loopback, real reactors on threads of their own.
#include "test/actors/actor_world.hpp"
#include "test/actors/group_probe.hpp"
#include "test/actors/probes.hpp"

#include "actors/acceptor.hpp"
#include "actors/connection.hpp"
#include "actors/lobby.hpp"
#include "actors/reactor_asio.hpp"

#include <boost/test/unit_test.hpp>

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <condition_variable>
#include <future>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace troupe::actors::test {
namespace {

using namespace std::chrono_literals;
using strings = std::vector<std::string>;

constexpr auto patience = 10s;

// A blocking client, as a counterparty would be.
class client {
 public:
  explicit client(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_port = htons(port);
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    is_connected_ = ::connect(socket_, reinterpret_cast<sockaddr*>(&where), sizeof where) == 0;
  }
  ~client() { ::close(socket_); }
  client(const client&) = delete;
  client& operator=(const client&) = delete;
  [[nodiscard]] bool is_connected() const { return is_connected_; }
  void send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const auto n = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
  }
  [[nodiscard]] std::string own_place() const {
    sockaddr_in us{};
    socklen_t size = sizeof us;
    ::getsockname(socket_, reinterpret_cast<sockaddr*>(&us), &size);
    return "127.0.0.1:" + std::to_string(ntohs(us.sin_port));
  }
  void reset_on_close() const {
    const linger at_once{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  }
  // So many bytes, or fewer if the other side ends or nothing comes for long.
  [[nodiscard]] std::string read(std::size_t wanted) const {
    std::string got;
    while (got.size() < wanted) {
      pollfd p{socket_, POLLIN, 0};
      if (::poll(&p, 1, 10'000) != 1) break;
      char buffer[4096];
      const auto n = ::recv(socket_, buffer, std::min(sizeof buffer, wanted - got.size()), 0);
      if (n <= 0) break;
      got.append(buffer, static_cast<std::size_t>(n));
    }
    return got;
  }

 private:
  int socket_;
  bool is_connected_ = false;
};

// What happens on reactor threads, waited for by the test's.
class shared_list {
 public:
  void add(std::string s) {
    const std::lock_guard lock{mutex_};
    list_.push_back(std::move(s));
    changed_.notify_all();
  }
  bool wait_for(std::size_t count) {
    std::unique_lock lock{mutex_};
    return changed_.wait_for(lock, patience, [&] { return list_.size() >= count; });
  }
  strings all() {
    const std::lock_guard lock{mutex_};
    return list_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  strings list_;
};

// Events of reactor threads, as "code session text".
class shown_events final : public event_sink {
 public:
  explicit shown_events(shared_list& list) : list_(list) {}
  void record(severity, std::string_view code, std::string_view session, std::string_view text) noexcept override {
    list_.add(std::string{code} + ' ' + std::string{session} + ' ' + std::string{text});
  }

 private:
  shared_list& list_;
};

// A session that sends every frame back.
class echo_session {
 public:
  using handle_type = connection_client;
  using pointer = pinned<connection_client::base>*;
  echo_session(pointer self, shared_list* events) : self_(self), events_(events) {}
  connection_client::behavior_type make_behavior() {
    return {[this](const link_up& m) { events_->add("up " + m.peer.substr(0, m.peer.rfind(':'))); },
            [this](const received& m) {
              const auto back = caf::actor_cast<connection_actor>(self_->current_sender());
              std::string all;
              for (const auto& f : m.frames) all += f.bytes;
              deliver(self_, back, consumed{m.epoch, m.bytes});
              deliver(self_, back, transmit{batch_of(m.epoch, {all})});
            },
            [](const wrote&) {}, [this](const link_down& m) { events_->add("down " + m.reason); }};
  }

 private:
  pointer self_;
  shared_list* events_;
};

// A group that adopts on its own reactor.
class adopting_group {
 public:
  using handle_type = session_group_actor;
  using pointer = pinned<session_group_actor::base>*;
  adopting_group(pointer self, connection_client session) : self_(self), session_(std::move(session)) {}
  session_group_actor::behavior_type make_behavior() {
    return {[](const bind&) { return bound{true, 1, {}}; },
            [this](const adopt& m) {
              spawn_connection(*self_->home_reactor(), connection_epoch{1}, session_, adopted_link{m.socket, m.unread, m.peer});
            },
            [](const unbind&) {}, [](const command&) { return command_result{}; }, [](status_of) { return group_status{}; },
            [](submits_wait) {}, [](const session_ready&) {}, [](const session_status&) {}, [](const session_ended&) {},
            [](const session_note&) {}, [](const connect_failed&) {}, [](const application_replaced&) {}, [](const outcomes&) {},
            [](const ask_token&) {}, [](const store_lost&) {}, [](const store_replaced&) {}, [](const halt&) {},
            [](retire) { return retired{}; }, [](const list_parked&) { return parked_list{}; }};
  }

 private:
  pointer self_;
  connection_client session_;
};

struct two_reactors {
  two_reactors() {
    front.start();
    back.start();
  }
  ~two_reactors() {
    for (auto& a : to_end) caf::anon_send_exit(a, caf::exit_reason::user_shutdown);
    to_end.clear();
    system.await_all_actors_done();
    for (auto* r : {&front, &back}) {
      r->stop();
      r->join();
    }
  }
  template <class Handle>
  Handle ends(Handle h) {
    to_end.push_back(caf::actor_cast<caf::strong_actor_ptr>(h));
    return h;
  }
  listening open(const acceptor_actor& a, const listen& where) {
    caf::scoped_actor self{system};
    listening result;
    self->request(a, caf::infinite, where).receive([&](const listening& l) { result = l; }, [](const caf::error&) {});
    return result;
  }

  quiet_config config;
  caf::actor_system system{config};
  asio_reactor front{system};
  asio_reactor back{system};
  noted_events events;
  shared_list heard;
  shown_events shown{heard};
  std::vector<caf::strong_actor_ptr> to_end;
};

BOOST_FIXTURE_TEST_SUITE(socket_suite, two_reactors)

BOOST_AUTO_TEST_CASE(a_hundred_orders_behind_the_logon_reach_the_session_on_another_reactor_and_come_back) {
  auto session = ends(back.spawn<echo_session>(&heard));
  auto group = ends(back.spawn<adopting_group>(session));
  auto lobby = ends(spawn_lobby(front, events));
  auto acceptor = ends(spawn_acceptor(front, {lobby}, events));
  caf::anon_send(lobby, publish{{"FIX.4.2", "US", "THEM", ""}, group});
  const auto at = open(acceptor, {"127.0.0.1", 0});
  BOOST_REQUIRE_EQUAL(at.error, "");
  {
    client peer{at.port};
    BOOST_REQUIRE(peer.is_connected());
    std::string all = frame("35=A|34=1|49=THEM|56=US|108=30|");
    for (int i = 0; i < 100; ++i) all += frame("35=D|34=" + std::to_string(i + 2) + "|49=THEM|56=US|11=" + std::to_string(i) + "|");
    peer.send(all);
    BOOST_TEST((peer.read(all.size()) == all));
    std::string big;
    while (big.size() < 3'000'000) big += all;
    std::thread sender{[&] { peer.send(big); }};
    BOOST_TEST((peer.read(big.size()) == big));
    sender.join();
  }
  BOOST_TEST(heard.wait_for(2));
  BOOST_TEST((heard.all() == strings{"up 127.0.0.1", "down closed by the peer"}));
}

BOOST_AUTO_TEST_CASE(an_outgoing_connection_finds_a_host_by_name) {
  auto session = ends(back.spawn<echo_session>(&heard));
  auto group = ends(back.spawn<adopting_group>(session));
  auto lobby = ends(spawn_lobby(front, events));
  auto acceptor = ends(spawn_acceptor(front, {lobby}, events));
  const auto at = open(acceptor, {"127.0.0.1", 0});
  auto c = ends(spawn_connection(back, connection_epoch{1}, session, group, connect_to{"localhost", at.port, 10s}));
  BOOST_TEST(heard.wait_for(1));
  caf::anon_send(c, transmit{batch_of(connection_epoch{1}, {"no FIX at all"})});
  BOOST_TEST(heard.wait_for(2));
  BOOST_TEST(heard.all().at(0) == "up 127.0.0.1");
}

BOOST_AUTO_TEST_CASE(a_port_that_is_taken_says_where_why_and_what_to_do) {
  auto lobby = ends(spawn_lobby(front, events));
  auto first = ends(spawn_acceptor(front, {lobby}, events));
  auto second = ends(spawn_acceptor(back, {lobby}, events));
  const auto at = open(first, {"127.0.0.1", 0});
  const auto again = open(second, {"127.0.0.1", at.port});
  BOOST_TEST(again.error.find("127.0.0.1:" + std::to_string(at.port)) != std::string::npos);
  BOOST_TEST(again.error.find("Address already in use") != std::string::npos);
  BOOST_TEST(again.error.find("another process has this port: stop it, or choose another port") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_port_that_is_taken_by_ourselves_says_so) {
  auto lobby = ends(spawn_lobby(front, events));
  auto acceptor = ends(spawn_acceptor(front, {lobby}, events));
  const auto at = open(acceptor, {"127.0.0.1", 0});
  const auto port = std::to_string(at.port);
  const auto everywhere = open(acceptor, {"", at.port});
  BOOST_TEST(everywhere.error.find("cannot listen on 0.0.0.0:" + port) != std::string::npos, everywhere.error);
  BOOST_TEST(everywhere.error.find("this process has this port itself, at 127.0.0.1:" + port + ": write the same address for both") != std::string::npos, everywhere.error);
}

// It is gone before we look: the kernel keeps who it was with the connection, and forgets it with the socket's.
BOOST_AUTO_TEST_CASE(who_resets_at_once_is_told_by_its_address) {
  auto lobby = ends(spawn_lobby(front, shown));
  auto acceptor = ends(spawn_acceptor(front, {lobby}, shown));
  const auto at = open(acceptor, {"127.0.0.1", 0});
  std::promise<void> go_on;
  front.post([gate = go_on.get_future().share()] { gate.wait(); });
  std::string place;
  {
    const client peer{at.port};
    BOOST_REQUIRE(peer.is_connected());
    place = peer.own_place();
    peer.reset_on_close();
  }
  go_on.set_value();
  BOOST_TEST(heard.wait_for(2));
  BOOST_TEST(heard.all().back().starts_with("lobby-refused  " + place + ": "), heard.all().back());
}

BOOST_AUTO_TEST_CASE(timers_fire_not_before_their_deadline_and_at_most_a_tick_and_a_moment_late) {
  shared_list fired;
  front.post([&] {
    for (int i = 1; i <= 20; ++i) {
      const auto deadline = front.now().steady + i * 7ms;
      front.start_timer(deadline, [&, deadline] { fired.add(front.now().steady < deadline ? "early" : "due"); });
    }
  });
  BOOST_TEST(fired.wait_for(20));
  BOOST_TEST((fired.all() == strings(20, "due")));
}

BOOST_AUTO_TEST_CASE(posts_from_many_threads_arrive_each_in_order) {
  std::vector<std::vector<int>> got(4);
  shared_list done;
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < got.size(); ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 1000; ++i) front.post([&, t, i] { got[t].push_back(i); });
      front.post([&] { done.add("done"); });
    });
  }
  for (auto& t : threads) t.join();
  BOOST_REQUIRE(done.wait_for(got.size()));
  for (const auto& list : got) {
    BOOST_TEST(list.size() == 1000U);
    BOOST_TEST(std::is_sorted(list.begin(), list.end()));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace troupe::actors::test
