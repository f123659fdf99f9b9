#include "store/sqlite_view.hpp"

#include "store/crc32c.hpp"
#include "store/sqlite_schema.hpp"
#include "store/store_advice.hpp"

#include <map>
#include <set>
#include <utility>

namespace troupe::store {

using namespace protocol;

namespace {

// Of SQLite's machine, some tens of nanoseconds each.
constexpr int step = 100'000;
constexpr unsigned most_steps_in_use = 400;

constexpr std::size_t most_blocks = 2000;  // of places, in memory

int count_down(void* left) { return --*static_cast<unsigned*>(left) == 0 ? 1 : 0; }

}  // namespace

sqlite_view::sqlite_view(const std::string& path) : path_(path) {
  try {
    connection_ = std::make_unique<sqlite_connection>(path, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX);
    connection_->run("PRAGMA busy_timeout = 2000");
    if (connection_->number("PRAGMA application_id") == 0 && connection_->number("SELECT count(*) FROM sqlite_master") == 0) throw store_unbegun(path);
    require_readable(*connection_, path);
    reader_ = std::make_unique<sqlite_reader>(*connection_);
  } catch (const sqlite_error& e) {
    const bool is_broken = e.code() == SQLITE_NOTADB || e.code() == SQLITE_CORRUPT;
    throw store_error(path + ": cannot be read as a store: " + e.what() + (is_broken ? ". If it was one, `troupe repair-store` says what can be had of it." : ""));
  }
}

template <class F>
auto sqlite_view::ask(F question) {
  try {
    return question();
  } catch (const sqlite_error& e) {
    throw store_error(path_ + ": cannot be read: " + e.what() + "." + advice_for(e.code(), path_));
  }
}

std::vector<viewed_session> sqlite_view::sessions() {
  return ask([&] {
    std::vector<viewed_session> all;
    for (auto& row : reader_->all_sessions()) all.push_back({std::move(row.id), row.row, row.state, row.last_commit, row.is_damaged, row.is_lower_bound});
    return all;
  });
}

std::vector<numbering_generation> sqlite_view::numberings(const viewed_session& s) {
  return ask([&] {
    std::vector<numbering_generation> all;
    for (auto next = reader_->next_numbering(s.key, {}); next; next = reader_->next_numbering(s.key, *next)) all.push_back(*next);
    if (!s.is_damaged) return all;
    // Which is the present one of these is told by the messages, and not by what was made from them.
    sqlite_statement rows{*connection_, "SELECT DISTINCT generation FROM record WHERE session = ? ORDER BY generation"};
    for (all.clear(), rows.use(s.key); rows.step();) all.push_back(numbering_generation{rows.column(0)});
    return all;
  });
}

replay_page sqlite_view::fetch(const viewed_session& s, numbering_generation of, seq_num begin, seq_num end, std::size_t max_records, std::size_t max_bytes) {
  const auto row = of_numbering(row_of(s), of);
  return ask([&] { return reader_->fetch(row, begin, end, max_records, max_bytes); });
}

std::vector<parked_submit> sqlite_view::parked(const viewed_session& s, std::uint64_t after, std::size_t most) {
  return ask([&] { return reader_->parked(row_of(s), after, most); });
}

std::vector<numbered_token> sqlite_view::tokens_of_lost(const viewed_session& s, numbering_generation of, seq_num first, seq_num last) {
  return ask([&] { return reader_->tokens_of_lost(of_numbering(row_of(s), of), first, last); });
}

std::string sqlite_view::place_of(const viewed_session& s, numbering_generation of, seq_num number) {
  const auto row = ask([&] { return reader_->row_of(of_numbering(row_of(s), of), number); });
  return path_ + ": record (" + (row ? "id " + std::to_string(*row) + ", " : "") + "session " + std::to_string(s.key) + ", generation " + std::to_string(of.value) + ", number " + std::to_string(number.value) + ")";
}

bool sqlite_view::check_structure(bool is_in_use, const std::function<void(store_damage)>& found) {
  const bool is_complete = check_file(is_in_use, found);
  try {
    if (is_in_use) find_orphans("place", found);
    else check_rows(found);
    find_orphans("parked", found);
  } catch (const sqlite_error& e) {
    found({damage_kind::structure, path_, e.what()});
  }
  return is_complete;
}

// What holds the log for longer than it takes is left to whoever stops the engine.
bool sqlite_view::check_file(bool is_in_use, const std::function<void(store_damage)>& found) {
  unsigned left = most_steps_in_use;
  if (is_in_use) sqlite3_progress_handler(connection_->get(), step, &count_down, &left);
  bool is_complete = true;
  try {
    sqlite_statement check{*connection_, is_in_use ? "PRAGMA quick_check(100)" : "PRAGMA integrity_check(100)"};
    for (check.use(); check.step();)
      if (const auto text = check.bytes(0); text != "ok") found({damage_kind::structure, path_, "SQLite says: " + std::string{text}});
  } catch (const sqlite_error& e) {
    is_complete = e.code() != SQLITE_INTERRUPT;
    if (is_complete) found({damage_kind::structure, path_, "SQLite says: " + std::string{e.what()}});
  }
  sqlite3_progress_handler(connection_->get(), 0, nullptr, nullptr);
  return is_complete;
}

// Every row belongs to a session, is found by its number, and alone has it.
void sqlite_view::check_rows(const std::function<void(store_damage)>& found) {
  std::map<std::uint64_t, viewed_session> sessions_by_row;
  for (auto& s : sessions()) sessions_by_row.emplace(s.key, s);
  const auto& tails = reader_->tail().tails();
  sqlite_places blocks{*connection_};
  std::map<std::pair<std::uint64_t, std::uint64_t>, place_block> last;  // that was asked for, of a session's numbering
  std::set<std::uint64_t> orphans;
  std::uint64_t untold = 0;
  sqlite_statement rows{*connection_, "SELECT id, session, generation, number FROM record ORDER BY id"};
  for (rows.use(); rows.step();) {
    const auto id = rows.column(0), session = rows.column(1), generation = rows.column(2);
    const seq_num number{rows.column(3)};
    const auto known = sessions_by_row.find(session);
    if (known == sessions_by_row.end()) {
      if (orphans.insert(session).second) found({damage_kind::orphans, path_ + ": record (session " + std::to_string(session) + ")", "rows of a session that is not there"});
      continue;
    }
    if (last.size() > most_blocks) last.clear();
    auto& block = last[{session, generation}];
    if (block.places.empty() || number < block.first || number > block.last) {
      const auto at = blocks.at(session, numbering_generation{generation}, number);
      block = at && !at->is_damaged ? *at : place_block{};
    }
    auto places = places_from(block.places, number);
    if (const auto tail = tails.find(session); places.empty() && tail != tails.end() && tail->second.generation.value == generation) places = places_from(tail->second.places, number);
    const bool is_told = !places.empty() && places.front().number <= number;
    if (is_told && places.front().row == id) continue;
    if (!is_told) {
      ++untold;
      continue;
    }
    store_damage d{damage_kind::record_twice, path_ + ": record (id " + std::to_string(id) + ")", "message " + std::to_string(number.value) + " has another record, id " + std::to_string(places.front().row),
                   known->second.id, numbering_generation{generation}, known->second.state.generation.value == generation, number, number};
    found(std::move(d));
  }
  if (untold == 0) return;
  store_damage d{damage_kind::index, path_ + ": place", std::to_string(untold) + (untold == 1 ? " message is" : " messages are") + " not found by number: looking for one takes longer"};
  d.file = path_;
  found(std::move(d));
}

void sqlite_view::find_orphans(const char* table, const std::function<void(store_damage)>& found) {
  sqlite_statement next{*connection_, ("SELECT min(session) FROM " + std::string{table} + " WHERE session > ?").c_str()};
  sqlite_statement known{*connection_, "SELECT 1 FROM session WHERE id = ?"};
  for (std::uint64_t session = 0; next.use(session).step() && !next.is_null(0);) {
    session = next.column(0);
    next.reset();
    const bool is_known = known.use(session).step();
    known.reset();
    if (!is_known)
      found({damage_kind::orphans, path_ + ": " + table + " (session " + std::to_string(session) + ")", "rows of a session that is not there"});
  }
}

std::string sqlite_view::describe() const { return "sqlite " + path_ + ", format " + std::to_string(static_cast<std::uint64_t>(sqlite_user_version)); }

}  // namespace troupe::store
