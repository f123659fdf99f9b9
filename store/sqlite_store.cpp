#include "store/sqlite_store.hpp"

#include "store/record_check.hpp"
#include "store/sqlite_end.hpp"
#include "store/sqlite_schema.hpp"
#include "store/store_advice.hpp"
#include "store/store_unavailable.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

namespace troupe::store {

using namespace protocol;

struct sqlite_store::statements {
  explicit statements(sqlite_connection& c)
      : begin(c, "BEGIN IMMEDIATE"),
        commit(c, "COMMIT"),
        hold(c, "SELECT through FROM settled"),
        insert_session(c,
                       "INSERT INTO session (id, begin_string, sender_comp_id, target_comp_id, qualifier, incarnation, last_commit, generation, "
                       "next_sender, next_target, creation_time, is_reset_pending, crc, as_of) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
        numbers(c,
                "UPDATE session SET incarnation = ?2, last_commit = ?3, generation = ?4, next_sender = ?5, next_target = ?6, "
                "creation_time = ?7, is_reset_pending = ?8, crc = ?9, is_cancel_owed = ?10, as_of = ?11 WHERE id = ?1"),
        record(c,
               "INSERT INTO record (id, session, generation, number, last, kind, token, crc, frame, incarnation, commit_id, next_sender, next_target, numbers_crc) "
               "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
        position(c, "SELECT incarnation, last_commit FROM session WHERE id = ?"),
        position_behind(c, "SELECT incarnation, commit_id FROM record WHERE id > ? AND session = ? AND commit_id IS NOT NULL ORDER BY id DESC LIMIT 1"),
        settled(c, "INSERT OR REPLACE INTO settled (rowid, through, crc) VALUES (1, ?, ?)"),
        remove(c, "DELETE FROM record WHERE id BETWEEN ?1 AND ?2 AND session = ?3 AND generation = ?4"),
        park(c, "INSERT INTO parked (session, place, token, since, crc, msg_type, header, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"),
        unpark(c, "DELETE FROM parked WHERE session = ? AND place <= ?"),
        unpark_one(c, "DELETE FROM parked WHERE session = ? AND place = ?"),
        forget(c, "DELETE FROM session WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM place WHERE session = ?1) AND NOT EXISTS (SELECT 1 FROM parked WHERE session = ?1)"),
        places(c),
        blocks(c) {}

  sqlite_statement begin, commit, hold, insert_session, numbers, record, position, position_behind, settled, remove, park, unpark, unpark_one, forget;
  sqlite_places places;
  sqlite_place_writer blocks;
};

namespace {

// Everything that must hold before SQLite may touch the path, so that the message is about the path and not about SQL.
const std::string& checked(const std::string& path) {
  const auto folder = std::filesystem::path{path}.parent_path();
  std::error_code ignored;
  if (!folder.empty() && !std::filesystem::is_directory(folder, ignored))
    throw store_error(path + ": the folder " + folder.string() + " does not exist. Make it first: mkdir -p " + folder.string());
  if (std::filesystem::is_directory(path, ignored)) throw store_error(path + ": is a folder, expected the name of a file.");
  return path;
}

// SQLite would make the file, which holds every order that was sent, readable for everybody. Its log and index take the mode.
void make_file(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) throw store_error(path + ": cannot be opened: " + std::strerror(errno) + "." + advice_for_errno(errno));
  ::close(file);
}

// Somebody holds the file, the disk is full or not there for a moment; damage and misuse do not pass.
bool may_pass(int code) {
  switch (code) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_IOERR:
    case SQLITE_FULL:
    case SQLITE_CANTOPEN:
    case SQLITE_PROTOCOL:
    case SQLITE_NOMEM:
    case SQLITE_INTERRUPT: return true;
    default: return false;
  }
}

// Of sessions whose places and numbers are written with one commit, so that none takes long.
constexpr std::size_t settled_at_a_time = 16;

// Of numberings that are over, with one commit.
constexpr std::size_t records_removed_at_a_time = 64, blocks_removed_at_a_time = 16;

// Rows of others that may stand between two that are removed in one go.
constexpr std::uint64_t near_rows = 6;

}  // namespace

sqlite_store::sqlite_store(std::string path, sqlite_options options) : path_(std::move(path)), options_(options), lock_(checked(path_)) {
  make_file(path_);
  try {
    connection_ = std::make_unique<sqlite_connection>(path_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX);
    auto& c = *connection_;
    if (sqlite3_db_readonly(c.get(), "main") == 1) throw store_error(path_ + ": cannot be written. Check its owner and permissions.");
    c.run("PRAGMA busy_timeout = 50");
    // EXTRA, or the rollback journal under which a new file becomes one with a write-ahead log could come back after a loss of power,
    // and take all of it with it.
    c.run(options_.durability == durability::power ? "PRAGMA synchronous = EXTRA" : "PRAGMA synchronous = OFF");
    c.run("PRAGMA journal_mode = WAL; PRAGMA cache_size = -8192; PRAGMA temp_store = MEMORY");
    sqlite3_wal_hook(c.get(), &sqlite_store::on_wal, this);
    c.run(("PRAGMA journal_size_limit = " + std::to_string(std::uint64_t{options_.wal_pages} * 4096 * 4)).c_str());
    prepare_schema(c, path_);
    require_whole_end(pages_of(c), path_);
    reader_ = std::make_unique<sqlite_reader>(c, tails_);
    statements_ = std::make_unique<statements>(c);
    take_over();
  } catch (const sqlite_error& e) {
    const bool is_other = e.code() == SQLITE_NOTADB;
    throw store_error(path_ + (is_other ? ": is not a SQLite file. Name another path for the store. If it was one, `troupe repair-store` says what can be had of it." : ": cannot be opened: " + told(e)));
  } catch (const store_error& e) {
    const std::string text = e.what();
    throw store_error(text.starts_with(path_) ? text : path_ + ": " + text);
  }
}

// What is found here at rest says all in the sessions' rows. If that cannot be written, it is found in the records, as behind a kill.
sqlite_store::~sqlite_store() {
  if (statements_) settle_all();
}

// What the process before has left: numbers that only records carry, and messages that no block tells of, are written where they belong.
void sqlite_store::take_over() {
  sqlite_reader found{*connection_};
  for (auto& row : found.sessions()) {
    const auto key = row.row;
    const auto generation = row.state.generation;
    if (generation.value > kept_generations()) to_prune_.emplace_back(key, generation.value - kept_generations());
    last_row_ = std::max(last_row_, row.as_of);
    owned_session session{std::move(row), 0, statements_->places.covered(key, generation), 0};
    auto& tail = tails_[key] = {generation, {}};
    if (const auto at = found.tail().tails().find(key); at != found.tail().tails().end()) {
      session.numbers_row = session.numbers.as_of + 1;
      if (at->second.generation == generation) {
        const auto behind = places_from(at->second.places, session.covered.next());
        tail.places = {behind.begin(), behind.end()};
        // It may have had any number, and must not stand in the way of the next one.
        std::erase_if(tail.places, [&](const record_place& p) { return p.is_doubtful && p.number >= session.numbers.state.next_sender; });
      }
    }
    // Where the last blocks are missing or damaged the next one would pass over their messages.
    if (const auto next = tail.places.empty() ? session.numbers.state.next_sender : tail.places.front().number; session.covered.next() < next) {
      const auto missing = found.search(session.numbers, session.covered.next(), next.previous());
      tail.places.insert(tail.places.begin(), missing.begin(), missing.end());
    }
    sessions_.emplace(session.numbers.id, std::move(session));
  }
  through_ = found.tail().through();
  // Rows that were removed may have had numbers behind those that are there, which must not come again: as_of tells them apart.
  last_row_ = std::max({last_row_, through_, static_cast<std::uint64_t>(connection_->number("SELECT coalesce(max(id), 0) FROM record"))});
  settle_all();
}

session_snapshot sqlite_store::load(const session_id& id, utc_time now) {
  let_go();
  auto& session = session_of(id, now);
  const auto before = session;
  ++session.numbers.state.incarnation;
  session.numbers.last_commit = {};
  std::vector<parked_submit> parked;
  try {
    parked = reader_->parked(session.numbers);
    write_numbers(session);
  } catch (const sqlite_error& e) {
    session = before;
    fail("session " + to_string(id) + " cannot be loaded", e);
  }
  auto snapshot = session.numbers.state;
  snapshot.parked = std::move(parked);
  return snapshot;
}

sqlite_store::owned_session& sqlite_store::session_of(const session_id& id, utc_time now) {
  const auto at = sessions_.find(id);
  return at != sessions_.end() ? at->second : insert(id, now);
}

sqlite_store::owned_session& sqlite_store::insert(const session_id& id, utc_time now) {
  sqlite_row row;
  row.id = id;
  row.name_check = crc32c(to_string(id));
  row.state.creation_time = now;
  row.as_of = last_row_;
  const auto& s = row.state;
  try {
    row.row = static_cast<std::uint64_t>(connection_->number("SELECT coalesce(max(id), 0) + 1 FROM session"));
    statements_->insert_session
        .use(row.row, id.begin_string, id.sender_comp_id, id.target_comp_id, id.qualifier, s.incarnation.value, std::uint64_t{0}, s.generation.value,
             s.next_sender.value, s.next_target.value, nanoseconds(now), std::uint64_t{0}, std::uint64_t{sqlite_row_check(row)}, row.as_of)
        .done();
  } catch (const sqlite_error& e) {
    fail("session " + to_string(id) + " cannot be created", e);
  }
  return sessions_.emplace(id, owned_session{std::move(row)}).first->second;
}

void sqlite_store::commit(std::span<const session_batch> batches, std::span<commit_result> results) {
  if (commit_all(batches, results) || batches.size() == 1) return;
  // One of them cannot be stored: find out which, so that it does not hold up the others.
  for (std::size_t i = 0; i < batches.size(); ++i) commit_all(batches.subspan(i, 1), results.subspan(i, 1));
}

// After each commit: `pages` are in the write-ahead log now.
int sqlite_store::on_wal(void* self, sqlite3*, const char*, int pages) {
  auto& store = *static_cast<sqlite_store*>(self);
  const auto now = static_cast<unsigned>(pages);
  if (now < store.wal_now_) store.checkpoint_at_ = store.options_.wal_pages;  // it has begun anew
  store.wal_now_ = now;
  return SQLITE_OK;
}

// Moves the log into the file, as far as no reader needs it. The log begins anew only when all of it could be moved: a reader
// that does not end lets it grow.
void sqlite_store::checkpoint() {
  let_go();
  int in_log = 0, moved = 0;
  const int code = sqlite3_wal_checkpoint_v2(connection_->get(), "main", SQLITE_CHECKPOINT_PASSIVE, &in_log, &moved);
  is_log_held_ = code != SQLITE_OK || moved < in_log;
  checkpoint_at_ = wal_now_ + options_.wal_pages;
}

void sqlite_store::require_short_log() {
  if (wal_now_ < options_.max_wal_pages) return;
  checkpoint();
  if (is_log_held_)
    throw sqlite_error(SQLITE_BUSY, path_ + "-wal has grown to " + std::to_string(std::uint64_t{wal_now_} * 4096 >> 20) +
                                        " MiB, because another process has been reading the file since long");
}

// One transaction. False: nothing of it is stored, and the results say so.
bool sqlite_store::commit_all(std::span<const session_batch> batches, std::span<commit_result> results) {
  before_.clear();
  staged_prune_.clear();
  settled_now_ = 0;
  pruned_ = 0;
  const auto last_row = last_row_;
  bool may_be_stored = false;
  try {
    require_short_log();
    begin();
    settle(batches.size());
    for (std::size_t i = 0; i < batches.size(); ++i) results[i] = stage(batches[i]);
    prune();
    may_be_stored = true;
    statements_->commit.use().done();
  } catch (const sqlite_error& e) {
    last_row_ = last_row;
    roll_back(results, told(e));
    for (std::size_t i = 0; i < batches.size(); ++i) resolve(batches[i], results[i], may_be_stored);
    return false;
  }
  end();
  return true;
}

// A snapshot that somebody else has written behind is given up; and SQLite waits for whoever writes just now only while none is held.
void sqlite_store::begin() {
  try {
    statements_->begin.use().done();
  } catch (const sqlite_error& e) {
    if (!is_held_ || e.code() != SQLITE_BUSY) throw;
    let_go();
    statements_->begin.use().done();
  }
}

// It is committed.
void sqlite_store::end() {
  for (auto& b : before_) {
    auto& places = tails_[b.session->numbers.row].places;
    places.erase(places.begin(), places.begin() + static_cast<std::ptrdiff_t>(b.session->written));
    b.session->written = 0;
  }
  to_prune_.resize(to_prune_.size() - pruned_);
  pruned_ = 0;
  to_prune_.insert(to_prune_.end(), staged_prune_.begin(), staged_prune_.end());
  to_settle_.resize(to_settle_.size() - settled_now_);
  if (settle_at_ != 0 && to_settle_.empty()) through_ = std::exchange(settle_at_, 0);
  if (wal_now_ >= checkpoint_at_) checkpoint();
  hold_snapshot();
}

// A transaction that begins where the last one has ended takes its snapshot from this statement, which is a third of what a small commit takes.
void sqlite_store::hold_snapshot() {
  if (is_held_) return;
  try {
    is_held_ = statements_->hold.use().step();
  } catch (const sqlite_error&) {
    is_held_ = false;  // the next one takes its own
  }
}

void sqlite_store::let_go() {
  if (is_held_) statements_->hold.reset();
  is_held_ = false;
}

commit_result sqlite_store::stage(const session_batch& item) {
  const auto at = sessions_.find(*item.session);
  if (at == sessions_.end()) return {commit_status::wrong_incarnation, "this session was never loaded"};
  auto& session = at->second;
  const commit_position position{session.numbers.state.incarnation, session.numbers.last_commit};
  const auto turn = turn_of(position, *item.batch);
  if (turn != commit_turn::take) return answer_to(turn, position, *item.batch);
  write(session, *item.batch);
  return {};
}

sqlite_store::session_before& sqlite_store::remember(owned_session& s) {
  const auto& n = s.numbers;
  before_.push_back({&s, n.state, n.last_commit, n.as_of, s.numbers_row, s.covered, tails_[n.row].places.size(), std::nullopt});
  return before_.back();
}

void sqlite_store::write(owned_session& session, const commit_batch& batch) {
  remember(session);
  auto& s = session.numbers.state;
  const bool is_of_numbers_alone = !batch.reset && s.is_reset_pending == batch.is_reset_pending && s.is_cancel_owed == batch.is_cancel_owed;
  const bool carry_numbers = is_of_numbers_alone && !batch.records.empty();
  if (batch.reset) begin_numbering(session, batch);
  s.generation = tails_[session.numbers.row].generation = batch.generation;
  s.next_sender = batch.next_sender;
  s.next_target = batch.next_target;
  s.is_reset_pending = batch.is_reset_pending;
  s.is_cancel_owed = batch.is_cancel_owed;
  session.numbers.last_commit = batch.id;
  write_records(session, batch, carry_numbers);
  write_parked(session.numbers, batch);
  if (!carry_numbers) write_numbers(session);
}

// The one before is told of by blocks from now on.
void sqlite_store::begin_numbering(owned_session& session, const commit_batch& batch) {
  auto& tail = tails_[session.numbers.row];
  write_last_places(session);
  before_.back().numbering_of_before = std::exchange(tail, session_tail{batch.generation, {}});
  session.covered = {};
  session.written = 0;
  session.numbers.state.creation_time = batch.reset->creation_time;
  staged_prune_.emplace_back(session.numbers.row, batch.generation.value - std::min<std::uint64_t>(batch.generation.value, kept_generations()));
}

void sqlite_store::write_records(owned_session& session, const commit_batch& batch, bool carry_numbers) {
  const auto& row = session.numbers;
  auto& places = tails_[row.row].places;
  const record_numbers numbers{batch.incarnation, batch.id, batch.next_sender, batch.next_target};
  for (const auto& r : batch.records) {
    const auto known = places.size() > session.written ? places.back().last : session.covered;
    if (r.number <= known) throw sqlite_error(SQLITE_CONSTRAINT, "message " + std::to_string(r.number.value) + " of " + to_string(row.id) + " is stored already, up to " + std::to_string(known.value));
    const auto frame = batch.frame(r);
    const auto id = ++last_row_;
    const auto of_record = record_check(row.name_check, batch.generation, r.number, r.last, r.kind, r.token, frame);
    const auto put = [&](std::uint64_t said, const auto&... of_numbers) {
      statements_->record
          .use(id, row.row, batch.generation.value, r.number.value, r.last.value, static_cast<std::uint64_t>(r.kind), r.token.value, std::uint64_t{record_row_check(of_record, id, said)},
               sqlite_statement::blob{frame}, of_numbers...)
          .done();
    };
    if (carry_numbers && &r == &batch.records.back()) {
      const std::uint64_t check = numbers_check(row.name_check, id, batch.generation, numbers);
      put(numbers_with(check), numbers.incarnation.value, numbers.commit.value, numbers.next_sender.value, numbers.next_target.value, check);
      session.numbers_row = id;
    } else {
      put(no_numbers, nullptr, nullptr, nullptr, nullptr, nullptr);
    }
    unsettled_bytes_ += frame.size();
    places.push_back({r.number, r.last, id, r.token, false});
    if (places.size() - session.written >= places_in_block) write_places(session, places_in_block);
  }
}

// All of its tail. A few of them join the last block, or a session that sends now and then had a block for each message.
void sqlite_store::write_last_places(owned_session& session) {
  const auto& tail = tails_[session.numbers.row];
  const auto count = tail.places.size() - session.written;
  if (count == 0 || count >= places_in_block || session.covered == seq_num{}) return write_places(session, count);
  auto last = statements_->places.at(session.numbers.row, tail.generation, session.covered);
  if (!last || last->is_damaged || last->last != session.covered || last->places.size() + count > places_in_block) return write_places(session, count);
  last->places.insert(last->places.end(), tail.places.end() - static_cast<std::ptrdiff_t>(count), tail.places.end());
  statements_->blocks.put(session.numbers.row, tail.generation, last->first.previous(), last->places);
  session.covered = last->places.back().last;
  session.written += count;
}

// The next so many of its tail, in blocks.
void sqlite_store::write_places(owned_session& session, std::size_t count) {
  const auto& tail = tails_[session.numbers.row];
  while (count > 0) {
    const auto now = std::span{tail.places}.subspan(session.written, std::min(count, places_in_block));
    statements_->blocks.put(session.numbers.row, tail.generation, session.covered, now);
    session.covered = now.back().last;
    session.written += now.size();
    count -= now.size();
  }
}

// Every some thousand records what only they say is written into the other tables, a few sessions with a commit, at least as many as it has, so that opening need not
// read more than these records.
void sqlite_store::settle(std::size_t batches) {
  if (settle_at_ == 0) {
    const auto rows = std::max<std::uint64_t>(options_.settled_every, options_.settled_rows_a_session * sessions_.size());
    if (last_row_ == through_ || (last_row_ - through_ < rows && unsettled_bytes_ < options_.settled_bytes && !is_settling_wanted_)) return;
    is_settling_wanted_ = false;
    unsettled_bytes_ = 0;
    settle_at_ = last_row_;
    to_settle_.clear();
    for (const auto& [id, session] : sessions_)
      if (const auto tail = tails_.find(session.numbers.row); !session.is_settled() || (tail != tails_.end() && !tail->second.places.empty())) to_settle_.push_back(id);
  }
  while (settled_now_ < std::min(std::max(settled_at_a_time, batches), to_settle_.size())) {
    ++settled_now_;
    if (const auto at = sessions_.find(to_settle_[to_settle_.size() - settled_now_]); at != sessions_.end()) settle(at->second);
  }
  if (settled_now_ == to_settle_.size()) statements_->settled.use(settle_at_, std::uint64_t{settled_check(settle_at_)}).done();
}

void sqlite_store::settle(owned_session& session) {
  remember(session);
  write_last_places(session);
  if (!session.is_settled()) write_numbers(session);
}

// In one transaction; where that fails all is as it was.
void sqlite_store::settle_all() {
  if (through_ == last_row_) return;
  let_go();
  before_.clear();
  staged_prune_.clear();
  settled_now_ = 0;
  to_settle_.clear();
  pruned_ = 0;
  settle_at_ = last_row_;
  try {
    begin();
    for (auto& [id, session] : sessions_) settle(session);
    statements_->settled.use(settle_at_, std::uint64_t{settled_check(settle_at_)}).done();
    statements_->commit.use().done();
    unsettled_bytes_ = 0;
    end();
  } catch (const sqlite_error& e) {
    settle_at_ = 0;
    roll_back({}, e.what());
  }
  let_go();
}

void sqlite_store::write_parked(const session_row& session, const commit_batch& batch) {
  for (const auto& p : batch.park)
    statements_->park
        .use(session.row, p.place, p.token.value, nanoseconds(p.since), parked_check(session.name_check, p), p.message.msg_type,
             sqlite_statement::blob{p.message.header}, sqlite_statement::blob{p.message.body})
        .done();
  if (batch.parked_through != 0) statements_->unpark.use(session.row, batch.parked_through).done();
  for (const auto place : batch.unpark) statements_->unpark_one.use(session.row, place).done();
}

void sqlite_store::write_numbers(owned_session& session) {
  auto& row = session.numbers;
  const auto& s = row.state;
  row.as_of = last_row_;
  statements_->numbers
      .use(row.row, s.incarnation.value, row.last_commit.value, s.generation.value, s.next_sender.value, s.next_target.value, nanoseconds(s.creation_time),
           std::uint64_t{s.is_reset_pending}, std::uint64_t{sqlite_row_check(row)}, std::uint64_t{s.is_cancel_owed}, row.as_of)
      .done();
}

// A numbering that nobody can ask for any more goes in slices, beside commits that happen anyway, and when all of it is settled.
void sqlite_store::prune() {
  std::size_t removed = 0;
  for (std::size_t blocks = 0; pruned_ < to_prune_.size() && removed < records_removed_at_a_time && blocks < blocks_removed_at_a_time; ++blocks) {
    const auto [session, generation] = to_prune_[to_prune_.size() - pruned_ - 1];
    const auto block = statements_->places.oldest(session, numbering_generation{generation});
    if (!block) {
      ++pruned_;
      continue;
    }
    // Its rows are left to repair-store, which finds them; it must not keep what stands behind it.
    if (block->is_damaged) {
      statements_->blocks.remove(session, *block);
      continue;
    }
    if (std::any_of(block->places.begin(), block->places.end(), [&](const record_place& p) { return p.row > through_; })) {
      is_settling_wanted_ = true;
      return;
    }
    remove(session, *block);
    removed += block->places.size();
  }
}

void sqlite_store::remove(std::uint64_t session, const place_block& block) {
  for (auto at = block.places.begin(); at != block.places.end();) {
    const auto first = at->row;
    auto last = first;
    for (; at != block.places.end() && at->row >= last && at->row - last <= near_rows; ++at) last = at->row;
    statements_->remove.use(first, last, session, block.generation.value).done();
  }
  statements_->blocks.remove(session, block);
}

void sqlite_store::roll_back(std::span<commit_result> results, const std::string& reason) {
  let_go();
  if (connection_->is_in_transaction()) sqlite3_exec(connection_->get(), "ROLLBACK", nullptr, nullptr, nullptr);
  for (auto at = before_.rbegin(); at != before_.rend(); ++at) {
    auto& session = *at->session;
    auto& tail = tails_[session.numbers.row];
    if (at->numbering_of_before) tail = std::move(*at->numbering_of_before);
    tail.places.resize(at->places);
    session.numbers.state = std::move(at->state);
    session.numbers.last_commit = at->last_commit;
    session.numbers.as_of = at->as_of;
    session.numbers_row = at->numbers_row;
    session.covered = at->covered;
    session.written = 0;
  }
  before_.clear();
  settled_now_ = 0;
  pruned_ = 0;
  for (auto& result : results) result = {commit_status::failed, reason};
}

// A COMMIT that failed half way may have happened all the same: the file knows.
void sqlite_store::resolve(const session_batch& item, commit_result& result, bool may_be_stored) {
  const auto at = sessions_.find(*item.session);
  if (at == sessions_.end()) {
    result = {commit_status::wrong_incarnation, "this session was never loaded"};
    return;
  }
  const auto& session = at->second.numbers;
  const commit_position position{session.state.incarnation, session.last_commit};
  if (const auto turn = turn_of(position, *item.batch); turn != commit_turn::take) {
    result = answer_to(turn, position, *item.batch);
    return;
  }
  try {
    if (!may_be_stored || !is_stored(session, *item.batch)) return;
    read_back();
    result = {};
  } catch (const std::exception& e) {
    result = {commit_status::unknown, result.reason + "; and it cannot be read back: " + e.what()};
  }
}

// What a transaction writes stands in the session's row, or behind the last row that was known in front of it.
bool sqlite_store::is_stored(const sqlite_row& session, const commit_batch& batch) {
  const auto is_this = [&](sqlite_statement& s) {
    const bool is = s.step() && s.column(0) == session.state.incarnation.value && s.column(1) >= batch.id.value;
    s.reset();
    return is;
  };
  return is_this(statements_->position.use(session.row)) || is_this(statements_->position_behind.use(last_row_, session.row));
}

// All of it, as if the file had been opened anew.
void sqlite_store::read_back() {
  auto sessions = std::exchange(sessions_, {});
  auto tails = std::exchange(tails_, {});
  const auto last_row = std::exchange(last_row_, 0);
  try {
    take_over();
  } catch (...) {
    sessions_ = std::move(sessions);
    tails_ = std::move(tails);
    last_row_ = last_row;
    throw;
  }
}

replay_page sqlite_store::fetch(const session_id& id, seq_num begin, seq_num end, std::size_t max_records, std::size_t max_bytes) {
  const auto at = sessions_.find(id);
  if (at == sessions_.end()) return {{}, begin, end, true, {}};
  let_go();
  try {
    return reader_->fetch(at->second.numbers, begin, end, max_records, max_bytes);
  } catch (const sqlite_error& e) {
    fail("messages " + std::to_string(begin.value) + " to " + std::to_string(end.value) + " of " + to_string(id) + " cannot be read", e);
  }
}

replay_page sqlite_store::fetch_of(const session_id& id, numbering_generation generation, seq_num begin, seq_num end, std::size_t max_records, std::size_t max_bytes) {
  const auto at = sessions_.find(id);
  if (at == sessions_.end()) return {generation, begin, end, true, {}};
  let_go();
  try {
    return reader_->fetch(of_numbering(at->second.numbers, generation), begin, end, max_records, max_bytes);
  } catch (const sqlite_error& e) {
    fail("messages of numbering " + std::to_string(generation.value) + " of " + to_string(id) + " cannot be read", e);
  }
}

std::vector<finished_numbering> sqlite_store::finished(const session_id& id) {
  const auto at = sessions_.find(id);
  if (at == sessions_.end()) return {};
  let_go();
  try {
    return without_what_goes(reader_->finished(at->second.numbers), to_prune_, at->second.numbers.row);
  } catch (const sqlite_error& e) {
    fail("numberings of " + to_string(id) + " cannot be read", e);
  }
}

void sqlite_store::retire(const session_id& id, numbering_generation through) {
  const auto at = sessions_.find(id);
  if (at != sessions_.end() && through < at->second.numbers.state.generation) to_prune_.emplace_back(at->second.numbers.row, through.value);
}

std::optional<std::uint64_t> sqlite_store::size() {
  if (!to_prune_.empty()) return std::nullopt;
  let_go();
  auto& c = *connection_;
  return static_cast<std::uint64_t>((c.number("PRAGMA page_count") - c.number("PRAGMA freelist_count")) * c.number("PRAGMA page_size"));
}

std::string sqlite_store::told(const sqlite_error& e) const { return std::string{e.what()} + "." + advice_for(e.code(), path_); }

void sqlite_store::fail(const std::string& what, const sqlite_error& e) const {
  const auto text = path_ + ": " + what + ": " + told(e);
  if (may_pass(e.code())) throw store_unavailable(text);
  throw store_error(text);
}

std::optional<seq_num> sqlite_store::find_token(const session_id& id, submit_token token) {
  const auto at = sessions_.find(id);
  if (at == sessions_.end()) return std::nullopt;
  let_go();
  try {
    return reader_->find_token(at->second.numbers, token);
  } catch (const sqlite_error& e) {
    fail("token " + std::to_string(token.value) + " of " + to_string(id) + " cannot be looked up", e);
  }
}

bool sqlite_store::is_parked(const session_id& id, submit_token token) {
  const auto at = sessions_.find(id);
  if (at == sessions_.end()) return false;
  let_go();
  try {
    return reader_->is_parked(at->second.numbers, token);
  } catch (const sqlite_error& e) {
    fail("token " + std::to_string(token.value) + " of " + to_string(id) + " cannot be looked up", e);
  }
}

std::vector<stored_session> sqlite_store::sessions() {
  std::vector<stored_session> all;
  for (const auto& [id, row] : sessions_) all.push_back({id, row.numbers.state});
  return all;
}

bool sqlite_store::forget_unused(const session_id& id, session_incarnation of) {
  const auto at = sessions_.find(id);
  if (at == sessions_.end() || !is_unused(at->second.numbers.state, of)) return false;
  const auto row = at->second.numbers.row;
  if (const auto tail = tails_.find(row); tail != tails_.end() && !tail->second.places.empty()) return false;
  let_go();
  try {
    statements_->forget.use(row).done();
  } catch (const sqlite_error&) {
    return false;  // one row more than need be
  }
  if (sqlite3_changes(connection_->get()) == 0) return false;
  tails_.erase(row);
  sessions_.erase(at);
  return true;
}

// The present numbering is always kept.
unsigned sqlite_store::kept_generations() const { return std::max(1u, options_.kept_generations); }

void sqlite_store::limit_pages(unsigned pages) {
  connection_->run(("PRAGMA max_page_count = " + std::to_string(pages)).c_str());
}

}  // namespace troupe::store
