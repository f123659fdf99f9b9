// The store actor: the one way from a session to its file, and from there to the wire.
//
// Commits of a session are taken in their order. After a commit its transmit or close goes, unchanged, to the connection,
// then `committed` to the session. Once a commit has failed, everything of that session is refused until the same commit comes
// again; batches that store nothing (replay pages) wait meanwhile, so that the wire keeps the order of the session.
//
// A store that does not block runs pinned and commits at once. One that blocks runs detached: it commits all that is in its
// mailbox in one transaction (group commit). It dies with store_error if the store is beyond use.
//
// What cannot be read just now (store_unavailable) is tried again, after 100 ms and ever more slowly; whoever asked waits. If
// that lasts a minute, the store is beyond use.
#pragma once

#include "actors/messages.hpp"
#include "actors/pinned.hpp"
#include "store/message_store.hpp"

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace troupe::actors {

class store_keeper {
 public:
  using handle_type = store_actor;
  using pointer = pinned<handle_type::base>*;
  static constexpr const char* name = "store";

  // Commits that are made in one transaction at most.
  static constexpr std::size_t max_group = 256;

  // `clock`: the reactor it is pinned to, or any for one on a thread of its own.
  store_keeper(pointer self, std::shared_ptr<store::message_store> store, reactor& clock);
  ~store_keeper();
  store_keeper(const store_keeper&) = delete;
  store_keeper& operator=(const store_keeper&) = delete;
  handle_type::behavior_type make_behavior();
  [[nodiscard]] std::string about() const { return store_->describe(); }

  static constexpr std::chrono::milliseconds first_pause{100};
  static constexpr std::chrono::milliseconds longest_pause{5000};
  static constexpr std::chrono::milliseconds patience{60'000};

 private:
  struct question {
    std::function<void()> answer;                           // asks the store; throws store_unavailable
    std::function<void(const std::string& why)> delay{};    // called the first time it could not be answered
    std::function<void(const std::string& why)> refuse{};   // it never will be; a session learns of that from its group
  };

  // One session, as far as its commits are concerned.
  struct line {
    commit_id last{};                  // that came and was not refused
    commit_id refusing_from{};         // 0: nothing refused
    std::vector<commit> waiting;       // without records, behind a commit that was refused
  };

  void on_commit(const commit& c);
  void gather(const commit& c);
  void flush();
  void flush_some(std::vector<commit> taken);
  void settle(const commit& c, const store::commit_result& result);
  void refuse(const commit& c, const store::commit_result& result);
  void forward(const commit& c);
  [[nodiscard]] bool is_refused(const line& l, const commit& c) const;
  line& line_of(const session_id& id) { return lines_[id]; }
  void on_load(const load& l);
  void on_fetch(const fetch_page& f);
  [[nodiscard]] caf::result<token_found> on_find(const find_token& f);
  [[nodiscard]] token_found fate_of(const find_token& f);
  [[nodiscard]] forgotten on_forget(const forget_unused& f);
  void ask(question q);
  void ask_again();
  void wait_a_while(const std::string& why);
  void wait_elsewhere();
  void refuse_all(const std::string& why);
  [[noreturn]] void give_up(const std::string& why);

  pointer self_;
  std::shared_ptr<store::message_store> store_;
  reactor& clock_;
  std::unordered_map<session_id, line> lines_;
  std::vector<commit> gathered_;
  bool is_flush_due_ = false;
  std::deque<question> unanswered_;     // the first of them could not be answered yet
  std::chrono::milliseconds waited_{};  // for it
  std::chrono::milliseconds pause_{};
  timer_id again_;                      // when it is asked again, if pinned
  std::vector<store::session_batch> batches_;   // kept for their capacity
  std::vector<store::commit_result> results_;
};

// Pinned to `home` unless the store blocks and `may_detach`.
store_actor spawn_store(reactor& home, std::shared_ptr<store::message_store> store, bool may_detach);

}  // namespace troupe::actors
