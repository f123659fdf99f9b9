#include "store/sqlite_store.hpp"

#include "store/record_check.hpp"
#include "store/sqlite_end.hpp"
#include "store/sqlite_schema.hpp"
#include "store/sqlite_statements.hpp"
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
  if (statements_ && through_ != last_row_) settle_all();
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
    if (!has_snapshot_ || e.code() != SQLITE_BUSY) throw;
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
  if (has_snapshot_) return;
  try {
    has_snapshot_ = statements_->hold.use().step();
  } catch (const sqlite_error&) {
    has_snapshot_ = false;  // the next one takes its own
  }
}

void sqlite_store::let_go() {
  if (has_snapshot_) statements_->hold.reset();
  has_snapshot_ = false;
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

void sqlite_store::remember(owned_session& s) {
  const auto& n = s.numbers;
  before_.push_back({&s, n.state, n.last_commit, n.as_of, s.numbers_row, s.covered, tails_[n.row].places.size(), std::nullopt});
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

std::string sqlite_store::told(const sqlite_error& e) const { return std::string{e.what()} + "." + advice_for(e.code(), path_); }

void sqlite_store::fail(const std::string& what, const sqlite_error& e) const {
  const auto text = path_ + ": " + what + ": " + told(e);
  if (may_pass(e.code())) throw store_unavailable(text);
  throw store_error(text);
}

// The present numbering is always kept.
unsigned sqlite_store::kept_generations() const { return std::max(1u, options_.kept_generations); }

}  // namespace troupe::store
