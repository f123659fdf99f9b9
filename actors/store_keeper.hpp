// The store actor: the one way from a session to its file, and from there to the wire.
//
// Commits of a session are taken in their order. After a commit its transmit or close goes, unchanged, to the connection,
// then `committed` to the session. Once a commit has failed, everything of that session is refused until the same commit comes
// again; batches that store nothing (replay pages) wait meanwhile, so that the wire keeps the order of the session.
//
// A store that does not block runs pinned and commits at once. One that blocks runs detached: it commits all that is in its
// mailbox in one transaction (group commit). It dies with store_error if the store is beyond use.
#pragma once

#include "actors/messages.hpp"
#include "actors/pinned.hpp"
#include "store/message_store.hpp"

#include <memory>
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

  store_keeper(pointer self, std::shared_ptr<store::message_store> store);
  handle_type::behavior_type make_behavior();
  [[nodiscard]] std::string about() const { return store_->describe(); }

 private:
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

  pointer self_;
  std::shared_ptr<store::message_store> store_;
  std::unordered_map<session_id, line> lines_;
  std::vector<commit> gathered_;
  bool is_flush_due_ = false;
  std::vector<store::session_batch> batches_;   // kept for their capacity
  std::vector<store::commit_result> results_;
};

// Pinned to `home` unless the store blocks and `may_detach`.
store_actor spawn_store(reactor& home, std::shared_ptr<store::message_store> store, bool may_detach);

}  // namespace troupe::actors
