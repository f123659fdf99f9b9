// A store that blocks has a thread of its own, and a real reactor for a clock.
#include "test/actors/actor_world.hpp"

#include "actors/reactor_asio.hpp"
#include "actors/store_keeper.hpp"
#include "store/memory_store.hpp"
#include "store/store_unavailable.hpp"

#include <boost/test/unit_test.hpp>

#include <condition_variable>
#include <memory>
#include <mutex>

namespace troupe::actors::test {
namespace {

using namespace std::chrono_literals;

constexpr auto patience = 10s;

class slow_disk final : public store::message_store {
 public:
  protocol::session_snapshot load(const session_id& id, utc_time now) override {
    if (id.qualifier == "taken") throw store::store_taken{"somebody else owns it"};
    if (id.qualifier == "damaged") throw store::store_error{"this one is damaged"};
    return memory_.load(id, now);
  }
  void commit(std::span<const store::session_batch> b, std::span<store::commit_result> r) override { memory_.commit(b, r); }
  protocol::replay_page fetch(const session_id& id, seq_num b, seq_num e, std::size_t n, std::size_t bytes) override {
    return memory_.fetch(id, b, e, n, bytes);
  }
  std::optional<seq_num> find_token(const session_id&, submit_token) override {
    const std::lock_guard lock{mutex_};
    ++tries_;
    changed_.notify_all();
    if (is_unreadable_) throw store::store_unavailable{"somebody holds the file"};
    return seq_num{17};
  }
  bool is_parked(const session_id& id, submit_token token) override { return memory_.is_parked(id, token); }
  std::vector<store::stored_session> sessions() override { return memory_.sessions(); }
  [[nodiscard]] bool is_blocking() const override { return true; }
  [[nodiscard]] std::string describe() const override { return "slow disk"; }

  [[nodiscard]] bool was_tried(int times) {
    std::unique_lock lock{mutex_};
    return changed_.wait_for(lock, patience, [&] { return tries_ >= times; });
  }
  void become_readable() {
    const std::lock_guard lock{mutex_};
    is_unreadable_ = false;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int tries_ = 0;
  bool is_unreadable_ = true;
  store::memory_store memory_;
};

struct detached_world {
  quiet_config config;
  caf::actor_system system{config};
  asio_reactor clock{system};
  std::shared_ptr<slow_disk> disk = std::make_shared<slow_disk>();
  store_actor store = spawn_store(clock, disk, true);
  caf::scoped_actor asker{system};
  const session_id id{"FIX.4.2", "US", "THEM", ""};

  detached_world() { clock.start(); }
  ~detached_world() {
    asker->send_exit(store, caf::exit_reason::user_shutdown);
    asker->wait_for(store);
  }
  [[nodiscard]] bool says_that_all_is_committed() {
    bool has_answered = false;
    asker->request(store, patience, find_token{id, submit_token{}})
        .receive([&](const token_found& t) { has_answered = !t.number; }, [](const caf::error&) {});
    return has_answered;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(detached_store_suite, detached_world)

BOOST_AUTO_TEST_CASE(goes_on_while_a_question_waits_and_answers_it_when_it_can) {
  auto question = asker->request(store, patience, find_token{id, submit_token{1}});
  BOOST_TEST_REQUIRE(disk->was_tried(1));
  BOOST_TEST(says_that_all_is_committed());
  BOOST_TEST_REQUIRE(disk->was_tried(3));
  disk->become_readable();
  std::optional<seq_num> number;
  question.receive([&](const token_found& t) { number = t.number; }, [](const caf::error&) {});
  BOOST_TEST((number == seq_num{17}));
}

BOOST_AUTO_TEST_CASE(ends_while_a_question_waits) {
  auto question = asker->request(store, patience, find_token{id, submit_token{1}});
  BOOST_TEST_REQUIRE(disk->was_tried(1));
  asker->send_exit(store, caf::exit_reason::user_shutdown);
  // By the store itself, and not because nobody answered in time.
  caf::error why;
  question.receive([](const token_found&) {}, [&](const caf::error& e) { why = e; });
  BOOST_TEST((why == caf::sec::runtime_error), caf::to_string(why));
}

// What is wrong with one session is told to that one; a store that is no longer ours is of no use to anybody.
BOOST_AUTO_TEST_CASE(ends_when_somebody_else_owns_it) {
  asker->monitor(store);
  asker->send(store, load{{"FIX.4.2", "US", "THEM", "damaged"}, {}, {}});
  BOOST_TEST(says_that_all_is_committed());
  asker->send(store, load{{"FIX.4.2", "US", "THEM", "taken"}, {}, {}});
  bool has_ended = false;
  asker->receive([&](const caf::down_msg&) { has_ended = true; });
  BOOST_TEST(has_ended);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::actors::test
