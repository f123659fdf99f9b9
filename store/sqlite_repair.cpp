// One transaction, whatever there is to do.
#include "store/file_lock.hpp"
#include "store/record_check.hpp"
#include "store/repair.hpp"
#include "store/sqlite_reader.hpp"
#include "store/sqlite_schema.hpp"
#include "store/store_advice.hpp"

#include <algorithm>

namespace troupe::store {

using namespace protocol;

namespace {

session_row& row_of(std::vector<session_row>& rows, const session_id& id) {
  const auto at = std::find_if(rows.begin(), rows.end(), [&](const auto& r) { return r.id == id; });
  if (at == rows.end()) throw store_error(to_string(id) + " is not in the store any more. Make a new plan.");
  return *at;
}

void fill(sqlite_connection& c, const session_row& s, const repair_step& step) {
  sqlite_statement remove{c, "DELETE FROM record WHERE session = ? AND generation = ? AND number >= ? AND number <= ?"};
  sqlite_statement insert{c, "INSERT INTO record (session, generation, number, last, kind, token, crc, frame) VALUES (?, ?, ?, ?, ?, ?, ?, x'')"};
  remove.use(s.row, step.generation.value, step.first.value, step.last.value).done();
  for (const auto& r : records_of(step)) {
    const std::uint64_t crc = record_check(s.name_check, step.generation, r.number, r.last, r.kind, r.token, {});
    insert.use(s.row, step.generation.value, r.number.value, r.last.value, static_cast<std::uint64_t>(r.kind), r.token.value, crc).done();
  }
}

void set_numbers(sqlite_connection& c, session_row& s, const repair_step& step) {
  s.state.generation = step.generation;
  s.state.next_sender = step.next_sender;
  s.state.next_target = step.next_target;
  sqlite_statement numbers{c, "UPDATE session SET generation = ?, next_sender = ?, next_target = ?, crc = ? WHERE id = ?"};
  numbers.use(step.generation.value, step.next_sender.value, step.next_target.value, std::uint64_t{row_check(s)}, s.row).done();
}

std::vector<viewed_session> seen(const std::vector<session_row>& rows) {
  std::vector<viewed_session> all;
  for (const auto& r : rows) all.push_back({r.id, r.row, r.state, r.last_commit, r.is_damaged});
  return all;
}

}  // namespace

void repair_sqlite(const std::string& path, const repair_plan& plan) try {
  const file_lock lock{path};
  sqlite_connection c{path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX};
  c.run("PRAGMA busy_timeout = 2000; PRAGMA synchronous = EXTRA");
  const auto version = readable_version(c, path);
  c.run("BEGIN IMMEDIATE");
  auto rows = sqlite_reader{c, version}.all_sessions();
  require_unchanged(path, plan, seen(rows));
  for (const auto& step : plan.steps) {
    if (step.what == repair_step::kind::fill) fill(c, row_of(rows, step.session), step);
    if (step.what == repair_step::kind::set_numbers) set_numbers(c, row_of(rows, step.session), step);
  }
  c.run("COMMIT");
} catch (const sqlite_error& e) {
  throw store_error(path + ": was not repaired, and is as it was: " + e.what() + "." + advice_for(e.code(), path));
}

}  // namespace troupe::store
