#include "store/postgres_store.hpp"

#include "store/commit_order.hpp"
#include "store/postgres_schema.hpp"
#include "store/store_unavailable.hpp"

#include <algorithm>

namespace troupe::store {

using namespace protocol;

namespace {

// An extreme group would be more than one value may hold.
constexpr std::size_t most_bytes_at_once = std::size_t{32} << 20;

// The row is its owner's, and somebody else has changed it.
class row_changed : public postgres_error {
 public:
  row_changed() : postgres_error(kind::passing, "its row was changed by somebody else; it was read again") {}
};

}  // namespace

struct postgres_store::statements {
  explicit statements(const std::string& schema)
      : owner("WITH owner AS MATERIALIZED (SELECT 1 FROM " + schema + ".lease WHERE fencing_token = $1 FOR UPDATE) "),
        insert{"session_insert", owner + "INSERT INTO " + schema +
                                     ".session (begin_string, sender_comp_id, target_comp_id, qualifier, incarnation, last_commit, generation, next_sender, "
                                     "next_target, creation_time, is_reset_pending, is_cancel_owed, crc) "
                                     "SELECT $2, $3, $4, $5, 0, 0, $6, $7, $8, $9, false, false, $10 FROM owner ON CONFLICT DO NOTHING RETURNING id"},
        bump{"session_bump", owner + "UPDATE " + schema + ".session SET incarnation = $5, last_commit = 0, crc = $6 FROM owner "
                                     "WHERE id = $2 AND incarnation = $3 AND last_commit = $4 RETURNING id"},
        forget{"session_forget", owner + "DELETE FROM " + schema + ".session AS s USING owner WHERE s.id = $2 AND s.incarnation = $3 AND s.last_commit = 0 "
                                     "AND NOT EXISTS (SELECT 1 FROM " + schema + ".record WHERE session = $2) "
                                     "AND NOT EXISTS (SELECT 1 FROM " + schema + ".parked WHERE session = $2) RETURNING s.id"},
        prune{"prune", owner + ", gone AS (DELETE FROM " + schema + ".record AS r USING owner WHERE (r.session, r.generation, r.number) IN "
                           "(SELECT session, generation, number FROM " + schema + ".record WHERE session = $2 AND generation <= $3 LIMIT $4) RETURNING 1) "
                           "SELECT count(*) FROM gone"} {}

