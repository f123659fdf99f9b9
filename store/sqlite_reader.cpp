#include "store/sqlite_reader.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace troupe::store {

using namespace protocol;

namespace {

constexpr seq_num no_end{static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())};

// So many rows of others are passed over rather than looking for the next one anew.
constexpr std::uint64_t near_rows = 6;

seq_num before(seq_num n) { return n == seq_num{} ? n : n.previous(); }

store_error damaged_numbers(const sqlite_row& s) {
  const std::string what_to_do = ", and set them with `troupe repair-store`; or restore the file from a copy";
  if (s.suspect == 0) return damaged(s, what_to_do);
  return store_error("the numbers of session " + to_string(s.id) + " are damaged: the row of record with id " + std::to_string(s.suspect) +
                     ", behind all that is known of them, is missing or does not fit its checksum, and may have had newer ones. Agree the numbers with the counterparty" + what_to_do + ".");
}

}  // namespace

// What is asked of a file that others write is asked in one transaction.
class sqlite_reader::one_read {
 public:
  explicit one_read(sqlite_reader& r) : connection_(r.connection_), is_ours_(r.tail_ && !r.connection_.is_in_transaction()) {
    if (is_ours_) connection_.run("BEGIN");
    try {
      if (r.tail_) r.tail_->refresh();
    } catch (...) {
      end();
      throw;
    }
  }
  ~one_read() { end(); }
  one_read(const one_read&) = delete;
  one_read& operator=(const one_read&) = delete;

 private:
  void end() {
    if (is_ours_) sqlite3_exec(connection_.get(), "COMMIT", nullptr, nullptr, nullptr);
  }

  sqlite_connection& connection_;
  bool is_ours_;
};

sqlite_reader::sqlite_reader(sqlite_connection& c, std::unique_ptr<sqlite_tail> tail, const session_tails* tails)
    : connection_(c),
      tail_(std::move(tail)),
      tails_(tail_ ? &tail_->tails() : tails),
      places_(c),
      all_(c,
           "SELECT id, begin_string, sender_comp_id, target_comp_id, qualifier, incarnation, last_commit, generation, next_sender, "
           "next_target, creation_time, is_reset_pending, crc, is_cancel_owed, as_of FROM session ORDER BY id"),
      rows_(c, "SELECT id, session, generation, number, last, kind, token, crc, numbers_crc, frame FROM record WHERE id >= ? ORDER BY id"),
      search_(c, "SELECT number, last, id, token FROM record WHERE session = ? AND generation = ? AND number >= ? AND number <= ? ORDER BY number, id"),
      search_all_(c, "SELECT session, generation, number, last, id, token FROM record ORDER BY id"),
      search_token_(c, "SELECT min(number) FROM record WHERE session = ? AND generation = ? AND token = ?"),
      parked_(c, "SELECT place, token, since, crc, msg_type, header, body FROM parked WHERE session = ? AND place > ? ORDER BY place LIMIT ?"),
      parked_token_(c, "SELECT 1 FROM parked WHERE session = ? AND token = ? AND token <> 0 LIMIT 1"),
      numbering_(c, "SELECT min(generation) FROM place WHERE session = ? AND generation > ?"),
      before_(c, "SELECT generation, last FROM place WHERE session = ? AND generation < ? ORDER BY generation DESC, first DESC LIMIT 1") {}

sqlite_reader::sqlite_reader(sqlite_connection& c, const session_tails& tails) : sqlite_reader(c, nullptr, &tails) {}
sqlite_reader::sqlite_reader(sqlite_connection& c) : sqlite_reader(c, std::make_unique<sqlite_tail>(c), nullptr) {}

std::vector<sqlite_row> sqlite_reader::sessions() {
  auto rows = all_sessions();
  for (const auto& r : rows)
    if (r.is_damaged) throw damaged_numbers(r);
  return rows;
}

