#include "store/journal_survey.hpp"

#include "store/crc32c.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace troupe::store::journal {

using namespace protocol;

namespace {

constexpr std::uint64_t empty_entry = meta_size(0, 0);  // a snapshot's end, for one

// Of a damaged stretch that is looked into for sessions: bytes.
constexpr std::uint64_t largest_snapshot = std::uint64_t{64} << 20;

bool has_place(std::string_view entry, std::uint64_t place) {
  std::uint64_t told;
  std::memcpy(&told, entry.data() + offsetof(entry_head, place), sizeof told);
  return told == place;
}

// Each begins where its head says that it does, the first of them in any case.
std::vector<std::string_view> entries_in(std::string_view bytes, std::uint64_t place) {
  std::vector<std::string_view> all;
  std::size_t begin = 0;
  for (std::size_t at = 8; at + sizeof(entry_head) <= bytes.size(); at += 8) {
    if (!has_place(bytes.substr(at), place + at)) continue;
    all.push_back(bytes.substr(begin, at - begin));
    begin = at;
  }
  all.push_back(bytes.substr(begin));
  return all;
}

std::string bytes_text(const damage& d) { return "bytes " + std::to_string(d.begin) + " to " + std::to_string(d.end); }

}  // namespace

void survey::begin(const segment_file& segment) {
  now_ = {segment.number, segment.header.edition, segment.path, segment.number == last_number_ + 1};
  rescued_size_ = 0;
  rescued_.clear();
  if (!has_base_ && !now_.goes_on) rescue_submits(segment);
}

session_state& survey::adopt(std::uint32_t slot, const session_id& id) {
  auto& s = sessions_[id];
  s.id = id;
  s.slot = slot;
  s.name_check = crc32c(to_string(id));
  if (slots_.size() <= slot) slots_.resize(slot + std::size_t{1});
  slots_[slot] = &s;
  facts_[slot].is_unnamed = true;
  return s;
}

taken survey::take(std::uint64_t offset, const entry_view& e) {
  const auto& head = e.head();
  auto how = journal::take(e, sessions_, slots_);
  if (how == taken::stranger)
    if (const auto name = names_.by_slot.find(head.slot); name != names_.by_slot.end() && !forgotten_.contains(head.slot)) {
      adopt(head.slot, name->second);
      how = journal::take(e, sessions_, slots_);
    }
  if (how == taken::stranger && !forgotten_.contains(head.slot)) strangers_.insert(head.slot);
  if (head.kind == entry_kind::snapshot_end) now_.snapshot_end = offset;
  else if (head.kind != entry_kind::session && now_.first_other == 0) now_.first_other = offset;
  switch (head.kind) {
    case entry_kind::session:
      now_.named.insert(head.slot);
      facts_[head.slot] = {place_of(now_.number, offset), false};
      break;
    case entry_kind::loaded:
    case entry_kind::commit: facts_[head.slot].told_at = place_of(now_.number, offset); break;
    case entry_kind::forgotten:
      facts_.erase(head.slot);
      forgotten_.insert(head.slot);
      break;
    case entry_kind::moved: {
      auto& f = facts_[head.slot];
      if (e.numbers().generation > f.moved_generation) f.moved_last = 0;
      f.moved_generation = std::max(f.moved_generation, e.numbers().generation);
      if (e.numbers().generation == f.moved_generation)
        e.for_each_record([&](std::uint32_t, const record_row& r, std::size_t) { f.moved_last = std::max(f.moved_last, last_of(r)); });
      break;
    }
    case entry_kind::snapshot_end:
    case entry_kind::synced: break;
  }
  return how;
}

// What a snapshot says is known from in front of it, too, if that is whole: then damage to it costs no number.
bool survey::is_of_snapshot(const damage& d, const std::vector<damage>& all) const {
  if (now_.snapshot_end != 0) return d.end <= now_.snapshot_end;
  const bool is_first = &d == all.data();
  const bool is_alone = all.size() == 1 || all[1].begin > now_.first_other;
  return is_first && is_alone && d.end == now_.first_other && d.end - d.begin == empty_entry;
}

