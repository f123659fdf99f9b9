// A store that does not answer, or refuses, and everybody else going on.
#include "test/flow/flow_world.hpp"

#include <boost/test/unit_test.hpp>

using namespace troupe::test;
using namespace troupe;

namespace {

struct store_desk {
  std::shared_ptr<store::message_store> store = std::make_shared<store::memory_store>();
  std::vector<commit> waiting;
  bool is_stuck = false;
};

// A store actor whose disk does not come back: what it is sent waits, as it would in its mailbox.
class stuck_store {
 public:
  using handle_type = store_actor;
  using pointer = pinned<handle_type::base>*;
  stuck_store(pointer self, store_desk* desk) : self_(self), desk_(desk) {}
  handle_type::behavior_type make_behavior() {
    return {[this](const load& l) { self_->send(l.reply_to, loaded{desk_->store->load(l.id, l.now)}); },
            [this](const commit& c) {
              desk_->waiting.push_back(c);
              if (!desk_->is_stuck) work();
            },
            [](const fetch_page&) {},
            [](const actors::find_token&) { return token_found{}; },
            [this](flush_now) { work(); }, [](tick) {},
            [](const actors::forget_unused&) { return forgotten{}; }};
  }

 private:
  void work() {
    for (const auto& c : std::exchange(desk_->waiting, {})) {
      store::commit_result result;
      const store::session_batch item{&c.id, c.batch.get()};
      if (c.batch->id != commit_id{}) desk_->store->commit({&item, 1}, {&result, 1});
      BOOST_TEST((result.status == store::commit_status::done));
      self_->send(c.then, transmit{c.batch});
      self_->send(c.reply_to, committed{c.batch->incarnation, c.batch->id});
    }
  }
  pointer self_;
  store_desk* desk_;
};

struct stuck_store_world : flow_world {
  store_desk desk;
  store_actor actor = reactor.spawn<stuck_store>(&desk);
  stuck_store_world() { set_store(actor); }
  void let_go() {
    desk.is_stuck = false;
    caf::anon_send(actor, flush_now{});
    reactor.run();
  }
};

// Commits nothing while it is told to.
class failing_store final : public store::message_store {
 public:
  bool is_failing = false;
  protocol::session_snapshot load(const protocol::session_id& id, protocol::utc_time now) override { return memory_.load(id, now); }
  void commit(std::span<const store::session_batch> batches, std::span<store::commit_result> results) override {
    if (!is_failing) return memory_.commit(batches, results);
    for (auto& r : results) r = {store::commit_status::failed, "disk full"};
  }
  protocol::replay_page fetch(const protocol::session_id& id, seq_num begin, seq_num end, std::size_t records, std::size_t bytes) override {
    return memory_.fetch(id, begin, end, records, bytes);
  }
  std::optional<seq_num> find_token(const protocol::session_id& id, submit_token token) override { return memory_.find_token(id, token); }
  bool is_parked(const protocol::session_id& id, submit_token token) override { return memory_.is_parked(id, token); }
  std::vector<store::stored_session> sessions() override { return memory_.sessions(); }
  [[nodiscard]] bool is_blocking() const override { return false; }
  [[nodiscard]] std::string describe() const override { return "failing"; }

 private:
  store::memory_store memory_;
};

std::size_t count(const std::string& bytes, const std::string& part) {
  std::size_t n = 0;
  for (auto at = bytes.find(part); at != std::string::npos; at = bytes.find(part, at + 1)) ++n;
  return n;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(slow_store)

// Heartbeats are answered by nothing: their commits only move a number, and must be bounded all the same.
BOOST_FIXTURE_TEST_CASE(commits_without_bytes_are_bounded_too, stuck_store_world) {
  add("PEER", answering(0));
  auto peer = log_on("PEER");
  desk.is_stuck = true;
  const memory_watch memory;
  std::uint64_t n = 2;
  while (n < 40'000 && feed(peer, said("PEER", n, "0"))) ++n;
  BOOST_TEST(n < 40'000u);
  BOOST_TEST(desk.waiting.size() <= limits.max_uncommitted_bytes / kib + 2);
  BOOST_TEST(memory.peak() <= limits.max_uncommitted_bytes + 256 * kib + link_limits.max_unconsumed);
  let_go();
  peer.send(said("PEER", n, "1", "112=still there|"));
  reactor.run();
  BOOST_TEST(count(peer.take(), "112=still there") == 1u);
}

BOOST_FIXTURE_TEST_CASE(answers_that_wait_for_the_store_stop_the_reading_and_none_is_lost, stuck_store_world) {
  add("PEER", answering(1000));
  auto peer = log_on("PEER");
  desk.is_stuck = true;
  const memory_watch memory;
  std::uint64_t n = 2;
  while (n < 50'000 && feed(peer, order("PEER", n))) ++n;
  BOOST_TEST(n < 50'000u);
  // Batches and their slack, what the application's books keep of them, reads.
  BOOST_TEST(memory.peak() <= 2 * limits.max_uncommitted_bytes + 18 * 64 * kib + 256 * kib);
  std::string answers;
  let_go();
  for (int i = 0; i < 100 && peer.unsent() > 0; ++i) reactor.run();
  answers += peer.take();
  BOOST_TEST(count(answers, "\x01" "35=8\x01") == n - 2);
}

BOOST_AUTO_TEST_CASE(while_it_refuses_nothing_piles_up_and_nothing_is_lost) {
  const auto disk = std::make_shared<failing_store>();
  flow_world world{disk};
  world.add("PEER", answering(1000));
  auto peer = world.log_on("PEER");
  disk->is_failing = true;
  const memory_watch memory;
  std::uint64_t n = 2;
  while (n < 50'000 && world.feed(peer, order("PEER", n))) ++n;
  world.reactor.advance(std::chrono::seconds{20});
  BOOST_TEST(n < 50'000u);
  BOOST_TEST(memory.peak() <= 256 * kib + 2 * link_limits.max_unconsumed + 18 * 64 * kib);
  disk->is_failing = false;
  world.reactor.advance(std::chrono::seconds{10});
  BOOST_TEST(count(peer.take(), "\x01" "35=8\x01") == n - 2);
}

BOOST_AUTO_TEST_SUITE_END()
