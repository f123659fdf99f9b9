#include "store/journal_compact.hpp"

#include "store/crc32c.hpp"
#include "store/journal_entry.hpp"
#include "store/journal_scan.hpp"
#include "store/journal_writer.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace troupe::store::journal {

using namespace protocol;

namespace {

constexpr std::size_t largest_piece = 64 * 1024;   // bytes of messages in an entry, about
constexpr std::size_t most_waiting = 8 * 1024 * 1024;  // of all that are not written yet

// What found something that it does not understand throws this; the segments are kept then.
struct is_damaged {};
// And this, when nobody wants it any more.
struct is_given_up {};

// A session as the snapshot of a segment has it.
struct named {
  std::uint32_t name_check = 0;
  std::uint64_t generation = 0, next_sender = 0;
};
using snapshot = std::map<std::uint32_t, named>;  // by slot

class compactor {
 public:
  compactor(file_layer& files, const compaction_plan& plan) : files_(files), plan_(plan) {}

  compaction_outcome run() {
    const auto& last = plan_.segments.back();
    compacted done;
    done.instead_of = plan_.segments;
    done.made = {plan_.store, last.number, last.edition + 1};
    done.segment_path = plan_.folder + "/compact-" + std::to_string(last.number) + ".seg.tmp";
    done.index_path = plan_.folder + "/compact-" + std::to_string(last.number) + ".idx.tmp";
    try {
      write(done);
    } catch (const is_damaged&) {
      files_.remove(done.segment_path);
      files_.remove(done.index_path);
      return {std::nullopt, at_};
    } catch (...) {
      files_.remove(done.segment_path);
      files_.remove(done.index_path);
      throw;
    }
    return {std::move(done), 0};
  }

 private:
  void write(compacted& done) {
    at_ = plan_.segments.back().number;  // its end is what the next one says it is
    const auto end = open_segment(path_of(plan_.next), plan_.next);
    std::vector<segment_file> sources;
    for (const auto& s : plan_.segments) sources.push_back(open_segment(path_of(s.number), s.number));
    segment_writer made{files_, done.segment_path, done.made};
    const auto at_the_end = copy_snapshot(end, made);
    for (std::size_t i = 0; i < sources.size(); ++i) {
      const bool is_last = i + 1 == sources.size();
      at_ = sources[i].number;
      move_messages(sources[i], at_the_end, is_last ? at_the_end : snapshot_of(sources[i + 1], nullptr), first_numbers_behind(i), made);
    }
    for (auto& [whose, batch] : waiting_) put(whose, batch, at_the_end, made);
    done.size = made.finish(sources.back().header);
    done.index = made.index();
    write_index(files_, done.index_path, done.made, *done.index);
  }

  [[nodiscard]] std::string path_of(std::uint64_t number, std::string_view ending = ".seg") const { return plan_.folder + "/" + segment_name(number, ending); }

  // Of the sessions at a segment's beginning; `each` is called with every entry of it.
  snapshot snapshot_of(const segment_file& segment, const std::function<void(const entry_view&)>& each) {
    snapshot all;
    const auto found = scan(segment, [&](std::uint64_t, const entry_view& e) {
      const bool is_session = e.head().kind == entry_kind::session;
      if (!is_session && e.head().kind != entry_kind::snapshot_end) return false;
      if (each) each(e);
      if (!is_session) return false;
      const auto id = unpacked(e.name());
      if (!id) throw is_damaged{};
      all[e.head().slot] = {crc32c(to_string(*id)), e.numbers().generation, e.numbers().next_sender};
      return true;
    });
    if (!found.has_snapshot || !found.damaged.empty()) throw is_damaged{};
    return all;
  }

  snapshot copy_snapshot(const segment_file& from, segment_writer& to) {
    return snapshot_of(from, [&](const entry_view& e) {
      entry_content c;
      c.kind = e.head().kind;
      c.flags = e.head().flags;
      c.slot = e.head().slot;
      c.numbers = e.numbers();
      c.name = e.name();
      if (const auto id = unpacked(e.name()); id && c.kind == entry_kind::session) c.name_check = crc32c(to_string(*id));
      const auto parked = e.parked(c.name_check);
      if (std::any_of(parked.begin(), parked.end(), [](const auto& p) { return p.is_damaged; })) throw is_damaged{};
      c.parked = parked;
      to.put(c);
    });
  }

