#include "actors/handled_ledger.hpp"

namespace troupe::actors {

void handled_ledger::confirm(numbering_generation generation, seq_num up_to) {
  const auto is_over = [&](const handled& h) { return h.generation < generation || (h.generation == generation && h.up_to <= up_to); };
  while (!unconfirmed_.empty() && is_over(unconfirmed_.front())) unconfirmed_.pop_front();
}

void handled_ledger::attach(session_incarnation incarnation) {
  for (auto& h : unconfirmed_) h.incarnation = incarnation;
}

}  // namespace troupe::actors
