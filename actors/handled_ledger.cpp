#include "actors/handled_ledger.hpp"

namespace troupe::actors {

void handled_ledger::confirm(numbering_generation generation, seq_num up_to) {
  const auto is_over = [&](const handled& h) { return h.generation < generation || (h.generation == generation && h.up_to <= up_to); };
  while (!unconfirmed_.empty() && is_over(unconfirmed_.front())) unconfirmed_.pop_front();
}

std::vector<handled> handled_ledger::attach(session_incarnation incarnation, numbering_generation generation) {
  std::vector<handled> outdated;
  std::deque<handled> kept;
  for (auto& h : unconfirmed_) {
    h.incarnation = incarnation;
    if (h.generation == generation) kept.push_back(std::move(h));
    else outdated.push_back(std::move(h));
  }
  unconfirmed_ = std::move(kept);
  return outdated;
}

}  // namespace troupe::actors
