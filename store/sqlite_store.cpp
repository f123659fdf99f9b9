#include "store/sqlite_store.hpp"

#include "store/record_check.hpp"
#include "store/sqlite_schema.hpp"
#include "store/store_advice.hpp"
#include "store/store_unavailable.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace troupe::store {

using namespace protocol;

struct sqlite_store::statements {
  explicit statements(sqlite_connection& c)
      : begin(c, "BEGIN IMMEDIATE"),
        commit(c, "COMMIT"),
        insert_session(c,
                       "INSERT INTO session (begin_string, sender_comp_id, target_comp_id, qualifier, incarnation, last_commit, generation, "
                       "next_sender, next_target, creation_time, is_reset_pending, crc) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
        numbers(c,
                "UPDATE session SET incarnation = ?2, last_commit = ?3, generation = ?4, next_sender = ?5, next_target = ?6, "
                "creation_time = ?7, is_reset_pending = ?8, crc = ?9, is_cancel_owed = ?10 WHERE id = ?1"),
        record(c, "INSERT INTO record (session, generation, number, last, kind, token, crc, frame) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"),
        prune(c,
              "DELETE FROM record WHERE (session, generation, number) IN "
              "(SELECT session, generation, number FROM record WHERE session = ? AND generation <= ? LIMIT ?)"),
        park(c, "INSERT INTO parked (session, place, token, since, crc, msg_type, header, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"),
        unpark(c, "DELETE FROM parked WHERE session = ? AND place <= ?"),
        unpark_one(c, "DELETE FROM parked WHERE session = ? AND place = ?"),
        forget(c, "DELETE FROM session WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM record WHERE session = ?1) AND NOT EXISTS (SELECT 1 FROM parked WHERE session = ?1)") {}

  sqlite_statement begin, commit, insert_session, numbers, record, prune, park, unpark, unpark_one, forget;
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
    reader_ = std::make_unique<sqlite_reader>(c, sqlite_user_version);
    statements_ = std::make_unique<statements>(c);
    for (auto& row : reader_->sessions()) {
      if (row.state.generation.value > kept_generations())
        to_prune_.emplace_back(row.row, row.state.generation.value - kept_generations());
      sessions_.emplace(row.id, std::move(row));
    }
  } catch (const sqlite_error& e) {
    const bool is_other = e.code() == SQLITE_NOTADB;
    throw store_error(path_ + (is_other ? ": is not a SQLite file. Name another path for the store." : ": cannot be opened: " + told(e)));
  } catch (const store_error& e) {
    const std::string text = e.what();
    throw store_error(text.starts_with(path_) ? text : path_ + ": " + text);
  }
}

sqlite_store::~sqlite_store() = default;

session_snapshot sqlite_store::load(const session_id& id, utc_time now) {
  auto& session = row_of(id, now);
  const auto before = session;
  ++session.state.incarnation;
  session.last_commit = {};
  std::vector<parked_submit> parked;
  try {
    parked = reader_->parked(session);
    write_numbers(session);
  } catch (const sqlite_error& e) {
    session = before;
    fail("session " + to_string(id) + " cannot be loaded", e);
  }
  auto snapshot = session.state;
  snapshot.parked = std::move(parked);
  return snapshot;
}

session_row& sqlite_store::row_of(const session_id& id, utc_time now) {
  const auto at = sessions_.find(id);
  return at != sessions_.end() ? at->second : insert(id, now);
}

session_row& sqlite_store::insert(const session_id& id, utc_time now) {
  session_row row;
  row.id = id;
  row.name_check = crc32c(to_string(id));
  row.state.creation_time = now;
  const auto& s = row.state;
  try {
    statements_->insert_session
        .use(id.begin_string, id.sender_comp_id, id.target_comp_id, id.qualifier, s.incarnation.value, std::uint64_t{0}, s.generation.value,
             s.next_sender.value, s.next_target.value, nanoseconds(now), std::uint64_t{0}, std::uint64_t{row_check(row)})
        .done();
  } catch (const sqlite_error& e) {
    fail("session " + to_string(id) + " cannot be created", e);
  }
  row.row = static_cast<std::uint64_t>(sqlite3_last_insert_rowid(connection_->get()));
  return sessions_.emplace(id, std::move(row)).first->second;
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
  if (now >= store.checkpoint_at_) store.checkpoint();
  return SQLITE_OK;
}

