// What only a database can do: be somebody else's, be of another version, be looked into, be damaged by hand, ask for a password.
#include "store/open_store.hpp"
#include "store/postgres_address.hpp"
#include "store/store_unavailable.hpp"
#include "test/store/batches.hpp"
#include "test/store/postgres_backend.hpp"
#include "test/store/store_file.hpp"
#include "test/support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>

using namespace troupe::test;

BOOST_TEST_DONT_PRINT_LOG_VALUE(troupe::store::commit_status)

namespace {

// What opening this says.
std::string refusal(const std::string& connection, const std::string& schema = fresh_schema()) {
  try {
    postgres_store store{connection, {.schema = schema}};
  } catch (const store_error& e) {
    return e.what();
  }
  return "";
}

std::string refusal_of(const std::string& schema) { return refusal(the_server().connection(), schema); }

}  // namespace

BOOST_AUTO_TEST_SUITE(postgres_schema)

BOOST_AUTO_TEST_CASE(a_connection_string_that_cannot_be_read_is_refused_without_a_word_of_it) {
  for (const std::string text : {"host=db1 password=horse battery", "postgresql://troupe:horse@db1:fi%ve/x?battery", "nonsense horse", "hosst=horse"}) {
    const auto said = refusal(text);
    BOOST_TEST(says(said, "cannot be read"), said);
    BOOST_TEST(says(said, "postgresql://troupe@db1:5432/fix"), said);
    BOOST_TEST(!says(said, "horse"), said);
    BOOST_TEST(!says(said, "battery"), said);
  }
}

BOOST_AUTO_TEST_CASE(a_password_is_shown_nowhere) {
  the_server().run("CREATE ROLE guarded LOGIN PASSWORD 'horse'");
  const std::string place = "host=127.0.0.1 port=" + std::to_string(the_server().port()) + " dbname=postgres user=guarded";
  const auto said = refusal(place + " password=battery");
  BOOST_TEST(says(said, "password authentication failed for user \"guarded\""), said);
  BOOST_TEST(says(said, place), said);
  BOOST_TEST(!says(said, "battery"), said);
  BOOST_TEST(says(refusal(place + " password=horse"), "permission denied"), "it got in, and may make no schema");
  BOOST_TEST(postgres_address{place + " password=battery"}.masked("what battery is this?\n") == "what *** is this?");
  the_server().run("CREATE SCHEMA of_guarded AUTHORIZATION guarded");
  const postgres_store store{place + " password=horse", {.schema = "of_guarded"}};
  BOOST_TEST(store.describe() == "postgresql " + place + " schema of_guarded (power)");
}

BOOST_AUTO_TEST_CASE(a_server_that_is_not_there_is_named) {
  const auto said = refusal("host=127.0.0.1 port=1 dbname=x user=y");
  BOOST_TEST(says(said, "postgresql host=127.0.0.1 port=1 dbname=x user=y"), said);
  BOOST_TEST(says(said, "Connection refused"), said);
  BOOST_TEST(says(said, "Look at the connection string, the server and the network"), said);
  BOOST_TEST(says(refusal("host=" + the_server().connection().substr(5, the_server().connection().find(' ') - 5) + " port=" + std::to_string(the_server().port()) + " user=troupe dbname=none"),
                  "database \"none\" does not exist"));
}

