#include "store/repair.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <tuple>
#include <utility>

namespace troupe::store {

using namespace protocol;

namespace {

constexpr seq_num no_end{static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())};

std::string text(auto n) { return std::to_string(n.value); }
std::string range_text(seq_num first, seq_num last) { return first == last ? "message " + text(first) : "messages " + text(first) + " to " + text(last); }

template <class Map>
std::optional<seq_num> wish(const Map& wishes, const session_id& id) {
  const auto at = wishes.find(id);
  return at == wishes.end() ? std::nullopt : std::optional{at->second};
}

// Those that begin in [begin, end], ascending.
template <class F>
void for_each_record(store_view& view, const viewed_session& s, numbering_generation of, seq_num begin, seq_num end, F&& f) {
  for (auto from = begin; from <= end;) {
    const auto page = view.fetch(s, of, from, end, 1000, 1 << 20);
    for (const auto& r : page.records)
      if (r.number >= from) f(r);
    if (page.is_last || page.records.empty()) return;
    from = page.records.back().number.next();
  }
}

// Of a damaged record the number may be what is damaged.
seq_num last_of(const stored_record& r) { return r.is_damaged ? r.number : r.last; }

struct told_by_records {
  seq_num next{1};     // behind all that fit their checksums
  seq_num doubtful{};  // the greatest number of one that does not, if it is not in front of that
};

told_by_records told_by(store_view& view, const viewed_session& s, numbering_generation of) {
  told_by_records told;
  for_each_record(view, s, of, seq_num{1}, no_end, [&](const stored_record& r) {
    if (r.is_damaged) told.doubtful = std::max(told.doubtful, r.number);
    else told.next = std::max(told.next, r.last.next());
  });
  if (told.doubtful < told.next) told.doubtful = {};
  return told;
}

auto position_of(const viewed_session& s) {
  return std::tuple{s.id, s.state.incarnation, s.last_commit, s.state.generation, s.state.next_sender, s.state.next_target};
}

class planner {
 public:
  planner(const examined_store& store, const repair_wishes& wishes) : store_(store), view_(store.view), wishes_(wishes) {}

  void answer(const store_damage& d) {
    switch (d.kind) {
      case damage_kind::record_damaged:
      case damage_kind::record_lost:
      case damage_kind::record_misplaced: return fill(d);
      case damage_kind::record_ahead:
        if (d.is_doubtful) return nothing(d, "stays, and is not believed: if the counterparty has seen such a number, say --set-next-sender " + to_string(*d.session) + "=N");
        return raise(d);
      case damage_kind::session_numbers:
      case damage_kind::session_behind: return;  // by `numbers`
      case damage_kind::segment_header:
        return add({repair_step::kind::write_header, d.file + ": its header is written again", {}, {}, {}, {}, {}, {}, d.file});
      case damage_kind::sessions_lost: return write_sessions();
      case damage_kind::session_name:
        if (!d.session) nameless_.push_back((d.where.empty() ? "" : d.where + ": ") + d.what);
        return write_sessions();
      case damage_kind::segment_missing:
        return add({repair_step::kind::set_aside, d.file + ": " + d.what + ". If there is no copy of it, the journal goes on without it, and what it held is lost", {}, {}, {}, {}, {}, {}, d.file});
      case damage_kind::segment_elsewhere:
      case damage_kind::segment_unreadable:
        if (d.file.empty()) return nothing(d, "stays: " + consequence(d, std::nullopt));
        return add({repair_step::kind::set_aside, d.file + ": " + d.what + ". If there is no copy of what should stand there, it is renamed to " + set_aside_name(d.file) + ", and what it held is lost", {}, {}, {}, {}, {}, {}, d.file});
      case damage_kind::index:
        if (is_of_holed_segment(d.file)) return;  // it alone knows the tokens of what stood there, of numberings that are over, too
        return add({repair_step::kind::remake_index, d.file + " is made again", {}, {}, {}, {}, {}, {}, d.file});
      case damage_kind::segment_tail:
        return add({repair_step::kind::cut_tail, d.file + " is cut to " + std::to_string(d.begin) + " bytes: what stands behind them is no whole entry", {}, {}, {}, {}, {}, {}, d.file, d.begin});
      case damage_kind::segment_hole:
      case damage_kind::old_snapshot: return;  // what they cost is told with their session
      case damage_kind::submit_damaged: return nothing(d, "stays: the engine gives it up at the next logon, and tells the application");
      default: return nothing(d, "stays: " + consequence(d, std::nullopt));
    }
  }

