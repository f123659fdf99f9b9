#include "store/verify.hpp"

#include "protocol/framer.hpp"
#include "protocol/message_view.hpp"
#include "protocol/tags.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

namespace troupe::store {

using namespace protocol;

namespace {

constexpr std::size_t page_records = 10'000, page_bytes = 4 << 20;
constexpr std::size_t most_damages = 10'000;  // of a session
constexpr int most_tries = 3;                 // with a session that resets while it is read
constexpr seq_num no_end{static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())};

std::string text(seq_num n) { return std::to_string(n.value); }
std::string range_text(seq_num first, seq_num last) { return first == last ? "message " + text(first) : "messages " + text(first) + " to " + text(last); }
std::string verb(const store_damage& d, const char* one, const char* many) { return d.first == d.last ? one : many; }

seq_num behind(seq_num last) { return last.value == std::numeric_limits<std::uint64_t>::max() ? last : last.next(); }

// Of one session; neighbours of a kind become one.
class damages_of_session {
 public:
  explicit damages_of_session(const viewed_session& s) : session_(&s) {}

  void add(store_damage d) {
    ++count_;
    d.session = session_->id;
    if (!all_.empty() && is_next(all_.back(), d)) all_.back().last = d.last;
    else if (all_.size() < most_damages) all_.push_back(std::move(d));
  }
  void clear() {
    all_.clear();
    count_ = 0;
  }
  [[nodiscard]] std::vector<store_damage>& all() { return all_; }
  [[nodiscard]] std::uint64_t count() const { return count_; }

 private:
  [[nodiscard]] static bool is_next(const store_damage& a, const store_damage& b) {
    const bool may_join = a.kind == damage_kind::record_damaged || a.kind == damage_kind::record_ahead;
    return may_join && a.kind == b.kind && a.generation == b.generation && a.is_administrative == b.is_administrative && a.is_doubtful == b.is_doubtful && behind(a.last) == b.first;
  }

  const viewed_session* session_;
  std::vector<store_damage> all_;
  std::uint64_t count_ = 0;
};

// What is only known when the neighbours are: the sentence.
std::string sentence(const store_damage& d) {
  const auto which = range_text(d.first, d.last);
  switch (d.kind) {
    case damage_kind::record_damaged:
      return (d.is_administrative ? "administrative " : "") + which + verb(d, " does not fit its checksum", " do not fit their checksums");
    case damage_kind::record_ahead:
      if (d.is_doubtful) return which + verb(d, " does not fit its checksum, and its number is", " do not fit their checksums, and their numbers are") + " yet to be given";
      return which + verb(d, " is stored, but its number", " are stored, but their numbers") + verb(d, " is yet to be given", " are yet to be given");
    case damage_kind::record_lost: return which + verb(d, " is lost: there is no record of it", " are lost: there is no record of them");
    default: return d.what;
  }
}

class numbering_check {
 public:
  numbering_check(store_view& view, const viewed_session& s, numbering_generation of, damages_of_session& damages) : view_(view), session_(s), of_(of), damages_(damages) {}

  // Counts records as they come.
  void run(const std::function<void(std::uint64_t)>& counted) {
    for (seq_num from{1};;) {
      const auto page = view_.fetch(session_, of_, from, no_end, page_records, page_bytes);
      for (const auto& r : page.records)
        if (r.number >= from) look_at(r);
      counted(page.records.size());
      if (page.is_last || page.records.empty()) break;
      from = page.records.back().number.next();
    }
    if (is_end_known() && next_ < session_.state.next_sender) lose(session_.state.next_sender.previous());
  }

 private:
  [[nodiscard]] bool is_present() const { return of_ == session_.state.generation; }
  [[nodiscard]] bool is_end_known() const { return is_present() && !session_.is_damaged; }

  store_damage damage(damage_kind kind, seq_num first, seq_num last) const {
    store_damage d;
    d.kind = kind;
    d.generation = of_;
    d.is_of_present = is_present();
    d.first = first;
    d.last = last;
    return d;
  }

  void lose(seq_num last) {
    damages_.add(damage(damage_kind::record_lost, next_, last));
    next_ = last.next();
  }

  void look_at(const stored_record& r) {
    if (is_end_known() && r.number >= session_.state.next_sender) {
      auto ahead = damage(damage_kind::record_ahead, r.number, r.is_damaged ? r.number : r.last);
      ahead.is_doubtful = r.is_damaged;
      return damages_.add(ahead);
    }
    if (r.number > next_) lose(r.number.previous());
    auto d = damage(damage_kind::record_damaged, r.number, r.number);
    if (r.is_damaged) {
      d.is_administrative = r.kind == record_kind::administrative;
      damages_.add(d);
    } else if (const auto why = misfit(session_.id, r); !why.empty()) {
      d.kind = damage_kind::record_misplaced;
      d.what = why;
      damages_.add(d);
    }
    if (r.number < next_) {
      d.kind = damage_kind::record_twice;
      d.what = "message " + text(r.number) + " stands within a range of numbers that were skipped";
      damages_.add(d);
    }
    next_ = std::max(next_, behind(r.is_damaged ? r.number : r.last));  // where a range ends is damaged with it
  }