  std::string owner;
  postgres_statement insert, bump, forget, prune;
  postgres_statement durability{"durability", "SELECT current_setting('fsync') = 'off'"};
};

// ---------------------------------------------------------------- opening, and opening again

postgres_store::postgres_store(std::string connection, postgres_options options)
    : address_(std::move(connection)),
      options_(std::move(options)),
      schema_(quoted(options_.schema)),
      reader_(schema_),
      group_statements_(schema_),
      statements_(std::make_unique<statements>(schema_)),
      lease_(schema_, options_.lease, [this] { return connected(); }),
      sizes_(schema_) {
  try {
    open();
  } catch (const postgres_error& e) {
    throw store_error(describe() + ": cannot be opened: " + told(e));
  } catch (const store_error&) {
    fail_by_name();
  }
}

postgres_store::~postgres_store() {
  try {
    if (connection_) lease_.release(*connection_);
  } catch (const std::exception&) {
    // It expires then.
  }
}

std::string postgres_store::describe() const {
  return address_.with_schema(options_.schema) + " (" + to_text(options_.durability) + ")";
}

// What is thrown just now, with the name of the store before it.
void postgres_store::fail_by_name() const {
  try {
    throw;
  } catch (const store_taken& e) {
    throw store_taken(describe() + ": " + e.what());
  } catch (const store_error& e) {
    throw store_error(describe() + ": " + e.what());
  }
}

std::unique_ptr<postgres_connection> postgres_store::connected() const {
  return connect_to_store(address_, "troupe", options_.limits, options_.durability == durability::process ? "SET synchronous_commit = off" : commits_for_good);
}

void postgres_store::open() {
  auto c = connected();
  prepare_schema(*c, options_.schema);
  lease_.take(*c);
  if (options_.durability == durability::power && c->run(statements_->durability).flag(0, 0))
    findings_.push_back("the server runs with fsync = off: what it has committed does not survive the end of its machine, though StoreDurability=power asks for that");
  read_back(*c);
  connection_ = std::move(c);
}

// A new fencing token first: what was under way on the old connection is stored by now, or never will be.
void postgres_store::connect_again() {
  auto c = connected();
  try {
    require_format(*c, options_.schema);
    lease_.take_again(*c);
    read_back(*c);
  } catch (const store_error&) {
    fail_by_name();
  }
  connection_ = std::move(c);
  is_in_doubt_ = false;
  sizes_.forget();
}

void postgres_store::read_back(postgres_connection& connection) {
  auto rows = reader_.sessions(connection);
  sessions_.clear();
  to_prune_.clear();
  for (auto& row : rows) {
    if (row.state.generation.value > kept_generations()) to_prune_.emplace_back(row.row, row.state.generation.value - kept_generations());
    auto id = row.id;
    sessions_.emplace(std::move(id), std::move(row));
  }
}

void postgres_store::drop_if_lost() {
  if (connection_ && connection_->is_lost()) connection_.reset();
}

// What failed because the connection was lost is tried once more on another one.
template <class F>
auto postgres_store::with_connection(F f) {
  for (bool is_second = !connection_;; is_second = true) {
    if (!connection_) connect_again();
    try {
      return f(*connection_);
    } catch (const postgres_error& e) {
      drop_if_lost();
      if (connection_ || is_second) throw;
    }
  }
}

// For everything but commits: what cannot be had now may be asked for again.
template <class F>
auto postgres_store::asked(const std::string& what, F f) {
  try {
    return with_connection(std::move(f));
  } catch (const postgres_error& e) {
    const auto text = describe() + ": " + what + ": " + told(e);
    if (e.may_pass()) throw store_unavailable(text);
    throw store_error(text);
  }
}

// A statement that should have changed a row changed none. Throws: somebody else owns the store, or the row is not what we thought.
void postgres_store::settle_refusal() {
  bool is_ours = false;
  try {
    is_ours = lease_.is_ours(*connection_);
    if (is_ours) read_back(*connection_);
  } catch (const store_error&) {
    fail_by_name();
  }
  if (is_ours) throw row_changed{};
  connection_.reset();
  throw postgres_error(postgres_error::kind::lost, "an older connection came late");
}

// ---------------------------------------------------------------- sessions

session_snapshot postgres_store::load(const session_id& id, utc_time now) {
  return asked("session " + to_string(id) + " cannot be loaded", [&](postgres_connection&) { return load_now(id, now); });
}

session_snapshot postgres_store::load_now(const session_id& id, utc_time now) {
  const auto at = sessions_.find(id);
  auto& session = at != sessions_.end() ? at->second : insert(id, now);
  auto parked = reader_.parked(*connection_, session);
  bump(session);
  auto snapshot = session.state;
  snapshot.parked = std::move(parked);
  return snapshot;
}

session_row& postgres_store::insert(const session_id& id, utc_time now) {
  session_row row;
  row.id = id;
  row.name_check = crc32c(to_string(id));
  row.state.creation_time = now;
  const auto& s = row.state;
  postgres_values v;
  v.number(lease_.token()).bytes(id.begin_string).bytes(id.sender_comp_id).bytes(id.target_comp_id).bytes(id.qualifier);
  v.number(s.generation.value).number(s.next_sender.value).number(s.next_target.value).number(static_cast<std::uint64_t>(nanoseconds(now))).number(row_check(row));
  const auto rows = connection_->run(statements_->insert, v);
  if (rows.count() == 0) settle_refusal();
  row.row = rows.number(0, 0);
  return sessions_.emplace(id, std::move(row)).first->second;
}

void postgres_store::bump(session_row& session) {
  auto next = session;
  ++next.state.incarnation;
  next.last_commit = {};
  postgres_values v;
  v.number(lease_.token()).number(session.row).number(session.state.incarnation.value).number(session.last_commit.value);
  v.number(next.state.incarnation.value).number(row_check(next));
  if (connection_->run(statements_->bump, v).count() == 0) settle_refusal();
  session = std::move(next);
}

std::vector<stored_session> postgres_store::sessions() {
  std::vector<stored_session> all;
  for (const auto& [id, row] : sessions_) all.push_back({id, row.state});
  return all;
}

bool postgres_store::forget_unused(const session_id& id, session_incarnation of) {
  const auto at = sessions_.find(id);
  if (at == sessions_.end() || !connection_ || !is_unused(at->second.state, of)) return false;
  try {
    const auto rows = connection_->run(statements_->forget, postgres_values{}.number(lease_.token()).number(at->second.row).number(of.value));
    if (rows.count() == 0) return false;
  } catch (const postgres_error&) {
    drop_if_lost();
    return false;  // one row more than need be
  }
  sessions_.erase(at);
  return true;
}

// ---------------------------------------------------------------- commits

void postgres_store::commit(std::span<const session_batch> batches, std::span<commit_result> results) {
  for (std::size_t from = 0; from < batches.size();) {
    std::size_t count = 0, bytes = 0;
    do bytes += batches[from + count++].batch->bytes.size();
    while (from + count < batches.size() && bytes < most_bytes_at_once);
    commit_in_one(batches.subspan(from, count), results.subspan(from, count));
    from += count;
  }
}

void postgres_store::commit_in_one(std::span<const session_batch> batches, std::span<commit_result> results) {
  if (commit_all(batches, results) || batches.size() == 1) return;
  // One of them cannot be stored: find out which, so that it does not hold up the others.
  for (std::size_t i = 0; i < batches.size(); ++i) (void)commit_all(batches.subspan(i, 1), results.subspan(i, 1));
}

// False: the server refuses something that is in it, so nothing of it is stored.
bool postgres_store::commit_all(std::span<const session_batch> batches, std::span<commit_result> results) {
  try {
    with_connection([&](postgres_connection&) { commit_now(batches, results); });
    return true;
  } catch (const postgres_error& e) {
    const auto status = is_in_doubt_ ? commit_status::unknown : commit_status::failed;
    for (auto& r : results) r = {status, describe() + ": " + told(e)};
    return e.what_kind() != postgres_error::kind::data;
  }
}

void postgres_store::commit_now(std::span<const session_batch> batches, std::span<commit_result> results) {
  postgres_group group;
  for (std::size_t i = 0; i < batches.size(); ++i) {
    const auto at = sessions_.find(*batches[i].session);
    results[i] = at == sessions_.end() ? commit_result{commit_status::wrong_incarnation, "this session was never loaded"} : group.stage(at->second, *batches[i].batch);
  }
  if (group.is_empty()) return;
  const auto done = store(group);
  if (done.is_fenced) settle_refusal();
  group.for_each_stored(done, [&](const session_row& session, const commit_batch& batch) { sizes_.committed(session.row, batch); });
  const auto old = group.settle(done, kept_generations());
  to_prune_.insert(to_prune_.end(), old.begin(), old.end());
  if (!group.is_whole(done)) tell_apart(batches, results);
  after_commit(done);
}

postgres_group::outcome postgres_store::store(const postgres_group& group) {
  try {
    return group.store(*connection_, group_statements_, lease_.token());
  } catch (const postgres_error& e) {
    is_in_doubt_ = e.is_lost();
    throw;
  }
}

// Rows of some sessions were not what we thought. What is stored is not tried again.
void postgres_store::tell_apart(std::span<const session_batch> batches, std::span<commit_result> results) {
  read_back(*connection_);
  for (std::size_t i = 0; i < batches.size(); ++i) {
    if (results[i].status != commit_status::done) continue;
    const auto at = sessions_.find(*batches[i].session);
    if (at == sessions_.end()) {
      results[i] = {commit_status::wrong_incarnation, "somebody has removed this session"};
      continue;
    }
    const commit_position position{at->second.state.incarnation, at->second.last_commit};
    const auto turn = turn_of(position, *batches[i].batch);
    results[i] = turn == commit_turn::take ? commit_result{commit_status::failed, row_changed{}.what()} : answer_to(turn, position, *batches[i].batch);
  }
}

// Beside commits that happen anyway: the lease, should its own connection not be there, and numberings that nobody can ask for any more, in slices.
void postgres_store::after_commit(const postgres_group::outcome& done) {
  try {
    if (lease_.is_due(done.lease_left)) lease_.renew(*connection_);
    if (!to_prune_.empty()) prune();
  } catch (const postgres_error&) {
    drop_if_lost();
  }
}

void postgres_store::prune() {
  const auto [session, generation] = to_prune_.back();
  const auto rows = connection_->run(statements_->prune, postgres_values{}.number(lease_.token()).number(session).number(generation).number(options_.prune_slice));
  if (rows.number(0, 0) != 0) return;
  sizes_.removed(session, generation);
  to_prune_.pop_back();
}

// The present numbering is always kept.
unsigned postgres_store::kept_generations() const { return std::max(1u, options_.kept_generations); }

// ---------------------------------------------------------------- questions

replay_page postgres_store::fetch(const session_id& id, seq_num begin, seq_num end, std::size_t max_records, std::size_t max_bytes) {
  const auto what = "messages " + std::to_string(begin.value) + " to " + std::to_string(end.value) + " of " + to_string(id) + " cannot be read";
  return asked(what, [&](postgres_connection& c) -> replay_page {
    const auto at = sessions_.find(id);
    if (at == sessions_.end()) return {{}, begin, end, true, {}};
    return reader_.fetch(c, at->second, begin, end, max_records, max_bytes);
  });
}

std::optional<seq_num> postgres_store::find_token(const session_id& id, submit_token token) {
  return asked("token " + std::to_string(token.value) + " of " + to_string(id) + " cannot be looked up", [&](postgres_connection& c) -> std::optional<seq_num> {
    const auto at = sessions_.find(id);
    return at == sessions_.end() ? std::nullopt : reader_.find_token(c, at->second, token);
  });
}

bool postgres_store::is_parked(const session_id& id, submit_token token) {
  return asked("token " + std::to_string(token.value) + " of " + to_string(id) + " cannot be looked up", [&](postgres_connection& c) {
    const auto at = sessions_.find(id);
    return at != sessions_.end() && reader_.is_parked(c, at->second, token);
  });
}

// ---------------------------------------------------------------- numberings that are over

std::vector<finished_numbering> postgres_store::finished(const session_id& id) {
  return asked("numberings of " + to_string(id) + " cannot be read", [&](postgres_connection& c) -> std::vector<finished_numbering> {
    const auto at = sessions_.find(id);
    if (at == sessions_.end()) return {};
    return without_what_goes(reader_.finished(c, at->second), to_prune_, at->second.row);
  });
}

replay_page postgres_store::fetch_of(const session_id& id, numbering_generation generation, seq_num begin, seq_num end, std::size_t max_records, std::size_t max_bytes) {
  return asked("messages of numbering " + std::to_string(generation.value) + " of " + to_string(id) + " cannot be read", [&](postgres_connection& c) -> replay_page {
    const auto at = sessions_.find(id);
    if (at == sessions_.end()) return {generation, begin, end, true, {}};
    auto then = at->second;
    then.state.generation = generation;
    return reader_.fetch(c, then, begin, end, max_records, max_bytes);
  });
}

void postgres_store::retire(const session_id& id, numbering_generation through) {
  const auto at = sessions_.find(id);
  if (at != sessions_.end() && through < at->second.state.generation) to_prune_.emplace_back(at->second.row, through.value);
}

std::optional<std::uint64_t> postgres_store::size() {
  return asked("its size cannot be told", [&](postgres_connection& c) -> std::optional<std::uint64_t> {
    const auto counted = sizes_.total(c, options_.prune_slice);
    return to_prune_.empty() ? counted : std::nullopt;
  });
}

}  // namespace troupe::store
