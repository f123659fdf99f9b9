// Who may call, and calling by way of a proxy: whole engines, and a proxy that a test plays.
#include "actors/fake_peer.hpp"
#include "actors/testing/stage.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <optional>
#include <utility>

using namespace troupe::actors;
using namespace troupe::actors::testing;
using namespace std::chrono_literals;
using enum troupe::protocol::session_state;

namespace {

stage_plan with_change(std::function<void(session_spec&)> change) {
  stage_plan p;
  p.change_session = std::move(change);
  return p;
}

std::string first_text_of(const noted_events& events, std::string_view code) {
  const auto found = std::find_if(events.list.begin(), events.list.end(), [&](const auto& e) { return e.code == code; });
  return found == events.list.end() ? std::string{} : found->text;
}

bool is_initiator(const session_spec& s) { return s.config.role == troupe::protocol::role::initiator; }

// The buyer calls from an address that the seller does not allow, and then from one that it does. Beside it the seller may have a session for
// whoever comes from anywhere.
stage_plan from_two_addresses(bool is_open_to_others) {
  auto p = with_change([](session_spec& s) {
    if (is_initiator(s)) s.hosts = {{"venue", 9876, "203.0.113.1", 40000}, {"venue", 9876, "192.0.2.7", 0}};
    else BOOST_TEST_REQUIRE(!s.allowed.add("192.0.2.0/24"));
  });
  p.change_engine = [is_open_to_others](engine_config& c) {
    if (c.listen.empty() || !is_open_to_others) return;
    auto other = c.sessions.front();
    other.config.id.target_comp_id = "OTHER";
    other.allowed = {};
    c.sessions.push_back(std::move(other));
  };
  return p;
}

stage_plan by_socks_4() {
  return with_change([](session_spec& s) {
    if (!is_initiator(s)) return;
    s.hosts = {{"192.0.2.9", 9876}};
    s.proxy = {proxy_kind::socks_4, "proxy", 1080, "me"};
  });
}

// A SOCKS 4 proxy for one connection after the other: refuses so many, then takes the next to the seller.
class socks_4_proxy {
 public:
  socks_4_proxy(virtual_reactor& home, int refusals) : home_(home), client_(fake_peer::listening(home, 1080)), refusals_(refusals) {
    client_.on_bytes([this] { hear(); });
  }
  std::vector<std::string> asked;

 private:
  void hear() {
    unread_ += client_.take();
    if (venue_) return venue_->send(std::exchange(unread_, {}));
    if (unread_.size() < 9 || unread_.back() != '\0') return;
    asked.push_back(std::exchange(unread_, {}));
    if (refusals_-- > 0) return client_.send(std::string{"\0\x5B\0\0\0\0\0\0", 8});
    venue_.emplace(home_, "venue", 9876);
    venue_->on_bytes([this] { client_.send(venue_->take()); });
    client_.send(std::string{"\0\x5A\0\0\0\0\0\0", 8});
  }

  virtual_reactor& home_;
  fake_peer client_;
  std::optional<fake_peer> venue_;
  std::string unread_;
  int refusals_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(networks)

BOOST_AUTO_TEST_CASE(who_calls_from_elsewhere_is_turned_away_and_gets_in_from_an_allowed_address) {
  for (const bool is_open_to_others : {false, true}) {
    stage s{from_two_addresses(is_open_to_others)};
    BOOST_TEST_REQUIRE(s.seller.start().error.empty());
    BOOST_TEST_REQUIRE(s.buyer.start().error.empty());
    s.run();
    BOOST_TEST((s.buyer.state() != Active));
    BOOST_TEST(s.seller.events().count("lobby-refused") == 1U);
    BOOST_TEST(s.seller.events().count("link-refused") == (is_open_to_others ? 1U : 0U));
    const std::string why = "203.0.113.1:40000: its address is not one of AllowedRemoteAddresses";
    BOOST_TEST(first_text_of(s.seller.events(), "lobby-refused") == why + (is_open_to_others ? "" : " of any session or template of this port"));
    BOOST_TEST(s.seller.durable().next_target.value == 1U);  // its Logon was not looked at
    BOOST_TEST_REQUIRE(s.settle(), s.what_is_open());
    BOOST_TEST(s.seller.status(0).peer.starts_with("192.0.2.7:"), s.seller.status(0).peer);
    s.buyer.order("A1");
    BOOST_TEST(s.settle(), s.what_is_open());
    BOOST_TEST(s.seller.seen() == "A1", s.seller.seen());
    BOOST_TEST(s.broken_promises().empty(), lines(s.broken_promises()));
  }
}

BOOST_AUTO_TEST_CASE(a_socks_4_proxy_refuses_and_then_takes_the_buyer_to_the_seller) {
  stage s{by_socks_4()};
  socks_4_proxy proxy{s.clock(), 1};
  BOOST_TEST_REQUIRE(s.seller.start().error.empty());
  BOOST_TEST_REQUIRE(s.buyer.start().error.empty());
  s.run();
  BOOST_TEST(s.buyer.events().count("connect-failed") == 1U);
  BOOST_TEST((s.buyer.status(0).reason.find("proxy proxy:1080, asked for 192.0.2.9:9876: it answers 91") != std::string::npos), s.buyer.status(0).reason);
  BOOST_TEST_REQUIRE(s.run_until([&] { return s.buyer.are_all_active() && s.seller.are_all_active(); }, 5min));
  s.buyer.order("A1");
  s.run();
  BOOST_TEST(s.seller.seen() == "A1", s.seller.seen());
  BOOST_TEST_REQUIRE(proxy.asked.size() == 2U);
  BOOST_TEST(proxy.asked.back() == std::string("\x04\x01\x26\x94\xC0\x00\x02\x09me\0", 11));
}

BOOST_AUTO_TEST_SUITE_END()
