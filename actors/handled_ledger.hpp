// What an application has handled and the store has not yet confirmed, so that it can be said again to a new incarnation.
//
// Belongs to the application's adapter; one for each session. Bounded by the adapter: while it is full, no further delivery
// is handled.
#pragma once

#include "actors/messages.hpp"

#include <deque>

namespace troupe::actors {

class handled_ledger {
 public:
  void add(handled h) { unconfirmed_.push_back(std::move(h)); }
  // Everything up to this number is durable.
  void confirm(seq_num up_to);
  // A new incarnation is there. What belongs to an older numbering can never be committed: it comes back.
  [[nodiscard]] std::vector<handled> attach(session_incarnation incarnation, numbering_generation generation);

  [[nodiscard]] const std::deque<handled>& unconfirmed() const { return unconfirmed_; }
  // A number that was handled, confirmed or not; 0: none.
  [[nodiscard]] seq_num last_handled() const { return unconfirmed_.empty() ? seq_num{} : unconfirmed_.back().up_to; }

 private:
  std::deque<handled> unconfirmed_;
};

}  // namespace troupe::actors
