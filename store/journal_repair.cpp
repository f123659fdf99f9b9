// A journal is only ever appended to: what changes within a numbering is written again from there on, in one commit, which counts from then on.
#include "store/file_layer.hpp"
#include "store/journal_salvage.hpp"
#include "store/journal_scan.hpp"
#include "store/journal_store.hpp"
#include "store/journal_view.hpp"
#include "store/repair.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <limits>
#include <map>

namespace troupe::store {

using namespace protocol;

namespace {

constexpr std::uint64_t largest_commit = std::uint64_t{3} << 29;

void require_unchanged(const std::string& folder, const repair_plan& plan) {
  journal_view view{folder, {}, true};
  require_unchanged(folder, plan, view.sessions());
}

bool is_salvage(const repair_step& s) {
  return s.what == repair_step::kind::write_sessions || s.what == repair_step::kind::write_header || s.what == repair_step::kind::set_aside;
}

// Where the last entry ended when the plan was made, it ends still: a segment that is written anew has its name, and not its length.
void require_tail(const std::string& folder, const repair_step& step) {
  for (const auto n : journal::segments_in(folder)) {
    const auto path = folder + "/" + journal::segment_name(n, ".seg");
    if (path != step.file) continue;
    const auto found = journal::scan(journal::open_segment(path, n), [](auto&&...) { return true; });
    if (std::any_of(found.damaged.begin(), found.damaged.end(), [&](const auto& d) { return d.what == journal::damage::kind::tail && d.begin == step.begin; })) return;
  }
  throw store_error(step.file + ": was not cut: it was changed since the plan was made. Make a new plan: troupe repair-store");
}

void prepare_files(const std::string& folder, const repair_plan& plan) {
  const file_lock lock{folder};
  {
    journal_view view{folder, plan.names, true};
    require_unchanged(folder, plan, view.sessions());
    if (std::any_of(plan.steps.begin(), plan.steps.end(), is_salvage)) journal::salvage(plain_files(), folder, plan, view);
  }
  for (const auto& step : plan.steps) {
    if (step.what == repair_step::kind::remake_index) plain_files().remove(step.file);
    if (step.what != repair_step::kind::cut_tail) continue;
    require_tail(folder, step);
    const file_handle file{::open(step.file.c_str(), O_RDWR | O_CLOEXEC)};
    if (!file) throw file_failure(step.file, "be opened", errno);
    plain_files().truncate(file.get(), step.file, step.begin);
    plain_files().sync(file.get(), step.file);
  }
}

// All of one session.
struct work {
  std::vector<const repair_step*> fills;  // ascending
  const repair_step* numbers = nullptr;
};

void add(commit_batch& b, const stored_record& r, const session_id& id) {
  if (r.is_damaged)
    throw store_error(to_string(id) + ": message " + std::to_string(r.number.value) + " is damaged, stands behind what is to be repaired, and cannot be written again. Nothing of this session was changed. Make a new plan: troupe repair-store --gap-fill-lost");
  if (b.bytes.size() + r.frame.size() > largest_commit)
    throw store_error(to_string(id) + ": what has to be written again is more than 1.5 GiB, and goes into one commit. Nothing was changed. ForceResendWhenCorruptedStore=Y has it gap-filled as it is.");
  b.records.push_back({r.kind, r.number, r.last, r.token, static_cast<std::uint32_t>(b.bytes.size()), static_cast<std::uint32_t>(r.frame.size())});
  b.bytes += r.frame;
}

// From the first number that is filled to the last that was given.
void write_again(commit_batch& b, message_store& store, const session_id& id, const std::vector<const repair_step*>& fills, seq_num next_sender) {
  auto fill = fills.begin();
  for (seq_num from = (*fill)->first; from < next_sender;) {
    if (fill != fills.end() && (*fill)->first <= from) {
      for (const auto& r : records_of(**fill)) b.records.push_back(r);
      from = (*fill++)->last.next();
      continue;
    }
    const auto end = (fill == fills.end() ? next_sender : (*fill)->first).previous();
    const auto page = store.fetch(id, from, end, 500, 1 << 20);
    for (const auto& r : page.records)
      if (r.number >= from) add(b, r, id);
    from = (page.is_last ? end : page.end).next();
  }
}

void repair_session(message_store& store, const session_id& id, const work& w) {
  const auto known = store.sessions();
  const auto at = std::find_if(known.begin(), known.end(), [&](const auto& s) { return s.id == id; });
  if (at == known.end()) throw store_error(to_string(id) + " is not in the store any more. Make a new plan.");
  const auto is_of_another = [&](const auto* step) { return step->generation != at->snapshot.generation; };
  if (std::any_of(w.fills.begin(), w.fills.end(), is_of_another) || (w.numbers && is_of_another(w.numbers)))
    throw store_error(to_string(id) + " has begun another numbering since the plan was made. Make a new plan.");
  const auto loaded = store.load(id, at->snapshot.creation_time);
  commit_batch b;
  b.id = commit_id{1};
  b.incarnation = loaded.incarnation;
  b.generation = loaded.generation;
  b.next_sender = w.numbers ? w.numbers->next_sender : loaded.next_sender;
  b.next_target = w.numbers ? w.numbers->next_target : loaded.next_target;
  b.is_reset_pending = loaded.is_reset_pending;
  b.is_cancel_owed = loaded.is_cancel_owed;
  if (!w.fills.empty()) write_again(b, store, id, w.fills, b.next_sender);
  commit_result result;
  const session_batch item{&id, &b};
  store.commit({&item, 1}, {&result, 1});
  if (result.status != commit_status::done) throw store_error(to_string(id) + " was not repaired, and is as it was: " + result.reason);
}

}  // namespace

void repair_journal(const std::string& folder, const repair_plan& plan, std::uint64_t segment_size) try {
  prepare_files(folder, plan);
  std::map<session_id, work> of;
  for (const auto& step : plan.steps) {
    if (step.what == repair_step::kind::fill) of[step.session].fills.push_back(&step);
    if (step.what == repair_step::kind::set_numbers) of[step.session].numbers = &step;
  }
  // What is to be kept, and what goes into an archive, is for the engine to say.
  journal_store store{folder, {.durability = durability::power, .segment_size = segment_size, .kept_generations = std::numeric_limits<unsigned>::max()}};
  require_unchanged(folder, journal::after_salvage(plan));
  for (auto& [id, w] : of) {
    std::sort(w.fills.begin(), w.fills.end(), [](const auto* a, const auto* b) { return a->first < b->first; });
    repair_session(store, id, w);
  }
} catch (const file_failure& e) {
  throw store_error(folder + ": was not repaired: " + told(e));
}

}  // namespace troupe::store