  // Those that are damaged, and those that the operator names.
  void numbers() {
    for (const auto& s : store_.sessions) {
      const auto sender = wish(wishes_.next_sender, s.id), target = wish(wishes_.next_target, s.id);
      const auto raised = raised_.find(s.id);
      if (s.is_lower_bound) set_salvaged(s, sender, target);
      else if (s.is_damaged) set_damaged(s, sender, target);
      else if (s.is_behind) set_behind(s, sender, target);
      else if (sender || target || raised != raised_.end()) set_whole(s, sender, target, raised == raised_.end() ? seq_num{} : raised->second);
    }
  }

  // Sessions that the operator names, and the journal does not know.
  void name_lost() {
    for (const auto& [id, sender] : wishes_.next_sender) {
      if (is_known(id)) continue;
      const auto target = wish(wishes_.next_target, id);
      if (!target) continue;
      ++named_;
      viewed_session s;
      s.id = id;
      s.state.generation = numbering_generation{1};
      fill_numbers(id, s.state.generation, seq_num{1}, sender.previous());
      add({repair_step::kind::set_numbers, to_string(id) + ": is not known any more, and goes on with next sender " + text(sender) + " and next target " + text(*target), id, s.state.generation, {}, {}, sender, *target});
    }
  }

  // Once the engine starts again, numbers go on from what stands there: all that only the operator knows must be known before.
  void hold_back_salvage() {
    if (!is_salvage()) return;
    if (is_raised_) write_sessions();  // in front of all else, so that no engine ever sees the lower numbers
    const bool are_all_named = wishes_.has_all_sessions || named_ >= nameless_.size();
    if (!are_all_named)
      for (const auto& what : nameless_)
        add({repair_step::kind::none, what + ". Which session that is only you can know: say --set-next-sender SESSION=N and --set-next-target SESSION=N, of each, with its name in full, and with what its counterparty says; or --no-session-lost, if all that there are are known"});
    if (!are_all_named) open_.push_back("each session whose name is lost is named");
    if (open_.empty()) return;
    std::string all;
    for (const auto& o : open_) all += (all.empty() ? "" : ", and ") + o;
    for (auto& step : steps) {
      if (step.what == repair_step::kind::none) continue;
      step.what = repair_step::kind::none;
      step.text += ": when " + all;
    }
  }

  // A journal is written again from a fill on. A damaged record cannot be written again: what is known of it would be gone.
  void hold_back() {
    if (store_.kind != store_kind::journal) return;
    for (auto& step : steps) {
      const auto left = left_damaged_.find(step.session);
      if (step.what != repair_step::kind::fill || left == left_damaged_.end() || left->second < step.first) continue;
      step.what = repair_step::kind::none;
      step.text = to_string(step.session) + ": " + range_text(step.first, step.last) + ": stays, unless --gap-fill-lost is given for message " + text(left->second) +
                  ", too: a journal is written again from the first such number on, and of that one nothing would be left, not even its token";
    }
  }

  std::vector<repair_step> steps;

 private:
  void add(repair_step step) { steps.push_back(std::move(step)); }
  void nothing(const store_damage& d, const std::string& why) { add({repair_step::kind::none, (d.session ? to_string(*d.session) + ": " : "") + (d.where.empty() ? "" : d.where + ": ") + d.what + ": " + why}); }