  // A number that a later one of the segments has, too, counts there.
  std::map<numbering, std::uint64_t> first_numbers_behind(std::size_t at) {
    std::map<numbering, std::uint64_t> first;
    for (++at; at < plan_.segments.size(); ++at) {
      const auto index = index_file::open(path_of(plan_.segments[at].number, ".idx"), plan_.segments[at]);
      if (!index) throw is_damaged{};
      for (const auto& row : index->rows()) {
        const auto known = first.try_emplace({row.slot, row.generation}, row.first).first;
        known->second = std::min(known->second, row.first);
      }
    }
    return first;
  }

  void move_messages(const segment_file& from, const snapshot& names, const snapshot& behind, const std::map<numbering, std::uint64_t>& later, segment_writer& to) {
    const auto found = scan(from, [&](std::uint64_t, const entry_view& e) {
      if (plan_.is_over && plan_.is_over->load(std::memory_order_relaxed)) throw is_given_up{};
      const auto kind = e.head().kind;
      const numbering whose{e.head().slot, e.numbers().generation};
      if ((kind != entry_kind::commit && kind != entry_kind::moved) || e.head().records == 0 || !plan_.living.contains(whose)) return true;
      const auto name = names.find(whose.slot);
      if (name == names.end()) return true;  // forgotten since
      auto limit = ~std::uint64_t{0};
      // Taken back before it was acknowledged.
      if (const auto then = behind.find(whose.slot); then != behind.end() && then->second.generation == whose.generation) limit = then->second.next_sender;
      if (const auto again = later.find(whose); again != later.end()) limit = std::min(limit, again->second);
      take(e, whose, name->second.name_check, limit);
      if (size_waiting_ > most_waiting) {
        for (auto& [w, batch] : waiting_) put(w, batch, names, to);
      } else if (auto& batch = waiting_[whose]; batch.bytes.size() > largest_piece) {
        put(whose, batch, names, to);
      }
      return true;
    });
    if (!found.damaged.empty()) throw is_damaged{};
  }

  void take(const entry_view& e, const numbering& whose, std::uint32_t name_check, std::uint64_t limit) {
    auto& batch = waiting_[whose];
    e.for_each_record([&](std::uint32_t row, const record_row&, std::size_t at) {
      auto r = e.stored(row, at, name_check);
      if (r.is_damaged) throw is_damaged{};
      if (r.number.value >= limit) return;
      batch.records.push_back({r.kind, r.number, r.last, r.token, static_cast<std::uint32_t>(batch.bytes.size()), static_cast<std::uint32_t>(r.frame.size())});
      batch.bytes += r.frame;
      size_waiting_ += r.frame.size() + sizeof(record);
    });
  }

  void put(const numbering& whose, commit_batch& batch, const snapshot& names, segment_writer& to) {
    if (batch.records.empty()) return;
    entry_content c;
    c.kind = entry_kind::moved;
    c.slot = whose.slot;
    c.name_check = names.at(whose.slot).name_check;
    c.numbers.generation = whose.generation;
    c.batch = &batch;
    to.put(c);
    size_waiting_ -= std::min(size_waiting_, batch.bytes.size() + batch.records.size() * sizeof(record));
    batch.records.clear();
    batch.bytes.clear();
  }

  file_layer& files_;
  const compaction_plan& plan_;
  std::map<numbering, commit_batch> waiting_;
  std::size_t size_waiting_ = 0;
  std::uint64_t at_ = 0;  // the segment that is looked at
};

}  // namespace

compaction_outcome compact(file_layer& files, const compaction_plan& plan) try {
  return compactor{files, plan}.run();
} catch (const is_given_up&) {
  return {};
}

// So many times what is left may be read for it.
constexpr std::uint64_t most_read = 8;

segment_run choose_run(const std::vector<weighed_segment>& segments, std::uint64_t most) {
  for (std::size_t first = 0; first < segments.size(); ++first) {
    weighed_segment all;
    std::uint64_t largest = 0;
    segment_run best;
    for (std::size_t i = first; i < segments.size(); ++i) {
      all.size += segments[i].size;
      all.living += segments[i].living;
      largest = std::max(largest, segments[i].size);
      if (segments[i].is_barred || all.living > most || all.size > most * most_read) break;
      const auto count = i - first + 1;
      if (all.living * 2 <= all.size || (count >= 4 && largest * 2 <= all.size)) best = {first, count};
    }
    if (best.count > 0) return best;
  }
  return {};
}

}  // namespace troupe::store::journal
