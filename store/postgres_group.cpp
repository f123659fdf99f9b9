#include "store/postgres_group.hpp"

#include "store/record_check.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>

namespace troupe::store {

using namespace protocol;

namespace {

// A table of values: one array for each column.
std::string given(const char* name, int first, std::initializer_list<const char*> types, const char* columns) {
  std::string arrays;
  for (const char* type : types) arrays += (arrays.empty() ? "$" : ", $") + std::to_string(first++) + "::" + type + "[]";
  return "unnest(" + arrays + ") AS " + name + " (" + columns + ")";
}

// A lock that fits no row waits for whoever is changing it, and looks again: there is no moment between the check and the write.
std::string numbers_part(const std::string& schema) {
  constexpr const char* n = "bigint";
  return "WITH owner AS MATERIALIZED (SELECT greatest(0, extract(epoch FROM expires - clock_timestamp()) * 1000)::bigint AS left_ms FROM " + schema +
         ".lease WHERE fencing_token = $1 FOR UPDATE), changed AS (UPDATE " + schema +
         ".session AS s SET last_commit = g.last_commit, generation = g.generation, next_sender = g.next_sender, next_target = g.next_target, "
         "creation_time = g.creation_time, is_reset_pending = g.is_reset_pending <> 0, is_cancel_owed = g.is_cancel_owed <> 0, crc = g.crc FROM owner, " +
         given("g", 2, {n, n, n, n, n, n, n, n, n, n, n},
               "id, incarnation, before, last_commit, generation, next_sender, next_target, creation_time, is_reset_pending, is_cancel_owed, crc") +
         " WHERE s.id = g.id AND s.incarnation = g.incarnation AND s.last_commit = g.before RETURNING s.id)";
}

std::string records_part(const std::string& schema) {
  constexpr const char* n = "bigint";
  return ", added AS (INSERT INTO " + schema + ".record (session, generation, number, last, kind, token, crc, frame) SELECT r.* FROM " +
         given("r", 13, {n, n, n, n, n, n, n, "bytea"}, "session, generation, number, last, kind, token, crc, frame") +
         " WHERE r.session IN (SELECT id FROM changed))";
}

std::string parked_part(const std::string& schema) {
  constexpr const char* n = "bigint";
  constexpr const char* b = "bytea";
  return ", parked_now AS (INSERT INTO " + schema + ".parked (session, place, token, since, crc, msg_type, header, body) SELECT p.* FROM " +
         given("p", 21, {n, n, n, n, n, b, b, b}, "session, place, token, since, crc, msg_type, header, body") +
         " WHERE p.session IN (SELECT id FROM changed)), unparked AS (DELETE FROM " + schema + ".parked AS p USING " +
         given("u", 29, {n, n, n}, "session, first, last") +
         " WHERE p.session = u.session AND p.place BETWEEN u.first AND u.last AND u.session IN (SELECT id FROM changed))";
}

constexpr const char* answer_part = " SELECT 0::bigint, left_ms FROM owner UNION ALL SELECT id, 0 FROM changed";

}  // namespace

postgres_group_statements::postgres_group_statements(const std::string& schema)
    : without_parked{"commit", numbers_part(schema) + records_part(schema) + answer_part},
      with_parked{"commit_with_parked", numbers_part(schema) + records_part(schema) + parked_part(schema) + answer_part} {}

commit_result postgres_group::stage(session_row& session, const commit_batch& batch) {
  const auto known = staged_.find(session.row);
  const auto& before = known == staged_.end() ? session : known->second.now;
  const commit_position position{before.state.incarnation, before.last_commit};
  if (const auto turn = turn_of(position, batch); turn != commit_turn::take) return answer_to(turn, position, batch);
  auto& s = known == staged_.end() ? staged_.emplace(session.row, staged{&session, session, session.last_commit}).first->second : known->second;
  auto& now = s.now.state;
  if (batch.reset) {
    now.creation_time = batch.reset->creation_time;
    s.has_reset = true;
  }
  now.generation = batch.generation;
  now.next_sender = batch.next_sender;
  now.next_target = batch.next_target;
  now.is_reset_pending = batch.is_reset_pending;
  now.is_cancel_owed = batch.is_cancel_owed;
  s.now.last_commit = batch.id;
  take_parked(s, batch);
  batches_.emplace_back(&session, &batch);
  return {};
}

// What comes and goes within the group never gets there: a statement does not see what it adds itself.
void postgres_group::take_parked(staged& s, const commit_batch& batch) {
  for (const auto& p : batch.park) s.park.push_back(&p);
  std::erase_if(s.park, [&](const parked_submit* p) {
    return p->place <= batch.parked_through || std::find(batch.unpark.begin(), batch.unpark.end(), p->place) != batch.unpark.end();
  });
  s.parked_through = std::max(s.parked_through, batch.parked_through);
  s.unpark.insert(s.unpark.end(), batch.unpark.begin(), batch.unpark.end());
}

bool postgres_group::has_parked() const {
  return std::any_of(staged_.begin(), staged_.end(),
                     [](const auto& s) { return !s.second.park.empty() || s.second.parked_through != 0 || !s.second.unpark.empty(); });
}

void postgres_group::add_numbers(postgres_values& v) const {
  std::array<std::vector<std::uint64_t>, 11> columns;
  for (const auto& [row, s] : staged_) {
    const auto& n = s.now.state;
    const std::array<std::uint64_t, 11> values{row,
                                               n.incarnation.value,
                                               s.before.value,
                                               s.now.last_commit.value,
                                               n.generation.value,
                                               n.next_sender.value,
                                               n.next_target.value,
                                               static_cast<std::uint64_t>(nanoseconds(n.creation_time)),
                                               std::uint64_t{n.is_reset_pending},
                                               std::uint64_t{n.is_cancel_owed},
                                               std::uint64_t{row_check(s.now)}};
    for (std::size_t i = 0; i < columns.size(); ++i) columns[i].push_back(values[i]);
  }
  for (const auto& column : columns) v.numbers(column);
}

void postgres_group::add_records(postgres_values& v) const {
  std::array<std::vector<std::uint64_t>, 7> columns;
  std::vector<std::string_view> frames;
  for (const auto& [session, batch] : batches_)
    for (const auto& r : batch->records) {
      frames.push_back(batch->frame(r));
      const std::uint64_t crc = record_check(session->name_check, batch->generation, r.number, r.last, r.kind, r.token, frames.back());
      const std::array<std::uint64_t, 7> values{session->row, batch->generation.value, r.number.value, r.last.value,
                                                static_cast<std::uint64_t>(r.kind), r.token.value, crc};
      for (std::size_t i = 0; i < columns.size(); ++i) columns[i].push_back(values[i]);
    }
  for (const auto& column : columns) v.numbers(column);
  v.byte_strings(frames);
}

void postgres_group::add_parked(postgres_values& v) const {
  std::array<std::vector<std::uint64_t>, 5> columns;
  std::array<std::vector<std::string_view>, 3> parts;
  for (const auto& [row, s] : staged_)
    for (const auto* p : s.park) {
      const std::array<std::uint64_t, 5> values{row, p->place, p->token.value, static_cast<std::uint64_t>(nanoseconds(p->since)), parked_check(s.now.name_check, *p)};
      for (std::size_t i = 0; i < columns.size(); ++i) columns[i].push_back(values[i]);
      parts[0].push_back(p->message.msg_type);
      parts[1].push_back(p->message.header);
      parts[2].push_back(p->message.body);
    }
  for (const auto& column : columns) v.numbers(column);
  for (const auto& part : parts) v.byte_strings(part);
}

void postgres_group::add_unparked(postgres_values& v) const {
  std::array<std::vector<std::uint64_t>, 3> columns;
  const auto add = [&](std::uint64_t row, std::uint64_t first, std::uint64_t last) {
    columns[0].push_back(row);
    columns[1].push_back(first);
    columns[2].push_back(last);
  };
  for (const auto& [row, s] : staged_) {
    if (s.parked_through != 0) add(row, 0, s.parked_through);
    for (const auto place : s.unpark) add(row, place, place);
  }
  for (const auto& column : columns) v.numbers(column);
}

postgres_group::outcome postgres_group::store(postgres_connection& connection, const postgres_group_statements& statements, std::uint64_t token) const {
  postgres_values v;
  v.number(token);
  add_numbers(v);
  add_records(v);
  const bool is_with_parked = has_parked();
  if (is_with_parked) {
    add_parked(v);
    add_unparked(v);
  }
  const auto rows = connection.run(is_with_parked ? statements.with_parked : statements.without_parked, v);
  outcome o;
  o.is_fenced = true;
  for (int at = 0; at < rows.count(); ++at) {
    if (rows.number(at, 0) != 0) {
      o.stored.insert(rows.number(at, 0));
      continue;
    }
    o.is_fenced = false;
    o.lease_left = rows.number(at, 1);
  }
  return o;
}

std::vector<std::pair<std::uint64_t, std::uint64_t>> postgres_group::settle(const outcome& done, unsigned kept_generations) {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> old;
  for (auto& [row, s] : staged_) {
    if (!done.stored.contains(row)) continue;
    const auto generation = s.now.state.generation.value;
    if (s.has_reset && generation > kept_generations) old.emplace_back(row, generation - kept_generations);
    *s.session = std::move(s.now);
  }
  return old;
}

}  // namespace troupe::store