  void fill(const store_damage& d) {
    const auto who = to_string(*d.session) + ": " + range_text(d.first, d.last);
    if (!d.is_of_present) return nothing(d, "stays: its numbering is over");
    if (!wishes_.fills_lost && !d.is_administrative) {
      if (d.kind == damage_kind::record_damaged) left_damaged_[*d.session] = std::max(left_damaged_[*d.session], d.last);
      return nothing(d, "stays, unless --gap-fill-lost says that it shall count as a number that never carried a message");
    }
    auto tokens = tokens_of(d);
    const auto* const known = tokens.empty() ? "" : tokens.size() == 1 ? "; its token stays known as sent" : "; their tokens stay known as sent";
    repair_step step{repair_step::kind::fill, who + (d.first == d.last ? " becomes a number" : " become numbers") + " that never carried a message: asked for, it is answered with a gap fill" + known,
                     *d.session, d.generation, d.first, d.last};
    step.tokens = std::move(tokens);
    add(std::move(step));
  }

  [[nodiscard]] bool is_of_holed_segment(const std::string& index) const {
    const auto segment = index.substr(0, index.rfind('.')) + ".seg";
    return std::any_of(store_.found.begin(), store_.found.end(), [&](const auto& d) { return d.kind == damage_kind::segment_hole && d.file == segment; });
  }

  // Of damaged records, too. One that nobody gave does no harm; an order whose token is forgotten is sent a second time.
  [[nodiscard]] std::vector<numbered_token> tokens_of(const store_damage& d) {
    std::vector<numbered_token> tokens;
    const auto s = std::find_if(store_.sessions.begin(), store_.sessions.end(), [&](const auto& known) { return known.id == *d.session; });
    if (s == store_.sessions.end()) return tokens;
    for_each_record(view_, *s, d.generation, d.first, d.last, [&](const stored_record& r) {
      if (r.token != submit_token{} && r.kind != record_kind::skipped) tokens.push_back({r.number, r.token});
    });
    for (const auto& t : view_.tokens_of_lost(*s, d.generation, d.first, d.last)) tokens.push_back(t);
    std::stable_sort(tokens.begin(), tokens.end(), [](const auto& a, const auto& b) { return a.number < b.number; });
    tokens.erase(std::unique(tokens.begin(), tokens.end(), [](const auto& a, const auto& b) { return a.number == b.number; }), tokens.end());
    return tokens;
  }

  void fill_numbers(const session_id& id, numbering_generation generation, seq_num first, seq_num last) {
    if (first > last) return;
    add({repair_step::kind::fill, to_string(id) + ": " + (first == last ? "number " + text(first) + " counts as one" : "numbers " + text(first) + " to " + text(last) + " count as ones") + " that never carried a message: asked for, it is answered with a gap fill",
         id, generation, first, last});
  }

  // Numbers up to `next` are as good as given from now on; asked for, those without a message would stop the session.
  void fill_up(const viewed_session& s, numbering_generation generation, seq_num from, seq_num next) {
    if (from >= next) return;
    for_each_record(view_, s, generation, from, next.previous(), [&](const stored_record& r) {
      fill_numbers(s.id, generation, from, r.number.previous());
      from = std::max(from, last_of(r).next());
    });
    fill_numbers(s.id, generation, from, next.previous());
  }

  void raise(const store_damage& d) { raised_[*d.session] = std::max(raised_[*d.session], d.last.next()); }

  void set_whole(const viewed_session& s, std::optional<seq_num> sender, std::optional<seq_num> target, seq_num raised) {
    const auto next_sender = std::max({s.state.next_sender, raised, sender.value_or(seq_num{})});
    const auto next_target = std::max(s.state.next_target, target.value_or(seq_num{}));
    require_not_lowered(s, sender, target, next_sender, next_target);
    fill_up(s, s.state.generation, s.state.next_sender, next_sender);
    set(s, s.state.generation, next_sender, next_target);
  }

