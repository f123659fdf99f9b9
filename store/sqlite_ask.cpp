// What a SQLite store is asked.
#include "store/commit_order.hpp"
#include "store/sqlite_record.hpp"
#include "store/sqlite_statements.hpp"

namespace troupe::store {

using namespace protocol;

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

void sqlite_store::limit_pages(unsigned pages) {
  connection_->run(("PRAGMA max_page_count = " + std::to_string(pages)).c_str());
}

}  // namespace troupe::store
