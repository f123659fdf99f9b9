// Commits written the way a test reads: a session's hand, which numbers its commits and messages by itself.
#pragma once

#include "store/message_store.hpp"

#include <string>
#include <string_view>

namespace troupe::test {

using namespace protocol;
using namespace troupe::store;

inline const session_id alpha{"FIX.4.2", "ALPHA", "OMEGA", ""};
inline const session_id beta{"FIX.4.2", "BETA", "OMEGA", ""};
inline constexpr utc_time day_one{std::chrono::seconds{1'700'000'000}};

class hand {
 public:
  hand(message_store& store, session_id id) : store_(&store), id_(std::move(id)) { load(); }

  void load() {
    state_ = store_->load(id_, day_one);
    last_ = {};
  }
  void use(message_store& store) { store_ = &store; }

  // A batch with one more record of this kind.
  commit_batch next(record_kind kind = record_kind::application, std::string_view frame = "8=FIX.4.2\0019=5\00135=0\00110=161\001",
                    submit_token token = {}) {
    commit_batch b = empty();
    b.bytes = frame;
    b.records.push_back({kind, state_.next_sender, state_.next_sender, token, 0, static_cast<std::uint32_t>(frame.size())});
    b.next_sender = state_.next_sender.next();
    return b;
  }
  commit_batch empty() {
    commit_batch b;
    b.id = last_.next();
    b.incarnation = state_.incarnation;
    b.generation = state_.generation;
    b.next_sender = state_.next_sender;
    b.next_target = state_.next_target;
    return b;
  }
  // A reset: the next numbering begins at 1 and 1.
  commit_batch new_numbering(utc_time when = day_one) {
    auto b = empty();
    b.generation = b.generation.next();
    b.reset = reset{when, false};
    b.next_sender = b.next_target = seq_num{1};
    return b;
  }
  commit_result commit(const commit_batch& b) {
    commit_result result;
    const session_batch item{&id_, &b};
    store_->commit({&item, 1}, {&result, 1});
    if (result.status == commit_status::done) take(b);
    return result;
  }
  void take(const commit_batch& b) {
    last_ = b.id;
    state_.generation = b.generation;
    state_.next_sender = b.next_sender;
    state_.next_target = b.next_target;
  }
  replay_page fetch(std::uint64_t begin, std::uint64_t end, std::size_t records = 1000, std::size_t bytes = 1 << 20) {
    return store_->fetch(id_, seq_num{begin}, seq_num{end}, records, bytes);
  }
  [[nodiscard]] const session_snapshot& state() const { return state_; }
  [[nodiscard]] const session_id& id() const { return id_; }

 private:
  message_store* store_;
  session_id id_;
  session_snapshot state_;
  commit_id last_{};
};

}  // namespace troupe::test