std::vector<sqlite_row> sqlite_reader::all_sessions() {
  const one_read together{*this};
  std::vector<sqlite_row> rows;
  for (all_.use(); all_.step();) {
    sqlite_row r;
    r.row = all_.column(0);
    r.id = {std::string{all_.bytes(1)}, std::string{all_.bytes(2)}, std::string{all_.bytes(3)}, std::string{all_.bytes(4)}};
    r.name_check = crc32c(to_string(r.id));
    read_numbers(all_, 5, r);
    r.state.is_cancel_owed = all_.column(13) != 0;
    r.as_of = all_.column(14);
    r.is_damaged = all_.column(12) != sqlite_row_check(r);
    r.is_lower_bound = all_.column(12) == (sqlite_row_check(r) ^ lower_bound_mark);
    if (tail_) tail_->bring_up_to_date(r);
    rows.push_back(std::move(r));
  }
  all_.reset();
  return rows;
}

// The rows go on from where they are if the next one is near.
bool sqlite_reader::seek(std::uint64_t row, bool& is_open) {
  if (is_open && rows_.column(0) <= row && row - rows_.column(0) <= near_rows) {
    while (rows_.column(0) < row)
      if (!rows_.step()) return is_open = false;
  } else {
    is_open = rows_.use(row).step();
  }
  return is_open && rows_.column(0) == row;
}

stored_record sqlite_reader::record_at(const session_row& session, const record_place& place) const {
  stored_record r;
  r.number = seq_num{rows_.column(3)};
  r.last = seq_num{rows_.column(4)};
  r.kind = static_cast<record_kind>(rows_.column(5));
  r.token = submit_token{rows_.column(6)};
  const auto frame = rows_.bytes(9);
  const auto numbers = rows_.is_null(8) ? no_numbers : numbers_with(rows_.column(8));
  const bool is_good = rows_.column(7) == record_row_check(record_check(session.name_check, session.state.generation, r.number, r.last, r.kind, r.token, frame), place.row, numbers);
  if (is_good && r.number == place.number) {
    r.frame = frame;
    return r;
  }
  // What the row says is not to be believed: it must not hide its neighbours, nor pass for one that nobody misses.
  return {record_kind::application, place.number, place.number, place.token != submit_token{} ? place.token : r.token, true, {}};
}

const session_tail* sqlite_reader::tail_of(const session_row& session) const {
  const auto at = tails_->find(session.row);
  return at == tails_->end() || at->second.generation != session.state.generation || at->second.places.empty() ? nullptr : &at->second;
}

// Tells of `from`, and of numbers behind it.
std::optional<place_block> sqlite_reader::block_at(const session_row& session, seq_num from, seq_num end) {
  const auto searched = [&](seq_num last) { return place_block{session.state.generation, from, last, search(session, from, last), false}; };
  const auto generation = session.state.generation;
  auto b = places_.at(session.row, generation, from);
  if (!b) return block_of_tail(session, from, end);
  if (!b->is_damaged && b->first <= from) return b;
  auto next = b;  // what is behind the part that is missing or damaged
  while (next && next->is_damaged) next = places_.behind(session.row, generation, next->first);
  return searched(std::min(end, next ? std::max(from, before(next->first)) : no_end));
}

// Behind all blocks.
std::optional<place_block> sqlite_reader::block_of_tail(const session_row& session, seq_num from, seq_num end) {
  const auto searched = [&](seq_num last) { return place_block{session.state.generation, from, last, search(session, from, last), false}; };
  const auto covered = places_.covered(session.row, session.state.generation);
  if (const auto* const tail = tail_of(session)) {
    const auto places = places_from(tail->places, covered.next());
    if (!places.empty() && places.back().last >= from) {
      if (from < places.front().number && covered.next() != places.front().number) return searched(std::min(end, before(places.front().number)));
      return place_block{session.state.generation, from, no_end, {places.begin(), places.end()}, false};
    }
  }
  // There may be rows that no block tells of, if one is missing.
  if (session.is_damaged) return searched(end);
  if (from < session.state.next_sender) return searched(std::min(end, before(session.state.next_sender)));
  return std::nullopt;
}

std::vector<record_place> sqlite_reader::search(const session_row& session, seq_num first, seq_num last) {
  session_tail found{session.state.generation, {}};
  for (search_.use(session.row, session.state.generation.value, first.value, last.value); search_.step();)
    found.add({seq_num{search_.column(0)}, seq_num{search_.column(1)}, search_.column(2), submit_token{search_.column(3)}, false});
  search_.reset();
  return std::move(found.places);
}

