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
  // Everything up to this number of this numbering is durable; what an older one left behind is answered before that.
  void confirm(numbering_generation generation, seq_num up_to);
  // A new incarnation is there: it is to be told all of `unconfirmed` again. What belongs to an older numbering cannot be committed any
  // more, but may have been: the session looks it up.
  void attach(session_incarnation incarnation);

  [[nodiscard]] const std::deque<handled>& unconfirmed() const { return unconfirmed_; }

 private:
  std::deque<handled> unconfirmed_;
};

}  // namespace troupe::actors
