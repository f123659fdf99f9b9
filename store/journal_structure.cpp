// What is wrong with the files of a journal, whatever its sessions say.
#include "store/journal_segments.hpp"
#include "store/journal_view.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

namespace troupe::store {

using namespace protocol;
using namespace journal;

namespace {

using report = std::function<void(store_damage)>;

// What a journal says of its sessions at one point of it.
struct told_sessions {
  sessions_by_id by_id;
  sessions_by_slot by_slot;

  void take(const entry_view& e) { (void)journal::take(e, by_id, by_slot); }
};

auto numbers_of(const session_state& s) {
  return std::tuple{s.slot,
                    s.state.incarnation,
                    s.last_commit,
                    s.state.generation,
                    s.state.next_sender,
                    s.state.next_target,
                    s.state.creation_time,
                    s.state.is_reset_pending,
                    s.state.is_cancel_owed,
                    s.parked.size()};
}

bool is_same(const told_sessions& a, const told_sessions& b) {
  return std::equal(a.by_id.begin(), a.by_id.end(), b.by_id.begin(), b.by_id.end(),
                    [](const auto& x, const auto& y) { return x.first == y.first && numbers_of(x.second) == numbers_of(y.second); });
}

std::string bytes_text(const damage& d) { return "bytes " + std::to_string(d.begin) + " to " + std::to_string(d.end); }

bool is_index_of(const index_file& file, const segment_index& segment) {
  if (file.rows().size() != segment.all().size()) return false;
  return std::all_of(segment.all().begin(), segment.all().end(), [&](const auto& n) {
    const auto* row = file.find(n.first);
    const auto loaded = row ? file.load(*row) : std::nullopt;
    if (!loaded || row->last != n.second.last || row->first != n.second.references.front().number) return false;
    auto tokens = n.second.tokens;
    std::sort(tokens.begin(), tokens.end());
    return loaded->tokens == tokens && std::equal(loaded->references.begin(), loaded->references.end(), n.second.references.begin(), n.second.references.end(), [](const auto& a, const auto& b) {
             return a.number == b.number && a.entry == b.entry && a.record == b.record;
           });
  });
}

// Goes through the segments in their order.
class structure_check {
 public:
  structure_check(std::string folder, std::uint64_t store, std::uint64_t base, bool is_in_use, const report& found)
      : folder_(std::move(folder)), store_(store), base_(base), is_in_use_(is_in_use), found_(found) {}

  void look_at(const told_segment& told, std::uint64_t last) {
    const auto number = told.number;
    const bool is_last = number == last;
    if (told.is != told_segment::state::whole) tell(told);
    if (!told.can_be_read()) return;
    try {
      const auto path = path_of(number, ".seg");
      const auto segment = told.is == told_segment::state::whole ? open_segment(path, number) : open_segment(path, told.header);
      is_growing_ = is_in_use_ && is_last;
      look_at(segment, is_last, number + 2 > last);
    } catch (const store_error& e) {
      found_({damage_kind::segment_unreadable, path_of(number, ".seg"), e.what()});
      follows_ = false;
    } catch (const file_failure& e) {
      follows_ = false;
      const bool is_gone = e.error() == ENOENT || e.error() == 0;  // removed, or sealed and cut, meanwhile
      if (!is_in_use_ || !is_gone) found_({damage_kind::segment_unreadable, path_of(number, ".seg"), e.what()});
    }
    before_ = number;
  }

 private:
  void tell(const told_segment& told) {
    const auto path = path_of(told.number, ".seg");
    if (told.is == told_segment::state::damaged) return found_of({damage_kind::segment_header, path, told.why}, path, 0);
    follows_ = false;
    const auto kind = told.is == told_segment::state::elsewhere ? damage_kind::segment_elsewhere : told.is == told_segment::state::missing ? damage_kind::segment_missing
                                                                                                                                           : damage_kind::segment_unreadable;
    found_of({kind, path, told.why}, path, 0);
  }

