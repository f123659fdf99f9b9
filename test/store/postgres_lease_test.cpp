// One owner: refused while he lives, followed when he is gone, and shut out when he comes back.
#include "store/process_identity.hpp"
#include "store/store_unavailable.hpp"
#include "test/store/batches.hpp"
#include "test/store/postgres_backend.hpp"
#include "test/store/store_file.hpp"

#include <boost/test/unit_test.hpp>

#include <poll.h>

#include <algorithm>
#include <thread>
#include <vector>

using namespace troupe::test;

BOOST_TEST_DONT_PRINT_LOG_VALUE(troupe::store::commit_status)

namespace {

struct leased {
  std::string schema = fresh_schema();

  [[nodiscard]] std::unique_ptr<postgres_store> open(std::chrono::seconds lease = std::chrono::seconds{600}) const {
    return std::make_unique<postgres_store>(the_server().connection(), postgres_options{.schema = schema, .lease = lease});
  }
  [[nodiscard]] std::string refusal() const {
    try {
      (void)open();
    } catch (const store_error& e) {
      return e.what();
    }
    return "";
  }
  [[nodiscard]] std::string look(const std::string& what, const std::string& from) const { return the_server().ask("SELECT " + what + " FROM " + schema + "." + from).at(0); }
  void set_lease(const std::string& what) const { the_server().run("UPDATE " + schema + ".lease SET " + what); }
};

// A byte through a pipe, for a child and a parent who wait for one another.
struct signal_pipe {
  int ends[2];
  signal_pipe() { BOOST_TEST_REQUIRE(::pipe(ends) == 0); }
  ~signal_pipe() {
    for (const int end : ends) ::close(end);
  }
  void say() const {
    if (::write(ends[1], "x", 1) != 1) ::_exit(4);
  }
  void hear() const {
    char byte;
    if (::read(ends[0], &byte, 1) != 1) ::_exit(5);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(postgres_lease, leased)

BOOST_AUTO_TEST_CASE(a_second_owner_is_refused_and_told_who_the_first_is) {
  const auto first = open();
  const auto said = refusal();
  BOOST_TEST(says(said, "in use by process " + std::to_string(::getpid()) + " on " + host_name()), said);
  BOOST_TEST(says(said, "whose lease ends in "), said);
  BOOST_TEST(says(said, "schema " + schema), said);
  hand h{*first, alpha};
  BOOST_TEST(h.commit(h.next()).status == commit_status::done);
}

BOOST_AUTO_TEST_CASE(an_orderly_end_leaves_it_to_the_next_one_at_once) {
  const auto first_token = open()->fencing_token();
  set_lease("machine = 'another', host = 'another'");  // even if its process cannot be looked for
  BOOST_TEST(open()->fencing_token() == first_token + 1);
}

BOOST_AUTO_TEST_CASE(a_killed_owner_of_this_machine_is_no_owner) {
  signal_pipe ready;
  const pid_t child = fork_child([&] {
    const auto store = open();
    ready.say();
    for (;;) ::pause();
  });
  ready.hear();
  const auto said = refusal();
  BOOST_TEST(says(said, "in use by process " + std::to_string(child)), said);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  BOOST_TEST(refusal() == "");
}

BOOST_AUTO_TEST_CASE(a_pid_that_was_given_again_or_stands_for_another_machine_is_told_apart) {
  auto other = this_process();
  BOOST_TEST(!is_dead(other));
  ++other.started;
  BOOST_TEST(is_dead(other));
  other.machine = "another boot pid:[4026531836]";
  BOOST_TEST(!is_dead(other));
  other = this_process();
  other.pid = 0x7FFFFFFF;
  BOOST_TEST(is_dead(other));
}

BOOST_AUTO_TEST_CASE(an_owner_on_another_machine_is_waited_for_until_his_lease_has_expired) {
  (void)open();
  set_lease("pid = 77, machine = 'another', host = 'venus', program = 'troupe', expires = clock_timestamp() + interval '1 hour'");
  const auto said = refusal();
  BOOST_TEST(says(said, "in use by process 77 on venus (troupe), whose lease ends in 3600 s"), said);
  set_lease("expires = clock_timestamp() - interval '1 second'");
  BOOST_TEST(refusal() == "");
}

BOOST_AUTO_TEST_CASE(an_old_owner_writes_nothing_once_somebody_has_taken_over) {
  const auto old = open();
  hand h{*old, alpha};
  h.commit(h.next(record_kind::application, message(1)));
  set_lease("expires = clock_timestamp() - interval '1 second'");  // he was paused for so long
  const auto young = open();
  BOOST_TEST(young->fencing_token() == old->fencing_token() + 1);
  auto late = h.next(record_kind::application, message(2));
  late.park = {{1, submit_token{9}, day_one, {"D", "", "11=A\001"}}};
  const auto is_beyond_use = [&](const auto& call) {
    try {
      call();
    } catch (const store_taken& e) {
      const std::string said = e.what();
      BOOST_TEST(says(said, "taken over by process " + std::to_string(::getpid()) + " on " + host_name()), said);
      BOOST_TEST(says(said, "ours was " + std::to_string(old->fencing_token())), said);
      return;
    }
    BOOST_TEST(false, "an old owner wrote");
  };
  is_beyond_use([&] { h.commit(late); });
  is_beyond_use([&] { h.commit(late); });
  is_beyond_use([&] { (void)old->load(alpha, day_one); });
  is_beyond_use([&] { (void)old->load(beta, day_one); });
  BOOST_TEST(!old->forget_unused(alpha, h.state().incarnation));
  BOOST_TEST(look("count(*)", "record") == "1");
  BOOST_TEST(look("count(*)", "parked") == "0");
  BOOST_TEST(look("incarnation, last_commit, next_sender", "session") == "1|1|2");
  h.use(*young);
  h.load();
  BOOST_TEST(h.commit(h.next(record_kind::application, "by the new one")).status == commit_status::done);
  is_beyond_use([&] { (void)old->load(alpha, day_one); });
  BOOST_TEST(h.fetch(1, 9).records.at(1).frame == "by the new one");
}

BOOST_AUTO_TEST_CASE(an_old_owner_who_lost_his_connection_is_told_when_he_makes_another) {
  const auto old = open();
  hand h{*old, alpha};
  set_lease("expires = clock_timestamp() - interval '1 second'");
  const auto young = open();
  the_server().run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'troupe'");
  BOOST_CHECK_THROW(h.commit(h.next()), store_taken);
  BOOST_CHECK_THROW(h.fetch(1, 9), store_taken);
  BOOST_TEST(young->load(alpha, day_one).next_sender.value == 1u);
}

BOOST_AUTO_TEST_CASE(of_many_who_begin_at_the_same_time_one_is_the_owner) {
  std::vector<std::unique_ptr<postgres_store>> stores(6);
  std::vector<std::string> said(stores.size());
  std::vector<std::thread> openers;
  (void)the_server();
  for (std::size_t i = 0; i < stores.size(); ++i)
    openers.emplace_back([&, i] {
      try {
        stores[i] = open();
      } catch (const store_error& e) {
        said[i] = e.what();
      }
    });
  for (auto& t : openers) t.join();
  BOOST_TEST(std::count_if(stores.begin(), stores.end(), [](const auto& s) { return s != nullptr; }) == 1);
  BOOST_TEST(std::count_if(said.begin(), said.end(), [](const auto& s) { return says(s, "in use by process"); }) == 5, said[0] + said[1]);
}

// The whole of it in real time: a process that is stopped, a lease that expires by the server's clock, a process that goes on.
BOOST_AUTO_TEST_CASE(a_stopped_process_is_followed_when_its_lease_has_expired_and_is_shut_out_when_it_goes_on) {
  (void)the_server();
  signal_pipe ready, go_on;
  const pid_t child = fork_child([&] {
    const auto store = open(std::chrono::seconds{1});
    hand h{*store, alpha};
    h.commit(h.next(record_kind::application, message(1)));
    ready.say();
    go_on.hear();
    try {
      h.commit(h.next(record_kind::application, message(2)));
    } catch (const store_error& e) {
      ::_exit(says(e.what(), "taken over by process " + std::to_string(::getppid())) ? 42 : 43);
    }
    ::_exit(44);
  });
  ready.hear();
  ::kill(child, SIGSTOP);
  std::unique_ptr<postgres_store> store;
  for (int tries = 0; tries < 3000 && !store; ++tries) {
    try {
      store = open();
    } catch (const store_error& e) {
      BOOST_TEST_REQUIRE(says(e.what(), "in use by process " + std::to_string(child)), e.what());
      ::poll(nullptr, 0, 10);
    }
  }
  BOOST_TEST_REQUIRE(!!store);
  ::kill(child, SIGCONT);
  go_on.say();
  int status = 0;
  ::waitpid(child, &status, 0);
  BOOST_TEST(WEXITSTATUS(status) == 42);
  BOOST_TEST(look("count(*)", "record") == "1");
}

// Nobody commits: the thread keeps it.
BOOST_AUTO_TEST_CASE(an_idle_owner_keeps_his_lease) {
  const auto store = open(std::chrono::seconds{1});
  const auto renewed = [&] { return look("renewed", "lease"); };
  auto last = renewed();
  for (int times = 0; times < 4; ++times) {
    int waited = 0;
    while (renewed() == last && ++waited < 3000) ::poll(nullptr, 0, 10);
    BOOST_TEST_REQUIRE(renewed() != last);
    BOOST_TEST(look("is_alive", "owner") == "t");
    last = renewed();
  }
}

// The thread's connection cannot be had: commits keep it.
BOOST_AUTO_TEST_CASE(a_busy_owner_keeps_his_lease_by_his_commits) {
  const auto store = open();
  hand h{*store, alpha};
  set_lease("expires = clock_timestamp() + interval '300 seconds'");
  BOOST_TEST(h.commit(h.next()).status == commit_status::done);
  BOOST_TEST(look("expires > clock_timestamp() + interval '500 seconds'", "lease") == "t");
}

BOOST_AUTO_TEST_SUITE_END()