  store_view& view_;
  const viewed_session& session_;
  numbering_generation of_;
  damages_of_session& damages_;
  seq_num next_{1};
};

void check_parked(store_view& view, const viewed_session& s, verified_session& so_far, damages_of_session& damages) {
  for (std::uint64_t after = 0;;) {
    const auto page = view.parked(s, after, page_records);
    so_far.parked += page.size();
    for (const auto& p : page) {
      after = p.place;
      if (!p.is_damaged) continue;
      store_damage d;
      d.kind = damage_kind::submit_damaged;
      d.what = "a submit that waits for a logon, place " + std::to_string(p.place) + (p.token.value != 0 ? ", token " + std::to_string(p.token.value) : ", token not known") +
               ", does not fit its checksum";
      damages.add(std::move(d));
    }
    if (page.size() < page_records) return;
  }
}

std::optional<viewed_session> seen_again(store_view& view, const viewed_session& s) {
  for (auto& now : view.sessions())
    if (now.id == s.id) return std::move(now);
  return std::nullopt;
}

class check {
 public:
  check(store_view& view, const verify_options& options, verify_sink& sink) : view_(view), options_(options), sink_(sink) {}

  void run(const viewed_session& listed) {
    auto s = listed;
    for (int tries = 1;; ++tries) {
      verified_session result{s, 0, 0, 0};
      damages_of_session damages{s};
      const auto count_before = count_;
      look_at(s, result, damages);
      if (options_.is_in_use && tries < most_tries) {
        const auto now = seen_again(view_, s);
        if (!now) return;
        if (now->state.generation != s.state.generation) {  // another numbering meanwhile: what was found may be of one that went away
          s = *now;
          count_ = count_before;
          continue;
        }
        std::erase_if(damages.all(), [&](const store_damage& d) { return d.kind == damage_kind::record_ahead && d.last < now->state.next_sender; });
      }
      return tell(s, result, damages);
    }
  }

 private:
  void look_at(const viewed_session& s, verified_session& result, damages_of_session& damages) {
    if (s.is_damaged) {
      store_damage d;
      d.kind = damage_kind::session_numbers;
      d.what = "its numbers (next sender " + text(s.state.next_sender) + ", next target " + text(s.state.next_target) + (s.is_lower_bound ? ") are those that were salvaged, and newer ones may be lost" : ") do not fit their checksum");
      damages.add(std::move(d));
    }
    if (s.is_behind && !options_.is_in_use) {
      store_damage d;
      d.kind = damage_kind::session_behind;
      d.what = "its numbers (next sender " + text(s.state.next_sender) + ", next target " + text(s.state.next_target) + ") are those in front of something that is damaged, and may have gone on";
      damages.add(std::move(d));
    }
    if (s.is_unnamed && !options_.is_in_use) {
      store_damage d;
      d.kind = damage_kind::session_name;
      d.what = "its name is damaged where its engine would read it, and known by what else there is";
      damages.add(std::move(d));
    }
    try {
      for (const auto n : view_.numberings(s))
        if (is_kept(s, n))
          numbering_check{view_, s, n, damages}.run([&](std::uint64_t records) {
            result.records += records;
            sink_.progress(count_ += records);
          });
      // Without any record all of them are lost.
      if (!s.is_damaged && s.state.next_sender > seq_num{1} && !has_numbering(s, s.state.generation)) numbering_check{view_, s, s.state.generation, damages}.run([](std::uint64_t) {});
      check_parked(view_, s, result, damages);
    } catch (const store_error& e) {
      store_damage d;
      d.kind = damage_kind::structure;
      d.what = e.what();
      damages.add(std::move(d));
    }
  }

  // Older ones are on their way out.
  [[nodiscard]] static bool is_kept(const viewed_session& s, numbering_generation n) { return s.is_damaged || n.value + 1 >= s.state.generation.value; }

  [[nodiscard]] bool has_numbering(const viewed_session& s, numbering_generation of) {
    const auto all = view_.numberings(s);
    return std::find(all.begin(), all.end(), of) != all.end();
  }

  void tell(const viewed_session& s, verified_session& result, damages_of_session& damages) {
    result.damages = damages.all().size();
    sink_.checked(result);
    for (auto& d : damages.all()) {
      d.what = sentence(d);
      if (d.where.empty()) d.where = d.first == seq_num{} || d.kind == damage_kind::record_lost ? "" : view_.place_of(s, d.generation, d.first);
      sink_.found(d);
    }
  }

  store_view& view_;
  const verify_options& options_;
  verify_sink& sink_;
  std::uint64_t count_ = 0;
};

}  // namespace

std::string misfit(const session_id& id, const stored_record& r) {
  if (r.kind == record_kind::skipped || (r.frame.empty() && r.kind == record_kind::administrative)) return {};
  const auto which = "message " + text(r.number);
  framer one{r.frame.size()};
  message_view m;
  const auto framed = one.next(r.frame);
  if (framed.what != frame_result::kind::frame || framed.frame.size() != r.frame.size() || m.assign(r.frame) != parse_error::none) return which + " is no whole FIX message";
  const auto number = m.find_seq_num(tag::MsgSeqNum);
  if (number != r.number) return which + " holds a message with MsgSeqNum(34)=" + (number ? text(*number) : "none");
  const auto has = [&](std::uint32_t tag, const std::string& expected) { return m.find(tag).value_or("") == expected; };
  if (m.begin_string() != id.begin_string || !has(tag::SenderCompID, id.sender_comp_id) || !has(tag::TargetCompID, id.target_comp_id))
    return which + " holds a message of another session: " + std::string{m.begin_string()} + ":" + std::string{m.find(tag::SenderCompID).value_or("")} + "->" +
           std::string{m.find(tag::TargetCompID).value_or("")};
  return {};
}

bool verify(store_view& view, const verify_options& options, verify_sink& sink) {
  const bool is_complete = view.check_structure(options.is_in_use, [&](const store_damage& d) { sink.found(d); });
  check one{view, options, sink};
  for (const auto& s : view.sessions())
    if (!options.wants || options.wants(s.id)) one.run(s);
  return is_complete;
}

}  // namespace troupe::store
