// What only a log has: numbers that stand in records, places that are written later, rows of sessions among each other (docs/decisions/0020).
#include "store/memory_store.hpp"
#include "store/sqlite_place.hpp"
#include "store/sqlite_store.hpp"
#include "store/sqlite_view.hpp"
#include "test/store/batches.hpp"
#include "test/store/store_file.hpp"
#include "test/support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <future>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

using namespace troupe::test;

BOOST_TEST_DONT_PRINT_LOG_VALUE(troupe::store::commit_status)

namespace {

// As a process that is killed leaves it.
void leave_as_killed(const std::string& from, const std::string& to) {
  for (const auto* end : {"", "-wal"}) {
    std::filesystem::remove(to + end);
    if (std::filesystem::exists(from + end)) std::filesystem::copy_file(from + end, to + end);
  }
  std::filesystem::remove(to + "-shm");
}

std::string text(const replay_page& page) {
  std::string all;
  for (const auto& r : page.records)
    all += std::to_string(r.number.value) + "-" + std::to_string(r.last.value) + ":" + std::to_string(static_cast<int>(r.kind)) + ":" + std::to_string(r.token.value) + (r.is_damaged ? "!" : "=") + r.frame + "\n";
  return all;
}

std::string text(const session_snapshot& s) {
  return std::to_string(s.next_sender.value) + " " + std::to_string(s.next_target.value) + " " + std::to_string(s.generation.value) + " " + std::to_string(s.creation_time.time_since_epoch().count()) +
         (s.is_reset_pending ? " pending" : "") + (s.is_cancel_owed ? " owed" : "");
}

// What must be the same in two stores, whatever happened to them.
struct twins {
  temp_folder folder;
  std::string path = folder.file("store.db");
  sqlite_options options;
  std::unique_ptr<sqlite_store> ours;
  memory_store model;
  std::mt19937 random;
  std::vector<session_id> ids;
  std::vector<commit_batch> heads;  // incarnation, generation, numbers and flags to go on from
  std::uint64_t token = 0;
  std::vector<std::vector<std::uint64_t>> tokens;  // of the present numbering

  twins(unsigned seed, unsigned settled_every) : options{.wal_pages = 20, .settled_every = settled_every, .settled_rows_a_session = 0}, random(seed) {
    ours = std::make_unique<sqlite_store>(path, options);
    for (int i = 0; i < 7; ++i) ids.push_back({"FIX.4.4", "US", "T" + std::to_string(i), {}});
    heads.resize(ids.size());
    tokens.resize(ids.size());
    load();
  }

  unsigned below(unsigned n) { return static_cast<unsigned>(random() % n); }

  void load() {
    for (std::size_t i = 0; i < ids.size(); ++i) {
      const auto a = ours->load(ids[i], day_one), b = model.load(ids[i], day_one);
      BOOST_TEST_REQUIRE(text(a) == text(b));
      heads[i].incarnation = a.incarnation;
      heads[i].generation = a.generation;
      heads[i].next_sender = a.next_sender;
      heads[i].next_target = a.next_target;
      heads[i].is_reset_pending = a.is_reset_pending;
      heads[i].is_cancel_owed = a.is_cancel_owed;
      heads[i].id = {};
    }
  }

  commit_batch some_batch(std::size_t i) {
    auto b = heads[i];
    b.id = b.id.next();
    if (below(40) == 0) {
      b.generation = b.generation.next();
      b.reset = reset{day_one + std::chrono::seconds{below(1000)}, false};
      b.next_sender = b.next_target = seq_num{1};
      tokens[i].clear();
    }
    const auto count = below(10) == 0 ? below(300) : below(4);
    for (unsigned n = 0; n < count; ++n) {
      const bool is_range = below(9) == 0;
      const auto number = b.next_sender, last = is_range ? seq_num{number.value + below(5)} : number;
      const auto kind = is_range ? record_kind::skipped : below(5) == 0 ? record_kind::administrative : record_kind::application;
      const auto frame = is_range ? std::string{} : "8=FIX.4.4|" + std::to_string(number.value) + std::string(below(20) == 0 ? below(9000) : below(90), 'f');
      const submit_token t{kind == record_kind::application ? (below(2) == 0 ? ++token : (std::uint64_t{random()} << 32 | random())) : 0};
      if (t.value != 0) tokens[i].push_back(t.value);
      b.records.push_back({kind, number, last, t, static_cast<std::uint32_t>(b.bytes.size()), static_cast<std::uint32_t>(frame.size())});
      b.bytes += frame;
      b.next_sender = last.next();
    }
    if (below(3) != 0) b.next_target = seq_num{b.next_target.value + below(3)};
    if (below(30) == 0) b.is_cancel_owed = !b.is_cancel_owed;
    return b;
  }

