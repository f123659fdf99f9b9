// One transaction, whatever there is to do.
#include "store/file_lock.hpp"
#include "store/record_check.hpp"
#include "store/repair.hpp"
#include "store/sqlite_reader.hpp"
#include "store/sqlite_record.hpp"
#include "store/sqlite_schema.hpp"
#include "store/store_advice.hpp"

#include <algorithm>

namespace troupe::store {

using namespace protocol;

namespace {

sqlite_row& row_of(std::vector<sqlite_row>& rows, const session_id& id) {
  const auto at = std::find_if(rows.begin(), rows.end(), [&](const auto& r) { return r.id == id; });
  if (at == rows.end()) throw store_error(to_string(id) + " is not in the store any more. Make a new plan.");
  return *at;
}

// Behind all rows, and all that were there.
std::uint64_t last_row(sqlite_connection& c, const std::vector<sqlite_row>& sessions, const sqlite_reader& reader) {
  auto last = std::max(static_cast<std::uint64_t>(c.number("SELECT coalesce(max(id), 0) FROM record")), reader.tail().through());
  for (const auto& s : sessions)
    if (!s.is_damaged) last = std::max(last, s.as_of);
  return last;
}

void fill(sqlite_connection& c, const session_row& s, const repair_step& step, std::uint64_t& last) {
  sqlite_statement remove{c, "DELETE FROM record WHERE session = ? AND generation = ? AND number >= ? AND number <= ?"};
  sqlite_statement remove_row{c, "DELETE FROM record WHERE id = ?"};
  sqlite_statement insert{c, "INSERT INTO record (id, session, generation, number, last, kind, token, crc, frame) VALUES (?, ?, ?, ?, ?, ?, ?, ?, x'')"};
  // One whose number is damaged is known by its place alone.
  sqlite_places blocks{c};
  for (auto b = blocks.at(s.row, step.generation, step.first); b && !b->is_damaged && b->first <= step.last; b = blocks.behind(s.row, step.generation, b->first))
    for (const auto& p : places_from(b->places, step.first))
      if (p.number <= step.last) remove_row.use(p.row).done();
  remove.use(s.row, step.generation.value, step.first.value, step.last.value).done();
  for (const auto& r : records_of(step)) {
    const auto of_record = record_check(s.name_check, step.generation, r.number, r.last, r.kind, r.token, {});
    ++last;
    insert.use(last, s.row, step.generation.value, r.number.value, r.last.value, static_cast<std::uint64_t>(r.kind), r.token.value, std::uint64_t{record_row_check(of_record, last, no_numbers)}).done();
  }
}

void set_numbers(sqlite_row& s, const repair_step& step) {
  s.state.generation = step.generation;
  s.state.next_sender = step.next_sender;
  s.state.next_target = step.next_target;
  s.is_damaged = s.is_lower_bound = false;
}

// One whose numbers are damaged stays so, also if the record that showed it is gone.
void write_numbers(sqlite_connection& c, sqlite_row& s, std::uint64_t last) {
  s.as_of = last;
  const std::uint64_t crc = sqlite_row_check(s) ^ (s.is_lower_bound ? lower_bound_mark : s.is_damaged ? damaged_mark : 0);
  sqlite_statement numbers{c, "UPDATE session SET incarnation = ?, last_commit = ?, generation = ?, next_sender = ?, next_target = ?, as_of = ?, crc = ? WHERE id = ?"};
  numbers
      .use(s.state.incarnation.value, s.last_commit.value, s.state.generation.value, s.state.next_sender.value, s.state.next_target.value, s.as_of, crc, s.row)
      .done();
}

std::vector<viewed_session> seen(const std::vector<sqlite_row>& rows) {
  std::vector<viewed_session> all;
  for (const auto& r : rows) all.push_back({r.id, r.row, r.state, r.last_commit, r.is_damaged, r.is_lower_bound});
  return all;
}

}  // namespace

void repair_sqlite(const std::string& path, const repair_plan& plan) try {
  const file_lock lock{path};
  sqlite_connection c{path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX};
  c.run("PRAGMA busy_timeout = 2000; PRAGMA synchronous = EXTRA");
  require_readable(c, path);
  c.run("PRAGMA temp_store = FILE");
  c.run("BEGIN IMMEDIATE");
  sqlite_reader reader{c};
  auto rows = reader.all_sessions();
  require_unchanged(path, plan, seen(rows));
  auto last = last_row(c, rows, reader);
  for (const auto& step : plan.steps) {
    if (step.what == repair_step::kind::fill) fill(c, row_of(rows, step.session), step, last);
    if (step.what == repair_step::kind::set_numbers) set_numbers(row_of(rows, step.session), step);
  }
  for (auto& row : rows) write_numbers(c, row, last);
  remake_places(c);
  set_settled(c, last);
  c.run("COMMIT");
} catch (const sqlite_error& e) {
  throw store_error(path + ": was not repaired, and is as it was: " + e.what() + "." + advice_for(e.code(), path));
}

}  // namespace troupe::store
