#include "actors/testing/faulty_store.hpp"

namespace troupe::actors::testing {

using store::commit_status;

faulty_store::faulty_store(std::shared_ptr<store::message_store> disk, std::shared_ptr<store_faults> faults,
                           std::shared_ptr<store_history> history)
    : disk_(std::move(disk)), faults_(std::move(faults)), history_(std::move(history)), life_(faults_->open()) {}

void faulty_store::must_live() const {
  if (!faults_->is_alive(life_)) throw store::store_error{"the process that had opened this store was killed"};
}

protocol::session_snapshot faulty_store::load(const protocol::session_id& id, protocol::utc_time now) {
  must_live();
  if (faults_->loads_fail()) throw store::store_error{describe() + ": cannot be read (a fault that was asked for)"};
  return disk_->load(id, now);
}

void faulty_store::commit(std::span<const store::session_batch> batches, std::span<store::commit_result> results) {
  must_live();
  switch (faults_->take()) {
    case store_fault::none: return commit_really(batches, results);
    case store_fault::failed: return refuse_all(results, commit_status::failed, "no space left (a fault that was asked for)");
    case store_fault::unknown_not_stored: return refuse_all(results, commit_status::unknown, "no answer (a fault that was asked for)");
    case store_fault::unknown_stored:
      commit_really(batches, results);
      return refuse_all(results, commit_status::unknown, "no answer (a fault that was asked for)");
    case store_fault::dies_before: throw store::store_error{"died before a commit (a fault that was asked for)"};
    case store_fault::dies_after:
      commit_really(batches, results);
      throw store::store_error{"died after a commit (a fault that was asked for)"};
  }
}

void faulty_store::commit_really(std::span<const store::session_batch> batches, std::span<store::commit_result> results) {
  disk_->commit(batches, results);
  if (!history_) return;
  for (std::size_t i = 0; i < batches.size(); ++i)
    if (results[i].status == commit_status::done) history_->add(*batches[i].session, *batches[i].batch);
}

// What is refused for its incarnation or order is so for good: a fault does not hide that.
void faulty_store::refuse_all(std::span<store::commit_result> results, commit_status status, const char* why) const {
  for (auto& r : results)
    if (r.status == commit_status::done) r = {status, why};
}

protocol::replay_page faulty_store::fetch(const protocol::session_id& id, protocol::seq_num begin, protocol::seq_num end,
                                          std::size_t max_records, std::size_t max_bytes) {
  must_live();
  if (faults_->fetches_fail()) throw store::store_error{describe() + ": a page cannot be read (a fault that was asked for)"};
  return disk_->fetch(id, begin, end, max_records, max_bytes);
}

std::optional<protocol::seq_num> faulty_store::find_token(const protocol::session_id& id, protocol::submit_token token) {
  must_live();
  return disk_->find_token(id, token);
}

bool faulty_store::is_parked(const protocol::session_id& id, protocol::submit_token token) {
  must_live();
  return disk_->is_parked(id, token);
}

std::vector<store::stored_session> faulty_store::sessions() {
  must_live();
  return disk_->sessions();
}

bool faulty_store::forget_unused(const protocol::session_id& id, protocol::session_incarnation of) {
  must_live();
  return disk_->forget_unused(id, of);
}

std::shared_ptr<store::message_store> open_faulty(std::shared_ptr<store::message_store> disk, std::shared_ptr<store_faults> faults,
                                                  std::shared_ptr<store_history> history) {
  return std::make_shared<faulty_store>(std::move(disk), std::move(faults), std::move(history));
}

}  // namespace troupe::actors::testing