  void look_at(const segment_file& segment, bool is_last, bool is_fresh) {
    const auto limit = is_last && !is_growing_ && segment.header.is_synced != 0 ? end_of_acknowledged(segment) : segment.size;
    told_sessions snapshot;
    bool is_in_snapshot = true;
    segment_index index;
    const auto result = scan(segment, [&](std::uint64_t offset, const entry_view& e) {
      if (offset >= limit) return false;
      index.add(static_cast<std::uint32_t>(offset), e);
      if (!is_in_snapshot) {
        now_.take(e);
        return true;
      }
      snapshot.take(e);
      if (e.head().kind != entry_kind::snapshot_end) return true;
      is_in_snapshot = false;
      const bool is_as_written = segment.header.edition == 0;  // one that was written anew begins with how it ends
      if (is_as_written && follows_ && before_ + 1 == segment.number && !is_same(now_, snapshot))
        found_({damage_kind::snapshot, segment.path, "its beginning does not say of the sessions what the segment in front of it says"});
      std::swap(now_, snapshot);
      return true;
    }, is_growing_);
    tell(segment, result, limit);
    if (!is_last && !(is_in_use_ && is_fresh)) check_index(segment, index);
  }

  void tell(const segment_file& segment, const scan_result& result, std::uint64_t limit) {
    follows_ = result.has_snapshot && result.damaged.empty();
    if (!result.has_snapshot && base_ != 0) found_({segment.number < base_ ? damage_kind::old_snapshot : damage_kind::snapshot, segment.path, "the sessions at its beginning are damaged"});
    for (const auto& d : result.damaged) {
      if (d.begin >= limit || d.what == damage::kind::unfinished) continue;
      const bool is_hole = d.what == damage::kind::hole;
      if (is_hole) found_of({damage_kind::segment_hole, segment.path + ": " + bytes_text(d), "are no entry, and what stands behind them is whole"}, segment.path, d.begin);
      else found_of({damage_kind::segment_tail, segment.path + ": " + bytes_text(d), "are no whole entry, and there is none behind them"}, segment.path, d.begin);
    }
  }

  void check_index(const segment_file& segment, const segment_index& index) {
    const auto path = path_of(segment.number, ".idx");
    const auto file = index_file::open(path, {store_, segment.number, segment.header.edition});
    if (is_in_use_ && open_segment(segment.path, segment.number).header.edition != segment.header.edition) return;  // written anew meanwhile
    if (!file) found_of({damage_kind::index, path, "is missing or damaged"}, path, 0);
    else if (!is_index_of(*file, index)) found_of({damage_kind::index, path, "is not what the segment holds"}, path, 0);
  }

  void found_of(store_damage d, const std::string& file, std::uint64_t begin) {
    d.file = file;
    d.begin = begin;
    found_(d);
  }

  [[nodiscard]] std::string path_of(std::uint64_t number, std::string_view ending) const { return folder_ + "/" + segment_name(number, ending); }

  std::string folder_;
  std::uint64_t store_;
  std::uint64_t base_;  // the last segment whose beginning is whole; 0: none
  bool is_in_use_;
  const report& found_;
  bool is_growing_ = false;
  told_sessions now_;
  std::uint64_t before_ = 0;
  bool follows_ = false;  // the segment in front of this one is whole
};

std::string numbers_text(const nameless_slot& n) {
  if (n.last == 0) return "";
  const auto numbers = n.first == n.last ? "message " + std::to_string(n.first) : "messages " + std::to_string(n.first) + " to " + std::to_string(n.last);
  return ", with " + numbers + " in numbering " + std::to_string(n.generation);
}

}  // namespace

bool journal_view::check_structure(bool is_in_use, const report& found) {
  look();
  structure_check check{folder_, told_.store, base_, is_in_use, found};
  const auto headers = told_;
  for (const auto& s : headers.segments) check.look_at(s, headers.segments.back().number);
  if (is_in_use) return true;
  if (base_ == 0) found({damage_kind::sessions_lost, folder_, "the sessions at the beginning of " + std::string{headers.segments.size() == 1 ? "its segment" : "each of its segments"} + " are damaged"});
  for (const auto& [slot, n] : survey_->names().nameless)
    if (survey_->strangers().contains(slot) || (base_ == 0 && n.last > 0)) found({damage_kind::session_name, n.place, "the name of a session is damaged wherever it stands" + numbers_text(n)});
  for (const auto& place : survey_->may_hide_sessions()) found({damage_kind::session_name, place, "are damaged, and sessions may have stood there of which there is nothing else"});
  return true;
}

}  // namespace troupe::store
