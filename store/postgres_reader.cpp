#include "store/postgres_reader.hpp"

#include "store/record_check.hpp"

#include <algorithm>

namespace troupe::store {

using namespace protocol;

namespace {

// A skipped range may begin before. Frames beyond the bound stay where they are: a page of large ones is not sent in vain.
std::string page_of(const std::string& schema) {
  const std::string record = schema + ".record WHERE session = $1 AND generation = $2";
  return "SELECT number, last, kind, token, crc, CASE WHEN place = 1 OR bytes <= $6 THEN frame END FROM ("
         "SELECT *, row_number() OVER w AS place, sum(octet_length(frame)) OVER w AS bytes FROM ("
         "SELECT number, last, kind, token, crc, frame FROM " + record + " AND number <= $4 AND number >= coalesce(("
         "SELECT CASE WHEN last >= $3 THEN number END FROM " + record + " AND number <= $3 ORDER BY number DESC LIMIT 1), $3) "
         "ORDER BY number LIMIT $5) AS page WINDOW w AS (ORDER BY number)) AS counted ORDER BY number";
}

// One look into the index for each numbering, however many messages it has.
std::string finished_of(const std::string& schema) {
  const auto last_before = [&](const std::string& generation) {
    return "SELECT generation, last FROM " + schema + ".record WHERE session = $1 AND generation < " + generation + " ORDER BY generation DESC, number DESC LIMIT 1";
  };
  return "WITH RECURSIVE found AS ((" + last_before("$2") + ") UNION ALL SELECT before.* FROM found, LATERAL (" + last_before("found.generation") +
         ") AS before) SELECT generation, last FROM found ORDER BY generation";
}

std::string numberings_of(const std::string& schema) {
  const auto first_behind = [&](const std::string& generation) {
    return "SELECT generation FROM " + schema + ".record WHERE session = $1 AND generation > " + generation + " ORDER BY generation LIMIT 1";
  };
  return "WITH RECURSIVE found AS ((" + first_behind("0") + ") UNION ALL SELECT next.* FROM found, LATERAL (" + first_behind("found.generation") +
         ") AS next) SELECT generation FROM found ORDER BY generation";
}

stored_record record_of(const postgres_rows& rows, int at, const session_row& session) {
  stored_record r;
  r.number = seq_num{rows.number(at, 0)};
  r.last = seq_num{rows.number(at, 1)};
  r.kind = static_cast<record_kind>(rows.number(at, 2));
  r.token = submit_token{rows.number(at, 3)};
  const auto frame = rows.bytes(at, 5);
  const bool is_a_kind = rows.number(at, 2) == static_cast<std::uint64_t>(r.kind);
  r.is_damaged = !is_a_kind || rows.number(at, 4) != record_check(session.name_check, session.state.generation, r.number, r.last, r.kind, r.token, frame);
  if (!r.is_damaged) {
    r.frame = frame;
    return r;
  }
  // What the rest of it says is not to be believed: it must not hide its neighbours, nor pass for one that nobody misses.
  r.last = r.number;
  r.kind = record_kind::application;
  return r;
}

parked_submit parked_of(const postgres_rows& rows, int at, const session_row& session) {
  parked_submit p;
  p.place = rows.number(at, 0);
  p.token = submit_token{rows.number(at, 1)};
  p.since = utc_time{std::chrono::nanoseconds{static_cast<std::int64_t>(rows.number(at, 2))}};
  p.message = {rows.text(at, 4), rows.text(at, 5), rows.text(at, 6)};
  const auto check = parked_check(session.name_check, p);
  p.is_damaged = rows.number(at, 3) != check;
  if (rows.number(at, 3) >> 32 != check >> 32) p.token = submit_token{};
  return p;
}

session_row row_of(const postgres_rows& rows, int at) {
  session_row r;
  r.row = rows.number(at, 0);
  r.id = {rows.text(at, 1), rows.text(at, 2), rows.text(at, 3), rows.text(at, 4)};
  r.name_check = crc32c(to_string(r.id));
  r.state.incarnation = session_incarnation{rows.number(at, 5)};
  r.last_commit = commit_id{rows.number(at, 6)};
  r.state.generation = numbering_generation{rows.number(at, 7)};
  r.state.next_sender = seq_num{rows.number(at, 8)};
  r.state.next_target = seq_num{rows.number(at, 9)};
  r.state.creation_time = utc_time{std::chrono::nanoseconds{static_cast<std::int64_t>(rows.number(at, 10))}};
  r.state.is_reset_pending = rows.flag(at, 11);
  r.state.is_cancel_owed = rows.flag(at, 12);
  r.is_damaged = rows.number(at, 13) != row_check(r);
  return r;
}

}  // namespace

postgres_reader::postgres_reader(const std::string& schema)
    : sessions_{"sessions", "SELECT id, begin_string, sender_comp_id, target_comp_id, qualifier, incarnation, last_commit, generation, next_sender, "
                            "next_target, creation_time, is_reset_pending, is_cancel_owed, crc FROM " + schema + ".session ORDER BY id"},
      page_{"page", page_of(schema)},
      token_{"token", "SELECT number FROM " + schema + ".record WHERE session = $1 AND generation IN ($2, $2 - 1) AND token = $3 AND token <> 0 "
                      "ORDER BY generation DESC, number LIMIT 1"},
      parked_{"parked", "SELECT place, token, since, crc, msg_type, header, body FROM " + schema + ".parked WHERE session = $1 AND place > $2 ORDER BY place LIMIT $3"},
      parked_token_{"parked_token", "SELECT 1::bigint FROM " + schema + ".parked WHERE session = $1 AND token = $2 AND token <> 0 LIMIT 1"},
      finished_{"finished", finished_of(schema)},
      numberings_{"numberings", numberings_of(schema)} {}

std::vector<session_row> postgres_reader::sessions(postgres_connection& c) const {
  auto all = all_sessions(c);
  for (const auto& r : all)
    if (r.is_damaged) throw damaged(r, ", and set them with `troupe repair-store`; or restore the database from a copy");
  return all;
}

std::vector<session_row> postgres_reader::all_sessions(postgres_connection& c) const {
  const auto rows = c.run(sessions_);
  std::vector<session_row> all;
  all.reserve(static_cast<std::size_t>(rows.count()));
  for (int at = 0; at < rows.count(); ++at) all.push_back(row_of(rows, at));
  return all;
}

replay_page postgres_reader::fetch(postgres_connection& c, const session_row& session, seq_num begin, seq_num end, std::size_t max_records,
                                   std::size_t max_bytes) const {
  replay_page page{session.state.generation, begin, end, true, {}};
  constexpr std::uint64_t greatest = ~std::uint64_t{} >> 1;
  const auto bound = [](std::uint64_t n) { return std::min(n, greatest - 1); };
  postgres_values v;
  v.number(session.row).number(session.state.generation.value).number(bound(begin.value)).number(bound(end.value));
  const auto rows = c.run(page_, v.number(bound(max_records) + 1).number(bound(max_bytes)));
  for (int at = 0; at < rows.count(); ++at) {
    if (!page.records.empty() && (page.records.size() >= max_records || rows.is_null(at, 5))) {
      page.end = page.records.back().last;
      page.is_last = false;
      break;
    }
    page.records.push_back(record_of(rows, at, session));
  }
  return page;
}

std::optional<seq_num> postgres_reader::find_token(postgres_connection& c, const session_row& session, submit_token token) const {
  const auto rows = c.run(token_, postgres_values{}.number(session.row).number(session.state.generation.value).number(token.value));
  return rows.count() == 0 ? std::nullopt : std::optional{seq_num{rows.number(0, 0)}};
}

std::vector<parked_submit> postgres_reader::parked(postgres_connection& c, const session_row& session, std::uint64_t after, std::size_t most) const {
  const auto rows = c.run(parked_, postgres_values{}.number(session.row).number(after).number(most));
  std::vector<parked_submit> all;
  all.reserve(static_cast<std::size_t>(rows.count()));
  for (int at = 0; at < rows.count(); ++at) all.push_back(parked_of(rows, at, session));
  return all;
}

bool postgres_reader::is_parked(postgres_connection& c, const session_row& session, submit_token token) const {
  return c.run(parked_token_, postgres_values{}.number(session.row).number(token.value)).count() != 0;
}

std::vector<finished_numbering> postgres_reader::finished(postgres_connection& c, const session_row& session) const {
  const auto rows = c.run(finished_, postgres_values{}.number(session.row).number(session.state.generation.value));
  std::vector<finished_numbering> all;
  for (int at = 0; at < rows.count(); ++at) all.push_back({numbering_generation{rows.number(at, 0)}, seq_num{rows.number(at, 1)}});
  return all;
}

std::vector<numbering_generation> postgres_reader::numberings(postgres_connection& c, std::uint64_t row) const {
  const auto rows = c.run(numberings_, postgres_values{}.number(row));
  std::vector<numbering_generation> all;
  for (int at = 0; at < rows.count(); ++at) all.push_back(numbering_generation{rows.number(at, 0)});
  return all;
}

}  // namespace troupe::store
