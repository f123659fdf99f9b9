// What only a file can do: be full, be somebody else's, be damaged, be left behind by a kill.
#include "store/crc32c.hpp"
#include "store/open_store.hpp"
#include "store/record_check.hpp"
#include "store/session_row.hpp"
#include "store/sqlite_pages.hpp"
#include "store/sqlite_store.hpp"
#include "store/sqlite_view.hpp"
#include "store/store_unavailable.hpp"
#include "test/store/backends.hpp"
#include "test/store/batches.hpp"
#include "test/store/store_file.hpp"
#include "test/support/sanitized.hpp"

#include <boost/test/unit_test.hpp>
#include <csignal>
#include <fstream>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace troupe::test;

BOOST_TEST_DONT_PRINT_LOG_VALUE(troupe::store::commit_status)

namespace {

// What opening this path says.
std::string refusal(const std::string& path) {
  try {
    sqlite_store store{path};
  } catch (const store_error& e) {
    return e.what();
  }
  return "";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(sqlite)

BOOST_AUTO_TEST_CASE(checksums_are_those_of_the_standard) {
  BOOST_TEST(crc32c("123456789") == 0xE3069283u);
  BOOST_TEST(crc32c_by_table("123456789") == 0xE3069283u);
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    BOOST_TEST(crc32c(bytes) == crc32c_by_table(bytes));
    BOOST_TEST(crc32c(bytes.substr(bytes.size() / 3), crc32c(bytes.substr(0, bytes.size() / 3))) == crc32c(bytes));
    const auto seed = static_cast<std::uint32_t>(i) * 0x9E3779B9u;
    BOOST_TEST(crc32c_seed(bytes, crc32c(bytes, seed)) == seed);
    bytes.push_back(static_cast<char>(i * 7));
  }
}

BOOST_AUTO_TEST_CASE(a_second_owner_is_refused_and_told_who_the_first_is) {
  sqlite_backend backend;
  const auto text = refusal(backend.path());
  BOOST_TEST(says(text, "in use by process " + std::to_string(::getpid())), text);
  BOOST_TEST(says(text, backend.path()), text);
}

BOOST_AUTO_TEST_CASE(a_second_process_is_refused_and_a_killed_owner_is_no_owner) {
  temp_folder folder;
  const auto path = folder.file("store.db");
  int ready[2];
  BOOST_REQUIRE(::pipe(ready) == 0);
  const pid_t child = fork_child([&] {
    sqlite_store store{path};
    if (::write(ready[1], "x", 1) != 1) ::_exit(4);
    for (;;) ::pause();
  });
  char byte;
  BOOST_REQUIRE(::read(ready[0], &byte, 1) == 1);
  const auto text = refusal(path);
  BOOST_TEST(says(text, "in use by process " + std::to_string(child)), text);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  BOOST_TEST(refusal(path) == "");
  ::close(ready[0]);
  ::close(ready[1]);
}

BOOST_AUTO_TEST_CASE(wrong_paths_and_files_are_named_with_what_to_do) {
  temp_folder folder;
  BOOST_TEST(says(refusal(folder.file("none/store.db")), "mkdir -p"));
  BOOST_TEST(says(refusal(folder.path().string()), "is a folder"));
  write_file(folder.file("text.db"), std::string(8192, 'x'));
  BOOST_TEST(says(refusal(folder.file("text.db")), "not a SQLite file"));
  {
    sqlite_connection other{folder.file("other.db"), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE};
    other.run("CREATE TABLE t (x)");
  }
  BOOST_TEST(says(refusal(folder.file("other.db")), "another program"));
  { sqlite_store store{folder.file("new.db")}; }
  {
    sqlite_connection newer{folder.file("new.db"), SQLITE_OPEN_READWRITE};
    newer.run("PRAGMA user_version = 99");
  }
  BOOST_TEST(says(refusal(folder.file("new.db")), "format 99"));
}

// What programs of formats 1 and 2 have left: messages by number, numbers in the session's row alone. The second numbering of three.
void leave_old_file(const std::string& path, int format, int messages) {
  sqlite_connection old{path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE};
  old.run(
      "PRAGMA journal_mode = WAL;"
      "CREATE TABLE session (id INTEGER PRIMARY KEY, begin_string TEXT NOT NULL, sender_comp_id TEXT NOT NULL, target_comp_id TEXT NOT NULL, qualifier TEXT NOT NULL,"
      " incarnation INTEGER NOT NULL, last_commit INTEGER NOT NULL, generation INTEGER NOT NULL, next_sender INTEGER NOT NULL, next_target INTEGER NOT NULL,"
      " creation_time INTEGER NOT NULL, is_reset_pending INTEGER NOT NULL, crc INTEGER NOT NULL, UNIQUE (begin_string, sender_comp_id, target_comp_id, qualifier));"
      "CREATE TABLE record (session INTEGER NOT NULL, generation INTEGER NOT NULL, number INTEGER NOT NULL, last INTEGER NOT NULL, kind INTEGER NOT NULL, token INTEGER NOT NULL,"
      " crc INTEGER NOT NULL, frame BLOB NOT NULL, PRIMARY KEY (session, generation, number)) WITHOUT ROWID;"
      "CREATE INDEX record_token ON record (session, generation, token) WHERE token <> 0;"
      "CREATE VIEW sessions AS SELECT 'of an older program' AS session FROM session;"
      "CREATE VIEW messages AS SELECT number FROM record; PRAGMA application_id = 1414680645");
  if (format == 2)
    old.run(
        "ALTER TABLE session ADD COLUMN is_cancel_owed INTEGER NOT NULL DEFAULT 0;"
        "CREATE TABLE parked (session INTEGER NOT NULL, place INTEGER NOT NULL, token INTEGER NOT NULL, since INTEGER NOT NULL, crc INTEGER NOT NULL, msg_type TEXT NOT NULL,"
        " header BLOB NOT NULL, body BLOB NOT NULL, PRIMARY KEY (session, place)) WITHOUT ROWID;"
        "CREATE INDEX parked_token ON parked (session, token) WHERE token <> 0; CREATE VIEW waiting AS SELECT place FROM parked");
  old.run(("PRAGMA user_version = " + std::to_string(format)).c_str());
  for (std::uint64_t id = 1; const auto& who : {alpha, beta}) {
    session_row row;
    row.id = who;
    row.name_check = crc32c(to_string(who));
    row.state.incarnation = session_incarnation{3};
    row.state.generation = numbering_generation{2};
    row.state.next_sender = seq_num{static_cast<std::uint64_t>(messages) + 1};
    row.state.next_target = seq_num{77};
    row.state.creation_time = day_one;
    sqlite_statement session{old,
                             "INSERT INTO session (id, begin_string, sender_comp_id, target_comp_id, qualifier, incarnation, last_commit, generation, next_sender, next_target, creation_time, "
                             "is_reset_pending, crc) VALUES (?, ?, ?, ?, ?, 3, 0, 2, ?, 77, ?, 0, ?)"};
    session.use(id, who.begin_string, who.sender_comp_id, who.target_comp_id, who.qualifier, row.state.next_sender.value, nanoseconds(day_one), std::uint64_t{row_check(row)}).done();
    sqlite_statement put{old, "INSERT INTO record (session, generation, number, last, kind, token, crc, frame) VALUES (?, ?, ?, ?, 1, ?, ?, ?)"};
    for (const std::uint64_t generation : {1, 2})
      for (std::uint64_t n = 1; n <= static_cast<std::uint64_t>(messages); ++n) {
        const auto frame = message(n) + std::to_string(id) + std::to_string(generation);
        const auto check = record_check(row.name_check, numbering_generation{generation}, seq_num{n}, seq_num{n}, record_kind::application, submit_token{generation * 1000 + n}, frame);
        put.use(id, generation, n, n, generation * 1000 + n, std::uint64_t{check}, sqlite_statement::blob{frame}).done();
      }
    ++id;
  }
}

BOOST_AUTO_TEST_CASE(a_file_of_a_format_before_is_brought_up_to_date_with_all_that_is_in_it) {
  for (const int format : {1, 2}) {
    temp_folder folder;
    const auto path = folder.file("old.db");
    leave_old_file(path, format, 300);
    BOOST_CHECK_EXCEPTION(sqlite_view{path}, store_error, [&](const store_error& e) { return says(e.what(), "`troupe run` brings it up to date"); });
    sqlite_connection{path, SQLITE_OPEN_READWRITE}.run(
        "UPDATE record SET frame = frame || 'x' WHERE session = 1 AND generation = 2 AND number IN (150, 300); CREATE VIEW of_a_person AS SELECT number FROM messages;"
        "INSERT INTO record VALUES (77, 1, 1, 1, 1, 0, 0, x'')");
    {
      sqlite_store store{path};
      BOOST_REQUIRE(store.sessions().size() == 2u);
      hand a{store, alpha}, b{store, beta};
      BOOST_TEST(a.state().next_sender.value == 301u);
      BOOST_TEST(a.state().next_target.value == 77u);
      BOOST_TEST(a.state().incarnation.value == 4u);
      BOOST_TEST((store.find_token(alpha, submit_token{2007}) == seq_num{7}));
      BOOST_TEST((store.find_token(alpha, submit_token{1008}) == seq_num{8}));  // of the numbering before
      const auto page = a.fetch(1, 400);
      BOOST_REQUIRE(page.records.size() == 300u);
      for (const auto& r : page.records) {
        const bool was_changed = r.number.value == 150 || r.number.value == 300;
        BOOST_TEST(r.is_damaged == was_changed);
        if (!was_changed) BOOST_TEST(r.frame == message(r.number.value) + "12");
      }
      const auto before = store.fetch_of(beta, numbering_generation{1}, seq_num{1}, seq_num{400}, 1000, 1 << 20);
      BOOST_TEST(before.records.size() == 300u);
      auto next = a.next(record_kind::application, message(301));
      next.park = {{1, submit_token{8}, day_one, {"D", "", "11=A\001"}}};
      BOOST_TEST(a.commit(next).status == commit_status::done);
      BOOST_TEST(store.is_parked(alpha, submit_token{8}));
    }
    sqlite_view view{path};
    BOOST_TEST(view.reader().sessions().at(0).state.next_sender.value == 302u);
    BOOST_TEST(sqlite_connection(path, SQLITE_OPEN_READONLY).number("SELECT count(*) FROM of_a_person") == 1201);
    BOOST_TEST(sqlite_connection(path, SQLITE_OPEN_READONLY).number("SELECT count(*) FROM record WHERE session = 77") == 1);  // nobody's, and kept
    BOOST_TEST(sqlite_connection(path, SQLITE_OPEN_READONLY).number("SELECT next_sender FROM sessions WHERE session LIKE '%ALPHA%'") == 302);
  }
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_brought_up_to_date_is_as_it_was) {
  temp_folder folder;
  const auto path = folder.file("old.db");
  leave_old_file(path, 1, 50);
  sqlite_connection{path, SQLITE_OPEN_READWRITE}.run("CREATE TABLE place (x)");  // in the way
  BOOST_TEST(says(refusal(path), "place already exists"), refusal(path));
  sqlite_connection c{path, SQLITE_OPEN_READWRITE};
  BOOST_TEST(c.number("PRAGMA user_version") == 1);
  BOOST_TEST(c.number("SELECT count(*) FROM record") == 200);
  c.run("DROP TABLE place");
  BOOST_TEST(refusal(path) == "");
}

BOOST_AUTO_TEST_CASE(a_reader_says_which_format_it_cannot_read) {
  temp_folder folder;
  const auto path = folder.file("s.db");
  { sqlite_store store{path}; }
  for (const auto* version : {"0", "4"}) {
    {
      sqlite_connection c{path, SQLITE_OPEN_READWRITE};
      c.run((std::string{"PRAGMA user_version = "} + version).c_str());
    }
    BOOST_CHECK_EXCEPTION(sqlite_view{path}, store_error, [&](const store_error& e) { return says(e.what(), std::string{"format "} + version); });
  }
}

BOOST_AUTO_TEST_CASE(others_read_what_is_parked_page_by_page) {
  temp_folder folder;
  const auto path = folder.file("s.db");
  sqlite_store store{path};
  hand h{store, alpha};
  auto b = h.empty();
  for (std::uint64_t place = 1; place <= 5; ++place) b.park.push_back({place, submit_token{place}, day_one, {"D", "", "11=A\001"}});
  h.commit(b);
  sqlite_view view{path};
  const auto rows = view.reader().sessions();
  BOOST_REQUIRE(rows.size() == 1u);
  const auto some = view.reader().parked(rows[0], 2, 2);
  BOOST_REQUIRE(some.size() == 2u);
  BOOST_TEST(some[0].place == 3u);
  BOOST_TEST(!some[0].is_damaged);
  BOOST_TEST(view.reader().parked(rows[0], 4).size() == 1u);
  BOOST_TEST(view.reader().parked(rows[0], 5).empty());
}

BOOST_AUTO_TEST_CASE(the_waiting_view_shows_what_stands_behind_a_nul) {
  temp_folder folder;
  const auto path = folder.file("s.db");
  sqlite_store store{path};
  hand h{store, alpha};
  auto b = h.empty();
  using namespace std::string_literals;
  b.park = {{1, submit_token{1}, day_one, {"D", "50=X\001", "95=3\00196=a\000b\00111=A\001"s}}};
  h.commit(b);
  sqlite_connection c{path, SQLITE_OPEN_READONLY};
  BOOST_TEST(c.number("SELECT count(*) FROM waiting WHERE message = '35=D|50=X|95=3|96=a\\0b|11=A|'") == 1);
}

BOOST_AUTO_TEST_CASE(a_parked_submit_that_was_changed_comes_back_damaged_and_alone) {
  temp_folder folder;
  const auto path = folder.file("s.db");
  {
    sqlite_store store{path};
    hand h{store, alpha};
    auto b = h.empty();
    for (std::uint64_t place = 1; place <= 5; ++place) b.park.push_back({place, submit_token{place}, day_one, {"D", "50=X\001", "11=A\001"}});
    h.commit(b);
  }
  {
    sqlite_connection c{path, SQLITE_OPEN_READWRITE};
    c.run("UPDATE parked SET body = '11=B' || char(1) WHERE place = 1; UPDATE parked SET token = 99 WHERE place = 2; "
          "UPDATE parked SET header = '' WHERE place = 3; UPDATE parked SET since = since + 1 WHERE place = 4");
    BOOST_TEST(c.number("SELECT count(*) FROM waiting WHERE message LIKE '35=D|50=X|11=A|'") == 3);
  }
  sqlite_store store{path};
  const auto all = store.load(alpha, day_one).parked;
  BOOST_REQUIRE(all.size() == 5u);
  for (std::size_t i = 0; i < 5; ++i) BOOST_TEST(all[i].is_damaged == (i < 4));
  BOOST_TEST(all[0].token.value == 1u);  // known whose it was
  BOOST_TEST(all[1].token.value == 0u);  // not even that
}

BOOST_AUTO_TEST_CASE(what_cannot_be_opened_says_what_to_do) {
  temp_folder folder;
  {
    sqlite_store store{folder.file("cut.db")};
    hand h{store, alpha};
    for (int i = 0; i < 200; ++i) h.commit(h.next());
  }
  std::filesystem::resize_file(folder.file("cut.db"), 6000);
  BOOST_TEST(says(refusal(folder.file("cut.db")), "restore it from a copy"), refusal(folder.file("cut.db")));

  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  const rlimit none{0, files.rlim_max};
  ::setrlimit(RLIMIT_NOFILE, &none);
  const auto no_files = refusal(folder.file("a.db"));
  ::setrlimit(RLIMIT_NOFILE, &files);
  BOOST_TEST(says(no_files, "a.db.lock: cannot make the lock file: Too many open files. Raise the limit of open files (ulimit -n)"), no_files);

  if (::geteuid() == 0) return;  // who may do everything is refused nothing
  write_file(folder.file("closed.db"), "");
  std::filesystem::permissions(folder.file("closed.db"), std::filesystem::perms::none);
  BOOST_TEST(says(refusal(folder.file("closed.db")), "Check owner and permissions"), refusal(folder.file("closed.db")));
}

BOOST_AUTO_TEST_CASE(only_its_owner_may_read_it_unless_he_said_otherwise) {
  using enum std::filesystem::perms;
  temp_folder folder;
  const auto mode_of = [&](const char* name) { return std::filesystem::status(folder.file(name)).permissions(); };
  sqlite_store store{folder.file("new.db")};
  hand h{store, alpha};
  h.commit(h.next());
  for (const auto* name : {"new.db", "new.db-wal", "new.db-shm", "new.db.lock"}) BOOST_TEST((mode_of(name) == (owner_read | owner_write)), name);
  write_file(folder.file("old.db"), "");
  std::filesystem::permissions(folder.file("old.db"), owner_read | owner_write | group_read);
  sqlite_store old{folder.file("old.db")};
  BOOST_TEST((mode_of("old.db") == (owner_read | owner_write | group_read)));
}

BOOST_AUTO_TEST_CASE(a_session_of_a_file_that_somebody_holds_can_be_loaded_when_he_lets_go) {
  temp_folder folder;
  sqlite_store store{folder.file("store.db")};
  {
    sqlite_connection other{folder.file("store.db"), SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX};
    other.run("BEGIN IMMEDIATE");
    BOOST_CHECK_EXCEPTION(static_cast<void>(store.load(alpha, {})), store_unavailable,
                          [&](const auto& e) { return says(e.what(), "locked. Another program holds the file: fuser " + folder.file("store.db")); });
  }
  BOOST_TEST(store.load(alpha, {}).incarnation.value == 1U);
}

BOOST_AUTO_TEST_CASE(a_full_store_fails_the_commit_and_takes_the_same_batch_later) {
  sqlite_backend backend;
  hand h{backend.store(), alpha};
  h.commit(h.next());
  backend.store_->limit_pages(1);
  auto big = h.next(record_kind::application, std::string(200'000, 'x'));
  const auto failed = h.commit(big);
  BOOST_TEST(failed.status == commit_status::failed);
  BOOST_TEST(says(failed.reason, "full"), failed.reason);
  BOOST_TEST(h.commit([&] { auto b = big; b.id = b.id.next(); return b; }()).status == commit_status::out_of_order);
  backend.store_->limit_pages(1'000'000);
  BOOST_TEST(h.commit(big).status == commit_status::done);
  backend.reopen();
  h.use(backend.store());
  BOOST_TEST(h.fetch(1, 9).records.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_batch_that_cannot_be_stored_does_not_hold_up_its_neighbours) {
  sqlite_backend backend;
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
  BOOST_TEST(results[1].status == commit_status::done);
}

BOOST_AUTO_TEST_CASE(old_numberings_go_bit_by_bit) {
  sqlite_backend backend;
  hand h{backend.store(), alpha};
  for (int i = 0; i < 300; ++i) h.commit(h.next());
  h.commit(h.new_numbering());
  for (int i = 0; i < 10; ++i) h.commit(h.next());
  h.commit(h.new_numbering());
  const auto left = [&](int generation) {
    sqlite_connection look{backend.path(), SQLITE_OPEN_READONLY};
    return look.number(("SELECT count(*) FROM record WHERE generation = " + std::to_string(generation)).c_str());
  };
  BOOST_TEST(left(1) > 200);
  for (int i = 0; i < 10; ++i) h.commit(h.next());
  BOOST_TEST(left(1) == 0);
  BOOST_TEST(left(2) == 10);
  BOOST_TEST(left(3) == 10);
}

// A damaged range must not make its neighbours look covered, nor a foreign row pass as ours.
BOOST_AUTO_TEST_CASE(a_damaged_record_hides_nothing_and_a_foreign_one_is_damaged) {
  sqlite_backend backend;
  {
    hand a{backend.store(), alpha};
    hand b{backend.store(), beta};
    for (int i = 0; i < 3; ++i) a.commit(a.next());
    b.commit(b.next());
  }
  backend.store_.reset();
  {
    sqlite_connection hurt{backend.path(), SQLITE_OPEN_READWRITE};
    hurt.run("UPDATE record SET last = 999 WHERE session = 1 AND number = 1");
    hurt.run("UPDATE record SET session = 1, number = 9 WHERE session = 2");  // it is looked for where it was
  }
  backend.store_ = backend.open();
  const auto page = backend.store().fetch(alpha, seq_num{1}, seq_num{9}, 1, 1000);
  BOOST_REQUIRE(page.records.size() == 1u);
  BOOST_TEST(page.records[0].is_damaged);
  BOOST_TEST(page.end.value == 1u);
  const auto two = backend.store().fetch(alpha, seq_num{2}, seq_num{9}, 9, 1000);
  BOOST_REQUIRE(two.records.size() == 2u);
  BOOST_TEST((!two.records[0].is_damaged && !two.records[1].is_damaged));
  const auto foreign = backend.store().fetch(beta, seq_num{1}, seq_num{1}, 9, 1000);
  BOOST_REQUIRE(foreign.records.size() == 1u);
  BOOST_TEST(foreign.records[0].is_damaged);
}

BOOST_AUTO_TEST_CASE(a_reset_that_was_rolled_back_prunes_nothing) {
  temp_folder folder;
  sqlite_store store{folder.file("store.db"), {.kept_generations = 1}};
  hand h{store, alpha};
  for (int i = 0; i < 5; ++i) h.commit(h.next());
  store.limit_pages(1);
  auto b = h.next(record_kind::application, std::string(200'000, 'x'));
  b.generation = b.generation.next();
  b.reset = reset{day_one, false};
  BOOST_TEST(h.commit(b).status == commit_status::failed);
  store.limit_pages(1'000'000);
  for (int i = 0; i < 5; ++i) h.commit(h.next());
  BOOST_TEST(h.fetch(1, 100).records.size() == 10u);
}

// A gap fill for it would hide that an order is lost.
BOOST_AUTO_TEST_CASE(a_message_that_became_of_another_kind_is_damaged_and_an_application_s) {
  for (const auto* kind : {"2", "3", "0", "77"}) {
    sqlite_backend backend;
    {
      hand h{backend.store(), alpha};
      BOOST_REQUIRE(h.commit(h.next()).status == commit_status::done);
    }
    sqlite_connection{backend.path(), SQLITE_OPEN_READWRITE}.run((std::string{"UPDATE record SET kind = "} + kind).c_str());
    const auto page = backend.store().fetch(alpha, seq_num{1}, seq_num{1}, 9, 1000);
    BOOST_REQUIRE(page.records.size() == 1u);
    BOOST_TEST(page.records[0].is_damaged);
    BOOST_TEST((page.records[0].kind == record_kind::application));
  }
}

// Its messages would go to somebody who never was to see them.
BOOST_AUTO_TEST_CASE(a_session_that_was_given_another_name_by_hand_is_refused) {
  sqlite_backend backend;
  {
    hand h{backend.store(), alpha};
    BOOST_REQUIRE(h.commit(h.next()).status == commit_status::done);
  }
  backend.store_.reset();
  sqlite_connection{backend.path(), SQLITE_OPEN_READWRITE}.run("UPDATE session SET target_comp_id = 'OTHER'");
  try {
    const auto opened = backend.open();
    BOOST_FAIL("it was opened");
  } catch (const store_error& e) {
    BOOST_TEST(says(e.what(), "the numbers of session FIX.4.2:ALPHA->OTHER are damaged"), e.what());
  }
}

BOOST_AUTO_TEST_CASE(others_may_look_while_it_is_in_use) {
  sqlite_backend backend;
  hand h{backend.store(), alpha};
  h.commit(h.next(record_kind::application, "8=FIX.4.2\00135=D\00110=000\001"));
  sqlite_view view{backend.path()};
  const auto rows = view.reader().sessions();
  BOOST_REQUIRE(rows.size() == 1u);
  BOOST_TEST(rows[0].state.next_sender.value == 2u);
  BOOST_TEST(view.reader().fetch(rows[0], seq_num{1}, seq_num{9}, 9, 1000).records.size() == 1u);
  sqlite_connection shell{backend.path(), SQLITE_OPEN_READONLY};
  sqlite_statement line{shell, "SELECT session, number, kind, message FROM messages"};
  BOOST_REQUIRE(line.step());
  BOOST_TEST(line.bytes(0) == "ALPHA->OMEGA");
  BOOST_TEST(line.bytes(2) == "application");
  BOOST_TEST(line.bytes(3) == "8=FIX.4.2|35=D|10=000|");
}

BOOST_AUTO_TEST_CASE(every_acknowledged_commit_survives_a_kill) {
  temp_folder folder;
  kill_while_it_commits([path = folder.file("store.db")] { return std::make_unique<sqlite_store>(path); }, 13);
}

// Every byte of a small store is changed, one at a time: what comes out is right, marked as damaged, missing, or refused,
// and never another message than the one that went in.
BOOST_AUTO_TEST_CASE(a_changed_byte_never_makes_another_message) {
  temp_folder folder;
  const auto path = folder.file("store.db");
  {
    sqlite_store store{path};
    hand h{store, alpha};
    for (std::uint64_t n = 1; n <= 6; ++n) h.commit(h.next(record_kind::application, message(n)));
  }
  const auto good = read_file(path);
  BOOST_REQUIRE(good.size() > 4096u);
  std::uint64_t detected = 0;
  for (std::size_t at = 0; at < good.size(); at += at < 400 ? 1 : 5) {
    auto bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x41);
    write_file(path, bad);
    std::filesystem::remove(path + "-wal");
    std::filesystem::remove(path + "-shm");
    try {
      sqlite_store store{path};
      for (const auto& session : store.sessions()) {
        if (session.id != alpha) ++detected;
        for (const auto& r : store.fetch(session.id, seq_num{1}, seq_num{100}, 100, 1 << 20).records) {
          if (r.is_damaged) {
            ++detected;
            continue;
          }
          BOOST_REQUIRE_MESSAGE(r.frame == message(r.number.value), "byte " << at);
        }
      }
    } catch (const store_error&) {
      ++detected;
    }
  }
  BOOST_TEST(detected > 100u);
}

// Where alpha and beta stand in a file that its owner was killed with, when it was changed.
class changed_file {
 public:
  changed_file(std::string path, std::uint64_t alpha_next, std::uint64_t beta_next) : path_(std::move(path)), good_(read_file(path_)), alpha_next_(alpha_next), beta_next_(beta_next) {}

  void open_with(std::size_t at, int change) {
    auto bad = good_;
    bad[at] = static_cast<char>(bad[at] ^ change);
    write_file(path_, bad);
    std::filesystem::remove(path_ + "-wal");
    std::filesystem::remove(path_ + "-shm");
    try {
      sqlite_store store{path_};
      std::map<session_id, std::uint64_t> next;
      for (const auto& s : store.sessions()) next[s.id] = s.snapshot.next_sender.value;
      if (next[alpha] < alpha_next_ || next[beta] < beta_next_) went_back_ += " " + std::to_string(at) + "^" + std::to_string(change);
    } catch (const store_error&) {
      ++refused_;
    }
    ++tried_;
  }
  [[nodiscard]] const std::string& good() const { return good_; }
  [[nodiscard]] const std::string& went_back() const { return went_back_; }
  [[nodiscard]] double refused() const { return static_cast<double>(refused_) / static_cast<double>(tried_); }

 private:
  std::string path_, good_, went_back_;
  std::uint64_t alpha_next_, beta_next_;
  std::size_t refused_ = 0, tried_ = 0;
};

// The newest numbers stand in records alone. All is in the file itself.
void leave_numbers_in_records(const temp_folder& folder, const std::string& killed, std::uint64_t of_alpha) {
  const auto path = folder.file("store.db");
  sqlite_store store{path, {.wal_pages = 1}};
  hand a{store, alpha}, b{store, beta};
  for (std::uint64_t n = 1; n <= of_alpha; ++n) {
    a.commit(a.next(record_kind::application, message(n)));
    if (n <= 4) b.commit(b.next(record_kind::application, message(n)));
  }
  store.load({"FIX.4.2", "GAMMA", "OMEGA", ""}, day_one);  // a commit, so that all before it is in the file
  write_file(killed, read_file(path));
}

// Whatever byte is changed, no number is given again.
BOOST_AUTO_TEST_CASE(a_changed_byte_never_takes_numbers_back) {
  temp_folder folder;
  const auto killed = folder.file("killed.db");
  leave_numbers_in_records(folder, killed, 9);
  changed_file file{killed, 10, 5};
  const std::size_t stride = is_sanitized ? 13 : 2;  // behind the head of a page
  for (std::size_t at = 0; at < file.good().size(); at += at % 4096 < 64 ? 1 : stride)
    if (file.good()[at] != '\0' || at % 64 < 2) file.open_with(at, 0x41);
  BOOST_TEST(file.went_back() == "");
  BOOST_TEST(file.refused() > 0.1);
}

// The pages that the newest messages are found by, and those of the sessions: whatever their heads say, no number is given again.
BOOST_AUTO_TEST_CASE(no_head_of_a_page_takes_numbers_back) {
  temp_folder folder;
  const auto killed = folder.file("killed.db");
  leave_numbers_in_records(folder, killed, 49);
  std::vector<std::uint32_t> heads;
  {
    const auto pages = pages_at(killed);
    std::uint32_t last_leaf = 0;
    pages.walk(*pages.root_of("record"), page_kind::table_leaf, [&](std::uint32_t n, const sqlite_page&) { last_leaf = n; });
    heads = {*pages.root_of("record"), last_leaf, *pages.root_of("session")};
    BOOST_TEST_REQUIRE(last_leaf != heads[0]);
  }
  changed_file file{killed, 50, 5};
  for (const auto page : heads)
    for (std::size_t at = 0; at < 12; ++at)
      for (int change = 1; change < 256; change += is_sanitized ? 11 : 1) file.open_with((page - 1) * std::size_t{4096} + at, change);
  BOOST_TEST(file.went_back() == "");
  BOOST_TEST(file.refused() > 0.75);
}

// What the sqlite3 shell would show.
std::vector<std::string> column(const std::string& path, const char* sql) {
  sqlite_connection connection{path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX};
  sqlite_statement rows{connection, sql};
  std::vector<std::string> all;
  while (rows.step()) all.emplace_back(rows.bytes(0));
  return all;
}

BOOST_AUTO_TEST_CASE(the_messages_view_shows_what_stands_behind_a_nul) {
  using namespace std::string_view_literals;
  sqlite_backend backend;
  hand h{backend.store(), alpha};
  h.commit(h.next(record_kind::application, "8=FIX.4.2\00196=a\0b\0\0c\00110=1\001"sv));
  h.commit(h.next(record_kind::application, "8=FIX.4.2\00110=2\001"sv));
  backend.store_.reset();
  const std::vector<std::string> expected{"8=FIX.4.2|96=a\\0b\\0\\0c|10=1|", "8=FIX.4.2|10=2|"};
  BOOST_TEST(column(backend.path(), "SELECT message FROM messages") == expected, boost::test_tools::per_element());
  column(backend.path(), "DROP VIEW messages");
  column(backend.path(), "CREATE VIEW messages AS SELECT 'of an older program' AS message");
  backend.store_ = backend.open();
  BOOST_TEST(column(backend.path(), "SELECT message FROM messages") == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_reader_that_does_not_end_cannot_make_the_log_grow_without_bound) {
  temp_folder folder;
  const auto path = folder.file("store.db");
  sqlite_options options;
  options.wal_pages = 10;
  options.max_wal_pages = 200;
  sqlite_store store{path, options};
  hand h{store, alpha};
  h.commit(h.next());
  commit_result last;
  {
    sqlite_connection reader{path, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX};
    reader.run("BEGIN; SELECT count(*) FROM record");
    for (int i = 0; i < 1000 && last.status == commit_status::done; ++i) last = h.commit(h.next());
    BOOST_TEST(last.status == commit_status::failed);
    BOOST_TEST(says(last.reason, path + "-wal"), last.reason);
    BOOST_TEST(says(last.reason, "fuser " + path), last.reason);
    BOOST_TEST(std::filesystem::file_size(path + "-wal") <= 210 * (4096 + 24) + 32);
    BOOST_TEST(h.commit(h.next()).status == commit_status::failed);
  }
  for (int i = 0; i < 1000; ++i) BOOST_REQUIRE(h.commit(h.next()).status == commit_status::done);
  BOOST_TEST(std::filesystem::file_size(path + "-wal") <= 210 * (4096 + 24) + 32);
}

// No memory is what a test can bring about; a busy or broken disk is told in the same way.
BOOST_AUTO_TEST_CASE(what_cannot_be_read_just_now_is_told_apart_from_what_is_lost) {
  temp_folder folder;
  sqlite_store store{folder.file("store.db")};
  hand h{store, alpha};
  const std::string big(1 << 20, 'b');
  for (int i = 0; i < 20; ++i) h.commit(h.next(record_kind::application, big));
  sqlite3_hard_heap_limit64(sqlite3_memory_used() + 4096);
  BOOST_CHECK_THROW(h.fetch(1, 20, 20, 100 << 20), store_unavailable);
  sqlite3_hard_heap_limit64(0);
  BOOST_TEST(h.fetch(1, 20, 20, 100 << 20).records.size() == 20u);
}

BOOST_AUTO_TEST_CASE(an_owner_on_another_machine_is_a_hint_at_a_network_file_system) {
  sqlite_backend backend;
  write_file(backend.path() + ".lock", "process 7 on elsewhere\n");
  const auto text = refusal(backend.path());
  BOOST_TEST(says(text, "in use by process 7 on elsewhere"), text);
  BOOST_TEST(says(text, "local disk"), text);
}

BOOST_AUTO_TEST_SUITE_END()
