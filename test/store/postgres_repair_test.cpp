// A PostgreSQL store is repaired as its plan says, or not at all: under the lease, in one transaction, and with a copy that is a store itself.
#include "store/postgres_view.hpp"
#include "store/repair.hpp"
#include "store/verify.hpp"
#include "test/store/batches.hpp"
#include "test/store/cutting_proxy.hpp"
#include "test/store/fix_frames.hpp"
#include "test/store/looking.hpp"
#include "test/store/postgres_backend.hpp"
#include "test/store/store_file.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>
#include <limits>
#include <map>
#include <string>
#include <vector>

using namespace troupe::test;

BOOST_TEST_DONT_PRINT_LOG_VALUE(troupe::store::commit_status)

namespace {

std::string refusal(const std::function<void()>& what) {
  try {
    what();
  } catch (const store_error& e) {
    return e.what();
  }
  return "";
}

repair_wishes with_lost_filled() { return {.fills_lost = true, .next_sender = {}, .next_target = {}}; }
repair_wishes next_target_of(std::uint64_t n) { return {.fills_lost = false, .next_sender = {}, .next_target = {{alpha, seq_num{n}}}}; }

// 1 to 20, of which 10 is administrative; tokens 1001 to 1020.
struct stopped {
  store_settings place;

  stopped() {
    place.kind = store_kind::postgres;
    place.connection = the_server().connection();
    place.schema = fresh_schema();
    const auto store = open();
    hand a{*store, alpha};
    send_all(a, 9);
    send_one(a, record_kind::administrative);
    send_all(a, 10);
  }

  [[nodiscard]] std::unique_ptr<postgres_store> open() const { return open(place.schema); }
  [[nodiscard]] static std::unique_ptr<postgres_store> open(const std::string& schema) {
    return std::make_unique<postgres_store>(the_server().connection(), postgres_options{.schema = schema, .kept_generations = std::numeric_limits<unsigned>::max()});
  }
  [[nodiscard]] std::string look(const std::string& what, const std::string& from) const { return the_server().ask("SELECT " + what + " FROM " + place.schema + "." + from).at(0); }
  void change(const std::string& table_and_rest) const { the_server().run("UPDATE " + place.schema + "." + table_and_rest); }
  void damage(std::uint64_t number) const { change("record SET frame = frame || '\\x00' WHERE number = " + std::to_string(number)); }