BOOST_AUTO_TEST_CASE(another_version_and_another_program_are_refused_and_nothing_is_changed) {
  const auto newer = fresh_schema(), older = fresh_schema(), other = fresh_schema(), alike = fresh_schema(), empty = fresh_schema();
  for (const auto& schema : {newer, older}) BOOST_TEST(refusal_of(schema) == "");
  the_server().run("UPDATE " + newer + ".format SET version = 99");
  the_server().run("UPDATE " + older + ".format SET version = 0");
  BOOST_TEST(says(refusal_of(newer), "store format 99, this program knows format 1. Use the version of troupe that wrote it"), refusal_of(newer));
  BOOST_TEST(says(refusal_of(older), "store format 0"), refusal_of(older));
  the_server().run("CREATE SCHEMA " + other + "; CREATE TABLE " + other + ".orders (x int)");
  the_server().run("CREATE SCHEMA " + alike + "; CREATE TABLE " + alike + ".format (x int)");
  BOOST_TEST(says(refusal_of(other), "belongs to another program (it has a table `orders`). Name another one: StoreSchema"), refusal_of(other));
  BOOST_TEST(says(refusal_of(alike), "belongs to another program"), refusal_of(alike));
  BOOST_TEST(the_server().ask("SELECT count(*) FROM pg_class WHERE relnamespace = '" + other + "'::regnamespace").at(0) == "1");
  the_server().run("CREATE SCHEMA " + empty);  // made by the administrator, for a user who may not
  BOOST_TEST(refusal_of(empty) == "");
}

BOOST_AUTO_TEST_CASE(a_name_of_a_schema_may_be_anything) {
  for (const std::string name : {"Of \"quotes\"; DROP", "with'one", "UPPER"}) {
    const auto said = refusal_of(name);
    BOOST_TEST(said == "", said);
    BOOST_TEST(the_server().ask("SELECT count(*) FROM pg_namespace WHERE nspname = $x$" + name + "$x$").at(0) == "1");
  }
}

BOOST_AUTO_TEST_CASE(psql_shows_what_is_there) {
  using namespace std::string_view_literals;
  postgres_backend backend;
  hand h{backend.store(), {"FIX.4.2", "ALPH\xC4", "OMEGA", "q"}};
  h.commit(h.next(record_kind::application, "8=FIX.4.2\00135=D\00158=Z\xC3\xBCrich\00110=000\001", submit_token{7}));
  h.commit(h.next(record_kind::administrative, "8=FIX.4.2\00196=a\0b\377\00110=1\001"sv));
  auto b = h.empty();
  b.park = {{1, submit_token{9}, day_one, {"D", "115=F\001", "11=A\001"}}};
  h.commit(b);
  const auto look = [&](const std::string& what, const std::string& from) { return the_server().ask("SELECT " + what + " FROM " + backend.schema + "." + from); };
  BOOST_TEST(look("session, next_sender, next_target, generation, incarnation, created_utc, reset", "sessions").at(0) ==
             "FIX.4.2:ALPH\\304->OMEGA:q|3|1|1|1|2023-11-14 22:13:20|");
  BOOST_TEST(look("*", "messages").at(0) == "ALPH\\304->OMEGA|1|1|application|7|8=FIX.4.2|35=D|58=Z\xC3\xBCrich|10=000|");
  BOOST_TEST(look("kind, token, message", "messages").at(1) == "administrative||8=FIX.4.2|96=a\\000b\\377|10=1|");
  BOOST_TEST(look("*", "waiting").at(0) == "ALPH\\304->OMEGA|1|9|2023-11-14 22:13:20|35=D|115=F|11=A|");
  BOOST_TEST(look("pid, is_alive", "owner").at(0) == std::to_string(::getpid()) + "|t");
  backend.store_.reset();
  BOOST_TEST(look("is_alive", "owner").at(0) == "f");
}

BOOST_AUTO_TEST_CASE(durability_is_what_the_connection_asks_the_server_for) {
  const auto asked_for = [](durability d) {
    postgres_backend backend;
    backend.store_.reset();
    backend.store_ = backend.open({.durability = d});
    // Only the connection itself knows what it is set to: a default of the table tells us.
    the_server().run("ALTER TABLE " + backend.schema + ".record ADD seen text DEFAULT current_setting('synchronous_commit')");
    hand h{backend.store(), alpha};
    BOOST_TEST(h.commit(h.next()).status == commit_status::done);
    return the_server().ask("SELECT seen FROM " + backend.schema + ".record").at(0);
  };
  BOOST_TEST(asked_for(durability::power) == "on");
  BOOST_TEST(asked_for(durability::process) == "off");
}

