#include "store/memory_store.hpp"

#include <algorithm>
#include <functional>

namespace troupe::store {

using namespace protocol;

namespace {

constexpr std::size_t first_chunk = 4 * 1024;  // each is twice as large as the one before: many sessions say little
constexpr std::size_t largest_chunk = 64 * 1024;

// An empty frame may stand at the very end.
bool holds(const std::string& chunk, std::string_view frame) {
  return std::greater_equal<>{}(frame.data(), chunk.data()) && std::less_equal<>{}(frame.data(), chunk.data() + chunk.size());
}

}  // namespace

memory_store::memory_store(std::size_t max_bytes_per_session) : max_bytes_(max_bytes_per_session) {}

session_snapshot memory_store::load(const session_id& id, utc_time now) {
  const auto [at, is_new] = sessions_.try_emplace(id);
  auto& session = at->second;
  if (is_new) session.state.creation_time = now;
  ++session.state.incarnation;
  session.position = {session.state.incarnation, commit_id{}};
  auto snapshot = session.state;
  snapshot.parked.assign(session.parked.begin(), session.parked.end());
  return snapshot;
}

void memory_store::commit(std::span<const session_batch> batches, std::span<commit_result> results) {
  for (std::size_t i = 0; i < batches.size(); ++i) results[i] = commit_one(batches[i]);
}

commit_result memory_store::commit_one(const session_batch& item) {
  const auto at = sessions_.find(*item.session);
  if (at == sessions_.end()) return {commit_status::wrong_incarnation, "this session was never loaded"};
  auto& session = at->second;
  const auto turn = turn_of(session.position, *item.batch);
  if (turn != commit_turn::take) return answer_to(turn, session.position, *item.batch);
  keep(session, *item.batch);
  drop_oldest(session);
  return {};
}

void memory_store::keep(entry& session, const commit_batch& batch) {
  if (batch.reset) {
    session.previous_tokens.clear();
    for (const auto& r : session.records)
      if (r.token.value != 0) session.previous_tokens.emplace_back(r.token, r.number);
    session.records.clear();
    session.chunks.clear();
    session.tokens.clear();
    session.indexed = {};
    session.bytes = 0;
    session.state.creation_time = batch.reset->creation_time;
  }
  for (const auto& r : batch.records) {
    session.records.push_back({r.kind, r.number, r.last, r.token, copy(session, batch.frame(r))});
    session.bytes += r.length + record_share;
  }
  keep_parked(session, batch);
  session.state.generation = batch.generation;
  session.state.next_sender = batch.next_sender;
  session.state.next_target = batch.next_target;
  session.state.is_reset_pending = batch.is_reset_pending;
  session.state.is_cancel_owed = batch.is_cancel_owed;
  session.position.last = batch.id;
}

void memory_store::keep_parked(entry& session, const commit_batch& batch) {
  for (const auto& p : batch.park) {
    session.parked_tokens.insert(p.token.value);
    session.parked.push_back(p);
  }
  for (; !session.parked.empty() && session.parked.front().place <= batch.parked_through; session.parked.pop_front())
    session.parked_tokens.erase(session.parked_tokens.find(session.parked.front().token.value));
  if (batch.unpark.empty()) return;
  const std::unordered_set<std::uint64_t> dropped{batch.unpark.begin(), batch.unpark.end()};
  std::erase_if(session.parked, [&](const parked_submit& p) {
    if (!dropped.contains(p.place)) return false;
    session.parked_tokens.erase(session.parked_tokens.find(p.token.value));
    return true;
  });
}

std::string_view memory_store::copy(entry& session, std::string_view frame) {
  auto& chunks = session.chunks;
  if (chunks.empty() || chunks.back().size() + frame.size() > chunks.back().capacity()) {
    const auto usual = chunks.empty() ? first_chunk : std::min(2 * chunks.back().capacity(), largest_chunk);
    chunks.emplace_back().reserve(std::max(usual, frame.size()));
  }
  const auto at = chunks.back().size();
  chunks.back().append(frame);
  return std::string_view{chunks.back()}.substr(at);
}

void memory_store::drop_oldest(entry& session) {
  while (session.bytes > max_bytes_ && session.records.size() > 1) {
    const auto& oldest = session.records.front();
    session.bytes -= oldest.frame.size() + record_share;
    if (const auto known = session.tokens.find(oldest.token.value); known != session.tokens.end() && known->second == oldest.number)
      session.tokens.erase(known);
    session.records.pop_front();
    while (!holds(session.chunks.front(), session.records.front().frame)) session.chunks.pop_front();
  }
}

replay_page memory_store::fetch(const session_id& id, seq_num begin, seq_num end, std::size_t max_records, std::size_t max_bytes) {
  replay_page page{{}, begin, end, true, {}};
  const auto found = sessions_.find(id);
  if (found == sessions_.end()) return page;
  const auto& records = found->second.records;
  page.generation = found->second.state.generation;
  // `last` ascends as well, so a skipped range that begins before is found, too.
  auto at = std::lower_bound(records.begin(), records.end(), begin, [](const kept_record& r, seq_num n) { return r.last < n; });
  std::size_t bytes = 0;
  for (; at != records.end() && at->number <= end; ++at) {
    bytes += at->frame.size();
    if (!page.records.empty() && (page.records.size() >= max_records || bytes > max_bytes)) {
      page.end = page.records.back().last;
      page.is_last = false;
      break;
    }
    page.records.push_back({at->kind, at->number, at->last, at->token, false, std::string{at->frame}});
  }
  return page;
}

std::optional<seq_num> memory_store::find_token(const session_id& id, submit_token token) {
  const auto found = sessions_.find(id);
  if (found == sessions_.end()) return std::nullopt;
  auto& session = found->second;
  const auto is_indexed = [&](const kept_record& r) { return r.number <= session.indexed; };
  for (auto at = std::partition_point(session.records.begin(), session.records.end(), is_indexed); at != session.records.end(); ++at) {
    if (at->token.value != 0) session.tokens.emplace(at->token.value, at->number);  // the first number a token was given
    session.indexed = at->number;
  }
  if (const auto at = session.tokens.find(token.value); at != session.tokens.end()) return at->second;
  const auto& before = session.previous_tokens;
  const auto at = std::find_if(before.begin(), before.end(), [&](const auto& t) { return t.first == token; });
  return at == before.end() ? std::nullopt : std::optional{at->second};
}

bool memory_store::is_parked(const session_id& id, submit_token token) {
  const auto found = sessions_.find(id);
  return found != sessions_.end() && token != submit_token{} && found->second.parked_tokens.contains(token.value);
}

bool memory_store::forget_unused(const session_id& id, session_incarnation of) {
  const auto at = sessions_.find(id);
  if (at == sessions_.end() || !at->second.records.empty() || !at->second.parked.empty() || !is_unused(at->second.state, of)) return false;
  sessions_.erase(at);
  return true;
}

std::vector<stored_session> memory_store::sessions() {
  std::vector<stored_session> all;
  for (const auto& [id, session] : sessions_) all.push_back({id, session.state});
  return all;
}

}  // namespace troupe::store