  [[nodiscard]] static findings looked_at(const store_settings& where) {
    auto f = verified(*view_store(where));
    BOOST_TEST(f.is_complete);
    return f;
  }
  [[nodiscard]] bool is_whole() const { return looked_at(place).damages.empty(); }
  [[nodiscard]] repair_plan planned(const repair_wishes& wishes) const {
    const auto view = view_store(place);
    auto sessions = view->sessions();
    return plan_repair({store_kind::postgres, *view, std::move(sessions), looked_at(place).damages}, wishes);
  }
  [[nodiscard]] std::string told(std::uint64_t begin, std::uint64_t end) const { return troupe::test::told(*view_store(place), begin, end); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(postgres_repair, stopped)

BOOST_AUTO_TEST_CASE(an_order_that_is_gap_filled_was_sent_all_the_same) {
  for (const auto n : {4, 5, 12}) damage(static_cast<std::uint64_t>(n));
  the_server().run("DELETE FROM " + place.schema + ".record WHERE number BETWEEN 7 AND 8");
  repair_postgres(place, planned(with_lost_filled()));
  BOOST_TEST(is_whole());
  BOOST_TEST(told(3, 12) == "3 application 1003, 4 administrative 1004, 5 administrative 1005, 6 application 1006, 7-8 skipped, 9 application 1009, 10 administrative, 11 application 1011, 12 administrative 1012");
  const auto store = open();
  for (std::uint64_t n = 1; n <= 20; ++n)
    if (n != 10 && n != 7 && n != 8) BOOST_TEST((store->find_token(alpha, submit_token{1000 + n}) == seq_num{n}), n);
}

BOOST_AUTO_TEST_CASE(damaged_numbers_are_set_and_the_store_opens_again) {
  change("session SET next_sender = 3, next_target = 4");
  BOOST_TEST(says(refusal([&] { (void)open(); }), "set them with `troupe repair-store`"));
  repair_postgres(place, planned(next_target_of(7)));
  BOOST_TEST(is_whole());
  const auto store = open();
  hand a{*store, alpha};
  BOOST_TEST(a.state().next_sender.value == 21u);
  BOOST_TEST(a.state().next_target.value == 7u);
  BOOST_TEST(send_one(a) == commit_status::done);
}

BOOST_AUTO_TEST_CASE(numbers_that_are_passed_over_are_gap_filled) {
  auto wishes = with_lost_filled();
  wishes.next_sender = {{alpha, seq_num{500}}};
  damage(12);
  repair_postgres(place, planned(wishes));
  BOOST_TEST(is_whole());
  BOOST_TEST(told(11, 600) == "11 application 1011, 12 administrative 1012, 13 application 1013, 14 application 1014, 15 application 1015, 16 application 1016, 17 application 1017, "
                              "18 application 1018, 19 application 1019, 20 application 1020, 21-499 skipped");
}

// ---------------------------------------------------------------- whose it is meanwhile

BOOST_AUTO_TEST_CASE(an_owner_is_named_and_nothing_is_changed) {
  damage(4);
  const auto plan = planned(with_lost_filled());
  const auto store = open();
  const auto said = refusal([&] { repair_postgres(place, plan); });
  BOOST_TEST(says(said, "schema " + place.schema + ": in use by process " + std::to_string(::getpid())), said);
  const auto of_copy = refusal([&] { (void)copy_postgres(place); });
  BOOST_TEST(says(of_copy, "in use by process"), of_copy);
  BOOST_TEST(!says(of_copy, "--no-copy"), of_copy);
  BOOST_TEST(told(4, 4) == "4 damaged 1004");
}

BOOST_AUTO_TEST_CASE(the_fencing_token_grows_and_the_next_engine_waits_for_nobody) {
  const auto before = std::stoull(look("fencing_token", "lease"));
  repair_postgres(place, planned(next_target_of(9)));
  BOOST_TEST(std::stoull(look("fencing_token", "lease")) == before + 1);
  change("lease SET machine = 'another'");  // its process cannot be looked for
  BOOST_TEST(refusal([&] { (void)open(); }) == "");
}

BOOST_AUTO_TEST_CASE(a_store_that_was_used_since_the_plan_was_made_is_left_as_it_is) {
  damage(4);
  const auto plan = planned({.fills_lost = true, .next_sender = {{alpha, seq_num{22}}}, .next_target = {}});
  {
    const auto store = open();
    hand a{*store, alpha};
    send_all(a, 30);
  }
  const auto before = told(1, 100);
  BOOST_TEST(says(refusal([&] { repair_postgres(place, plan); }), "it was used since the plan was made. Make a new plan"));
  BOOST_TEST(told(1, 100) == before);
}

// As a database that is away at any moment of it: all of it, or nothing.
BOOST_AUTO_TEST_CASE(cut_off_after_any_byte_it_is_as_it_was_or_as_it_should_be) {
  damage(4);
  damage(12);
  auto wishes = with_lost_filled();
  wishes.next_target = {{alpha, seq_num{30}}};
  const auto plan = planned(wishes);
  const auto damaged = told(1, 20);
  the_server().run("CREATE TABLE kept AS SELECT * FROM " + place.schema + ".record; CREATE TABLE kept_session AS SELECT * FROM " + place.schema + ".session");
  const auto put_back = [&] {
    the_server().run("DELETE FROM " + place.schema + ".record; INSERT INTO " + place.schema + ".record SELECT * FROM kept;"
                     "UPDATE " + place.schema + ".session AS s SET next_target = k.next_target, crc = k.crc FROM kept_session AS k WHERE k.id = s.id");
  };
  cutting_proxy proxy{the_server().port()};
  auto through = place;
  through.connection = the_server().connection_by(proxy.port());
  repair_postgres(through, plan);
  const std::map<cutting_proxy::way, std::size_t> all{{cutting_proxy::way::to_server, proxy.passed(cutting_proxy::way::to_server)},
                                                      {cutting_proxy::way::to_client, proxy.passed(cutting_proxy::way::to_client)}};
  const auto repaired = told(1, 20);
  BOOST_TEST_REQUIRE(repaired != damaged);
  put_back();
  std::size_t as_it_was = 0, as_it_should_be = 0, not_known = 0;
  for (const auto& [which, passed] : all)
    for (std::size_t bytes = 40; bytes < passed; bytes += bytes + 600 > passed ? 5 : 59) {
      proxy.heal();
      proxy.cut_after(which, bytes, cutting_proxy::then::refuses);
      const auto said = refusal([&] { repair_postgres(through, plan); });
      // What was under way is over: the next owner ends the server's process that had it.
      (void)open();
      const auto now = told(1, 20);
      const bool is_done = look("next_target", "session") == "30";
      BOOST_TEST_REQUIRE(now == (is_done ? repaired : damaged), bytes << " bytes: " << said);
      if (says(said, "and is as it was")) BOOST_TEST(!is_done, bytes << " bytes: " << said);
      if (said.empty()) BOOST_TEST(is_done);
      not_known += says(said, "it is not known whether it was repaired") ? 1 : 0;
      ++(is_done ? as_it_should_be : as_it_was);
      put_back();
      the_server().run("UPDATE " + place.schema + ".session AS s SET incarnation = k.incarnation, last_commit = k.last_commit FROM kept_session AS k WHERE k.id = s.id");
    }
  BOOST_TEST_MESSAGE(as_it_was << " as it was, " << as_it_should_be << " as it should be, " << not_known << " not known");
  BOOST_TEST(as_it_was > 0u);
  BOOST_TEST(as_it_should_be > 0u);
  BOOST_TEST(not_known > 0u);
  the_server().run("DROP TABLE kept, kept_session");
}

// ---------------------------------------------------------------- the copy

BOOST_AUTO_TEST_CASE(a_copy_is_a_store_with_all_that_was_there_the_damage_too) {
  {
    const auto store = open();
    hand a{*store, alpha}, b{*store, beta};
    park_one(a, 1, 501);
    send_all(b, 3);
  }
  damage(4);
  const auto copied = copy_postgres(place);
  BOOST_TEST(copied == place.schema + "_before_repair");
  for (const auto* table : {"session", "record", "parked", "format"})
    BOOST_TEST(the_server().ask("SELECT t FROM " + place.schema + "." + table + " AS t ORDER BY t") == the_server().ask("SELECT t FROM " + copied + "." + table + " AS t ORDER BY t"), boost::test_tools::per_element());
  auto there = place;
  there.schema = copied;
  BOOST_TEST(looked_at(there).damages.size() == 1u);
  BOOST_TEST(!holder_of(place).has_value());
  const auto store = open(copied);
  hand a{*store, alpha}, c{*store, {"FIX.4.2", "GAMMA", "OMEGA", ""}};
  BOOST_TEST(send_one(a) == commit_status::done);
  BOOST_TEST(send_one(c) == commit_status::done);  // a new session, behind those that were copied
  BOOST_TEST(copy_postgres(place) == place.schema + "_before_repair_2");
}

BOOST_AUTO_TEST_CASE(a_long_name_and_one_with_quotes_have_a_copy_of_their_own) {
  const std::string umlaut(26, 'x');
  for (const std::string& schema : {std::string(63, 'y'), umlaut + "\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC", std::string{"it's \"mine\""}}) {
    (void)open(schema);
    auto where = place;
    where.schema = schema;
    const auto copied = copy_postgres(where);
    BOOST_TEST(copied.size() <= 63u);
    BOOST_TEST(copied != schema);
    BOOST_TEST(refusal([&] { (void)open(copied); }) == "", copied);
  }
}

BOOST_AUTO_TEST_CASE(who_may_make_no_schema_is_told_and_nothing_is_changed) {
  the_server().run("CREATE ROLE modest LOGIN; GRANT USAGE ON SCHEMA " + place.schema + " TO modest; GRANT ALL ON ALL TABLES IN SCHEMA " + place.schema + " TO modest");
  auto where = place;
  where.connection.replace(where.connection.find("user=troupe"), 11, "user=modest");
  const auto said = refusal([&] { (void)copy_postgres(where); });
  BOOST_TEST(says(said, "cannot be copied: permission denied for database postgres"), said);
  BOOST_TEST(says(said, "pg_dump -n '\"" + place.schema + "\"', and say --no-copy."), said);
  repair_postgres(where, planned(next_target_of(9)));
  BOOST_TEST(look("next_target", "session") == "9");
}

BOOST_AUTO_TEST_SUITE_END()