  void set_damaged(const viewed_session& s, std::optional<seq_num> sender, std::optional<seq_num> target) {
    const auto all = view_.numberings(s);
    const auto generation = all.empty() ? s.state.generation : all.back();
    const auto told = all.empty() ? told_by_records{} : told_by(view_, s, generation);
    const auto behind = told.next;
    const auto next_sender = sender.value_or(behind);
    if (next_sender < behind) throw store_error(to_string(s.id) + ": next sender cannot be " + text(next_sender) + ": there are messages up to " + text(behind.previous()));
    if (!sender && told.doubtful != seq_num{})
      return add({repair_step::kind::none, to_string(s.id) + ": its numbers are damaged. Next sender is " + text(behind) + " by its messages that are whole, and a damaged one says that it is number " + text(told.doubtful) +
                                               ": ask the counterparty what came last from you, and say --set-next-sender " + to_string(s.id) + "=N"});
    // One of the two is wrong, and perhaps it is not the row.
    if (!sender && generation == s.state.generation && s.state.next_sender > behind)
      return add({repair_step::kind::none, to_string(s.id) + ": its numbers are damaged. Next sender is " + text(behind) + " by its messages and " + text(s.state.next_sender) +
                                               " by its numbers: ask the counterparty what came last from you, and say --set-next-sender " + to_string(s.id) + "=N"});
    if (!target)
      return add({repair_step::kind::none, to_string(s.id) + ": its numbers are damaged. Next sender is " + text(next_sender) +
                                               " by its messages; what the counterparty sends next only he knows: ask him, and say --set-next-target " + to_string(s.id) + "=N"});
    fill_up(s, generation, behind, next_sender);
    set(s, generation, next_sender, *target);
  }

  // What is there of it fits, and newer messages may be lost with their numbers.
  void set_salvaged(const viewed_session& s, std::optional<seq_num> sender, std::optional<seq_num> target) {
    const auto& least = s.state;
    const auto behind = told_by(view_, s, least.generation).next;
    const auto next_sender = std::max(behind, least.next_sender);
    if ((sender && *sender < next_sender) || (target && *target < least.next_target))
      throw store_error(to_string(s.id) + ": next sender was " + text(next_sender) + " already, next target " + text(least.next_target) + ", and a number is never lowered: what was sent would be sent again. Name a greater one");
    if (!sender || !target)
      return add({repair_step::kind::none, to_string(s.id) + ": next sender is at least " + text(next_sender) + ", next target at least " + text(least.next_target) +
                                               ", and what was newer may be lost: ask the counterparty which number he expects from you and which he sends next, and say --set-next-sender " + to_string(s.id) +
                                               "=N --set-next-target " + to_string(s.id) + "=N"});
    fill_up(s, least.generation, behind, *sender);
    set(s, least.generation, *sender, *target);
  }

  // Of a journal: what it says was so, and may have gone on.
  void set_behind(const viewed_session& s, std::optional<seq_num> sender, std::optional<seq_num> target) {
    if (!sender || !target) {
      add({repair_step::kind::none, to_string(s.id) + ": next sender is " + text(s.state.next_sender) + " or more, next target " + text(s.state.next_target) +
                                        " or more: what told them behind that is damaged. Ask the counterparty what came last from you, and what he sends next, and say --set-next-sender " + to_string(s.id) +
                                        "=N and --set-next-target " + to_string(s.id) + "=M; if he knows no more, these two"});
      open_.push_back("the numbers of " + to_string(s.id) + " are given");
      return;
    }
    require_not_lowered(s, *sender, *target, s.state.next_sender, s.state.next_target);
    is_raised_ = true;
    fill_up(s, s.state.generation, s.state.next_sender, *sender);
    set(s, s.state.generation, *sender, *target);
  }

