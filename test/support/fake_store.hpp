// A store in memory that commits when the test wants it to, and knows what a real one would still know after a crash.
#pragma once

#include "protocol/commit.hpp"
#include "protocol/session_io.hpp"

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace troupe::test {

class fake_store {
 public:
  enum class mood {
    commits,
    waits,
    fails,
    doubts,  // commits, and says that it failed
  };
  mood how = mood::commits;
  std::set<std::uint64_t> damaged;  // numbers whose record no longer fits its CRC
  std::set<std::uint64_t> lost;     // numbers whose record is gone

  [[nodiscard]] protocol::session_snapshot load() {
    ++durable_.incarnation;
    last_id_ = protocol::commit_id{0};
    refused_from_.reset();
    queue_.clear();
    behind_refused_.clear();
    return durable_;
  }
  [[nodiscard]] const protocol::session_snapshot& durable() const { return durable_; }
  [[nodiscard]] const std::map<protocol::seq_num, protocol::stored_record>& records() const { return records_; }

  [[nodiscard]] std::size_t waiting() const { return queue_.size(); }
  void damage_parked(std::uint64_t place) {
    for (auto& p : durable_.parked) p.is_damaged = p.is_damaged || p.place == place;
  }

  void push(protocol::commit_ptr batch) { queue_.push_back(std::move(batch)); }

  struct outcome {
    protocol::commit_ptr transmit;
    std::optional<protocol::event::committed> committed;
    std::optional<protocol::event::commit_failed> failed;
    std::vector<protocol::commit_ptr> behind{};  // that store nothing, and waited for it; to be transmitted then
  };
  // Does what it is in the mood for with the oldest batch; nullopt: nothing.
  std::optional<outcome> step() {
    if (how == mood::waits || queue_.empty()) return std::nullopt;
    auto batch = std::move(queue_.front());
    queue_.pop_front();
    if (batch->id == protocol::commit_id{}) return in_its_place(std::move(batch));
    const bool is_behind = refused_from_ && batch->id != *refused_from_;
    if (how == mood::doubts && !is_behind && batch->id > last_id_) apply(*batch);
    if (how != mood::commits || is_behind) {
      if (!is_behind) refused_from_ = batch->id;
      return outcome{nullptr, {}, protocol::event::commit_failed{batch->id, "disk full"}, {}};
    }
    refused_from_.reset();
    if (batch->id != last_id_) apply(*batch);  // else it was in doubt, and is not
    const auto id = batch->id;
    return outcome{std::move(batch), protocol::event::committed{id}, {}, std::exchange(behind_refused_, {})};
  }

  [[nodiscard]] protocol::replay_page fetch(const protocol::action::fetch_replay& f) const {
    protocol::replay_page page;
    page.generation = f.generation;
    page.begin = f.begin;
    page.end = f.end;
    page.is_last = true;
    for (auto it = records_.lower_bound(f.begin); it != records_.end() && it->first <= f.end; ++it) {
      if (page.records.size() == f.max_records) {
        page.is_last = false;
        page.end = it->first.previous();
        break;
      }
      if (lost.contains(it->first.value)) continue;
      page.records.push_back(it->second);
      page.records.back().is_damaged = damaged.contains(it->first.value);
    }
    return page;
  }

  std::vector<std::string> faults;  // broken promises of the session

 private:
  // What stores nothing does not overtake what was refused.
  outcome in_its_place(protocol::commit_ptr batch) {
    if (!refused_from_) return {std::move(batch), {}, {}, {}};
    behind_refused_.push_back(std::move(batch));
    return {};
  }
  void apply(const protocol::commit_batch& b) {
    if (b.incarnation != durable_.incarnation) faults.push_back("commit of another incarnation");
    if (b.id != last_id_.next()) faults.push_back("commit " + std::to_string(b.id.value) + " out of order");
    last_id_ = b.id;
    if (b.reset) {
      records_.clear();
      durable_.creation_time = b.reset->creation_time;
    } else if (b.generation != durable_.generation) {
      faults.push_back("a generation without a reset");
    }
    for (const auto& r : b.records) {
      const auto [it, is_new] =
          records_.try_emplace(r.number, protocol::stored_record{r.kind, r.number, r.last, r.token, false, std::string{b.frame(r)}});
      if (!is_new) faults.push_back("MsgSeqNum " + std::to_string(r.number.value) + " used twice");
      if (r.number >= b.next_sender) faults.push_back("next_sender is behind a record");
    }
    durable_.parked.insert(durable_.parked.end(), b.park.begin(), b.park.end());
    const std::set<std::uint64_t> dropped{b.unpark.begin(), b.unpark.end()};
    std::erase_if(durable_.parked, [&](const protocol::parked_submit& p) { return p.place <= b.parked_through || dropped.contains(p.place); });
    durable_.generation = b.generation;
    durable_.next_sender = b.next_sender;
    durable_.next_target = b.next_target;
    durable_.is_reset_pending = b.is_reset_pending;
    durable_.is_cancel_owed = b.is_cancel_owed;
  }

  protocol::session_snapshot durable_;
  protocol::commit_id last_id_{};
  std::optional<protocol::commit_id> refused_from_;
  std::map<protocol::seq_num, protocol::stored_record> records_;
  std::deque<protocol::commit_ptr> queue_;
  std::vector<protocol::commit_ptr> behind_refused_;
};

}  // namespace troupe::test
