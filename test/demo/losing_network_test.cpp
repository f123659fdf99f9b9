// The wire that loses orders: whole ones, as many as it is told, nothing else.
#include "apps/demo/losing_network.hpp"
#include "apps/demo/parties.hpp"
#include "actors/fake_network.hpp"
#include "actors/messages.hpp"
#include "actors/virtual_reactor.hpp"

#include <boost/test/unit_test.hpp>

#include <numeric>

using namespace troupe;
using namespace troupe::actors;

namespace {

struct quiet : caf::actor_system_config {
  quiet() {
    add_message_types<caf::id_block::troupe>();
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", 1);
  }
};

std::string message(char type, int number) {
  const std::string body = std::string{"35="} + type + "\x01" "34=" + std::to_string(number) + "\x01";
  std::string whole = "8=FIX.4.2\x01" "9=" + std::to_string(body.size()) + "\x01" + body;
  const int sum = std::accumulate(whole.begin(), whole.end(), 0, [](int n, char c) { return n + static_cast<unsigned char>(c); }) % 256;
  char check[12];
  std::snprintf(check, sizeof check, "10=%03d\x01", sum);
  return whole + check;
}

struct wire {
  quiet config;
  caf::actor_system system{config};
  virtual_reactor reactor{system, 3};
  demo::losses losses;
  std::unique_ptr<network> net = demo::losing(losses)(reactor.net());
  std::unique_ptr<listener> listening;
  std::unique_ptr<stream> far;
  std::unique_ptr<stream> near;
  std::unique_ptr<connect_attempt> attempt;

  wire() {
    listening = net->listen(reactor, {.host = "", .port = 9876}, [this](accepted a) { far = a.socket->attach(reactor); }, [](const std::string&) {}).on;
    attempt = net->connect(reactor, {.host = "venue", .port = 9876}, [this](const link_ptr& l, const std::string&) { near = l->attach(reactor); });
    reactor.run();
    BOOST_REQUIRE(near && far);
  }

  // Like a connection: what is not taken is written again.
  void send(const std::vector<std::string>& messages) {
    std::string all;
    for (const auto& m : messages) all += m;
    for (std::string_view rest = all; !rest.empty();) {
      const std::string_view part[] = {rest};
      const auto r = near->write(part);
      BOOST_REQUIRE((r.status == io_status::done));
      rest.remove_prefix(r.bytes);
    }
  }
  std::string arrived() {
    reactor.run();
    std::string all;
    char piece[4096];
    for (;;) {
      const auto r = far->read(piece);
      if (r.status != io_status::done) return all;
      all.append(piece, r.bytes);
    }
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(demo_losing_network, wire)

BOOST_AUTO_TEST_CASE(nothing_is_lost_unless_it_is_told) {
  send({message('A', 1), message('D', 2)});
  BOOST_TEST(arrived() == message('A', 1) + message('D', 2));
}

BOOST_AUTO_TEST_CASE(as_many_orders_as_told_and_nothing_else) {
  losses.to_lose = 2;
  send({message('0', 1), message('D', 2), message('0', 3), message('D', 4), message('D', 5)});
  BOOST_TEST(arrived() == message('0', 1) + message('0', 3) + message('D', 5));
  BOOST_TEST(losses.lost == 2);
  BOOST_TEST(losses.to_lose == 0);
}

BOOST_AUTO_TEST_CASE(a_message_that_was_begun_is_not_torn) {
  const auto first = message('D', 1);
  const std::string_view half[] = {std::string_view{first}.substr(0, 10)};
  reactor.fake_net().last_wire().to_acceptor().settings().window = 10;
  const std::string_view whole[] = {first};
  const auto taken = near->write(whole);  // the window takes only the beginning
  BOOST_TEST_REQUIRE((taken.status == io_status::done && taken.bytes < first.size()));
  losses.to_lose = 1;
  BOOST_TEST(arrived() == half[0]);
  reactor.fake_net().last_wire().to_acceptor().settings().window = 4096;
  const std::string_view rest[] = {std::string_view{first}.substr(taken.bytes)};
  BOOST_TEST((near->write(rest).bytes == rest[0].size()));
  send({message('D', 2), message('D', 3)});
  BOOST_TEST(arrived() == first.substr(taken.bytes) + message('D', 3));
}

BOOST_AUTO_TEST_SUITE_END()