  static void require_not_lowered(const viewed_session& s, std::optional<seq_num> sender, std::optional<seq_num> target, seq_num next_sender, seq_num next_target) {
    if ((sender && *sender < next_sender) || (target && *target < next_target))
      throw store_error(to_string(s.id) + ": next sender is " + text(next_sender) + ", next target " + text(next_target) + ", and a number is never lowered: what was sent would be sent again. Name a greater one");
  }

  [[nodiscard]] bool is_known(const session_id& id) const {
    return std::any_of(store_.sessions.begin(), store_.sessions.end(), [&](const auto& s) { return s.id == id; });
  }

  [[nodiscard]] bool is_salvage() const {
    return std::any_of(steps.begin(), steps.end(), [](const repair_step& s) {
      return s.what == repair_step::kind::write_header || s.what == repair_step::kind::write_sessions || s.what == repair_step::kind::set_aside;
    });
  }

  void write_sessions() {
    if (std::exchange(writes_sessions_, true)) return;
    add({repair_step::kind::write_sessions, "the sessions are written anew, at the beginning of another segment: " + std::to_string(store_.sessions.size()) + (store_.sessions.size() == 1 ? " is known" : " are known")});
  }

  void set(const viewed_session& s, numbering_generation generation, seq_num sender, seq_num target) {
    if (!s.is_damaged && !s.is_behind && sender == s.state.next_sender && target == s.state.next_target) return;
    add({repair_step::kind::set_numbers, to_string(s.id) + ": next sender becomes " + text(sender) + " (was " + text(s.state.next_sender) + "), next target " + text(target) + " (was " + text(s.state.next_target) + ")", s.id,
         generation, {}, {}, sender, target});
  }

  const examined_store& store_;
  store_view& view_;
  const repair_wishes& wishes_;
  std::map<session_id, seq_num> raised_;
  std::map<session_id, seq_num> left_damaged_;  // the last that stays, of the present numbering
  // Of a journal that its engine does not open, or not as it was.
  bool writes_sessions_ = false;
  bool is_raised_ = false;             // numbers that may have gone on were given
  std::vector<std::string> nameless_;  // what there is of sessions whose names are lost
  std::size_t named_ = 0;              // by the operator
  std::vector<std::string> open_;      // what has to be known before
};

}  // namespace

repair_plan plan_repair(const examined_store& store, const repair_wishes& wishes) {
  planner p{store, wishes};
  for (const auto& d : store.found) p.answer(d);
  p.hold_back();
  p.numbers();
  p.name_lost();
  p.hold_back_salvage();
  return {store.sessions, std::move(p.steps), store.names, wishes.now};
}

bool has_work(const repair_plan& plan) {
  return std::any_of(plan.steps.begin(), plan.steps.end(), [](const auto& s) { return s.what != repair_step::kind::none; });
}

void require_unchanged(const std::string& path, const repair_plan& plan, const std::vector<viewed_session>& now) {
  const bool is_same = std::equal(now.begin(), now.end(), plan.sessions.begin(), plan.sessions.end(), [](const auto& a, const auto& b) { return position_of(a) == position_of(b); });
  if (!is_same) throw store_error(path + ": was not repaired: it was used since the plan was made. Make a new plan: troupe repair-store");
}

std::string set_aside_name(const std::string& file) { return file + ".set-aside"; }

std::vector<record> records_of(const repair_step& fill) {
  std::vector<record> records;
  auto from = fill.first;
  const auto skip_through = [&](seq_num last) {
    if (from <= last) records.push_back({record_kind::skipped, from, last, {}, 0, 0});
  };
  for (const auto& t : fill.tokens) {
    skip_through(t.number.previous());
    records.push_back({record_kind::administrative, t.number, t.number, t.token, 0, 0});
    from = t.number.next();
  }
  skip_through(fill.last);
  return records;
}

}  // namespace troupe::store
