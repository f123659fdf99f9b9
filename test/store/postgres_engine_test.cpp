// Two engines trade while the database of one of them crashes and comes back.
#include "actors/engine.hpp"
#include "store/memory_store.hpp"
#include "test/store/postgres_backend.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

using namespace troupe;
using namespace troupe::actors;
using namespace std::chrono_literals;

namespace {

// What applications and events say, for a test that waits.
class board final : public event_sink {
 public:
  void add(std::string line) {
    const std::lock_guard lock{mutex_};
    lines_.push_back(std::move(line));
    changed_.notify_all();
  }
  void record(severity, std::string_view code, std::string_view, std::string_view) noexcept override { add(std::string{code}); }
  [[nodiscard]] bool wait_for(const std::string& line, std::ptrdiff_t times = 1) {
    std::unique_lock lock{mutex_};
    return changed_.wait_for(lock, 30s, [&] { return std::count(lines_.begin(), lines_.end(), line) >= times; });
  }
  [[nodiscard]] std::ptrdiff_t count(const std::string& line) {
    const std::lock_guard lock{mutex_};
    return std::count(lines_.begin(), lines_.end(), line);
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

engine_config config_of(board& b, const session_id& id, std::function<std::shared_ptr<store::message_store>()> open) {
  engine_config c;
  c.stores.push_back({"store", std::move(open), 0});
  session_spec s;
  s.config.id = id;
  s.store = "store";
  s.back_off = {.base = 50ms, .cap = 50ms, .growth = 1, .jitter = 0.5, .stable_after = 30s};
  s.application = hosted([&b](const session_id& of) { return std::make_unique<announcer>(b, of.sender_comp_id); });
  c.sessions.push_back(std::move(s));
  c.events = &b;
  return c;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(postgres_engine)

BOOST_AUTO_TEST_CASE(a_session_stalls_while_the_server_is_away_and_goes_on_by_itself) {
  auto& server = test::the_server();
  const auto schema = test::fresh_schema();
  board b;
  auto selling = config_of(b, sell, [] { return std::make_shared<store::memory_store>(); });
  selling.sessions.front().config.role = protocol::role::acceptor;
  selling.listen = {{"127.0.0.1", 0}};
  engine sells{std::move(selling)};
  const auto up = sells.start();
  BOOST_TEST_REQUIRE(up.error.empty(), up.error);
  auto buying = config_of(b, buy, [&] { return std::make_shared<store::postgres_store>(server.connection(), store::postgres_options{.schema = schema}); });
  buying.sessions.front().hosts = {{"127.0.0.1", up.endpoints.front().port}};
  engine buys{std::move(buying)};
  BOOST_TEST_REQUIRE(buys.start().error.empty());
  BOOST_TEST_REQUIRE(b.wait_for("BUY logon"));
  BOOST_TEST((buys.session(buy).submit({"D", "", "11=A1\x01"}, submit_token{1}) == submit_result::taken));
  BOOST_TEST_REQUIRE(b.wait_for("SELL A1"));

  server.stop_at_once();
  BOOST_TEST((buys.session(buy).submit({"D", "", "11=A2\x01"}, submit_token{2}) == submit_result::taken));
  BOOST_TEST_REQUIRE(b.wait_for("store-stalled"));
  BOOST_TEST(b.count("SELL A2") == 0);
  server.start();
  BOOST_TEST_REQUIRE(b.wait_for("store-back"));
  BOOST_TEST_REQUIRE(b.wait_for("SELL A2"));
  BOOST_TEST((buys.session(buy).submit({"D", "", "11=A3\x01"}, submit_token{3}) == submit_result::taken));
  BOOST_TEST_REQUIRE(b.wait_for("SELL A3"));

  BOOST_TEST(b.count("BUY logon") == 1);  // the connection to the peer stayed
  BOOST_TEST(b.count("SELL A2") == 1);
  BOOST_TEST(b.count("store-failed") == 0);
  (void)buys.stop();
  (void)sells.stop();
  BOOST_TEST(server.ask("SELECT count(*), count(DISTINCT number) FROM " + schema + ".record WHERE kind = 1").at(0) == "3|3");
}

// As two machines with the same settings: the second one waits, and takes over when the first one is gone.
BOOST_AUTO_TEST_CASE(an_engine_whose_store_was_taken_over_sends_nothing_and_goes_on_when_it_is_free_again) {
  auto& server = test::the_server();
  const auto schema = test::fresh_schema();
  board b;
  auto selling = config_of(b, sell, [] { return std::make_shared<store::memory_store>(); });
  selling.sessions.front().config.role = protocol::role::acceptor;
  selling.listen = {{"127.0.0.1", 0}};
  engine sells{std::move(selling)};
  const auto up = sells.start();
  BOOST_TEST_REQUIRE(up.error.empty(), up.error);
  auto buying = config_of(b, buy, [&] { return std::make_shared<store::postgres_store>(server.connection(), store::postgres_options{.schema = schema}); });
  buying.sessions.front().hosts = {{"127.0.0.1", up.endpoints.front().port}};
  engine buys{std::move(buying)};
  BOOST_TEST_REQUIRE(buys.start().error.empty());
  BOOST_TEST_REQUIRE(b.wait_for("BUY logon"));

  server.run("UPDATE " + schema + ".lease SET fencing_token = fencing_token + 1, pid = 77, machine = 'another', host = 'venus', expires = clock_timestamp() + interval '1 hour'");
  BOOST_TEST((buys.session(buy).submit({"D", "", "11=A1\x01"}, submit_token{1}) == submit_result::taken));
  BOOST_TEST_REQUIRE(b.wait_for("store-failed"));
  BOOST_TEST(b.count("SELL A1") == 0);
  BOOST_TEST(server.ask("SELECT count(*) FROM " + schema + ".record WHERE kind = 1").at(0) == "0");
  server.run("UPDATE " + schema + ".lease SET expires = clock_timestamp()");
  BOOST_TEST_REQUIRE(b.wait_for("store-reopened"));
  BOOST_TEST_REQUIRE(b.wait_for("BUY logon", 2));
  BOOST_TEST((buys.session(buy).submit({"D", "", "11=A2\x01"}, submit_token{2}) == submit_result::taken));
  BOOST_TEST_REQUIRE(b.wait_for("SELL A2"));
  (void)buys.stop();
  (void)sells.stop();
}

BOOST_AUTO_TEST_SUITE_END()
