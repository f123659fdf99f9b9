#include "store/journal_sessions.hpp"

#include "store/crc32c.hpp"

#include <algorithm>
#include <unordered_set>

namespace troupe::store::journal {

using namespace protocol;

namespace {

void set_numbers(session_state& s, const entry_view& e) {
  const auto& n = e.numbers();
  s.state.incarnation = session_incarnation{n.incarnation};
  s.state.generation = numbering_generation{n.generation};
  s.state.next_sender = seq_num{n.next_sender};
  s.state.next_target = seq_num{n.next_target};
  s.state.creation_time = utc_time{std::chrono::nanoseconds{n.creation_time}};
  s.state.is_reset_pending = (e.head().flags & reset_pending) != 0;
  s.state.is_cancel_owed = (e.head().flags & cancel_owed) != 0;
  s.last_commit = commit_id{n.last_commit};
}

}  // namespace

void unpark(std::deque<parked_submit>& waiting, std::uint64_t through, std::span<const std::uint64_t> places) {
  while (!waiting.empty() && waiting.front().place <= through) waiting.pop_front();
  if (places.empty()) return;
  const std::unordered_set<std::uint64_t> dropped{places.begin(), places.end()};
  std::erase_if(waiting, [&](const parked_submit& p) { return dropped.contains(p.place); });
}

taken take(const entry_view& e, sessions_by_id& sessions, sessions_by_slot& slots) {
  const auto& head = e.head();
  if (head.kind == entry_kind::snapshot_end) {
    if (slots.size() < head.slot) slots.resize(head.slot);
    return taken::yes;
  }
  if (head.kind == entry_kind::synced || head.kind == entry_kind::moved) return taken::yes;
  if (head.kind == entry_kind::session) {
    const auto id = unpacked(e.name());
    if (!id) return taken::nameless;
    auto& s = sessions[*id];
    s.id = *id;
    s.slot = head.slot;
    s.name_check = crc32c(to_string(*id));
    s.parked.clear();
    if (slots.size() <= head.slot) slots.resize(head.slot + std::size_t{1});
    slots[head.slot] = &s;
  }
  session_state* const s = head.slot < slots.size() ? slots[head.slot] : nullptr;
  if (!s) return taken::stranger;
  set_numbers(*s, e);
  for (auto& p : e.parked(s->name_check)) s->parked.push_back(std::move(p));
  unpark(s->parked, e.numbers().parked_through, e.unparked());
  if (head.kind == entry_kind::forgotten) {
    slots[head.slot] = nullptr;
    sessions.erase(s->id);
  }
  return taken::yes;
}

}  // namespace troupe::store::journal
