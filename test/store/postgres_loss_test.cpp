// The server restarts, the network is lost: nothing that was acknowledged is lost, and no number has two contents.
#include "store/store_unavailable.hpp"
#include "test/store/batches.hpp"
#include "test/store/cutting_proxy.hpp"
#include "test/store/postgres_backend.hpp"
#include "test/store/store_file.hpp"

#include <boost/test/unit_test.hpp>

#include <poll.h>

#include <atomic>
#include <thread>

using namespace troupe::test;
using namespace std::chrono_literals;

BOOST_TEST_DONT_PRINT_LOG_VALUE(troupe::store::commit_status)

namespace {

// Every wait is a short one. Nobody renews the lease but commits, so that all bytes that pass the proxy are the store's own.
postgres_options impatient(const std::string& schema) {
  return {.schema = schema, .lease = 600s, .limits = {.connect = 2s, .answer = 500ms}};
}

struct beyond_a_proxy {
  using way = cutting_proxy::way;
  std::string schema = fresh_schema();
  cutting_proxy proxy{the_server().port()};
  postgres_store store{the_server().connection_by(proxy.port()), impatient(schema)};
  hand h{store, alpha};
  std::uint64_t last = 0;  // the number of messages that were committed

  commit_batch next() { return h.next(record_kind::application, message(last + 1)); }
  commit_status commit(const commit_batch& b) {
    const auto result = h.commit(b);
    if (result.status == commit_status::done) ++last;
    said = result.reason;
    return result.status;
  }
  // As the server has it: the messages that were acknowledged, each once and as it was.
  void all_is_there() const {
    const auto rows = the_server().ask("SELECT number || ' ' || convert_from(frame, 'UTF8') FROM " + schema + ".record ORDER BY number");
    BOOST_TEST_REQUIRE(rows.size() == last);
    for (std::uint64_t n = 1; n <= last; ++n) BOOST_TEST_REQUIRE(rows[n - 1] == std::to_string(n) + " " + message(n));
  }
  // Was the last message stored before the connection that the store has now?
  [[nodiscard]] bool is_older_than_the_connection() const {
    return the_server().ask("SELECT r.xmin::text::bigint < l.xmin::text::bigint FROM " + schema + ".record r, " + schema + ".lease l ORDER BY r.number DESC LIMIT 1").at(0) == "t";
  }
  std::string said;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(postgres_loss, beyond_a_proxy)

// Cut after every byte of what a commit says and of what it is answered: before the server has all of it, and behind it, when it is done and
// nobody knows.
BOOST_AUTO_TEST_CASE(a_connection_that_is_cut_anywhere_in_a_commit_is_read_back_within_it) {
  for (const auto which : {way::to_server, way::to_client}) {
    BOOST_REQUIRE((commit(next()) == commit_status::done));  // the statement is prepared on this connection now
    const auto before = proxy.passed(which);
    BOOST_REQUIRE((commit(next()) == commit_status::done));
    const auto traffic = proxy.passed(which) - before;
    BOOST_TEST(traffic > 50u);
    std::size_t was_done = 0;
    for (std::size_t at = 0; at < traffic; ++at) {
      BOOST_REQUIRE((commit(next()) == commit_status::done));
      const auto token = store.fencing_token();
      proxy.cut_after(which, at);
      BOOST_REQUIRE_MESSAGE(commit(next()) == commit_status::done, "cut after " << at << " bytes: " << said);
      BOOST_REQUIRE(proxy.has_cut());
      BOOST_TEST_REQUIRE(store.fencing_token() == token + 1);
      was_done += is_older_than_the_connection();
    }
    BOOST_TEST(was_done == (which == way::to_client ? traffic : 0u));  // once the server answers it is done; read back, or made again
    all_is_there();
  }
}

BOOST_AUTO_TEST_CASE(a_connection_that_is_cut_while_it_is_idle_costs_nothing) {
  commit(next());
  proxy.cut_after(way::to_server, 0);
  BOOST_TEST((commit(next()) == commit_status::done));
  proxy.cut_after(way::to_server, 0);
  BOOST_TEST(h.fetch(1, 9).records.size() == 2u);
  proxy.cut_after(way::to_server, 0);
  h.load();
  BOOST_TEST(h.state().next_sender.value == 3u);
  all_is_there();
}

BOOST_AUTO_TEST_CASE(a_load_that_is_cut_anywhere_opens_one_incarnation_or_two_and_loses_nothing) {
  commit(next());
  for (const auto which : {way::to_server, way::to_client})
    for (std::size_t at = 0; at < 400; at += 7) {
      const auto before = h.state().incarnation.value;
      proxy.cut_after(which, at);
      h.load();
      BOOST_TEST_REQUIRE(h.state().incarnation.value > before);
      BOOST_TEST_REQUIRE(h.state().incarnation.value <= before + 2);
      BOOST_REQUIRE((commit(next()) == commit_status::done));
    }
  all_is_there();
}

BOOST_AUTO_TEST_CASE(nothing_is_known_until_the_server_can_be_reached_and_then_all_is) {
  BOOST_REQUIRE((commit(next()) == commit_status::done));
  const auto b = next();
  proxy.cut_after(way::to_client, 0, cutting_proxy::then::refuses);  // it has been done, and the answer does not come
  BOOST_TEST((commit(b) == commit_status::unknown));
  BOOST_TEST(says(said, "postgresql host=127.0.0.1"), said);
  BOOST_TEST((commit(b) == commit_status::unknown));
  BOOST_CHECK_THROW(h.fetch(1, 9), store_unavailable);
  BOOST_CHECK_THROW((void)store.find_token(alpha, submit_token{1}), store_unavailable);
  BOOST_CHECK_THROW((void)store.load(beta, day_one), store_unavailable);
  proxy.heal();
  BOOST_TEST((commit(b) == commit_status::done));
  BOOST_TEST(is_older_than_the_connection());
  all_is_there();
}

BOOST_AUTO_TEST_CASE(a_commit_that_never_left_has_failed_and_goes_through_later) {
  BOOST_REQUIRE((commit(next()) == commit_status::done));
  proxy.refuse();
  BOOST_CHECK_THROW(h.fetch(1, 9), store_unavailable);
  const auto b = next();
  BOOST_TEST((commit(b) == commit_status::failed));
  proxy.heal();
  BOOST_TEST((commit(b) == commit_status::done));
  BOOST_TEST(!is_older_than_the_connection());
  all_is_there();
}

// A firewall that forgets us: no end of the connection, no refusal, nothing.
BOOST_AUTO_TEST_CASE(a_network_that_falls_silent_holds_nobody_up_for_ever) {
  BOOST_REQUIRE((commit(next()) == commit_status::done));
  const auto b = next();
  proxy.freeze();
  BOOST_TEST((commit(b) == commit_status::unknown));
  BOOST_TEST(says(said, "timeout"), said);
  BOOST_CHECK_THROW(h.fetch(1, 9), store_unavailable);
  proxy.heal();
  BOOST_TEST((commit(b) == commit_status::done));
  BOOST_TEST((commit(next()) == commit_status::done));
  all_is_there();
}

// The server has all of a statement but its last bytes, holds the lease's row, and waits: for ever, as far as it is concerned.
BOOST_AUTO_TEST_CASE(half_a_commit_does_not_hold_up_the_next_owner) {
  BOOST_REQUIRE((commit(next()) == commit_status::done));
  const auto before = proxy.passed(way::to_server);
  BOOST_REQUIRE((commit(next()) == commit_status::done));
  proxy.cut_after(way::to_server, proxy.passed(way::to_server) - before - 2, cutting_proxy::then::is_frozen);
  the_server().run("UPDATE " + schema + ".lease SET expires = clock_timestamp() + interval '1 second'");  // it can only expire, the row being locked
  const auto b = next();
  BOOST_TEST((commit(b) == commit_status::unknown));
  BOOST_TEST(the_server().ask("SELECT count(*) FROM pg_locks WHERE relation = '" + schema + ".lease'::regclass").at(0) != "0");
  the_server().run("SET lock_timeout = '100ms'; SELECT 1");
  BOOST_CHECK_THROW(the_server().run("SELECT * FROM " + schema + ".lease FOR UPDATE"), std::runtime_error);
  the_server().run("RESET lock_timeout");
  {
    postgres_store other{the_server().connection(), {.schema = schema}};
    hand of_other{other, alpha};
    BOOST_TEST(of_other.commit(of_other.next(record_kind::application, message(last + 1))).status == commit_status::done);
    ++last;
  }
  proxy.heal();
  BOOST_CHECK_THROW(commit(b), store_taken);
  all_is_there();
}

// What was sent on the old connection arrives after we have read back on a new one: it is told apart by its fencing token.
BOOST_AUTO_TEST_CASE(a_commit_that_comes_late_on_an_old_connection_changes_nothing) {
  BOOST_REQUIRE((commit(next()) == commit_status::done));
  const auto token = store.fencing_token();
  proxy.cut_after(way::to_server, 0);
  BOOST_REQUIRE((commit(next()) == commit_status::done));
  // As the one that was cut would do it, had it arrived now: the same statement with the token of its connection.
  postgres_address address{the_server().connection()};
  postgres_connection late{address, "late", {}};
  postgres_reader reader{schema};
  auto rows = reader.sessions(late);
  BOOST_REQUIRE(rows.size() == 1u);
  const auto b = next();
  postgres_group group;
  BOOST_REQUIRE(group.stage(rows[0], b).status == commit_status::done);
  const postgres_group_statements statements{schema};
  const auto outcome = group.store(late, statements, token);
  BOOST_TEST(outcome.is_fenced);
  BOOST_TEST(outcome.stored.empty());
  all_is_there();
  BOOST_TEST(group.store(late, statements, token + 1).stored.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_server_that_crashes_again_and_again_loses_nothing_that_was_acknowledged) {
  postgres_store direct{the_server().connection(), impatient(fresh_schema())};
  hand of_beta{direct, beta};
  std::atomic<std::uint64_t> acknowledged = 0, failures = 0;
  std::atomic<bool> is_enough = false;
  std::thread commits{[&] {
    for (int tries = 0; !is_enough && tries < 3000;) {
      const auto b = of_beta.next(record_kind::application, message(acknowledged + 1));
      commit_result result;
      while ((result = of_beta.commit(b)).status != commit_status::done && ++tries < 3000) {
        ++failures;
        ::poll(nullptr, 0, 10);
      }
      acknowledged += result.status == commit_status::done;
    }
  }};
  const auto has_come_on = [&](std::uint64_t by) {
    const auto goal = acknowledged + by;
    for (int waited = 0; acknowledged < goal && waited < 3000; ++waited) ::poll(nullptr, 0, 10);
    return acknowledged >= goal;
  };
  bool goes_on = has_come_on(50);
  for (int times = 0; times < 4; ++times) {
    the_server().restart_at_once();
    goes_on = goes_on && has_come_on(50);
  }
  is_enough = true;
  commits.join();
  BOOST_TEST(goes_on);
  BOOST_TEST(failures > 0u);
  const auto page = of_beta.fetch(1, 100'000, 100'000, 1 << 30);
  BOOST_TEST_REQUIRE(page.records.size() == acknowledged);
  for (const auto& r : page.records) BOOST_TEST_REQUIRE(r.frame == message(r.number.value));
}

BOOST_AUTO_TEST_SUITE_END()