session_tails sqlite_reader::search(const std::map<std::uint64_t, numbers_sought>& of) {
  session_tails found;
  for (search_all_.use(); search_all_.step();) {
    const auto session = search_all_.column(0);
    const seq_num number{search_all_.column(2)};
    const auto sought = of.find(session);
    if (sought == of.end() || sought->second.generation.value != search_all_.column(1) || number < sought->second.first || number > sought->second.last) continue;
    found.try_emplace(session, session_tail{sought->second.generation, {}})
        .first->second.add({number, seq_num{search_all_.column(3)}, search_all_.column(4), submit_token{search_all_.column(5)}, false});
  }
  search_all_.reset();
  return found;
}

replay_page sqlite_reader::fetch(const session_row& session, seq_num begin, seq_num end, std::size_t max_records, std::size_t max_bytes) {
  const one_read together{*this};
  replay_page page{session.state.generation, begin, end, true, {}};
  std::size_t bytes = 0;
  bool is_open = false;
  for (auto from = begin; from <= end && page.is_last;) {
    const auto block = block_at(session, from, end);
    if (!block) break;
    for (const auto& place : places_from(block->places, from)) {
      if (place.number > end) break;
      if (!seek(place.row, is_open)) continue;  // lost
      bytes += rows_.bytes(9).size();
      if (!page.records.empty() && (page.records.size() >= max_records || bytes > max_bytes)) {
        page.end = page.records.back().last;
        page.is_last = false;
        break;
      }
      page.records.push_back(record_at(session, place));
    }
    if (block->last >= end) break;
    from = block->last.next();
  }
  rows_.reset();
  return page;
}

std::vector<numbered_token> sqlite_reader::tokens_of_lost(const session_row& session, seq_num first, seq_num last) {
  const one_read together{*this};
  std::vector<numbered_token> tokens;
  for (auto from = first; from <= last;) {
    const auto block = block_at(session, from, last);
    if (!block) break;
    for (const auto& place : places_from(block->places, from)) {
      if (place.number > last) break;
      bool is_open = false;
      if (place.token != submit_token{} && !seek(place.row, is_open)) tokens.push_back({place.number, place.token});
    }
    if (block->last >= last) break;
    from = block->last.next();
  }
  rows_.reset();
  return tokens;
}

std::optional<std::uint64_t> sqlite_reader::row_of(const session_row& session, seq_num number) {
  const one_read together{*this};
  const auto block = block_at(session, number, number);
  if (!block) return std::nullopt;
  const auto places = places_from(block->places, number);
  return places.empty() || places.front().number > number ? std::nullopt : std::optional{places.front().row};
}

std::optional<seq_num> sqlite_reader::find_token(const session_row& session, submit_token token) {
  if (token == submit_token{}) return std::nullopt;
  const one_read together{*this};
  const auto present = session.state.generation;
  if (const auto number = find_token(session, present, token)) return number;
  return present.value > 0 ? find_token(session, present.previous(), token) : std::nullopt;
}

std::optional<seq_num> sqlite_reader::find_token(const session_row& session, numbering_generation generation, submit_token token) {
  bool is_whole = true;
  auto number = places_.find_token(session.row, generation, token, is_whole);
  if (is_whole && number) return number;
  const auto at = tails_->find(session.row);
  const bool has_tail = at != tails_->end() && at->second.generation == generation && !at->second.places.empty();
  // Of the present numbering it is known where it ends; blocks may be missing in front of that.
  if (is_whole && generation == session.state.generation) {
    const auto behind = places_.covered(session.row, generation).next();
    is_whole = behind >= (has_tail ? at->second.places.front().number : session.state.next_sender);
  }
  if (is_whole && has_tail)
    for (const auto& p : at->second.places)
      if (p.token == token) return p.number;
  if (is_whole) return std::nullopt;
  number.reset();
  if (search_token_.use(session.row, generation.value, token.value).step() && !search_token_.is_null(0)) number = seq_num{search_token_.column(0)};
  search_token_.reset();
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
  const one_read together{*this};
  std::optional<numbering_generation> next;
  if (numbering_.use(row, after.value).step() && !numbering_.is_null(0)) next = numbering_generation{numbering_.column(0)};
  numbering_.reset();
  const auto at = tails_->find(row);
  if (at != tails_->end() && !at->second.places.empty() && at->second.generation > after && (!next || at->second.generation < *next)) next = at->second.generation;
  return next;
}

}  // namespace troupe::store
