// The engine on real threads and sockets: two of them in one process.
#include "actors/engine.hpp"
#include "store/memory_store.hpp"
#include "test/actors/group_probe.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <condition_variable>
#include <mutex>

using namespace troupe;
using namespace troupe::actors;
using namespace std::chrono_literals;

namespace {

// What the applications of both engines say, for a test that waits.
class board {
 public:
  void add(std::string line) {
    const std::lock_guard lock{mutex_};
    lines_.push_back(std::move(line));
    changed_.notify_all();
  }
  [[nodiscard]] bool wait_for(const std::string& line, std::size_t times = 1) {
    std::unique_lock lock{mutex_};
    return changed_.wait_for(lock, 30s, [&] { return static_cast<std::size_t>(std::count(lines_.begin(), lines_.end(), line)) >= times; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> lines_;
};

class announcer final : public application {
 public:
  announcer(board& b, std::string who) : board_(b), who_(std::move(who)) {}
  void on_logon(session_reference&) override { board_.add(who_ + " logon"); }
  void on_logout(session_reference&, protocol::end_reason, std::string_view) override { board_.add(who_ + " logout"); }
  handling on_message(session_reference&, const protocol::message_view& m, const message_info&) override {
    board_.add(who_ + " " + std::string{m.find(11).value_or("")});
    return handling::handled;
  }

 private:
  board& board_;
  std::string who_;
};

const session_id buy{"FIX.4.2", "BUY", "SELL", ""};
const session_id sell{"FIX.4.2", "SELL", "BUY", ""};

engine_config config_of(board& b, const session_id& id, std::size_t shards = 1) {
  engine_config c;
  c.reactors = shards;
  c.stores.push_back({"memory", [] { return std::make_shared<store::memory_store>(); }, shards - 1});
  session_spec s;
  s.config.id = id;
  s.store = "memory";
  s.back_off = {.base = 50ms, .cap = 50ms, .growth = 1, .jitter = 0.5, .stable_after = 30s};
  s.application = hosted([&b](const session_id& of) { return std::make_unique<announcer>(b, of.sender_comp_id); });
  c.sessions.push_back(std::move(s));
  return c;
}

engine_config seller(board& b, std::uint16_t port = 0) {
  auto c = config_of(b, sell, 2);  // the lobby may be on another shard than the session
  c.sessions.front().config.role = protocol::role::acceptor;
  c.listen = {{"127.0.0.1", port}};
  return c;
}

engine_config buyer(board& b, std::uint16_t port) {
  auto c = config_of(b, buy);
  c.sessions.front().hosts = {{"127.0.0.1", port}};
  return c;
}

class counting_network final : public network {
 public:
  counting_network(network& inner, std::atomic<int>& connects) : inner_(inner), connects_(connects) {}
  listen_result listen(reactor& home, const listen_place& where, on_accept accept, on_trouble trouble) override {
    return inner_.listen(home, where, std::move(accept), std::move(trouble));
  }
  std::unique_ptr<connect_attempt> connect(reactor& home, const connect_place& where, on_connect done) override {
    ++connects_;
    return inner_.connect(home, where, std::move(done));
  }

 private:
  network& inner_;
  std::atomic<int>& connects_;
};

// A store in memory that dies when it is told, and opens when it may.
class far_store {
 public:
  std::atomic<bool> is_dying{false};

  [[nodiscard]] std::shared_ptr<store::message_store> open() {
    std::unique_lock lock{mutex_};
    if (++opened_ > 1) {
      is_waiting_ = true;
      changed_.notify_all();
      if (!changed_.wait_for(lock, 30s, [this] { return may_open_; })) throw store::store_error{"nobody let it open"};
      is_waiting_ = false;
    }
    return std::make_shared<connection>(file_, is_dying);
  }
  [[nodiscard]] bool wait_until_it_waits() {
    std::unique_lock lock{mutex_};
    return changed_.wait_for(lock, 30s, [this] { return is_waiting_; });
  }
  [[nodiscard]] bool is_waiting() {
    const std::lock_guard lock{mutex_};
    return is_waiting_;
  }
  void let_it_open() {
    const std::lock_guard lock{mutex_};
    may_open_ = true;
    changed_.notify_all();
  }

 private:
  class connection final : public store::message_store {
   public:
    connection(store::memory_store& file, std::atomic<bool>& is_dying) : file_(file), is_dying_(is_dying) {}
    protocol::session_snapshot load(const session_id& id, utc_time now) override { return file_.load(id, now); }
    void commit(std::span<const store::session_batch> b, std::span<store::commit_result> r) override {
      if (is_dying_.exchange(false)) throw store::store_error{"somebody has taken it over"};
      file_.commit(b, r);
    }
    protocol::replay_page fetch(const session_id& id, seq_num b, seq_num e, std::size_t n, std::size_t bytes) override { return file_.fetch(id, b, e, n, bytes); }
    std::optional<seq_num> find_token(const session_id& id, submit_token t) override { return file_.find_token(id, t); }
    bool is_parked(const session_id& id, submit_token t) override { return file_.is_parked(id, t); }
    std::vector<store::stored_session> sessions() override { return file_.sessions(); }
    [[nodiscard]] bool is_blocking() const override { return true; }
    [[nodiscard]] std::string describe() const override { return "far"; }

   private:
    store::memory_store& file_;
    std::atomic<bool>& is_dying_;
  };

  std::mutex mutex_;
  std::condition_variable changed_;
  int opened_ = 0;
  bool is_waiting_ = false, may_open_ = false;
  store::memory_store file_;
};

engine_config far_buyer(board& b, std::uint16_t port, far_store& far) {
  auto c = buyer(b, port);
  c.stores = {{"memory", [&far] { return far.open(); }, 0, true}};
  return c;
}

// Until it waits for the network to open it again.
void start_and_lose_the_store(board& b, engine& buys, far_store& far) {
  BOOST_TEST_REQUIRE(buys.start().error.empty());
  BOOST_TEST_REQUIRE(b.wait_for("BUY logon"));
  far.is_dying = true;
  BOOST_TEST((buys.session(buy).submit({"D", "", "11=A1\x01"}, submit_token{1}) == submit_result::taken));
  BOOST_TEST_REQUIRE(far.wait_until_it_waits());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(engine_suite)

BOOST_AUTO_TEST_CASE(two_engines_trade_are_cut_and_stop) {
  board b;
  engine sells{seller(b)};
  const auto up = sells.start();
  BOOST_TEST_REQUIRE(up.error.empty(), up.error);
  engine buys{buyer(b, up.endpoints.front().port)};
  BOOST_TEST_REQUIRE(buys.start().error.empty());
  BOOST_TEST_REQUIRE(b.wait_for("BUY logon"));
  BOOST_TEST((buys.session(buy).submit({"D", "", "11=A1\x01"}, submit_token{1}) == submit_result::taken));
  BOOST_TEST(b.wait_for("SELL A1"));

  BOOST_TEST(buys.tell(buy, operator_command::disconnect).is_done);
  BOOST_TEST(b.wait_for("BUY logon", 2));
  BOOST_TEST((buys.session(buy).submit({"D", "", "11=A2\x01"}, submit_token{2}) == submit_result::taken));
  BOOST_TEST(b.wait_for("SELL A2"));
  BOOST_TEST(buys.status().sessions.front().connects == 2U);

  BOOST_TEST(buys.stop().cut == 0U);
  BOOST_TEST(b.wait_for("SELL logout", 2));
  BOOST_TEST(sells.stop().cut == 0U);
  BOOST_TEST(sells.stop().cut == 0U);
  BOOST_TEST((buys.session(buy).submit({"D", "", "11=A3\x01"}, submit_token{3}) == submit_result::stopped));
}

// As long as a database cannot be reached.
BOOST_AUTO_TEST_CASE(questions_are_answered_while_a_store_waits_for_its_network) {
  board b;
  engine sells{seller(b)};
  const auto up = sells.start();
  BOOST_TEST_REQUIRE(up.error.empty(), up.error);
  far_store far;
  engine buys{far_buyer(b, up.endpoints.front().port, far)};
  start_and_lose_the_store(b, buys, far);

  const auto status = buys.status();
  BOOST_TEST(far.is_waiting());
  BOOST_TEST_REQUIRE(status.problems.size() == 1u);
  BOOST_TEST(status.problems[0] == "store memory is being opened again: somebody has taken it over");
  BOOST_TEST(!buys.tell({"FIX.4.2", "NOBODY", "SELL", ""}, operator_command::logon).is_done);
  BOOST_TEST(far.is_waiting());

  far.let_it_open();
  BOOST_TEST_REQUIRE(b.wait_for("BUY logon", 2));
  BOOST_TEST((buys.session(buy).submit({"D", "", "11=A2\x01"}, submit_token{2}) == submit_result::taken));
  BOOST_TEST(b.wait_for("SELL A2"));
  BOOST_TEST(buys.status().problems.empty());
}

BOOST_AUTO_TEST_CASE(a_stop_does_not_wait_for_a_store_that_is_being_opened) {
  board b;
  engine sells{seller(b)};
  const auto up = sells.start();
  BOOST_TEST_REQUIRE(up.error.empty(), up.error);
  far_store far;
  {
    engine buys{far_buyer(b, up.endpoints.front().port, far)};
    start_and_lose_the_store(b, buys, far);
    (void)buys.stop();
    BOOST_TEST(far.is_waiting());
    far.let_it_open();  // only then is there an end of it
  }
  BOOST_TEST(!far.is_waiting());
}

BOOST_AUTO_TEST_CASE(a_busy_port_is_an_error_that_names_it) {
  board b;
  engine first{seller(b)};
  const auto up = first.start();
  BOOST_TEST_REQUIRE(up.error.empty(), up.error);
  const auto port = up.endpoints.front().port;
  engine second{seller(b, port)};
  const auto error = second.start().error;
  BOOST_TEST(error.find(std::to_string(port)) != std::string::npos, error);
  BOOST_TEST(!second.start().error.empty());  // an engine starts once
}

BOOST_AUTO_TEST_CASE(an_engine_that_is_not_stopped_cuts_and_goes) {
  board b;
  engine sells{seller(b)};
  const auto up = sells.start();
  {
    engine buys{buyer(b, up.endpoints.front().port)};
    BOOST_TEST_REQUIRE(buys.start().error.empty());
    BOOST_TEST_REQUIRE(b.wait_for("SELL logon"));
  }
  BOOST_TEST(b.wait_for("SELL logout"));
}

BOOST_AUTO_TEST_CASE(a_decorated_network_carries_every_connection) {
  board b;
  std::atomic<int> connects{0};
  engine sells{seller(b)};
  const auto up = sells.start();
  auto c = buyer(b, up.endpoints.front().port);
  c.decorate_network = [&connects](network& inner) { return std::make_unique<counting_network>(inner, connects); };
  engine buys{std::move(c)};
  BOOST_TEST_REQUIRE(buys.start().error.empty());
  BOOST_TEST_REQUIRE(b.wait_for("BUY logon"));
  BOOST_TEST(connects == 1);
}

BOOST_AUTO_TEST_CASE(a_session_that_is_not_there_is_an_error) {
  board b;
  engine sells{seller(b)};
  BOOST_CHECK_THROW((void)sells.session(buy), std::out_of_range);
  BOOST_TEST(!sells.tell(buy, operator_command::logon).is_done);
}

BOOST_AUTO_TEST_SUITE_END()
