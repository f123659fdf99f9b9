// What of a journal is not needed any more, and how it goes.
#include "store/journal_store.hpp"

#include <algorithm>
#include <chrono>
#include <set>

namespace troupe::store {

using namespace protocol;
using namespace journal;

template <class F>
void journal_store::for_each_numbering(const sealed_segment& s, F&& f) const {
  if (s.file) {
    for (const auto& r : s.file->rows()) f(numbering{r.slot, r.generation}, std::uint64_t{r.references});
  } else if (s.fresh) {
    for (const auto& [whose, index] : s.fresh->all()) f(whose, std::uint64_t{index.references.size()});
  }
}

void journal_store::note_places(const sealed_segment& s) {
  for_each_numbering(s, [&](const numbering& n, std::uint64_t) { places_.put(n, s.number); });
}

void journal_store::forget_places(const sealed_segment& s) {
  for_each_numbering(s, [&](const numbering& n, std::uint64_t) { places_.erase(n, s.number); });
}

// With each new segment. The work is done elsewhere; what it made is put in its place here, where nobody reads.
void journal_store::tidy() try {
  last_messages_.reset();  // its file may go
  for (auto& s : sealed_) settle_index(s);
  if (compaction_.valid() && compaction_.wait_for(std::chrono::seconds{0}) == std::future_status::ready) end_compaction();
  remove_dead_segments();
  if (!compaction_.valid()) begin_compaction();
} catch (const file_failure& e) {
  report_("segments that are not needed stay: " + told(e));
}

void journal_store::remove_dead_segments() {
  std::erase_if(sealed_, [&](const sealed_segment& s) {
    bool is_needed = !s.file && !s.fresh;  // not known
    for_each_numbering(s, [&](const numbering& n, std::uint64_t) { is_needed = is_needed || !is_dead(n); });
    if (!is_needed) {
      forget_places(s);
      remove_later(s);
    }
    return !is_needed;
  });
}

// Behind all that was asked of the thread before: a segment that is just being read for another goes when that is done.
void journal_store::remove_later(const sealed_segment& s) {
  thread_.post([&files = files_, segment = path_of(s.number), index = path_of(s.number, ".idx")] {
    try {
      files.remove(segment);
      files.remove(index);
    } catch (const file_failure&) {  // it is tried again when the journal is opened
    }
  });
}

weighed_segment journal_store::weigh(const sealed_segment& s) const {
  std::uint64_t all = 0, living = 0;
  for_each_numbering(s, [&](const numbering& n, std::uint64_t messages) {
    all += messages;
    living += is_dead(n) ? 0 : messages;
  });
  // One whose index is not on the disk may still be on its way there.
  return {s.size, all == 0 ? s.size : static_cast<std::uint64_t>(static_cast<double>(s.size) * static_cast<double>(living) / static_cast<double>(all)), s.is_barred || !s.file};
}

void journal_store::begin_compaction() {
  std::vector<weighed_segment> weighed;
  for (const auto& s : sealed_) weighed.push_back(weigh(s));
  const auto run = choose_run(weighed, options_.segment_size);
  if (run.count == 0) return;
  compaction_plan plan{folder_, store_, {}, end_.number, {}, is_over_};
  for (auto i = run.first; i < run.first + run.count; ++i) {
    plan.segments.push_back(named(sealed_[i]));
    for_each_numbering(sealed_[i], [&](const numbering& n, std::uint64_t) {
      if (!is_dead(n)) plan.living.insert(n);
    });
  }
  if (const auto behind = run.first + run.count; behind < sealed_.size()) plan.next = sealed_[behind].number;
  auto promise = std::make_shared<std::promise<compaction_outcome>>();
  compaction_ = promise->get_future();
  tidier_.post([promise, plan, &files = files_] {
    try {
      promise->set_value(compact(files, plan));
    } catch (...) {  // it is tried again with the next segment
      promise->set_value({});
    }
  });
}

void journal_store::end_compaction() {
  if (!compaction_.valid()) return;
  const auto outcome = compaction_.get();
  if (outcome.made) return adopt(*outcome.made);
  for (auto& s : sealed_) {
    if (s.number != outcome.damaged) continue;
    s.is_barred = true;
    report_(path_of(s.number) + " is damaged: it is kept as it is, with what is not needed of it. `troupe verify-store` says what is damaged.");
  }
}

std::vector<finished_numbering> journal_store::finished(const session_id& id) {
  const auto found = sessions_.find(id);
  if (found == sessions_.end()) return {};
  const auto& s = found->second;
  std::set<std::uint64_t> generations;
  const numbering present{s.slot, s.state.generation.value};
  const auto add = [&](const numbering& n) {
    if (!is_dead(n)) generations.insert(n.generation);
  };
  places_.for_each_before(present, add);
  const auto& written = end_.index->all();
  for (auto at = written.lower_bound({s.slot, 0}); at != written.end() && at->first < present; ++at) add(at->first);
  std::vector<finished_numbering> all;
  for (const auto g : generations)
    if (const auto parts = parts_of(s, g); !parts.empty()) all.push_back({numbering_generation{g}, seq_num{parts.back().last}});
  return all;
}

void journal_store::retire(const session_id& id, numbering_generation through) {
  const auto found = sessions_.find(id);
  if (found == sessions_.end() || through >= found->second.state.generation) return;
  found->second.retired = std::max(found->second.retired, through.value);
}

// With what is dead and not removed yet left out, about.
std::optional<std::uint64_t> journal_store::size() {
  auto all = weigh({end_.number, end_.tail, 0, false, end_.index, std::nullopt}).living;
  for (const auto& s : sealed_) all += weigh(s).living;
  return all;
}

// From the renaming of the segment on it counts; an index that is not its own is seen to be of another edition, and made anew.
void journal_store::adopt(const compacted& made) {
  const auto first = std::find_if(sealed_.begin(), sealed_.end(), [&](const auto& s) { return s.number == made.instead_of.front().number; });
  const auto count = static_cast<std::ptrdiff_t>(made.instead_of.size());
  // A part of them may have been removed meanwhile; what was made has nothing that is needed of it.
  const bool is_all_there = sealed_.end() - first >= count && (first + count - 1)->number == made.made.number;
  try {
    if (!is_all_there) {
      files_.remove(made.segment_path);
      files_.remove(made.index_path);
      return;
    }
    files_.rename(made.segment_path, path_of(made.made.number));
    auto& kept = *(first + count - 1);
    for (auto at = first; at != first + count; ++at) forget_places(*at);
    kept = {made.made.number, made.size, made.made.edition, false, made.index, std::nullopt};
    note_places(kept);
    last_read_ = {};
    last_messages_.reset();
    files_.rename(made.index_path, path_of(made.made.number, ".idx"));
    replace_later({first, first + count - 1});
    sealed_.erase(first, first + count - 1);
  } catch (const file_failure&) {  // the older ones stay; what the new one has, too, counts there
  }
}

// They go when the disk knows the one that has their messages now.
void journal_store::replace_later(std::vector<sealed_segment> replaced) {
  if (replaced.empty()) return;
  std::vector<std::string> paths;
  for (const auto& s : replaced) paths.insert(paths.end(), {path_of(s.number), path_of(s.number, ".idx")});
  thread_.post([&files = files_, folder = folder_, paths] {
    try {
      files.sync_folder(folder);
      for (const auto& path : paths) files.remove(path);
    } catch (const file_failure&) {  // when the journal is opened, they are there again, and their messages twice
    }
  });
}

}  // namespace troupe::store
