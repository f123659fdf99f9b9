// Whose turn a commit is: the rule every backend shares (docs/decisions/0003-commits-are-numbered.md).
#pragma once

#include "protocol/commit.hpp"
#include "store/message_store.hpp"

#include <string>

namespace troupe::store {

// What a backend remembers of the last commit of a session.
struct commit_position {
  protocol::session_incarnation incarnation{};
  protocol::commit_id last{};
};

enum class commit_turn : unsigned char {
  take,    // the next one: store it
  repeat,  // stored already: `done`
  fenced,  // of an incarnation that a newer load has ended
  early,   // one before it is missing
};

[[nodiscard]] constexpr commit_turn turn_of(const commit_position& at, const protocol::commit_batch& batch) {
  if (batch.incarnation != at.incarnation) return commit_turn::fenced;
  if (batch.id <= at.last) return commit_turn::repeat;
  return batch.id == at.last.next() ? commit_turn::take : commit_turn::early;
}

// The answer for every turn but `take`.
[[nodiscard]] inline commit_result answer_to(commit_turn turn, const commit_position& at, const protocol::commit_batch& batch) {
  const auto text = [](auto n) { return std::to_string(n.value); };
  switch (turn) {
    case commit_turn::fenced:
      return {commit_status::wrong_incarnation,
              "commit of incarnation " + text(batch.incarnation) + ", but " + text(at.incarnation) + " owns the session"};
    case commit_turn::early:
      return {commit_status::out_of_order, "commit " + text(batch.id) + " came, but " + text(at.last.next()) + " is next"};
    default: return {};
  }
}

// Only ever loaded, and by nobody later than this incarnation.
[[nodiscard]] inline bool is_unused(const protocol::session_snapshot& s, protocol::session_incarnation of) {
  const protocol::session_snapshot fresh;
  return s.incarnation == of && s.generation == fresh.generation && s.next_sender == fresh.next_sender && s.next_target == fresh.next_target &&
         !s.is_reset_pending;
}

}  // namespace troupe::store