  void commit() {
    std::vector<commit_batch> batches;
    std::vector<std::size_t> whose;
    for (std::size_t i = 0; i < ids.size(); ++i)
      for (auto n = below(3); n > 0; --n) {
        batches.push_back(some_batch(i));
        whose.push_back(i);
        auto next = batches.back();
        next.records.clear();
        next.bytes.clear();
        next.reset.reset();
        heads[i] = next;
      }
    std::vector<session_batch> items;
    for (std::size_t n = 0; n < batches.size(); ++n) items.push_back({&ids[whose[n]], &batches[n]});
    std::vector<commit_result> a(items.size()), b(items.size());
    ours->commit(items, a);
    model.commit(items, b);
    for (std::size_t n = 0; n < items.size(); ++n) {
      BOOST_TEST_REQUIRE(a[n].status == commit_status::done, a[n].reason);
      BOOST_TEST_REQUIRE(b[n].status == commit_status::done, b[n].reason);
    }
  }

  void compare() {
    sqlite_view view{path};
    const auto rows = view.reader().sessions();
    for (std::size_t i = 0; i < ids.size(); ++i) {
      const auto begin = seq_num{1 + below(static_cast<unsigned>(heads[i].next_sender.value))}, end = seq_num{begin.value + below(400)};
      const auto most = 1 + below(200);
      const auto expected = text(model.fetch(ids[i], begin, end, most, 1 << 20));
      BOOST_TEST_REQUIRE(text(ours->fetch(ids[i], begin, end, most, 1 << 20)) == expected);
      for (const auto& row : rows) {
        if (row.id != ids[i]) continue;
        BOOST_TEST_REQUIRE(row.state.next_sender.value == heads[i].next_sender.value);
        BOOST_TEST_REQUIRE(row.state.next_target.value == heads[i].next_target.value);
        BOOST_TEST_REQUIRE(text(view.reader().fetch(row, begin, end, most, 1 << 20)) == expected);
      }
      for (int n = 0; n < 3 && !tokens[i].empty(); ++n) {
        const submit_token t{tokens[i][below(static_cast<unsigned>(tokens[i].size()))]};
        BOOST_TEST_REQUIRE((ours->find_token(ids[i], t) == model.find_token(ids[i], t)));
      }
      BOOST_TEST_REQUIRE((!ours->find_token(ids[i], submit_token{~std::uint64_t{0} - below(9)})));
    }
  }

