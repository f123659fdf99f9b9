#include "test/durability/comparison.hpp"

#include <algorithm>
#include <set>

namespace troupe::durability {

namespace {

using demo::arrival;
using demo::verdict;
using protocol::seq_num;

std::string name(const arrival& a) { return a.id + " (MsgSeqNum " + std::to_string(a.number.value) + ")"; }

// A number means one message, whatever came under it and however often; what came is stored.
verdict on_the_wire(const evidence& sender, const evidence& receiver) {
  auto v = demo::compare(sender.stored.contents, receiver.received);
  v.lost.clear();          // an administrative message need not arrive; of the others the ledgers tell
  v.out_of_order.clear();  // behind a gap
  v.compared = v.redelivered = 0;
  return v;
}

// What was stored once stays, and no number is given again.
verdict what_was_stored_stays(const evidence& side) {
  std::vector<arrival> stored;
  for (const auto& m : side.stored_before.contents) stored.push_back({m.number, m.id, false});
  auto v = demo::compare_accepted(stored, side.stored.contents, "which was stored");
  const auto went_back = [](const char* which, seq_num from, seq_num to) {
    return std::string{which} + " went back from " + std::to_string(from.value) + " to " + std::to_string(to.value);
  };
  const auto &then = side.stored_before, &now = side.stored;
  if (now.next_sender < then.next_sender) v.reused.push_back(went_back("the next number out", then.next_sender, now.next_sender));
  if (now.next_target < then.next_target) v.duplicated.push_back(went_back("the next number in", then.next_target, now.next_target));
  return v;
}

// What the store says is handled, and came, is in the ledger.
verdict handled_is_written(const evidence& side) {
  std::set<seq_num> written;
  for (const auto& a : side.handled) written.insert(a.number);
  verdict v;
  for (const auto& a : side.received) {
    const bool is_application = a.id.find(" @") == std::string::npos;
    if (is_application && a.number < side.stored.next_target && written.insert(a.number).second)
      v.lost.push_back(name(a) + ", which counts as handled");
  }
  return v;
}

}  // namespace

evidence read_evidence(const std::filesystem::path& folder, const std::string& party) {
  const auto file = [&](const char* ending) { return folder / (party + ending); };
  const auto earlier = before(file(".stored"));
  return {read_stored(file(".stored")), std::filesystem::exists(earlier) ? read_stored(earlier) : stored_side{}, demo::ledger::read(file(".ledger")), demo::ledger::read(file(".outcomes")), demo::ledger::read(file(".wire"))};
}

verdict settled(const evidence& sender, const evidence& receiver) {
  auto v = demo::compare(sender.stored.messages, receiver.handled) + on_the_wire(sender, receiver) + handled_is_written(receiver);
  const auto compared = v.compared;
  v = std::move(v) + demo::compare_accepted(sender.accepted, sender.stored.tokens) + what_was_stored_stays(sender);
  v.compared = compared;
  return v;
}

verdict killed(const evidence& dead, const evidence& peer) {
  auto v = demo::compare(dead.stored.messages, peer.handled);
  v.lost.clear();
  return std::move(v) + on_the_wire(dead, peer) + demo::compare_accepted(dead.accepted, dead.stored.tokens) + what_was_stored_stays(dead) +
         handled_is_written(dead);
}

verdict answers(const evidence& venue) {
  std::vector<arrival> handled, open;
  for (const auto& a : venue.handled) (a.number < venue.stored.next_target ? handled : open).push_back(a);
  auto v = demo::compare_answers(handled, venue.stored.messages);
  v.compared = 0;
  std::set<std::string> answered;
  for (const auto& m : venue.stored.messages) answered.insert(m.answers);
  for (const auto& a : open)
    if (answered.contains(a.id)) v.duplicated.push_back("the answer to " + name(a) + ", which does not count as handled");
  return v;
}

}  // namespace troupe::durability