BOOST_AUTO_TEST_CASE(a_server_that_does_not_wait_for_its_disk_is_a_finding_where_power_is_asked_for) {
  postgres_backend backend;
  BOOST_REQUIRE(backend.store().findings().size() == 1u);
  BOOST_TEST(says(backend.store().findings()[0], "fsync = off"));
  postgres_process_backend relaxed;
  BOOST_TEST(relaxed.store().findings().empty());
}

BOOST_AUTO_TEST_CASE(open_store_knows_it) {
  const auto schema = fresh_schema();
  store_settings settings{.kind = store_kind::postgres, .durability = durability::power};
  BOOST_CHECK_THROW((void)open_store(settings), store_error);
  settings.connection = the_server().connection();
  settings.schema = schema;
  const auto store = open_store(settings);
  BOOST_TEST(store->is_blocking());
  BOOST_TEST(says(store->describe(), "schema " + schema + " (power)"), store->describe());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(postgres_records)

// A damaged range must not make its neighbours look covered, nor a foreign row pass as ours.
BOOST_AUTO_TEST_CASE(a_damaged_record_is_never_sent_and_hides_nothing) {
  postgres_backend backend;
  hand a{backend.store(), alpha};
  hand b{backend.store(), beta};
  for (std::uint64_t n = 1; n <= 4; ++n) a.commit(a.next(record_kind::application, message(n)));
  b.commit(b.next(record_kind::application, message(1)));
  const auto record = "UPDATE " + backend.schema + ".record SET ";
  the_server().run(record + "frame = set_byte(frame, 12, 65) WHERE session = 1 AND number = 2");
  the_server().run(record + "last = 999 WHERE session = 1 AND number = 3");
  the_server().run(record + "kind = 257 WHERE session = 1 AND number = 4");  // its low byte is that of an application message
  the_server().run(record + "session = 1, number = 9 WHERE session = 2");
  const auto page = a.fetch(1, 9);
  BOOST_REQUIRE(page.records.size() == 5u);
  BOOST_TEST(page.records[0].frame == message(1));
  for (std::size_t i = 1; i < 5; ++i) {
    BOOST_TEST(page.records[i].is_damaged, "record " << i);
    BOOST_TEST(page.records[i].frame.empty());
    BOOST_TEST(page.records[i].last.value == page.records[i].number.value);
  }
}

BOOST_AUTO_TEST_CASE(a_damaged_parked_submit_is_marked) {
  postgres_backend backend;
  hand h{backend.store(), alpha};
  auto b = h.empty();
  b.park = {{1, submit_token{9}, day_one, {"D", "", "11=A\001"}}, {2, submit_token{10}, day_one, {"D", "", "11=B\001"}}};
  h.commit(b);
  the_server().run("UPDATE " + backend.schema + ".parked SET body = '11=X' WHERE place = 1");
  the_server().run("UPDATE " + backend.schema + ".parked SET token = 11 WHERE place = 2");
  h.load();
  BOOST_REQUIRE(h.state().parked.size() == 2u);
  BOOST_TEST(h.state().parked[0].is_damaged);
  BOOST_TEST(h.state().parked[0].token.value == 9u);  // whose loss it is can be told
  BOOST_TEST(h.state().parked[1].is_damaged);
  BOOST_TEST(h.state().parked[1].token.value == 0u);
}

BOOST_AUTO_TEST_CASE(damaged_numbers_refuse_to_open) {
  postgres_backend backend;
  hand h{backend.store(), alpha};
  h.commit(h.next());
  backend.store_.reset();
  the_server().run("UPDATE " + backend.schema + ".session SET next_sender = 1");
  const auto said = refusal_of(backend.schema);
  BOOST_TEST(says(said, "the numbers of session FIX.4.2:ALPHA->OMEGA are damaged (next_sender 1"), said);
  BOOST_TEST(says(said, "restore the database from a copy"), said);
}

BOOST_AUTO_TEST_CASE(one_batch_that_cannot_be_stored_holds_up_nobody) {
  postgres_backend backend;
  hand a{backend.store(), alpha};
  hand b{backend.store(), beta};
  a.commit(a.next());
  auto bad = a.next();
  bad.records[0].number = bad.records[0].last = seq_num{1};  // a number that is stored already
  const auto good = b.next();
  const std::array items{session_batch{&alpha, &bad}, session_batch{&beta, &good}};
  std::array<commit_result, 2> results;
  backend.store().commit(items, results);
  BOOST_TEST(results[0].status == commit_status::failed);
  BOOST_TEST(says(results[0].reason, "duplicate key"), results[0].reason);
  BOOST_TEST(results[1].status == commit_status::done);
  BOOST_TEST(a.commit(a.next()).status == commit_status::done);
}

// The database knows better than what we remember: by hand, or from a copy that was restored under us.
BOOST_AUTO_TEST_CASE(numbers_that_somebody_else_changed_are_not_written_over) {
  postgres_backend backend;
  hand a{backend.store(), alpha};
  hand b{backend.store(), beta};
  a.commit(a.next());
  the_server().run("UPDATE " + backend.schema + ".session SET last_commit = 0, next_sender = 1, crc = (SELECT crc FROM " + backend.schema +
                   ".session WHERE id = 2) WHERE id = 1");
  const auto of_a = a.next(), of_b = b.next();
  const std::array items{session_batch{&alpha, &of_a}, session_batch{&beta, &of_b}};
  std::array<commit_result, 2> results;
  try {
    backend.store().commit(items, results);
    BOOST_TEST(false, "the numbers are damaged, too");
  } catch (const store_error& e) {
    BOOST_TEST(says(e.what(), "damaged"), e.what());
  }
  BOOST_TEST(the_server().ask("SELECT count(*) FROM " + backend.schema + ".record WHERE session = 1").at(0) == "1");
  BOOST_TEST(the_server().ask("SELECT count(*) FROM " + backend.schema + ".record WHERE session = 2").at(0) == "1");
}

BOOST_AUTO_TEST_CASE(a_session_that_somebody_removed_is_refused_and_the_others_are_stored) {
  postgres_backend backend;
  hand a{backend.store(), alpha};
  hand b{backend.store(), beta};
  the_server().run("DELETE FROM " + backend.schema + ".session WHERE id = 1");
  const auto of_a = a.next(), of_b = b.next();
  const std::array items{session_batch{&alpha, &of_a}, session_batch{&beta, &of_b}};
  std::array<commit_result, 2> results;
  backend.store().commit(items, results);
  BOOST_TEST(results[0].status == commit_status::wrong_incarnation);
  BOOST_TEST(results[1].status == commit_status::done);
  BOOST_TEST(the_server().ask("SELECT count(*) FROM " + backend.schema + ".record WHERE session = 1").at(0) == "0");
}

BOOST_AUTO_TEST_CASE(old_numberings_go_bit_by_bit) {
  postgres_backend backend;
  backend.store_.reset();
  backend.store_ = backend.open({.prune_slice = 64});
  hand h{backend.store(), alpha};
  for (int i = 0; i < 300; ++i) h.commit(h.next());
  h.commit(h.new_numbering());
  for (int i = 0; i < 10; ++i) h.commit(h.next());
  h.commit(h.new_numbering());
  const auto left = [&](int generation) {
    return std::stoi(the_server().ask("SELECT count(*) FROM " + backend.schema + ".record WHERE generation = " + std::to_string(generation)).at(0));
  };
  BOOST_TEST(left(1) > 200);
  for (int i = 0; i < 10; ++i) h.commit(h.next());
  BOOST_TEST(left(1) == 0);
  BOOST_TEST(left(2) == 10);
  BOOST_TEST(left(3) == 10);
}

BOOST_AUTO_TEST_CASE(numberings_go_into_an_archive_first) {
  temp_folder folder;
  const auto schema = fresh_schema();
  store_settings settings;
  settings.kind = store_kind::postgres;
  settings.connection = the_server().connection();
  settings.schema = schema;
  settings.keep = {.numberings = 1, .archive = folder.file("archive")};
  const auto store = open_store(settings);
  hand h{*store, alpha};
  for (int day = 0; day < 4; ++day) {
    for (int i = 0; i < 70; ++i) BOOST_REQUIRE((h.commit(h.next(record_kind::application, message(h.state().next_sender.value))).status == commit_status::done));
    BOOST_REQUIRE((h.commit(h.new_numbering()).status == commit_status::done));
  }
  for (int i = 0; i < 1000 && store->finished(alpha).size() > 1; ++i) BOOST_REQUIRE((h.commit(h.next()).status == commit_status::done));
  const auto kept = store->finished(alpha);
  BOOST_REQUIRE(kept.size() == 1u);
  BOOST_TEST(kept[0].generation.value == 4u);
  BOOST_TEST(kept[0].last.value == 70u);
  std::set<std::string> numberings;
  for (const auto& entry : std::filesystem::directory_iterator{folder.file("archive")}) {
    const auto name = entry.path().filename().string();
    BOOST_TEST(name.starts_with("FIX.4.2-ALPHA-OMEGA."), name);
    numberings.insert(name.substr(name.size() - std::string{"1.70.fix"}.size()));
    const auto text = read_file(entry.path().string());
    BOOST_TEST(std::count(text.begin(), text.end(), '\n') == 70, name);
    BOOST_TEST(says(text, message(70)), name);
  }
  const std::set<std::string> expected{"1.70.fix", "2.70.fix", "3.70.fix"};
  BOOST_TEST(numberings == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_commit_of_many_sessions_is_one_round_trip) {
  postgres_backend backend;
  backend.store_.reset();
  backend.store_ = backend.open({.lease = std::chrono::seconds{600}});  // nobody renews it meanwhile
  std::vector<hand> hands;
  std::vector<session_id> ids;
  ids.reserve(200);
  hands.reserve(200);
  for (int i = 0; i < 200; ++i) ids.push_back({"FIX.4.2", "S" + std::to_string(i), "OMEGA", ""});
  for (const auto& id : ids) hands.emplace_back(backend.store(), id);
  std::vector<commit_batch> batches;
  batches.reserve(200);
  for (auto& h : hands) batches.push_back(h.next(record_kind::application, message(1)));
  std::vector<session_batch> items;
  items.reserve(200);
  for (std::size_t i = 0; i < ids.size(); ++i) items.push_back({&ids[i], &batches[i]});
  std::vector<commit_result> results(ids.size());
  const auto committed = [&] { return std::stoll(the_server().ask("SELECT pg_current_xact_id()::text::bigint").at(0)); };
  const auto before = committed();
  backend.store().commit(items, results);
  BOOST_TEST(committed() - before == 2);  // its own, and that of asking again
  for (const auto& r : results) BOOST_TEST_REQUIRE((r.status == commit_status::done));
  BOOST_TEST(the_server().ask("SELECT count(*) FROM " + backend.schema + ".record").at(0) == "200");
}

BOOST_AUTO_TEST_CASE(every_acknowledged_commit_survives_a_kill) {
  const auto schema = fresh_schema();
  (void)the_server();  // started by us, not by a child that is killed
  kill_while_it_commits([&] { return std::make_unique<postgres_store>(the_server().connection(), postgres_options{.durability = durability::process, .schema = schema}); }, 5);
}

BOOST_AUTO_TEST_SUITE_END()