  void open_again(bool is_killed) {
    if (is_killed) {
      const auto copy = folder.file("copy.db");
      leave_as_killed(path, copy);
      ours.reset();
      leave_as_killed(copy, path);
    }
    ours.reset();
    ours = std::make_unique<sqlite_store>(path, options);
    load();
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(sqlite_log)

BOOST_AUTO_TEST_CASE(whatever_is_done_to_it_it_holds_what_a_simple_store_holds) {
  for (unsigned seed = 1; seed <= 12; ++seed) {
    twins t{seed, seed % 4 == 0 ? 8192 : 1 + seed * 7 % 60};
    for (int round = 0; round < 60; ++round) {
      for (auto n = t.below(6); n > 0; --n) t.commit();
      t.compare();
      if (t.below(6) == 0) t.open_again(t.below(2) == 0);
    }
  }
}

BOOST_AUTO_TEST_CASE(places_are_packed_and_come_out_as_they_were) {
  std::mt19937_64 random{7};
  for (int round = 0; round < 500; ++round) {
    std::vector<record_place> places;
    const seq_num first{1 + random() % 1000};
    auto next = first.value;
    for (std::size_t n = 1 + random() % places_in_block; n > 0; --n) {
      record_place p;
      p.number = seq_num{next + (random() % 10 == 0 ? random() % 100 : 0)};
      p.last = seq_num{p.number.value + (random() % 10 == 0 ? random() % 1'000'000 : 0)};
      p.row = random() >> random() % 64;
      p.token = submit_token{random() >> random() % 64};
      next = p.last.value + 1;
      places.push_back(p);
    }
    const auto bytes = packed(places, first);
    const auto again = unpacked(bytes, first, places.back().last);
    BOOST_TEST_REQUIRE(again.has_value());
    BOOST_TEST_REQUIRE(again->size() == places.size());
    for (std::size_t n = 0; n < places.size(); ++n) {
      const auto &a = places[n], &b = (*again)[n];
      BOOST_TEST_REQUIRE((a.number == b.number && a.last == b.last && a.row == b.row && a.token == b.token));
    }
    // What is cut short or begins elsewhere is told apart, as far as it can be without its checksum, and never read beyond its end.
    for (std::size_t cut = 0; cut < bytes.size(); ++cut) BOOST_TEST_REQUIRE(!unpacked(std::string_view{bytes}.substr(0, cut), first, places.back().last));
    BOOST_TEST_REQUIRE(!unpacked(bytes, first.next(), places.back().last));
  }
}

BOOST_AUTO_TEST_CASE(a_message_takes_three_bytes_of_a_block) {
  std::vector<record_place> places;
  for (std::uint64_t n = 1; n <= places_in_block; ++n) places.push_back({seq_num{n}, seq_num{n}, 1000 + n, submit_token{5000 + n}, false});
  BOOST_TEST(packed(places, seq_num{1}).size() <= 3 * places_in_block + 8);
}

// Rows that were the last ones are gone: ids of those to come must not be ones that the sessions' rows take for known.
BOOST_AUTO_TEST_CASE(numbers_are_kept_when_all_rows_behind_them_are_removed) {
  temp_folder folder;
  const auto path = folder.file("store.db"), killed = folder.file("killed.db");
  const sqlite_options options{.kept_generations = 1, .settled_every = 4, .settled_rows_a_session = 0};
  {
    sqlite_store store{path, options};
    hand a{store, alpha}, b{store, beta};
    for (int i = 0; i < 300; ++i) a.commit(a.next());
    a.commit(a.new_numbering());
    for (int i = 0; i < 20; ++i) b.commit(b.empty());  // beside which the old ones go
  }
  BOOST_TEST(sqlite_connection(path, SQLITE_OPEN_READONLY).number("SELECT count(*) FROM record") == 0);
  {
    sqlite_store store{path, {.kept_generations = 1}};
    hand a{store, alpha};
    for (int i = 0; i < 5; ++i) a.commit(a.next());
    leave_as_killed(path, killed);
  }
  sqlite_store store{killed, options};
  hand a{store, alpha};
  BOOST_TEST(a.state().next_sender.value == 6u);
  BOOST_TEST(a.fetch(1, 9).records.size() == 5u);
}

// Blocks are made from the rows: one that is gone or damaged must not stand in the way of a message, nor hide one, now or later.
BOOST_AUTO_TEST_CASE(a_numbering_goes_on_behind_blocks_that_are_lost_or_damaged) {
  for (const auto* sql : {"DELETE FROM place WHERE session = 1", "DELETE FROM place WHERE first > 200", "DELETE FROM place WHERE first = 1", "UPDATE place SET last = last + 1000",
                          "UPDATE place SET first = first + 1", "UPDATE place SET places = x'00'", "UPDATE place SET last = 5000, crc = 7 WHERE first = (SELECT max(first) FROM place)"}) {
    temp_folder folder;
    const auto path = folder.file("store.db");
    {
      sqlite_store store{path};
      hand a{store, alpha};
      for (std::uint64_t n = 1; n <= 300; ++n) a.commit(a.next(record_kind::application, message(n), submit_token{n}));
    }
    sqlite_connection{path, SQLITE_OPEN_READWRITE}.run(sql);
    {
      sqlite_view view{path};
      const auto row = view.reader().sessions().at(0);
      for (const std::uint64_t n : {1, 150, 300}) BOOST_TEST_REQUIRE((view.reader().find_token(row, submit_token{n}) == seq_num{n}), sql);
      BOOST_TEST_REQUIRE(!view.reader().find_token(row, submit_token{301}));
    }
    for (const std::uint64_t before : {300, 500}) {
      sqlite_store store{path};
      hand a{store, alpha};
      const auto check = [&](std::uint64_t last) {
        const auto page = a.fetch(1, 2000, 2000, 1 << 24);
        BOOST_TEST_REQUIRE(page.records.size() == last, sql);
        for (const auto& r : page.records) BOOST_TEST_REQUIRE(r.frame == message(r.number.value), sql);
        for (const std::uint64_t n : {std::uint64_t{7}, std::uint64_t{299}, last}) BOOST_TEST_REQUIRE((store.find_token(alpha, submit_token{n}) == seq_num{n}), sql);
      };
      check(before);
      for (auto n = before + 1; n <= before + 200; ++n) BOOST_TEST_REQUIRE(a.commit(a.next(record_kind::application, message(n), submit_token{n})).status == commit_status::done, sql);
      check(before + 200);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_blocks_of_all_sessions_may_be_lost_at_once) {
  temp_folder folder;
  const auto path = folder.file("store.db");
  std::vector<session_id> ids;
  for (int i = 0; i < 40; ++i) ids.push_back({"FIX.4.2", "US", "T" + std::to_string(i), {}});
  {
    sqlite_store store{path};
    std::vector<hand> hands;
    for (const auto& id : ids) hands.emplace_back(store, id);
    for (auto& h : hands) h.commit(h.new_numbering());
    for (std::uint64_t n = 1; n <= 30; ++n)
      for (auto& h : hands) h.commit(h.next(record_kind::application, message(n) + h.id().target_comp_id, submit_token{n}));
  }
  sqlite_connection{path, SQLITE_OPEN_READWRITE}.run("DELETE FROM place");
  sqlite_store store{path};
  BOOST_TEST(sqlite_connection(path, SQLITE_OPEN_READONLY).number("SELECT sum(last - first + 1) FROM place") == 1200);  // written again
  for (const auto& id : ids) {
    hand h{store, id};
    const auto page = h.fetch(1, 99);
    BOOST_TEST_REQUIRE(page.records.size() == 30u);
    for (const auto& r : page.records) BOOST_TEST_REQUIRE(r.frame == message(r.number.value) + id.target_comp_id);
    BOOST_TEST_REQUIRE((store.find_token(id, submit_token{17}) == seq_num{17}));
    BOOST_TEST_REQUIRE(h.commit(h.next()).status == commit_status::done);
  }
}

BOOST_AUTO_TEST_CASE(somebody_else_may_write_between_two_commits) {
  temp_folder folder;
  const auto path = folder.file("store.db");
  sqlite_store store{path};
  hand a{store, alpha};
  for (int i = 0; i < 3; ++i) {
    BOOST_TEST(a.commit(a.next()).status == commit_status::done);
    sqlite_connection{path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX}.run(("CREATE TABLE of_somebody_" + std::to_string(i) + " (x)").c_str());
  }
  BOOST_TEST(a.commit(a.next()).status == commit_status::done);
  BOOST_TEST(a.fetch(1, 9).records.size() == 4u);
}

BOOST_AUTO_TEST_CASE(a_commit_waits_for_somebody_who_writes_just_now) {
  temp_folder folder;
  const auto path = folder.file("store.db");
  sqlite_store store{path};
  hand a{store, alpha};
  BOOST_TEST_REQUIRE(a.commit(a.next()).status == commit_status::done);
  for (int i = 0; i < 20; ++i) {
    std::promise<void> has_lock;
    std::jthread other{[&] {
      sqlite_connection c{path, SQLITE_OPEN_READWRITE};
      c.run("PRAGMA busy_timeout = 5000; BEGIN IMMEDIATE; CREATE TABLE IF NOT EXISTS of_somebody (x); INSERT INTO of_somebody VALUES (zeroblob(100000))");
      has_lock.set_value();
      c.run("COMMIT");
    }};
    has_lock.get_future().wait();
    const auto result = a.commit(a.next());
    BOOST_TEST_REQUIRE(result.status == commit_status::done, result.reason);
  }
}

// One that sends now and then shares few rows with all that it has sent, and not one with each message.
BOOST_AUTO_TEST_CASE(a_few_messages_join_the_block_in_front_of_them) {
  temp_folder folder;
  const auto path = folder.file("store.db");
  sqlite_store store{path, {.settled_every = 20, .settled_rows_a_session = 0}};
  std::vector<session_id> ids;
  for (int i = 0; i < 20; ++i) ids.push_back({"FIX.4.2", "US", "T" + std::to_string(i), {}});
  std::vector<hand> hands;
  for (const auto& id : ids) hands.emplace_back(store, id);
  for (int round = 0; round < 200; ++round)
    for (auto& h : hands) BOOST_TEST_REQUIRE(h.commit(h.next()).status == commit_status::done);
  sqlite_connection c{path, SQLITE_OPEN_READONLY};
  BOOST_TEST(c.number("SELECT sum(last - first + 1) FROM place") > 3900);
  BOOST_TEST(c.number("SELECT count(*) FROM place") <= 60);
  for (auto& h : hands) BOOST_TEST(h.fetch(1, 1000).records.size() == 200u);
}

BOOST_AUTO_TEST_CASE(many_bytes_are_settled_as_many_messages_are) {
  temp_folder folder;
  const auto path = folder.file("store.db");
  sqlite_store store{path, {.settled_bytes = 1 << 20}};
  hand a{store, alpha};
  for (int i = 0; i < 50; ++i) a.commit(a.next(record_kind::application, std::string(100'000, 'b')));
  BOOST_TEST(sqlite_connection(path, SQLITE_OPEN_READONLY).number("SELECT through FROM settled") >= 30);
}

// It stands in front of all that is known of its session.
BOOST_AUTO_TEST_CASE(a_damaged_message_at_the_beginning_of_what_is_not_settled_is_known) {
  temp_folder folder;
  const auto path = folder.file("store.db"), killed = folder.file("killed.db");
  {
    sqlite_store store{path};
    hand a{store, alpha};
    for (std::uint64_t n = 1; n <= 5; ++n) a.commit(a.next(record_kind::application, message(n), submit_token{n + 10}));
    leave_as_killed(path, killed);
  }
  sqlite_connection{killed, SQLITE_OPEN_READWRITE}.run("UPDATE record SET frame = frame || 'x' WHERE id = 1");
  sqlite_store store{killed};
  hand a{store, alpha};
  const auto page = a.fetch(1, 9);
  BOOST_TEST_REQUIRE(page.records.size() == 5u);
  BOOST_TEST(page.records[0].is_damaged);
  BOOST_TEST((store.find_token(alpha, submit_token{11}) == seq_num{1}));
}

BOOST_AUTO_TEST_CASE(a_store_whose_newest_numbers_are_lost_says_which_row_it_misses) {
  temp_folder folder;
  const auto path = folder.file("store.db"), killed = folder.file("killed.db");
  {
    sqlite_store store{path};
    hand a{store, alpha};
    for (int i = 0; i < 5; ++i) a.commit(a.next());
    leave_as_killed(path, killed);
  }
  sqlite_connection{killed, SQLITE_OPEN_READWRITE}.run("UPDATE record SET next_sender = 2 WHERE id = 5");
  BOOST_CHECK_EXCEPTION(sqlite_store{killed}, store_error, [](const store_error& e) { return says(e.what(), "the row of record with id 5") && says(e.what(), "troupe repair-store"); });
}

BOOST_AUTO_TEST_CASE(a_lost_row_that_says_up_to_where_all_is_settled_is_made_again) {
  temp_folder folder;
  const auto path = folder.file("store.db");
  {
    sqlite_store store{path};
    hand a{store, alpha};
    for (int i = 0; i < 5; ++i) a.commit(a.next());
  }
  sqlite_connection{path, SQLITE_OPEN_READWRITE}.run("DELETE FROM settled");
  { sqlite_store store{path}; }
  BOOST_TEST(sqlite_connection(path, SQLITE_OPEN_READONLY).number("SELECT through FROM settled") == 5);
}

// A disk that is full while places and numbers are written: it is tried again with the next commit.
BOOST_AUTO_TEST_CASE(what_could_not_be_settled_is_settled_later) {
  temp_folder folder;
  const auto path = folder.file("store.db"), killed = folder.file("killed.db");
  std::vector<session_id> ids;
  for (int i = 0; i < 60; ++i) ids.push_back({"FIX.4.2", "US", "T" + std::to_string(i), {}});
  {
    sqlite_store store{path, {.settled_every = 200, .settled_rows_a_session = 0}};
    std::vector<hand> hands;
    for (const auto& id : ids) hands.emplace_back(store, id);
    std::size_t failed = 0;
    for (int round = 0; round < 12; ++round)
      for (auto& h : hands) {
        const auto b = h.next(record_kind::application, message(h.state().next_sender.value));
        store.limit_pages(round % 2 == 0 ? 1 : 1'000'000);
        if (h.commit(b).status == commit_status::done) continue;
        ++failed;
        store.limit_pages(1'000'000);
        BOOST_TEST_REQUIRE(h.commit(b).status == commit_status::done);
      }
    BOOST_TEST(failed > 10u);
    leave_as_killed(path, killed);
  }
  BOOST_TEST(sqlite_connection(killed, SQLITE_OPEN_READONLY).number("SELECT through FROM settled") > 300);
  sqlite_store store{killed};
  for (const auto& id : ids) {
    hand h{store, id};
    BOOST_TEST_REQUIRE(h.state().next_sender.value == 13u);
    BOOST_TEST_REQUIRE(h.fetch(1, 99).records.size() == 12u);
  }
}

BOOST_AUTO_TEST_CASE(an_orderly_end_leaves_all_numbers_in_the_rows_of_their_sessions) {
  temp_folder folder;
  const auto path = folder.file("store.db");
  {
    sqlite_store store{path};
    hand a{store, alpha}, b{store, beta};
    for (int i = 0; i < 10; ++i) a.commit(a.next());
    b.commit(b.next());
  }
  sqlite_connection c{path, SQLITE_OPEN_READONLY};
  BOOST_TEST(c.number("SELECT next_sender FROM session WHERE sender_comp_id = 'ALPHA'") == 11);
  BOOST_TEST(c.number("SELECT through FROM settled") == 11);
  BOOST_TEST(c.number("SELECT sum(last - first + 1) FROM place") == 11);
}

BOOST_AUTO_TEST_CASE(the_sessions_view_knows_numbers_that_only_records_have) {
  temp_folder folder;
  const auto path = folder.file("store.db");
  sqlite_store store{path};
  hand a{store, alpha};
  for (int i = 0; i < 10; ++i) a.commit(a.next());
  sqlite_connection c{path, SQLITE_OPEN_READONLY};
  BOOST_TEST(c.number("SELECT next_sender FROM session") == 1);
  BOOST_TEST(c.number("SELECT next_sender FROM sessions") == 11);
  auto handled = a.empty();
  handled.next_target = seq_num{5};
  a.commit(handled);
  BOOST_TEST(c.number("SELECT next_target FROM sessions") == 5);
  BOOST_TEST(c.number("SELECT next_sender FROM sessions") == 11);
}

BOOST_AUTO_TEST_SUITE_END()
