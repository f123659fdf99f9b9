#include "actors/handled_ledger.hpp"

namespace troupe::actors {

void handled_ledger::confirm(seq_num up_to) {
  while (!unconfirmed_.empty() && unconfirmed_.front().up_to <= up_to) unconfirmed_.pop_front();
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
