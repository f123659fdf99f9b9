// A PostgreSQL store is looked into beside its engine and behind it, and what is damaged in it is found, with its place.
#include "store/postgres_view.hpp"
#include "store/store_unavailable.hpp"
#include "store/verify.hpp"
#include "test/store/batches.hpp"
#include "test/store/cutting_proxy.hpp"
#include "test/store/fix_frames.hpp"
#include "test/store/looking.hpp"
#include "test/store/postgres_backend.hpp"
#include "test/store/store_file.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

using namespace troupe::test;

BOOST_TEST_DONT_PRINT_LOG_VALUE(troupe::store::commit_status)

namespace {

using lines = std::vector<std::string>;

struct lived {
  postgres_backend backend;
  std::string schema = backend.schema;

  lived() { live(backend.store()); }
  [[nodiscard]] store_settings place() const {
    store_settings s;
    s.kind = store_kind::postgres;
    s.connection = the_server().connection();
    s.schema = schema;
    return s;
  }
  [[nodiscard]] findings looked_at(bool is_in_use = false) const { return verified(*view_store(place()), is_in_use); }
  // {} is the schema.
  [[nodiscard]] findings after(std::string sql) const {
    for (auto at = sql.find("{}"); at != std::string::npos; at = sql.find("{}")) sql.replace(at, 2, schema);
    the_server().run(sql);
    return looked_at();
  }
};

std::string refusal(const store_settings& where) {
  try {
    (void)view_store(where);
  } catch (const store_error& e) {
    return e.what();
  }
  return "";
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(postgres_views, lived)

BOOST_AUTO_TEST_CASE(a_whole_store_is_whole_beside_its_engine_and_behind_it) {
  for (const bool is_in_use : {true, false}) {
    if (!is_in_use) backend.store_.reset();
    const auto f = looked_at(is_in_use);
    BOOST_TEST(f.is_complete);
    BOOST_TEST(f.brief() == lines{}, boost::test_tools::per_element());
    BOOST_TEST_REQUIRE(f.sessions.size() == 2u);
    BOOST_TEST(f.sessions[0].records == 72u);
    BOOST_TEST(f.sessions[1].records == 5u);
    BOOST_TEST(f.sessions[1].parked == 2u);
  }
}

// New numberings, messages that go, submits that come and go: none of it looks like damage.
BOOST_AUTO_TEST_CASE(beside_an_engine_that_is_busy_nothing_looks_damaged) {
  backend.store_.reset();
  backend.store_ = backend.open({.prune_slice = 20});
  std::atomic<bool> is_enough{false};
  std::atomic<unsigned> failed{0}, commits{0};
  std::thread engine{[&] {
    hand a{backend.store(), alpha}, b{backend.store(), beta};
    for (std::uint64_t n = 1; !is_enough; ++n) {
      auto one = b.empty();
      one.park.push_back({100 + n, submit_token{n}, day_one, {"D", "", "11=P\001"}});
      if (n > 10) one.unpark = {100 + n - 10};
      if (b.commit(one).status != commit_status::done || send_one(a) != commit_status::done) ++failed;
      if (n % 400 == 0 && begin_numbering(a) != commit_status::done) ++failed;
      commits += 2;
    }
  }};
  for (int times = 0; times < 40 || commits < 2'000; ++times) {
    const auto f = looked_at(true);
    BOOST_TEST(f.brief() == lines{}, boost::test_tools::per_element());
    if (!f.damages.empty()) break;
  }
  is_enough = true;
  engine.join();
  BOOST_TEST(failed == 0u);
  BOOST_TEST(looked_at().brief() == lines{}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(looking_leaves_the_lease_and_every_row_as_they_are) {
  const auto rows = [&] {
    lines all;
    for (const auto* table : {"lease", "session", "record", "parked"})
      for (const auto& row : the_server().ask("SELECT xmin, ctid, * FROM " + schema + "." + table)) all.push_back(row);
    return all;
  };
  backend.store_.reset();
  backend.store_ = backend.open({.lease = std::chrono::seconds{600}});  // nobody renews it meanwhile
  const auto before = rows();
  (void)looked_at(true);
  BOOST_TEST(rows() == before, boost::test_tools::per_element());
  hand a{backend.store(), alpha};
  BOOST_TEST(send_one(a) == commit_status::done);
}

BOOST_AUTO_TEST_CASE(its_owner_is_named_while_the_lease_is_alive) {
  const auto said = holder_of(place());
  BOOST_TEST_REQUIRE(said.has_value());
  BOOST_TEST(says(*said, "process " + std::to_string(::getpid()) + " on "), *said);
  BOOST_TEST(says(*said, ", whose lease ends in "), *said);
  backend.store_.reset();
  BOOST_TEST(!holder_of(place()).has_value());
  the_server().run("UPDATE " + schema + ".lease SET pid = 77, machine = 'another', host = 'venus', program = 'troupe', expires = clock_timestamp() + interval '1 hour'");
  BOOST_TEST((holder_of(place()) == "process 77 on venus (troupe), whose lease ends in 3600 s"));
}

BOOST_AUTO_TEST_CASE(who_may_only_read_may_look) {
  the_server().run("CREATE ROLE looker LOGIN; GRANT USAGE ON SCHEMA " + schema + " TO looker; GRANT SELECT ON ALL TABLES IN SCHEMA " + schema + " TO looker");
  auto where = place();
  where.connection.replace(where.connection.find("user=troupe"), 11, "user=looker");
  BOOST_TEST(verified(*view_store(where)).brief() == lines{}, boost::test_tools::per_element());
  BOOST_TEST(holder_of(where).has_value());
}

// ---------------------------------------------------------------- what is damaged

BOOST_AUTO_TEST_CASE(damaged_and_missing_rows_are_found) {
  const auto f = after(
      "UPDATE {}.record SET frame = frame || '\\x00' WHERE generation = 2 AND number IN (41, 42, 44);"
      "DELETE FROM {}.record WHERE generation = 2 AND number BETWEEN 10 AND 12;"
      "UPDATE {}.record SET token = 9 WHERE generation = 1 AND number = 7;"
      "UPDATE {}.parked SET body = 'x' WHERE place = 2;"
      "DELETE FROM {}.record WHERE generation = 2 AND number > 60");
  BOOST_TEST(f.brief() == (lines{"record-damaged ALPHA 1 7-7", "record-lost ALPHA 2 10-12", "record-damaged ALPHA 2 41-42", "record-damaged ALPHA 2 44-44", "record-lost ALPHA 2 61-61", "submit-damaged BETA"}),
             boost::test_tools::per_element());
  BOOST_TEST_REQUIRE(f.damages.size() == 6u);
  BOOST_TEST(f.damages[2].where == schema + ".record (session 1, generation 2, number 41)");
}

BOOST_AUTO_TEST_CASE(damaged_numbers_of_a_session_are_told_and_its_messages_looked_at_all_the_same) {
  const auto f = after("UPDATE {}.session SET next_sender = 3 WHERE id = 1; UPDATE {}.record SET crc = crc + 1 WHERE generation = 2 AND number = 50");
  BOOST_TEST(f.brief() == (lines{"session-numbers ALPHA", "record-damaged ALPHA 2 50-50"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(rows_of_nobody_are_found_in_each_table) {
  backend.store_.reset();
  const auto f = after("DELETE FROM {}.session WHERE id = 2; INSERT INTO {}.record SELECT n, 1, 1, 1, 1, 0, 0, '' FROM generate_series(100, 2200) AS n");
  BOOST_TEST(f.brief() == lines(2103, "orphans"), boost::test_tools::per_element());
  BOOST_TEST(f.damages.front().where == schema + ".record (session 2)");
  BOOST_TEST(f.damages.at(2101).where == schema + ".record (session 2200)");
  BOOST_TEST(f.damages.back().where == schema + ".parked (session 2)");
}

BOOST_AUTO_TEST_CASE(keys_and_indexes_that_are_missing_are_found_with_what_makes_them) {
  const auto f = after("ALTER TABLE {}.record DROP CONSTRAINT record_pkey; DROP INDEX {}.record_token; CREATE INDEX ON {}.record (session, generation, number);"
                       "CREATE UNIQUE INDEX renamed ON {}.parked (session, place); ALTER TABLE {}.parked DROP CONSTRAINT parked_pkey");
  BOOST_TEST(f.brief() == (lines{"key", "key"}), boost::test_tools::per_element());
  BOOST_TEST_REQUIRE(f.damages.size() == 2u);
  for (const auto& d : f.damages) {
    const std::string made_by = "It is made by ";
    const auto at = d.what.find(made_by);
    BOOST_TEST_REQUIRE(at != std::string::npos);
    the_server().run(d.what.substr(at + made_by.size()));
  }
  BOOST_TEST(looked_at().brief() == lines{}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_lease_that_is_gone_is_found) {
  backend.store_.reset();
  const auto f = after("DELETE FROM {}.lease");
  BOOST_TEST(f.brief() == lines{"lease"}, boost::test_tools::per_element());
  BOOST_TEST(!holder_of(place()).has_value());
}

// As a disk that gives back something else than it was given.
BOOST_AUTO_TEST_CASE(a_page_that_the_server_cannot_read_is_damage_and_the_other_sessions_are_looked_at) {
  for (int i = 0; i < 8; ++i) {  // so many that the server goes by the index
    hand h{backend.store(), {"FIX.4.2", "S" + std::to_string(i), "OMEGA", ""}};
    send_all(h, 300);
  }
  backend.store_.reset();
  auto& server = the_server();
  server.run("ANALYZE " + schema + ".record");
  const auto file = server.ask("SELECT current_setting('data_directory') || '/' || pg_relation_filepath('" + schema + ".record')").at(0);
  const auto page_of_alpha = server.ask("SELECT (ctid::text::point)[0] FROM " + schema + ".record WHERE session = 1 AND generation = 1 AND number = 5").at(0);
  server.run("CHECKPOINT");
  server.run("COPY (SELECT 1) TO PROGRAM 'head -c 8192 /dev/zero | tr ''\\0'' x | dd of=" + file + " bs=8192 seek=" + page_of_alpha + " conv=notrunc status=none'");
  server.restart_at_once();
  const auto f = looked_at();
  BOOST_TEST(f.brief() == (lines{"structure", "structure ALPHA"}), boost::test_tools::per_element());
  for (const auto& d : f.damages) BOOST_TEST(says(d.what, "invalid page in block " + page_of_alpha), d.what);
  BOOST_TEST(f.damages.front().where == schema + ".record");
  BOOST_TEST_REQUIRE(f.sessions.size() == 10u);
  BOOST_TEST(f.sessions[1].records == 5u);
}

BOOST_AUTO_TEST_CASE(pages_are_as_the_store_itself_gives_them) {
  const auto view = view_store(place());
  const auto all = view->sessions();
  BOOST_TEST_REQUIRE(all.size() == 2u);
  const auto page = view->fetch(all[0], numbering_generation{1}, seq_num{5}, seq_num{99}, 10, 1 << 20);
  BOOST_TEST(page.records.size() == 10u);
  BOOST_TEST(!page.is_last);
  BOOST_TEST(page.records.front().frame == fix_frame(alpha, 5));
  BOOST_TEST((view->numberings(all[0]) == std::vector{numbering_generation{1}, numbering_generation{2}}));
  const auto first = view->parked(all[1], 0, 1), second = view->parked(all[1], 1, 9);
  BOOST_TEST_REQUIRE((first.size() == 1u && second.size() == 1u));
  BOOST_TEST(first[0].token.value == 501u);
  BOOST_TEST(second[0].token.value == 502u);
}

// ---------------------------------------------------------------- what is no store, or cannot be had

BOOST_AUTO_TEST_CASE(what_is_no_store_is_said) {
  auto where = place();
  where.schema = fresh_schema();
  BOOST_CHECK_THROW((void)view_store(where), store_unbegun);
  BOOST_TEST(says(refusal(where), "schema " + where.schema + ": is not there, or empty. The engine makes it when it runs."), refusal(where));
  the_server().run("CREATE SCHEMA " + where.schema + "; CREATE TABLE " + where.schema + ".orders (x int)");
  BOOST_TEST(says(refusal(where), "belongs to another program"), refusal(where));
  the_server().run("UPDATE " + schema + ".format SET version = 99");
  BOOST_TEST(says(refusal(place()), "schema " + schema + ": store format 99, this program knows format 1"), refusal(place()));
  where.connection = "host=127.0.0.1 port=1 dbname=x user=y password=horse";
  BOOST_TEST(says(refusal(where), "Connection refused"), refusal(where));
  BOOST_TEST(!says(refusal(where), "horse"));
}

BOOST_AUTO_TEST_CASE(a_lost_connection_is_made_again_and_a_lost_server_is_no_damage) {
  cutting_proxy proxy{the_server().port()};
  postgres_view view{the_server().connection_by(proxy.port()), schema};
  proxy.cut_after(cutting_proxy::way::to_client, 300);
  BOOST_TEST(verified(view).brief() == lines{}, boost::test_tools::per_element());
  BOOST_TEST(proxy.has_cut());
  proxy.cut_after(cutting_proxy::way::to_client, 6000, cutting_proxy::then::refuses);
  BOOST_CHECK_THROW((void)verified(view), store_unavailable);
}

BOOST_AUTO_TEST_SUITE_END()
