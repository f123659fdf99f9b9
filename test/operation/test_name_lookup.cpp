#include "actors/name_lookup.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

using namespace troupe::actors;
using namespace std::chrono_literals;
using strings = std::vector<std::string>;

namespace {

// Answers when the test says so. The threads that ask hold it, too.
class name_server {
 public:
  looked_up ask(const std::string& name) {
    std::unique_lock lock{mutex_};
    ++times_asked_[name];
    under_way_.insert(name);
    changed_.notify_all();
    changed_.wait(lock, [&] { return is_over_ || answers_.contains(name); });
    under_way_.erase(under_way_.find(name));
    return is_over_ ? looked_up{{}, "the test is over"} : answers_[name];
  }
  void answer(const std::string& name, looked_up found) {
    change([&] { answers_[name] = std::move(found); });
  }
  void forget() { answers_.clear(); }  // in a change
  void end() {
    change([&] { is_over_ = true; });
  }
  template <class F>
  void change(F how) {
    const std::lock_guard lock{mutex_};
    how();
    changed_.notify_all();
  }
  template <class F>
  bool wait_until(F condition) {
    std::unique_lock lock{mutex_};
    return changed_.wait_for(lock, 10s, condition);
  }
  bool comes_to(const std::multiset<std::string>& names) {
    return wait_until([&] { return under_way_ == names; });
  }
  unsigned times_asked(const std::string& name) {
    const std::lock_guard lock{mutex_};
    return times_asked_[name];
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, looked_up> answers_;
  std::map<std::string, unsigned> times_asked_;
  std::multiset<std::string> under_way_;
  bool is_over_ = false;
};

struct world {
  explicit world(name_lookup_limits limits = {2, 1}) : names(std::make_unique<name_lookup>([s = server](const std::string& name) { return s->ask(name); }, limits)) {}
  ~world() { server->end(); }
  world(const world&) = delete;
  world& operator=(const world&) = delete;

  std::unique_ptr<name_lookup::question> ask(const std::string& name, troupe::protocol::steady_time now = 0s) {
    return names->ask(name, now, [this, name](const looked_up& found) {
      server->change([&] { told.push_back(name + ": " + (found.addresses.empty() ? found.error : found.addresses.front())); });
    });
  }
  bool is_told(const strings& expected) {
    return server->wait_until([&] { return told == expected; });
  }

  std::shared_ptr<name_server> server = std::make_shared<name_server>();
  std::unique_ptr<name_lookup> names;
  strings told;
};

// Nobody has the patience to wait for it. The other thread is busy, so that what is behind it is looked up when it is put away.
void look_up_in_vain(world& w, const std::string& name) {
  auto q = w.ask(name);
  BOOST_TEST(w.server->comes_to({"busy", name}));
  q.reset();
  const auto behind = w.ask("behind " + name);
  w.server->answer(name, {{}, "no such name"});
  BOOST_TEST(w.server->comes_to({"busy", "behind " + name}));
  w.server->answer("behind " + name, {});
  BOOST_TEST(w.server->comes_to({"busy"}));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(name_lookups)

BOOST_AUTO_TEST_CASE(a_dead_name_keeps_nobody_else_waiting) {
  world w;
  const auto dead = w.ask("dead");
  BOOST_TEST(w.server->comes_to({"dead"}));
  w.server->answer("good", {{"192.0.2.7"}, {}});
  const auto good = w.ask("good");
  BOOST_TEST(w.is_told({"good: 192.0.2.7"}));
}

BOOST_AUTO_TEST_CASE(a_name_is_looked_up_once_for_all_who_ask) {
  world w;
  const auto one = w.ask("venue"), two = w.ask("venue");
  BOOST_TEST(w.server->comes_to({"venue"}));
  const auto three = w.ask("venue");
  w.server->answer("venue", {{"192.0.2.7"}, {}});
  BOOST_TEST(w.is_told(strings(3, "venue: 192.0.2.7")));
  BOOST_TEST(w.server->times_asked("venue") == 1U);
}

BOOST_AUTO_TEST_CASE(what_comes_too_late_is_for_who_asks_next) {
  world w;
  auto impatient = w.ask("venue");
  BOOST_TEST(w.server->comes_to({"venue"}));
  impatient.reset();
  w.server->answer("venue", {{"192.0.2.7"}, {}});
  BOOST_TEST(w.server->comes_to({}));
  const auto next = w.ask("venue", 1min);
  BOOST_TEST(w.is_told({"venue: 192.0.2.7"}));
  BOOST_TEST(w.server->times_asked("venue") == 1U);
  const auto further = w.ask("venue", 2min);
  BOOST_TEST(w.is_told(strings(2, "venue: 192.0.2.7")));
  BOOST_TEST(w.server->times_asked("venue") == 2U);
}

BOOST_AUTO_TEST_CASE(what_came_long_ago_is_looked_up_again) {
  world w{{1, 1}};
  auto q = w.ask("venue");
  BOOST_TEST(w.server->comes_to({"venue"}));
  q.reset();
  w.server->answer("venue", {{"192.0.2.7"}, {}});
  const auto behind = w.ask("other");
  BOOST_TEST(w.server->comes_to({"other"}));
  w.server->answer("other", {{"192.0.2.8"}, {}});
  const auto again = w.ask("venue", 11min);
  BOOST_TEST(w.is_told({"other: 192.0.2.8", "venue: 192.0.2.7"}));
  BOOST_TEST(w.server->times_asked("venue") == 2U);
}

BOOST_AUTO_TEST_CASE(slow_names_leave_a_thread_to_the_others) {
  world w;
  auto busy = w.ask("busy");
  for (const auto* name : {"dead1", "dead2"}) look_up_in_vain(w, name);
  w.server->answer("busy", {});
  BOOST_TEST(w.server->comes_to({}));
  w.server->change([&] {
    w.server->forget();
    w.told.clear();
  });
  const auto one = w.ask("dead1", 11min), two = w.ask("dead2", 11min);
  w.server->answer("good", {{"192.0.2.7"}, {}});
  const auto good = w.ask("good", 11min);
  BOOST_TEST(w.server->wait_until([&] { return std::count(w.told.begin(), w.told.end(), "good: 192.0.2.7") == 1; }));
  BOOST_TEST(w.server->comes_to({"dead1"}));
  w.server->answer("dead1", {{"192.0.2.8"}, {}});
  BOOST_TEST(w.server->comes_to({"dead2"}));
}

BOOST_AUTO_TEST_CASE(who_takes_the_question_back_is_told_nothing_and_nobody_waits_for_a_thread) {
  world w;
  auto q = w.ask("dead");
  BOOST_TEST(w.server->comes_to({"dead"}));
  q.reset();
  w.names.reset();
  w.server->answer("dead", {{"192.0.2.7"}, {}});
  BOOST_TEST(w.server->comes_to({}));
  BOOST_TEST(w.told.empty());
}

BOOST_AUTO_TEST_CASE(the_system_knows_localhost) {
  const auto found = addresses_of("localhost");
  BOOST_TEST_REQUIRE(!found.addresses.empty(), found.error);
  BOOST_TEST((found.addresses.front() == "127.0.0.1" || found.addresses.front() == "::1"));
  const auto none = addresses_of("no-such-host.invalid");
  BOOST_TEST(none.addresses.empty());
  BOOST_TEST(!none.error.empty());
}

BOOST_AUTO_TEST_SUITE_END()
