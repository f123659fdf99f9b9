// A store that can commit and cannot be read for a while.
#include "store/store_unavailable.hpp"
#include "test/flow/flow_world.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace troupe::test;
using namespace troupe;

namespace {

class unreadable_store final : public store::message_store {
 public:
  bool is_unreadable = false;
  int tries = 0;
  protocol::session_snapshot load(const protocol::session_id& id, protocol::utc_time now) override {
    look();
    return memory_.load(id, now);
  }
  void commit(std::span<const store::session_batch> batches, std::span<store::commit_result> results) override { memory_.commit(batches, results); }
  protocol::replay_page fetch(const protocol::session_id& id, seq_num begin, seq_num end, std::size_t records, std::size_t bytes) override {
    look();
    return memory_.fetch(id, begin, end, records, bytes);
  }
  std::optional<seq_num> find_token(const protocol::session_id& id, submit_token token) override {
    look();
    return memory_.find_token(id, token);
  }
  bool is_parked(const protocol::session_id& id, submit_token token) override { return memory_.is_parked(id, token); }
  std::vector<store::stored_session> sessions() override { return memory_.sessions(); }
  [[nodiscard]] bool is_blocking() const override { return false; }
  [[nodiscard]] std::string describe() const override { return "unreadable"; }

 private:
  void look() {
    ++tries;
    if (is_unreadable) throw store::store_unavailable("disk I/O error");
  }
  store::memory_store memory_;
};

struct unreadable_world {
  std::shared_ptr<unreadable_store> disk = std::make_shared<unreadable_store>();
  flow_world world{disk};
  fake_peer peer = begin();

  fake_peer begin() {
    world.add("PEER", answering(50));
    return world.log_on("PEER");
  }
};

bool holds(const std::string& bytes, const std::string& part) { return bytes.find(part) != std::string::npos; }
bool is_known(const std::future<token_found>& f) { return f.wait_for(std::chrono::seconds{0}) == std::future_status::ready; }

}  // namespace

BOOST_AUTO_TEST_SUITE(unreadable_store_suite)

BOOST_FIXTURE_TEST_CASE(a_replay_waits_for_it_and_the_session_trades_on, unreadable_world) {
  BOOST_TEST(world.trades(peer, "PEER", 2));
  disk->is_unreadable = true;
  peer.send(said("PEER", 3, "2", "7=1|16=0|"));
  world.reactor.run();
  world.reactor.advance(std::chrono::seconds{3});
  BOOST_TEST(disk->tries >= 4);
  BOOST_TEST(disk->tries <= 7);  // ever more slowly
  BOOST_TEST(!holds(peer.take(), "43=Y"));
  disk->is_unreadable = false;
  world.reactor.advance(std::chrono::seconds{5});
  const auto replayed = peer.take();
  BOOST_TEST(holds(replayed, "\x01" "35=8\x01" "34=2\x01" "43=Y"));
  BOOST_TEST(world.trades(peer, "PEER", 4));
}

BOOST_FIXTURE_TEST_CASE(who_asks_for_a_token_is_answered_when_it_is_back, unreadable_world) {
  BOOST_TEST(world.trades(peer, "PEER", 2));
  disk->is_unreadable = true;
  auto first = world.reference("PEER").find_token(submit_token{1});
  auto second = world.reference("PEER").find_token(submit_token{2});
  world.reactor.advance(std::chrono::seconds{1});
  BOOST_TEST(!is_known(first));
  disk->is_unreadable = false;
  world.reactor.advance(std::chrono::seconds{5});
  BOOST_REQUIRE(is_known(first));
  BOOST_REQUIRE(is_known(second));
  BOOST_TEST((first.get().number == seq_num{2}));
  BOOST_TEST(!second.get().number.has_value());
}

BOOST_AUTO_TEST_CASE(a_session_is_loaded_when_it_can_be) {
  const auto disk = std::make_shared<unreadable_store>();
  disk->is_unreadable = true;
  flow_world world{disk};
  world.add("PEER", answering(50));
  world.reactor.advance(std::chrono::seconds{3});
  BOOST_TEST(disk->tries >= 4);
  const auto& said = world.events.list;
  const auto is_delay = [](const std::string& e) { return e.find("store-unavailable") != std::string::npos && e.find("disk I/O error") != std::string::npos; };
  BOOST_TEST(std::count_if(said.begin(), said.end(), is_delay) == 1);
  disk->is_unreadable = false;
  world.reactor.advance(std::chrono::seconds{5});
  auto peer = world.log_on("PEER");
  BOOST_TEST(world.trades(peer, "PEER", 2));
  BOOST_TEST(std::none_of(said.begin(), said.end(), [](const std::string& e) { return e.find("session-failed") != std::string::npos; }));
}

BOOST_FIXTURE_TEST_CASE(after_a_minute_it_is_given_up, unreadable_world) {
  disk->is_unreadable = true;
  auto token = world.reference("PEER").find_token(submit_token{1});
  world.reactor.advance(std::chrono::seconds{50});
  BOOST_TEST(!is_known(token));
  world.reactor.advance(std::chrono::seconds{20});
  BOOST_REQUIRE(is_known(token));
  BOOST_CHECK_THROW(token.get(), std::runtime_error);
}

BOOST_AUTO_TEST_SUITE_END()
