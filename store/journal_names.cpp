#include "store/journal_names.hpp"

#include "protocol/message_view.hpp"
#include "protocol/tags.hpp"
#include "store/crc32c.hpp"

#include <algorithm>
#include <cstring>
#include <optional>
#include <set>

namespace troupe::store::journal {

using namespace protocol;

namespace {

// The CompIDs of a message of ours. Its session's qualifier is not among them.
std::optional<session_id> sender_of(std::string_view frame) {
  message_view m;
  if (m.assign(frame) != parse_error::none) return std::nullopt;
  const auto sender = m.find(tag::SenderCompID), target = m.find(tag::TargetCompID);
  if (!sender || !target) return std::nullopt;
  return session_id{std::string{m.begin_string()}, std::string{*sender}, std::string{*target}, ""};
}

// A name as it stands in an entry that is damaged elsewhere.
std::optional<session_id> name_in_damage(const segment_file& s, const damage& d) {
  file_window window{s.file.get(), s.path, s.size};
  const auto bytes = window.at(d.begin, static_cast<std::size_t>(std::min<std::uint64_t>(d.end - d.begin, 1 << 20)));
  entry_head head;
  if (bytes.size() < sizeof head) return std::nullopt;
  std::memcpy(&head, bytes.data(), sizeof head);
  const auto at = meta_size(head.records, head.parked);
  return at + head.name > bytes.size() ? std::nullopt : unpacked(bytes.substr(static_cast<std::size_t>(at), head.name));
}

class names {
 public:
  names(const std::string& folder, const told_journal& journal, std::span<const session_id> candidates) : folder_(folder), journal_(journal), candidates_(candidates.begin(), candidates.end()) {}

  told_names find() {
    for_each_segment([&](const segment_file& s) { look_for_sessions(s); });
    for (const auto slot : seen_)
      if (!told_.by_slot.contains(slot) && !forgotten_.contains(slot)) told_.nameless[slot];
    if (!told_.nameless.empty()) for_each_segment([&](const segment_file& s) { ask_messages(s); });
    return std::move(told_);
  }

 private:
  template <class F>
  void for_each_segment(F&& f) const {
    for (const auto& s : journal_.segments)
      if (s.can_be_read()) f(open_segment(folder_ + "/" + segment_name(s.number, ".seg"), s.header));
  }

  void look_for_sessions(const segment_file& s) {
    const auto result = scan(s, [&](std::uint64_t, const entry_view& e) {
      const auto& head = e.head();
      if (head.kind == entry_kind::snapshot_end) told_.slots = std::max(told_.slots, head.slot);
      if (head.kind == entry_kind::snapshot_end || head.kind == entry_kind::synced) return true;
      told_.slots = std::max(told_.slots, head.slot + 1);
      if (head.kind == entry_kind::forgotten) forgotten_.insert(head.slot);
      seen_.insert(head.slot);
      if (head.kind != entry_kind::session) return true;
      if (const auto id = unpacked(e.name())) told_.by_slot[head.slot] = *id;
      return true;
    });
    for (const auto& d : result.damaged)
      if (const auto id = name_in_damage(s, d)) candidates_.insert(*id);
  }

  void ask_messages(const segment_file& s) {
    scan(s, [&](std::uint64_t offset, const entry_view& e) {
      const auto at = told_.nameless.find(e.head().slot);
      if (e.head().kind == entry_kind::snapshot_end || e.head().kind == entry_kind::synced || at == told_.nameless.end()) return true;
      if (at->second.place.empty()) at->second.place = s.path + ": entry at byte " + std::to_string(offset);
      note_records(e, at->second);
      if (const auto id = owner_of(e)) {
        told_.by_slot[e.head().slot] = *id;
        told_.nameless.erase(at);
      }
      return true;
    });
  }

  static void note_records(const entry_view& e, nameless_slot& n) {
    const auto generation = e.numbers().generation;
    if (e.head().records == 0 || generation < n.generation) return;
    if (generation > n.generation) n = {generation, 0, 0, n.place};
    e.for_each_record([&](std::uint32_t, const record_row& r, std::size_t) {
      n.first = n.first == 0 ? r.number : std::min(n.first, r.number);
      n.last = std::max(n.last, last_of(r));
    });
  }

  // Whose name the checksum of one of its records goes on from.
  [[nodiscard]] std::optional<session_id> owner_of(const entry_view& e) const {
    std::optional<session_id> owner;
    e.for_each_record([&](std::uint32_t row, const record_row& record, std::size_t at) {
      if (owner) return;
      const auto is_it = [&](const session_id& id) { return !e.stored(row, at, crc32c(to_string(id))).is_damaged; };
      if (const auto id = sender_of(e.frame(record, at)); id && is_it(*id)) owner = id;
      for (auto c = candidates_.begin(); c != candidates_.end() && !owner; ++c)
        if (is_it(*c)) owner = *c;
    });
    for (auto c = candidates_.begin(); c != candidates_.end() && !owner; ++c) {
      const auto parked = e.parked(crc32c(to_string(*c)));
      if (std::any_of(parked.begin(), parked.end(), [](const auto& p) { return !p.is_damaged; })) owner = *c;
    }
    return owner;
  }

  const std::string& folder_;
  const told_journal& journal_;
  std::set<session_id> candidates_;
  std::set<std::uint32_t> seen_, forgotten_;  // slots
  told_names told_;
};

}  // namespace

told_names find_names(const std::string& folder, const told_journal& journal, std::span<const session_id> candidates) { return names{folder, journal, candidates}.find(); }

}  // namespace troupe::store::journal
