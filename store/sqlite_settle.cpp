// What is written beside commits: places and numbers that only records have, what goes of numberings that are over, the write-ahead log.
#include "store/sqlite_record.hpp"
#include "store/sqlite_statements.hpp"
#include "store/sqlite_tail.hpp"

#include <algorithm>
#include <map>
#include <span>
#include <utility>

namespace troupe::store {

using namespace protocol;

namespace {

// Of sessions whose places and numbers are written with one commit, so that none takes long.
constexpr std::size_t settled_at_a_time = 16;

// Of numberings that are over, with one commit.
constexpr std::size_t records_removed_at_a_time = 64, blocks_removed_at_a_time = 16;

// Rows of others that may stand between two that are removed in one go.
constexpr std::uint64_t near_rows = 6;

}  // namespace

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
    sessions_.emplace(session.numbers.id, std::move(session));
  }
  const bool were_missing = find_missing(found);
  through_ = found.tail().through();
  // Rows that were removed may have had numbers behind those that are there, which must not come again: as_of tells them apart.
  last_row_ = std::max({last_row_, through_, static_cast<std::uint64_t>(connection_->number("SELECT coalesce(max(id), 0) FROM record"))});
  if (were_missing || through_ != last_row_) settle_all();
}

// Where the last blocks are missing or damaged the next one would pass over their messages. The rows are gone through once, however many sessions that befell. Were there any?
bool sqlite_store::find_missing(sqlite_reader& found) {
  std::map<std::uint64_t, numbers_sought> missing;
  for (const auto& [id, session] : sessions_) {
    const auto& tail = tails_[session.numbers.row];
    const auto next = tail.places.empty() ? session.numbers.state.next_sender : tail.places.front().number;
    if (session.covered.next() < next) missing[session.numbers.row] = {tail.generation, session.covered.next(), next.previous()};
  }
  if (missing.empty()) return false;
  const auto places_of = found.search(missing);
  for (const auto& [row, of] : places_of) {
    auto& places = tails_[row].places;
    places.insert(places.begin(), of.places.begin(), of.places.end());
  }
  return !places_of.empty();
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

}  // namespace troupe::store