// Moves the log into the file, as far as no reader needs it. The log begins anew only when all of it could be moved: a reader
// that does not end lets it grow.
void sqlite_store::checkpoint() {
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
  try {
    require_short_log();
    statements_->begin.use().done();
    for (std::size_t i = 0; i < batches.size(); ++i) results[i] = stage(batches[i]);
    prune();
    statements_->commit.use().done();
    to_prune_.insert(to_prune_.end(), staged_prune_.begin(), staged_prune_.end());
    return true;
  } catch (const sqlite_error& e) {
    roll_back(results, told(e));
    for (std::size_t i = 0; i < batches.size(); ++i) resolve(batches[i], results[i]);
    return false;
  }
}

commit_result sqlite_store::stage(const session_batch& item) {
  const auto at = sessions_.find(*item.session);
  if (at == sessions_.end()) return {commit_status::wrong_incarnation, "this session was never loaded"};
  auto& session = at->second;
  const commit_position position{session.state.incarnation, session.last_commit};
  const auto turn = turn_of(position, *item.batch);
  if (turn != commit_turn::take) return answer_to(turn, position, *item.batch);
  before_.emplace_back(&session, session);
  write(session, *item.batch);
  return {};
}

void sqlite_store::write(session_row& session, const commit_batch& batch) {
  auto& s = session.state;
  if (batch.reset) {
    s.creation_time = batch.reset->creation_time;
    staged_prune_.emplace_back(session.row, batch.generation.value - std::min<std::uint64_t>(batch.generation.value, kept_generations()));
  }
  s.generation = batch.generation;
  s.next_sender = batch.next_sender;
  s.next_target = batch.next_target;
  s.is_reset_pending = batch.is_reset_pending;
  s.is_cancel_owed = batch.is_cancel_owed;
  session.last_commit = batch.id;
  for (const auto& r : batch.records) {
    const auto frame = batch.frame(r);
    const std::uint64_t crc = record_check(session.name_check, batch.generation, r.number, r.last, r.kind, r.token, frame);
    statements_->record
        .use(session.row, batch.generation.value, r.number.value, r.last.value, static_cast<std::uint64_t>(r.kind), r.token.value, crc,
             sqlite_statement::blob{frame})
        .done();
  }
  write_parked(session, batch);
  write_numbers(session);
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

void sqlite_store::write_numbers(const session_row& session) {
  const auto& s = session.state;
  statements_->numbers
      .use(session.row, s.incarnation.value, session.last_commit.value, s.generation.value, s.next_sender.value, s.next_target.value,
           nanoseconds(s.creation_time), std::uint64_t{s.is_reset_pending}, std::uint64_t{row_check(session)}, std::uint64_t{s.is_cancel_owed})
      .done();
}

// A numbering that nobody can ask for any more goes in slices, beside commits that happen anyway.
void sqlite_store::prune() {
  if (to_prune_.empty()) return;
  const auto [session, generation] = to_prune_.back();
  statements_->prune.use(session, generation, std::uint64_t{options_.prune_slice}).done();
  if (sqlite3_changes(connection_->get()) == 0) to_prune_.pop_back();
}

void sqlite_store::roll_back(std::span<commit_result> results, const std::string& reason) {
  if (connection_->is_in_transaction()) sqlite3_exec(connection_->get(), "ROLLBACK", nullptr, nullptr, nullptr);
  for (auto at = before_.rbegin(); at != before_.rend(); ++at) *at->first = at->second;
  for (auto& result : results) result = {commit_status::failed, reason};
}

// A COMMIT that failed half way may have happened all the same: the file knows.
void sqlite_store::resolve(const session_batch& item, commit_result& result) {
  const auto at = sessions_.find(*item.session);
  if (at == sessions_.end()) {
    result = {commit_status::wrong_incarnation, "this session was never loaded"};
    return;
  }
  auto& session = at->second;
  const commit_position position{session.state.incarnation, session.last_commit};
  if (const auto turn = turn_of(position, *item.batch); turn != commit_turn::take) {
    result = answer_to(turn, position, *item.batch);
    return;
  }
  try {
    const auto stored = reader_->last_commit(session.row, session.state.incarnation);
    if (!stored || *stored < item.batch->id) return;
    for (auto& row : reader_->sessions())
      if (row.row == session.row) session = std::move(row);
    result = {};
  } catch (const std::exception& e) {
    result = {commit_status::unknown, result.reason + "; and it cannot be read back: " + e.what()};
  }
}

replay_page sqlite_store::fetch(const session_id& id, seq_num begin, seq_num end, std::size_t max_records, std::size_t max_bytes) {
  const auto at = sessions_.find(id);
  if (at == sessions_.end()) return {{}, begin, end, true, {}};
  try {
    return reader_->fetch(at->second, begin, end, max_records, max_bytes);
  } catch (const sqlite_error& e) {
    fail("messages " + std::to_string(begin.value) + " to " + std::to_string(end.value) + " of " + to_string(id) + " cannot be read", e);
  }
}

replay_page sqlite_store::fetch_of(const session_id& id, numbering_generation generation, seq_num begin, seq_num end, std::size_t max_records, std::size_t max_bytes) {
  const auto at = sessions_.find(id);
  if (at == sessions_.end()) return {generation, begin, end, true, {}};
  auto then = at->second;
  then.state.generation = generation;
  try {
    return reader_->fetch(then, begin, end, max_records, max_bytes);
  } catch (const sqlite_error& e) {
    fail("messages of numbering " + std::to_string(generation.value) + " of " + to_string(id) + " cannot be read", e);
  }
}

std::vector<finished_numbering> sqlite_store::finished(const session_id& id) {
  const auto at = sessions_.find(id);
  if (at == sessions_.end()) return {};
  try {
    return without_what_goes(reader_->finished(at->second), to_prune_, at->second.row);
  } catch (const sqlite_error& e) {
    fail("numberings of " + to_string(id) + " cannot be read", e);
  }
}

void sqlite_store::retire(const session_id& id, numbering_generation through) {
  const auto at = sessions_.find(id);
  if (at != sessions_.end() && through < at->second.state.generation) to_prune_.emplace_back(at->second.row, through.value);
}

std::optional<std::uint64_t> sqlite_store::size() {
  if (!to_prune_.empty()) return std::nullopt;
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
  try {
    return reader_->find_token(at->second, token);
  } catch (const sqlite_error& e) {
    fail("token " + std::to_string(token.value) + " of " + to_string(id) + " cannot be looked up", e);
  }
}

bool sqlite_store::is_parked(const session_id& id, submit_token token) {
  const auto at = sessions_.find(id);
  if (at == sessions_.end()) return false;
  try {
    return reader_->is_parked(at->second, token);
  } catch (const sqlite_error& e) {
    fail("token " + std::to_string(token.value) + " of " + to_string(id) + " cannot be looked up", e);
  }
}

std::vector<stored_session> sqlite_store::sessions() {
  std::vector<stored_session> all;
  for (const auto& [id, row] : sessions_) all.push_back({id, row.state});
  return all;
}

bool sqlite_store::forget_unused(const session_id& id, session_incarnation of) {
  const auto at = sessions_.find(id);
  if (at == sessions_.end() || !is_unused(at->second.state, of)) return false;
  try {
    statements_->forget.use(at->second.row).done();
  } catch (const sqlite_error&) {
    return false;  // one row more than need be
  }
  if (sqlite3_changes(connection_->get()) == 0) return false;
  sessions_.erase(at);
  return true;
}

// The present numbering is always kept.
unsigned sqlite_store::kept_generations() const { return std::max(1u, options_.kept_generations); }

void sqlite_store::limit_pages(unsigned pages) {
  connection_->run(("PRAGMA max_page_count = " + std::to_string(pages)).c_str());
}

}  // namespace troupe::store