void survey::end(const scan_result& found, std::uint64_t limit) {
  auto damaged = found.damaged;
  std::erase_if(damaged, [&](const damage& d) { return d.begin >= limit || d.what == damage::kind::unfinished; });
  const bool is_whole = now_.snapshot_end != 0 && std::none_of(damaged.begin(), damaged.end(), [&](const damage& d) { return d.end <= now_.snapshot_end; });
  if (is_whole) {
    last_damage_ = 0;
    beginnings_.clear();
  } else if (!now_.goes_on) {
    last_damage_ = std::max(last_damage_, place_of(now_.number, 0));
    note_beginning(damaged);
  }
  // One that was written anew begins with how it ends, and says nothing else of numbers.
  for (const auto& d : damaged)
    if (now_.edition == 0 && !(is_opened_ && d.what == damage::kind::tail) && !is_of_snapshot(d, damaged)) last_damage_ = std::max(last_damage_, place_of(now_.number, d.begin));
  last_number_ = now_.number;
}

void survey::note_beginning(const std::vector<damage>& all) {
  const auto end = now_.snapshot_end != 0 ? now_.snapshot_end : now_.first_other != 0 ? now_.first_other
                                                                                      : ~std::uint64_t{0};
  damaged_beginning b{now_.path, 0, rescued_size_ + (now_.snapshot_end == 0 ? empty_entry : 0), now_.named};
  for (const auto& d : all) {
    if (d.begin >= end) break;
    b.place += (b.size == 0 ? ": " : ", ") + bytes_text(d);
    b.size += d.end - d.begin;
  }
  b.named.insert(rescued_.begin(), rescued_.end());
  beginnings_.push_back(std::move(b));
}

void survey::pass_over(std::uint64_t number) {
  last_damage_ = std::max(last_damage_, place_of(number, 0));
  beginnings_.clear();
}

void survey::finish() {
  for (const auto& [slot, f] : facts_) {
    const auto name = names_.by_slot.find(slot);
    const bool is_known = slot < slots_.size() && slots_[slot];
    if (has_base_ || is_known || f.moved_last == 0 || name == names_.by_slot.end()) continue;
    adopt(slot, name->second);
  }
  // Of messages alone: no more than that there are so many.
  for (auto& [id, s] : sessions_) {
    const auto& f = facts_[s.slot];
    if (f.moved_last == 0 || f.moved_generation < s.state.generation.value || f.told_at != 0) continue;
    s.state.generation = numbering_generation{f.moved_generation};
    s.state.next_sender = std::max(s.state.next_sender, seq_num{f.moved_last + 1});
  }
  for (const auto& b : beginnings_) {
    auto explained = b.explained;
    for (const auto& [id, s] : sessions_)
      if (!b.named.contains(s.slot)) explained += padded(empty_entry + packed(id).size());
    if (b.size > explained) may_hide_.push_back(b.place);
  }
}

// In a snapshot that nothing says again. What is known of submits from before a gap is older than it.
void survey::rescue_submits(const segment_file& segment) {
  std::uint64_t end = ~std::uint64_t{0};
  std::set<std::uint32_t> named;
  const auto found = scan(segment, [&](std::uint64_t offset, const entry_view& e) {
    if (e.head().kind == entry_kind::session) return named.insert(e.head().slot).second;
    end = offset;
    return false;
  });
  for (auto& [id, s] : sessions_)
    if (!named.contains(s.slot))
      for (auto& p : s.parked) p.is_damaged = true;
  file_window window{segment.file.get(), segment.path, segment.size};
  for (const auto& d : found.damaged) {
    if (d.begin >= end) break;
    const std::string bytes{window.at(d.begin, static_cast<std::size_t>(std::min(d.end - d.begin, largest_snapshot)))};
    for (const auto& piece : entries_in(bytes, place_of(segment.number, d.begin))) {
      for (const auto& [slot, id] : names_.by_slot) {
        if (named.contains(slot) || rescued_.contains(slot) || forgotten_.contains(slot)) continue;
        const auto found_again = session_in_damage(piece, packed(id), crc32c(to_string(id)));
        if (!found_again) continue;
        adopt(slot, id).parked.assign(found_again->parked.begin(), found_again->parked.end());
        rescued_.insert(slot);
        rescued_size_ += found_again->size;
        break;
      }
    }
  }
}

std::uint32_t survey::slots() const { return std::max(names_.slots, static_cast<std::uint32_t>(slots_.size())); }

bool survey::is_behind(const session_state& s) const {
  const auto at = facts_.find(s.slot);
  const auto told_at = at == facts_.end() ? 0 : at->second.told_at;
  return told_at == 0 || told_at < last_damage_;
}

bool survey::is_unnamed(const session_state& s) const {
  const auto at = facts_.find(s.slot);
  return at != facts_.end() && at->second.is_unnamed;
}

}  // namespace troupe::store::journal
