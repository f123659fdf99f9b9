#include "store/sqlite_reader.hpp"

#include "store/record_check.hpp"
#include "store/sqlite_schema.hpp"

#include <algorithm>

namespace troupe::store {

using namespace protocol;

namespace {

// A file without the table has nothing in it.
constexpr const char* no_parked = "SELECT 0, 0, 0, 0, '', x'', x'' WHERE ?1 IS NULL AND ?2 IS NULL AND ?3 IS NULL";
constexpr const char* no_parked_token = "SELECT 1 WHERE ?1 IS NULL AND ?2 IS NULL";

}  // namespace

sqlite_reader::sqlite_reader(sqlite_connection& connection, std::int64_t version)
    : all_(connection,
           ("SELECT id, begin_string, sender_comp_id, target_comp_id, qualifier, incarnation, last_commit, generation, next_sender, "
            "next_target, creation_time, is_reset_pending, crc, " +
            std::string{version == sqlite_version_without_parked ? "0" : "is_cancel_owed"} + " FROM session ORDER BY id")
               .c_str()),
      page_(connection,
            "SELECT number, last, kind, token, crc, frame FROM record WHERE session = ? AND generation = ? AND number >= ? AND number <= ? "
            "ORDER BY number"),
      start_(connection,
             "SELECT number, last FROM record WHERE session = ? AND generation = ? AND number <= ? ORDER BY number DESC LIMIT 1"),
      token_(connection, "SELECT number FROM record WHERE session = ? AND generation = ? AND token = ? AND token <> 0 ORDER BY number LIMIT 1"),
      position_(connection, "SELECT incarnation, last_commit FROM session WHERE id = ?"),
      parked_(connection, version == sqlite_version_without_parked
                              ? no_parked
                              : "SELECT place, token, since, crc, msg_type, header, body FROM parked WHERE session = ? AND place > ? ORDER BY place LIMIT ?"),
      parked_token_(connection, version == sqlite_version_without_parked ? no_parked_token
                                                                         : "SELECT 1 FROM parked WHERE session = ? AND token = ? AND token <> 0 LIMIT 1"),
      numbering_(connection, "SELECT min(generation) FROM record WHERE session = ? AND generation > ?"),
      before_(connection, "SELECT generation, last FROM record WHERE session = ? AND generation < ? ORDER BY generation DESC, number DESC LIMIT 1") {}

std::vector<session_row> sqlite_reader::sessions() {
  auto rows = all_sessions();
  for (const auto& r : rows)
    if (r.is_damaged) throw damaged(r, ", and set them with `troupe repair-store`; or restore the file from a copy");
  return rows;
}

std::vector<session_row> sqlite_reader::all_sessions() {
  std::vector<session_row> rows;
  for (all_.use(); all_.step();) {
    session_row r;
    r.row = all_.column(0);
    r.id = {std::string{all_.bytes(1)}, std::string{all_.bytes(2)}, std::string{all_.bytes(3)}, std::string{all_.bytes(4)}};
    r.name_check = crc32c(to_string(r.id));
    r.state.incarnation = session_incarnation{all_.column(5)};
    r.last_commit = commit_id{all_.column(6)};
    r.state.generation = numbering_generation{all_.column(7)};
    r.state.next_sender = seq_num{all_.column(8)};
    r.state.next_target = seq_num{all_.column(9)};
    r.state.creation_time = utc_time{std::chrono::nanoseconds{static_cast<std::int64_t>(all_.column(10))}};
    r.state.is_reset_pending = all_.column(11) != 0;
    r.state.is_cancel_owed = all_.column(13) != 0;
    r.is_damaged = all_.column(12) != row_check(r);
    rows.push_back(std::move(r));
  }
  all_.reset();
  return rows;
}

stored_record sqlite_reader::record_of(const session_row& session) const {
  stored_record r;
  r.number = seq_num{page_.column(0)};
  r.last = seq_num{page_.column(1)};
  r.kind = static_cast<record_kind>(page_.column(2));
  r.token = submit_token{page_.column(3)};
  const auto frame = page_.bytes(5);
  r.is_damaged = page_.column(4) != record_check(session.name_check, session.state.generation, r.number, r.last, r.kind, r.token, frame);
  if (!r.is_damaged) {
    r.frame = frame;
    return r;
  }
  // What the rest of it says is not to be believed: it must not hide its neighbours, nor pass for one that nobody misses.
  r.last = r.number;
  r.kind = record_kind::application;
  return r;
}

replay_page sqlite_reader::fetch(const session_row& session, seq_num begin, seq_num end, std::size_t max_records, std::size_t max_bytes) {
  replay_page page{session.state.generation, begin, end, true, {}};
  const auto generation = session.state.generation.value;
  auto from = begin;  // a skipped range may begin before
  if (start_.use(session.row, generation, begin.value).step() && start_.column(1) >= begin.value) from = seq_num{start_.column(0)};
  start_.reset();
  std::size_t bytes = 0;
  for (page_.use(session.row, generation, from.value, end.value); page_.step();) {
    bytes += page_.bytes(5).size();
    if (!page.records.empty() && (page.records.size() >= max_records || bytes > max_bytes)) {
      page.end = page.records.back().last;
      page.is_last = false;
      break;
    }
    page.records.push_back(record_of(session));
  }
  page_.reset();
  return page;
}

std::optional<seq_num> sqlite_reader::find_token(const session_row& session, submit_token token) {
  const auto present = session.state.generation.value;
  if (const auto number = find_token(session.row, present, token)) return number;
  return present > 0 ? find_token(session.row, present - 1, token) : std::nullopt;
}

std::optional<seq_num> sqlite_reader::find_token(std::uint64_t row, std::uint64_t generation, submit_token token) {
  std::optional<seq_num> number;
  if (token_.use(row, generation, token.value).step()) number = seq_num{token_.column(0)};
  token_.reset();
  return number;
}

std::vector<parked_submit> sqlite_reader::parked(const session_row& session, std::uint64_t after, std::size_t most) {
  std::vector<parked_submit> all;
  for (parked_.use(session.row, after, std::uint64_t{most}); parked_.step();) {
    parked_submit p;
    p.place = parked_.column(0);
    p.token = submit_token{parked_.column(1)};
    p.since = utc_time{std::chrono::nanoseconds{static_cast<std::int64_t>(parked_.column(2))}};
    p.message = {std::string{parked_.bytes(4)}, std::string{parked_.bytes(5)}, std::string{parked_.bytes(6)}};
    const auto check = parked_check(session.name_check, p);
    p.is_damaged = parked_.column(3) != check;
    if (parked_.column(3) >> 32 != check >> 32) p.token = submit_token{};
    all.push_back(std::move(p));
  }
  parked_.reset();
  return all;
}

bool sqlite_reader::is_parked(const session_row& session, submit_token token) {
  const bool is_there = parked_token_.use(session.row, token.value).step();
  parked_token_.reset();
  return is_there;
}

std::vector<finished_numbering> sqlite_reader::finished(const session_row& session) {
  std::vector<finished_numbering> all;
  for (auto generation = session.state.generation.value; before_.use(session.row, generation).step();) {
    generation = before_.column(0);
    all.push_back({numbering_generation{generation}, seq_num{before_.column(1)}});
  }
  before_.reset();
  std::reverse(all.begin(), all.end());
  return all;
}

std::optional<numbering_generation> sqlite_reader::next_numbering(std::uint64_t row, numbering_generation after) {
  std::optional<numbering_generation> next;
  if (numbering_.use(row, after.value).step() && !numbering_.is_null(0)) next = numbering_generation{numbering_.column(0)};
  numbering_.reset();
  return next;
}

std::optional<commit_id> sqlite_reader::last_commit(std::uint64_t row, session_incarnation incarnation) {
  std::optional<commit_id> last;
  if (position_.use(row).step() && position_.column(0) == incarnation.value) last = commit_id{position_.column(1)};
  position_.reset();
  return last;
}

}  // namespace troupe::store
