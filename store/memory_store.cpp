#include "store/memory_store.hpp"

namespace troupe::store {

using namespace protocol;

memory_store::memory_store(std::size_t max_bytes_per_session) : max_bytes_(max_bytes_per_session) {}

session_snapshot memory_store::load(const session_id& id, utc_time now) {
  const auto [at, is_new] = sessions_.try_emplace(id);
  auto& session = at->second;
  if (is_new) session.state.creation_time = now;
  ++session.state.incarnation;
  session.position = {session.state.incarnation, commit_id{}};
  return session.state;
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
  return {};
}

void memory_store::keep(entry& session, const commit_batch& batch) {
  if (batch.reset) {
    session.records.clear();
    session.tokens.clear();
    session.bytes = 0;
    session.state.creation_time = batch.reset->creation_time;
  }
  for (const auto& r : batch.records) {
    session.records.insert_or_assign(r.number, stored_record{r.kind, r.number, r.last, r.token, false, std::string{batch.frame(r)}});
    session.bytes += r.length + record_share;
    if (r.token.value != 0) session.tokens[r.token.value] = r.number;
  }
  session.state.generation = batch.generation;
  session.state.next_sender = batch.next_sender;
  session.state.next_target = batch.next_target;
  session.state.is_reset_pending = batch.is_reset_pending;
  session.position.last = batch.id;
  drop_oldest(session);
}

void memory_store::drop_oldest(entry& session) {
  while (session.bytes > max_bytes_ && session.records.size() > 1) {
    const auto oldest = session.records.begin();
    session.bytes -= oldest->second.frame.size() + record_share;
    session.tokens.erase(oldest->second.token.value);
    session.records.erase(oldest);
  }
}

replay_page memory_store::fetch(const session_id& id, seq_num begin, seq_num end, std::size_t max_records, std::size_t max_bytes) {
  replay_page page{{}, begin, end, true, {}};
  const auto found = sessions_.find(id);
  if (found == sessions_.end()) return page;
  const auto& records = found->second.records;
  page.generation = found->second.state.generation;
  auto at = records.upper_bound(begin);
  if (at != records.begin() && std::prev(at)->second.last >= begin) --at;  // a skipped range that begins before
  std::size_t bytes = 0;
  for (; at != records.end() && at->first <= end; ++at) {
    bytes += at->second.frame.size();
    if (!page.records.empty() && (page.records.size() >= max_records || bytes > max_bytes)) {
      page.end = page.records.back().last;
      page.is_last = false;
      break;
    }
    page.records.push_back(at->second);
  }
  return page;
}

std::optional<seq_num> memory_store::find_token(const session_id& id, submit_token token) {
  const auto session = sessions_.find(id);
  if (session == sessions_.end()) return std::nullopt;
  const auto at = session->second.tokens.find(token.value);
  return at == session->second.tokens.end() ? std::nullopt : std::optional{at->second};
}

std::vector<stored_session> memory_store::sessions() {
  std::vector<stored_session> all;
  for (const auto& [id, session] : sessions_) all.push_back({id, session.state});
  return all;
}

}  // namespace troupe::store
