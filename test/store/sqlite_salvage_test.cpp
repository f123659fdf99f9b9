// Whatever becomes of a page of the file, every message that was not on it comes back as it was, and no number goes back without the operator being asked.
#include "store/repair.hpp"
#include "store/sqlite_handle.hpp"
#include "store/sqlite_pages.hpp"
#include "store/sqlite_salvage.hpp"
#include "store/sqlite_store.hpp"
#include "store/verify.hpp"
#include "test/store/batches.hpp"
#include "test/store/fix_frames.hpp"
#include "test/store/store_file.hpp"
#include "test/support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>
#include <array>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

using namespace troupe::test;

namespace {

const session_id gamma_id{"FIX.4.4", "GAMMA", "OMEGA", "two"};  // has numbers, and no messages

using message_key = std::tuple<session_id, std::uint64_t, std::uint64_t>;  // session, numbering, number
using messages = std::map<message_key, std::string>;
using submits = std::map<std::pair<session_id, std::uint64_t>, std::string>;  // session, place: body

struct truth {
  std::map<session_id, session_snapshot> sessions;
  messages all;
  submits parked;
  std::map<message_key, std::uint64_t> rows;
};

std::string long_body(std::uint64_t n, std::size_t size) { return "58=" + std::string(size, static_cast<char>('a' + n % 26)) + "\001"; }

std::uint64_t token_of(std::uint64_t generation, std::uint64_t n) { return 5000 + n + 100'000 * generation; }

void send(hand& h, std::size_t size = 20) {
  const auto n = h.state().next_sender.value;
  auto b = h.next(record_kind::application, fix_frame(h.id(), n, "D", long_body(n, size)), submit_token{token_of(h.state().generation.value, n)});
  b.next_target = b.next_target.next();
  BOOST_TEST_REQUIRE((h.commit(b).status == commit_status::done));
}

void park(hand& h, std::uint64_t place, std::size_t size) {
  auto b = h.empty();
  b.park.push_back({place, submit_token{900'000 + place}, day_one, {"D", "", long_body(place, size)}, false});
  BOOST_TEST_REQUIRE((h.commit(b).status == commit_status::done));
}

// As it is while its owner runs: with a write-ahead log, the newest numbers in messages alone.
void fill(const std::string& path, const std::string& as_killed, const std::string& at_rest) {
  {
    sqlite_store store{path, {.wal_pages = 40, .settled_every = 64}};
    hand a{store, alpha}, b{store, beta}, c{store, gamma_id};
    for (std::uint64_t n = 1; n <= 60; ++n) send(a, n % 20 == 0 ? 9000 : 60);
    BOOST_TEST_REQUIRE((a.commit(a.new_numbering()).status == commit_status::done));
    auto numbers = c.empty();
    numbers.next_target = seq_num{17};
    BOOST_TEST_REQUIRE((c.commit(numbers).status == commit_status::done));
    for (std::uint64_t n = 1; n <= 12; ++n) park(b, n, n % 4 == 0 ? 6000 : 300);
    for (std::uint64_t n = 1; n <= 100; ++n) {
      send(a, n % 25 == 0 ? 5000 : 100);
      if (n % 2 == 0) send(b, n % 40 == 0 ? 12'000 : 30);
    }
    BOOST_TEST_REQUIRE((skip_to(b, b.state().next_sender.value + 4) == commit_status::done));
    send(b);
    write_file(as_killed, read_file(path));
    write_file(as_killed + "-wal", read_file(path + "-wal"));
  }
  write_file(at_rest, read_file(path));
}

void forget_log(const std::string& path) {
  for (const auto* end : {"-wal", "-shm"}) std::filesystem::remove(path + end);
}

truth read_all(const std::string& path) {
  truth t;
  const auto view = view_store(store_kind::sqlite, path);
  sqlite_connection c{path, SQLITE_OPEN_READONLY};
  sqlite_statement row{c, "SELECT r.id FROM record r JOIN session s ON s.id = r.session WHERE s.sender_comp_id = ? AND r.generation = ? AND r.number = ?"};
  for (const auto& s : view->sessions()) {
    t.sessions[s.id] = s.state;
    for (const auto generation : view->numberings(s))
      for (const auto& r : view->fetch(s, generation, seq_num{1}, seq_num{1000}, 10'000, 1 << 24).records) {
        if (r.is_damaged) continue;
        const message_key key{s.id, generation.value, r.number.value};
        t.all[key] = r.kind == record_kind::skipped ? "skipped to " + std::to_string(r.last.value) : r.frame;
        BOOST_TEST_REQUIRE(row.use(s.id.sender_comp_id, generation.value, r.number.value).step());
        t.rows[key] = row.column(0);
      }
    for (const auto& p : view->parked(s))
      if (!p.is_damaged) t.parked[{s.id, p.place}] = p.message.body;
  }
  return t;
}

// The rows of messages, and the places of submits, of which something stands on a page.
struct on_page {
  std::set<std::uint64_t> rows;
  bool has_parked = false;
  bool is_rest = false;  // of messages that begin elsewhere
};
std::map<std::uint32_t, on_page> what_stands_where(const std::string& path) {
  std::map<std::uint32_t, on_page> all;
  const auto pages = pages_at(path);
  pages.walk(pages.root_of("record").value(), page_kind::table_leaf, [&](std::uint32_t n, const sqlite_page& page) {
    for (std::size_t i = 0; !page.is_interior() && i < page.count(); ++i) {
      const auto cell = page.cell(i);
      all[n].rows.insert(cell->row);
      (void)pages.payload(*cell, [&](std::uint32_t next) {
        all[next].rows.insert(cell->row);
        all[next].is_rest = true;
      });
    }
  });
  pages.walk(pages.root_of("parked").value(), page_kind::index_leaf, [&](std::uint32_t n, const sqlite_page& page) {
    all[n].has_parked = true;
    for (std::size_t i = 0; i < page.count(); ++i) (void)pages.payload(*page.cell(i), [&](std::uint32_t next) { all[next].has_parked = true; });
  });
  return all;
}

struct findings final : verify_sink {
  std::vector<store_damage> damages;
  void found(const store_damage& d) override { damages.push_back(d); }
  void checked(const verified_session&) override {}
};

repair_plan planned(const std::string& path, const repair_wishes& wishes) {
  const auto view = view_store(store_kind::sqlite, path);
  findings f;
  auto sessions = view->sessions();
  BOOST_TEST_REQUIRE(verify(*view, {}, f));
  return plan_repair({store_kind::sqlite, *view, std::move(sessions), std::move(f.damages)}, wishes);
}

bool is_opened(const std::string& path) {
  try {
    sqlite_store store{path};
    return true;
  } catch (const store_error&) {
    return false;
  }
}

std::string text_of(const message_key& k) { return to_string(std::get<0>(k)) + " " + std::to_string(std::get<1>(k)) + "/" + std::to_string(std::get<2>(k)); }

// What is wrong with what was salvaged, if so much may be lost; empty: nothing.
std::string fault_of(const std::string& salvaged, const truth& good, const on_page& lost, bool may_lose_parked, bool may_lose_gamma = false) {
  if (is_opened(salvaged)) return "it is opened without the operator's word";
  const auto found = read_all(salvaged);
  for (const auto& [id, state] : good.sessions) {
    const auto at = found.sessions.find(id);
    if (at == found.sessions.end()) {
      if (id == gamma_id && may_lose_gamma) continue;
      return to_string(id) + " is lost";
    }
    if (at->second.next_sender > state.next_sender || at->second.next_target > state.next_target) return to_string(id) + " has numbers that were never given";
  }
  if (found.sessions.size() > good.sessions.size()) return "a session that never was";
  for (const auto& [key, text] : found.all)
    if (const auto at = good.all.find(key); at == good.all.end() || at->second != text) return text_of(key) + " is not as it was";
  for (const auto& [key, text] : good.all)
    if (!found.all.contains(key) && !lost.rows.contains(good.rows.at(key))) return text_of(key) + " was not on the page, and is lost";
  for (const auto& [key, body] : found.parked)
    if (const auto at = good.parked.find(key); at == good.parked.end() || at->second != body) return "submit " + std::to_string(key.second) + " is not as it was";
  if (!may_lose_parked && found.parked.size() != good.parked.size()) return "submits are lost: " + std::to_string(found.parked.size());
  return {};
}

// What was sent and is not known any more; empty: nothing. A damaged one at the end of a numbering that is over may have had any number, and is found by none.
std::string forgotten(const std::string& path, const truth& good) {
  sqlite_store store{path};
  const message_key last_of_before{alpha, 1, 60};
  for (const auto& [key, text] : good.all) {
    const auto& [id, generation, number] = key;
    if (key != last_of_before && !text.starts_with("skipped") && store.find_token(id, submit_token{token_of(generation, number)}) != seq_num{number}) return text_of(key);
  }
  return {};
}

// With what the counterparties say it is whole again but for what was on the page.
std::string fault_when_repaired(const std::string& salvaged, const truth& good) {
  repair_wishes wishes;
  wishes.fills_lost = true;
  for (const auto& [id, state] : good.sessions) {
    wishes.next_sender[id] = state.next_sender;
    wishes.next_target[id] = state.next_target;
  }
  repair_sqlite(salvaged, planned(salvaged, wishes));
  sqlite_store store{salvaged};
  for (const auto& s : store.sessions())
    if (const auto& was = good.sessions.at(s.id); s.snapshot.next_sender != was.next_sender || s.snapshot.next_target != was.next_target || s.snapshot.generation != was.generation) return to_string(s.id) + " has other numbers";
  return {};
}

std::string garbage(std::size_t size, std::uint64_t seed) {
  std::string bytes(size, '\0');
  for (auto& b : bytes) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    b = static_cast<char>(seed >> 56);
  }
  return bytes;
}

constexpr std::size_t page_size = 4096;

struct damaged_store {
  temp_folder folder;
  std::string path = folder.file("store.db"), killed = folder.file("killed.db"), rest = folder.file("rest.db"), bad = folder.file("bad.db"), salvaged = folder.file("bad.db.salvaged");

  damaged_store() { fill(path, killed, rest); }

  void lay(const std::string& from, const std::string& bytes) {
    forget_log(bad);
    write_file(bad, bytes);
    if (std::filesystem::exists(from + "-wal")) write_file(bad + "-wal", read_file(from + "-wal"));
  }
  truth all_of(const std::string& of) {
    lay(of, read_file(of));
    return read_all(bad);
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(sqlite_salvage)

BOOST_FIXTURE_TEST_CASE(every_page_may_be_destroyed, damaged_store) {
  for (const auto& from : {rest, killed}) {
    const auto good = all_of(from);
    BOOST_TEST_REQUIRE(good.all.size() == 60u + 100u + 52u);
    BOOST_TEST_REQUIRE(good.parked.size() == 12u);
    lay(from, read_file(from));
    const auto where = what_stands_where(bad);
    const auto bytes = read_file(from);
    const auto logged = pages_at(bad).logged();
    std::uint64_t with_losses = 0, remembered = 0;
    for (std::size_t n = 0; n * page_size < bytes.size(); ++n)
      for (const bool is_zeroed : {true, false}) {
        auto hurt = bytes;
        hurt.replace(n * page_size, page_size, is_zeroed ? std::string(page_size, '\0') : garbage(page_size, n + 1));
        lay(from, hurt);
        const auto number = static_cast<std::uint32_t>(n + 1);
        BOOST_TEST_CONTEXT(from << " page " << number << (is_zeroed ? " zeroed" : " garbage")) {
          const auto before = read_file(bad);
          const auto found = salvage_sqlite(bad, salvaged);
          BOOST_TEST_REQUIRE(found.has_value());
          BOOST_TEST((read_file(bad) == before));
          const auto at = where.find(number);
          const auto lost = at == where.end() || logged.contains(number) ? on_page{} : at->second;
          with_losses += lost.rows.empty() ? 0 : 1;
          BOOST_TEST(fault_of(salvaged, good, lost, lost.has_parked || number == 1) == "");
          BOOST_TEST(fault_when_repaired(salvaged, good) == "");
          if (lost.is_rest || lost.rows.empty()) {
            BOOST_TEST(forgotten(salvaged, good) == "");
            ++remembered;
          }
        }
      }
    BOOST_TEST((from == rest ? with_losses > 20u : with_losses > 0u));
    BOOST_TEST(remembered > 20u);
  }
}

// SQLite would lose the last row of the page, and say nothing.
BOOST_FIXTURE_TEST_CASE(nothing_is_lost_with_the_head_of_a_page, damaged_store) {
  const auto good = all_of(rest);
  const auto bytes = read_file(rest);
  for (std::size_t n = 1; n * page_size < bytes.size(); ++n)
    for (const int change : {1, 2}) {
      const auto head = n * page_size;
      if (bytes[head] != 10 && bytes[head] != 13) continue;
      auto hurt = bytes;
      if (change == 1) hurt[head + 4] = static_cast<char>(hurt[head + 4] - 1);  // one cell less
      else hurt.replace(head, 8, 8, '\xA5');
      if (hurt[head + 4] == '\xFF') continue;
      lay(rest, hurt);
      BOOST_TEST_CONTEXT("page " << n + 1 << " change " << change) {
        BOOST_TEST_REQUIRE(salvage_sqlite(bad, salvaged).has_value());
        BOOST_TEST(fault_of(salvaged, good, {}, true) == "");
      }
    }
}

// Whatever bytes are changed, nothing comes back that was not there.
BOOST_FIXTURE_TEST_CASE(many_bytes_may_be_changed_anywhere, damaged_store) {
  const auto good = all_of(killed);
  const auto bytes = read_file(killed), log = read_file(killed + "-wal");
  on_page all_lost{{}, true, false};
  for (const auto& [key, row] : good.rows) all_lost.rows.insert(row);
  std::uint64_t seed = 17, salvages = 0;
  const auto chance = [&](std::size_t below) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return static_cast<std::size_t>(seed >> 33) % below;
  };
  for (int round = 0; round < 150; ++round) {
    auto hurt = bytes;
    auto hurt_log = log;
    for (std::size_t i = 0; i < std::size_t{1} << (round % 12); ++i) hurt[chance(hurt.size())] = static_cast<char>(chance(256));
    if (round % 3 == 0) hurt_log[chance(hurt_log.size())] = static_cast<char>(chance(256));
    lay(killed, hurt);
    write_file(bad + "-wal", hurt_log);
    if (!salvage_sqlite(bad, salvaged)) continue;
    ++salvages;
    BOOST_TEST_CONTEXT("round " << round) { BOOST_TEST(fault_of(salvaged, good, all_lost, true, true) == ""); }
  }
  BOOST_TEST(salvages > 140u);
}

BOOST_FIXTURE_TEST_CASE(the_file_may_be_cut_at_every_page, damaged_store) {
  const auto good = all_of(rest);
  const auto where = what_stands_where(rest);
  const auto bytes = read_file(rest);
  for (std::size_t n = 2; n * page_size < bytes.size(); ++n) {  // sessions stand on the second
    lay(rest, bytes.substr(0, n * page_size + (n % 3) * 1000));
    on_page lost{{}, true};
    for (const auto& [number, what] : where)
      if (number > n) lost.rows.insert(what.rows.begin(), what.rows.end());
    BOOST_TEST_CONTEXT("cut to " << n) {
      BOOST_TEST_REQUIRE(salvage_sqlite(bad, salvaged).has_value());
      BOOST_TEST(fault_of(salvaged, good, lost, true) == "");
    }
  }
}

BOOST_FIXTURE_TEST_CASE(without_its_header_the_file_tells_by_its_pages_how_large_they_are, damaged_store) {
  {
    sqlite_connection c{rest, SQLITE_OPEN_READWRITE};
    c.run("PRAGMA journal_mode = DELETE");
  }
  for (const auto* size : {"4096", "1024", "16384"}) {
    {
      sqlite_connection c{rest, SQLITE_OPEN_READWRITE};
      c.run(("PRAGMA page_size = " + std::string{size} + "; VACUUM").c_str());
    }
    forget_log(rest);
    const auto good = all_of(rest);
    for (const auto& head : {std::string(100, '\0'), garbage(100, 3)}) {
      lay(rest, head + read_file(rest).substr(100));
      BOOST_TEST_CONTEXT("pages of " << size) {
        BOOST_TEST_REQUIRE(salvage_sqlite(bad, salvaged).has_value());
        BOOST_TEST(fault_of(salvaged, good, {}, false) == "");
      }
    }
  }
}

BOOST_FIXTURE_TEST_CASE(messages_tell_the_name_of_a_session_that_nothing_else_tells, damaged_store) {
  const auto good = all_of(rest);
  auto bytes = read_file(rest);
  bytes.replace(page_size, 2 * page_size, std::string(2 * page_size, '\0'));
  lay(rest, bytes);
  const auto found = salvage_sqlite(bad, salvaged);
  BOOST_TEST_REQUIRE(found.has_value());
  BOOST_TEST_REQUIRE(found->sessions.size() == 2u);
  BOOST_TEST(!found->sessions[0].has_row);
  BOOST_TEST(found->unreadable == 2u);
  BOOST_TEST(fault_of(salvaged, good, {}, false, true) == "");
  BOOST_TEST_REQUIRE(salvage_sqlite(bad, salvaged, std::array{gamma_id, alpha}).value().sessions.size() == 3u);
  BOOST_TEST(fault_of(salvaged, good, {}, false) == "");
  BOOST_TEST(fault_when_repaired(salvaged, good) == "");
  BOOST_TEST_REQUIRE(salvage_sqlite(bad, salvaged).has_value());
  // When the numbering was going on is what its messages say: a schedule must not take it for one of 1970.
  BOOST_TEST((read_all(salvaged).sessions.at(alpha).creation_time == day_one));
}

// Of the log only what was committed counts, and nothing behind a frame that is damaged.
BOOST_FIXTURE_TEST_CASE(of_the_log_what_was_committed_counts, damaged_store) {
  const auto bytes = read_file(killed), log = read_file(killed + "-wal");
  const std::size_t frames = (log.size() - 32) / (24 + page_size);
  BOOST_TEST_REQUIRE(frames > 3u);
  for (std::size_t n = 0; n <= frames; ++n) {
    lay(killed, bytes);
    write_file(bad + "-wal", log.substr(0, 32 + n * (24 + page_size)));
    std::map<std::uint32_t, std::string> by_pages;
    std::uint32_t count = 0;
    {
      const auto pages = pages_at(bad);
      count = pages.count();
      for (std::uint32_t p = 1; p <= count; ++p) pages.read(p, by_pages[p]);
    }
    // SQLite moves into the file what it takes.
    {
      sqlite_connection c{bad, SQLITE_OPEN_READWRITE};
      c.run("PRAGMA wal_checkpoint(TRUNCATE)");
    }
    const auto moved = read_file(bad);
    BOOST_TEST_REQUIRE(moved.size() == std::size_t{count} * page_size);
    for (std::uint32_t p = 1; p <= count; ++p) BOOST_TEST_REQUIRE((moved.substr((p - 1) * page_size, page_size) == by_pages[p]));
  }
}

BOOST_FIXTURE_TEST_CASE(a_header_may_say_that_it_is_another_s_or_of_another_format, damaged_store) {
  const auto good = all_of(rest);
  BOOST_TEST(!structure_damage(rest).has_value());
  for (const std::size_t at : {60u, 63u, 68u, 71u, 0u, 16u}) {
    auto bytes = read_file(rest);
    bytes[at] = static_cast<char>(at == 63 ? 1 : bytes[at] ^ (at == 60 ? 0x80 : 0x41));
    lay(rest, bytes);
    BOOST_TEST_CONTEXT("byte " << at) {
      BOOST_TEST(structure_damage(bad).has_value());
      BOOST_TEST_REQUIRE(salvage_sqlite(bad, salvaged).has_value());
      BOOST_TEST(fault_of(salvaged, good, {}, false) == "");
    }
  }
  // A greater one is of a newer program.
  auto bytes = read_file(rest);
  bytes[63] = 4;
  lay(rest, bytes);
  BOOST_TEST(!structure_damage(bad).has_value());
}

BOOST_FIXTURE_TEST_CASE(what_is_no_store_is_left_alone, damaged_store) {
  for (const auto& bytes : {std::string{}, std::string(9000, 'x'), garbage(20 * page_size, 9)}) {
    lay(rest, bytes);
    BOOST_TEST(!salvage_sqlite(bad, salvaged).has_value());
    BOOST_TEST(!std::filesystem::exists(salvaged));
  }
}

BOOST_FIXTURE_TEST_CASE(the_new_file_takes_the_place_of_the_old_one_and_of_its_log, damaged_store) {
  const auto good = all_of(killed);
  auto bytes = read_file(killed);
  bytes.replace(3 * page_size, page_size, garbage(page_size, 5));
  lay(killed, bytes);
  std::filesystem::permissions(bad, std::filesystem::perms{0640});
  BOOST_TEST_REQUIRE(salvage_sqlite(bad, salvaged).has_value());
  take_place(bad, salvaged);
  BOOST_TEST(!std::filesystem::exists(bad + "-wal"));
  BOOST_TEST(!std::filesystem::exists(salvaged));
  BOOST_TEST((std::filesystem::status(bad).permissions() == std::filesystem::perms{0640}));
  BOOST_TEST(!structure_damage(bad).has_value());
  BOOST_TEST(fault_when_repaired(bad, good) == "");
}

BOOST_FIXTURE_TEST_CASE(both_numbers_are_asked_for_and_neither_is_lowered, damaged_store) {
  lay(rest, read_file(rest));
  BOOST_TEST_REQUIRE(salvage_sqlite(bad, salvaged).has_value());
  repair_wishes wishes;
  wishes.next_target[alpha] = seq_num{500};
  BOOST_TEST(!has_work(planned(salvaged, wishes)));
  wishes.next_sender[alpha] = seq_num{100};
  BOOST_CHECK_EXCEPTION((void)planned(salvaged, wishes), store_error, [](const auto& e) { return says(e.what(), "next sender was 101 already, next target 101"); });
  wishes.next_sender[alpha] = seq_num{105};
  repair_sqlite(salvaged, planned(salvaged, wishes));
  const auto view = view_store(store_kind::sqlite, salvaged);
  for (const auto& s : view->sessions()) {
    BOOST_TEST((s.is_damaged == (s.id != alpha)));
    BOOST_TEST((s.is_lower_bound == (s.id != alpha)));
    if (s.id == alpha) BOOST_TEST(s.state.next_sender.value == 105u);
  }
}

// A submit that has gone out must not go out again because an old page says that it waits.
BOOST_FIXTURE_TEST_CASE(what_waits_is_trusted_only_where_it_belongs, damaged_store) {
  auto bytes = read_file(rest);
  bytes.replace(0, page_size, std::string(page_size, '\0'));  // which told where its tree begins
  lay(rest, bytes);
  BOOST_TEST_REQUIRE(salvage_sqlite(bad, salvaged).has_value());
  const auto view = view_store(store_kind::sqlite, salvaged);
  std::size_t given_up = 0;
  for (const auto& s : view->sessions())
    for (const auto& p : view->parked(s)) {
      BOOST_TEST(p.is_damaged);
      BOOST_TEST(p.token.value == 900'000 + p.place);
      ++given_up;
    }
  BOOST_TEST(given_up == 12u);
}

BOOST_AUTO_TEST_SUITE_END()
