#include "store/repair.hpp"

#include <algorithm>
#include <limits>
#include <optional>

namespace troupe::store {

using namespace protocol;

namespace {

constexpr seq_num no_end{static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())};

std::string text(auto n) { return std::to_string(n.value); }
std::string range_text(const store_damage& d) { return d.first == d.last ? "message " + text(d.first) : "messages " + text(d.first) + " to " + text(d.last); }

template <class Map>
std::optional<seq_num> wish(const Map& wishes, const session_id& id) {
  const auto at = wishes.find(id);
  return at == wishes.end() ? std::nullopt : std::optional{at->second};
}

seq_num behind_all_records(store_view& view, const viewed_session& s, numbering_generation of) {
  seq_num next{1};
  for (seq_num from{1};;) {
    const auto page = view.fetch(s, of, from, no_end, 1000, 1 << 20);
    for (const auto& r : page.records) next = std::max(next, r.last.next());
    if (page.is_last || page.records.empty()) return next;
    from = page.records.back().number.next();
  }
}

class planner {
 public:
  planner(store_view& view, const repair_wishes& wishes) : view_(view), wishes_(wishes), sessions_(view.sessions()) {}

  void answer(const store_damage& d) {
    switch (d.kind) {
      case damage_kind::record_damaged:
      case damage_kind::record_lost:
      case damage_kind::record_misplaced: return fill(d);
      case damage_kind::record_ahead: return raise(d);
      case damage_kind::session_numbers: return;  // by `numbers`
      case damage_kind::index: return add({repair_step::kind::remake_index, d.file + " is made again", {}, {}, {}, {}, {}, {}, d.file});
      case damage_kind::segment_tail:
        return add({repair_step::kind::cut_tail, d.file + " is cut to " + std::to_string(d.begin) + " bytes: what stands behind them is no whole entry", {}, {}, {}, {}, {}, {}, d.file, d.begin});
      case damage_kind::segment_hole: return;  // what it cost is told with its session
      case damage_kind::submit_damaged: return nothing(d, "stays: the engine gives it up at the next logon, and tells the application");
      default: return nothing(d, "stays: " + consequence(d, std::nullopt));
    }
  }

  // Those that are damaged, and those that the operator names.
  void numbers() {
    for (const auto& s : sessions_) {
      const auto sender = wish(wishes_.next_sender, s.id), target = wish(wishes_.next_target, s.id);
      const auto raised = raised_.find(s.id);
      if (s.is_damaged) set_damaged(s, sender, target);
      else if (sender || target || raised != raised_.end()) set_whole(s, sender, target, raised == raised_.end() ? seq_num{} : raised->second);
    }
  }

  std::vector<repair_step> plan;

 private:
  void add(repair_step step) { plan.push_back(std::move(step)); }
  void nothing(const store_damage& d, const std::string& why) { add({repair_step::kind::none, (d.session ? to_string(*d.session) + ": " : "") + (d.where.empty() ? "" : d.where + ": ") + d.what + ": " + why}); }

  void fill(const store_damage& d) {
    const auto who = to_string(*d.session) + ": " + range_text(d);
    if (!d.is_of_present) return nothing(d, "stays: its numbering is over");
    if (!wishes_.fills_lost && !d.is_administrative) return nothing(d, "stays, unless --gap-fill-lost says that it shall count as a number that never carried a message");
    add({repair_step::kind::fill, who + (d.first == d.last ? " becomes a number" : " become numbers") + " that never carried a message: asked for, it is answered with a gap fill", *d.session, d.generation, d.first, d.last});
  }

  void raise(const store_damage& d) { raised_[*d.session] = std::max(raised_[*d.session], d.last.next()); }

  void set_whole(const viewed_session& s, std::optional<seq_num> sender, std::optional<seq_num> target, seq_num raised) {
    const auto next_sender = std::max({s.state.next_sender, raised, sender.value_or(seq_num{})});
    const auto next_target = std::max(s.state.next_target, target.value_or(seq_num{}));
    if ((sender && *sender < next_sender) || (target && *target < next_target))
      throw store_error(to_string(s.id) + ": next sender is " + text(next_sender) + ", next target " + text(next_target) + ", and a number is never lowered: what was sent would be sent again. Name a greater one");
    set(s, s.state.generation, next_sender, next_target);
  }

  void set_damaged(const viewed_session& s, std::optional<seq_num> sender, std::optional<seq_num> target) {
    const auto all = view_.numberings(s);
    const auto generation = all.empty() ? s.state.generation : all.back();
    const auto behind = all.empty() ? seq_num{1} : behind_all_records(view_, s, generation);
    const auto next_sender = sender.value_or(behind);
    if (next_sender < behind) throw store_error(to_string(s.id) + ": next sender cannot be " + text(next_sender) + ": there are messages up to " + text(behind.previous()));
    if (!target)
      return add({repair_step::kind::none, to_string(s.id) + ": its numbers are damaged. Next sender is " + text(next_sender) +
                                               " by its messages; what the counterparty sends next only he knows: ask him, and say --set-next-target " + to_string(s.id) + "=N"});
    set(s, generation, next_sender, *target);
  }

  void set(const viewed_session& s, numbering_generation generation, seq_num sender, seq_num target) {
    if (!s.is_damaged && sender == s.state.next_sender && target == s.state.next_target) return;
    add({repair_step::kind::set_numbers, to_string(s.id) + ": next sender becomes " + text(sender) + " (was " + text(s.state.next_sender) + "), next target " + text(target) + " (was " + text(s.state.next_target) + ")", s.id,
         generation, {}, {}, sender, target});
  }

  store_view& view_;
  const repair_wishes& wishes_;
  std::vector<viewed_session> sessions_;
  std::map<session_id, seq_num> raised_;
};

}  // namespace

std::vector<repair_step> plan_repair(store_view& view, const std::vector<store_damage>& found, const repair_wishes& wishes) {
  planner p{view, wishes};
  for (const auto& d : found) p.answer(d);
  p.numbers();
  return std::move(p.plan);
}

bool has_work(const std::vector<repair_step>& plan) {
  return std::any_of(plan.begin(), plan.end(), [](const auto& s) { return s.what != repair_step::kind::none; });
}

}  // namespace troupe::store
