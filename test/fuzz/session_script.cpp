#include "test/fuzz/session_script.hpp"

#include "protocol/framer.hpp"
#include "protocol/message_view.hpp"
#include "protocol/number.hpp"
#include "protocol/session.hpp"
#include "protocol/stamp.hpp"
#include "test/support/fake_store.hpp"
#include "test/support/fix_text.hpp"
#include "test/support/session_watch.hpp"

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <utility>
#include <variant>

namespace troupe::fuzz {
namespace {

using namespace protocol;
using namespace test;
using namespace std::chrono_literals;

constexpr std::size_t most_reactions = 2000;   // to one step of a script
constexpr std::size_t most_deadlines = 8;      // at one moment
constexpr std::uint64_t longest_pause = 60'000;  // ms

std::uint64_t number_in(std::string_view text, std::uint64_t most) {
  std::uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') break;
    value = std::min(value * 10 + static_cast<std::uint64_t>(c - '0'), most);
  }
  return value;
}

bool is_withheld(seq_num number) { return number.value % 3 == 0; }

// One machine, and everything around it: a store, a connection, an application, hooks and clocks that do what the script says.
class world {
 public:
  world(session_config config, listener says) : config_(std::move(config)), says_(says), first_(store_.load()), watch_(config_, first_), machine_(config_, first_, now_) {
    if (config_.has_may_resend_hook) watch_.withhold(is_withheld);
  }

  void step(std::string_view line);
  // The world means well: what is under way comes to its end.
  void rest();
  [[nodiscard]] std::vector<std::string> broken() const {
    auto all = watch_.broken();
    all.insert(all.end(), store_.faults.begin(), store_.faults.end());
    return all;
  }

 private:
  using question = std::variant<action::ask_authenticate, action::ask_prepare_logon, action::ask_may_resend>;

  // -- one event, one turn
  template <class Event>
  void tell(Event e) {
    machine_.on(std::move(e), now_);
    take(1);
  }
  void take(std::size_t frames) {
    std::vector<any_action> actions;
    machine_.take(actions);
    watch_.took(machine_, actions, frames + config_.replay_page_records);
    check_memory();
    for (auto& a : actions) std::visit([this](auto& x) { perform(x); }, a);
  }
  // Each place where messages wait has its bound; one read, and what was held when the gap closed, may come on top.
  void check_memory() {
    const std::size_t most = 4 * config_.max_held_bytes + config_.max_unhandled_bytes + 2 * largest_read_;
    watch_.check(machine_.kept_bytes() <= most, std::to_string(machine_.kept_bytes()) + " bytes are kept, at most " + std::to_string(most) + " may be");
  }
  void say(std::string_view what) const {
    if (says_) says_(what);
  }

  // -- what it wants
  void perform(action::commit& a) { store_.push(std::move(a.batch)); }
  void perform(action::deliver& a) { deliveries_.push_back(std::move(a)); }
  void perform(action::fetch_replay& a) { pages_.push_back(a); }
  void perform(action::ask_authenticate& a) { questions_.emplace_back(std::move(a)); }
  void perform(action::ask_prepare_logon& a) { questions_.emplace_back(a); }
  void perform(action::ask_may_resend& a) { questions_.emplace_back(std::move(a)); }
  void perform(action::abort&) { hang_up(); }
  void perform(action::pause_read&) { is_reading_ = false; }
  void perform(action::resume_read&) { is_reading_ = true; }
  void perform(action::note& a) { say("    " + std::string{a.code} + " " + a.text); }
  void perform(action::state_changed& a) { say("    " + std::string{to_string(a.from)} + " to " + std::string{to_string(a.to)}); }
  void perform(action::ended& a) { say("    ended: " + a.text); }
  template <class Action>
  void perform(Action&) {}

  // -- single steps of the world; false: nothing to do
  bool commit();
  bool answer_page();
  bool answer_hook(bool says_yes);
  bool handle(std::size_t most);
  bool read();
  void settle();
  void transmit(const commit_batch& batch);
  void hang_up() {
    is_open_ = false;
    incoming_.clear();
  }

  // -- steps of the script
  void connect();
  void drop();
  void crash();
  void peer_says(std::string_view text);
  void set_moods(std::string_view letters);
  void submit(std::string_view text);
  void advance(std::chrono::milliseconds by);
  void pass_at_once(std::chrono::milliseconds by);
  void stale(char which);
  void unsupported();
  event::submit next_submit(std::string type, std::string body);
  [[nodiscard]] std::string composed(std::string_view text) const;
  [[nodiscard]] std::string with_number(std::string rest) const;
  [[nodiscard]] std::string utc_now() const;
  void move_to(steady_time t) {
    now_.utc += t - now_.steady;
    now_.steady = t;
  }

  session_config config_;
  listener says_;
  instant now_{1000s, utc_time{std::chrono::sys_days{std::chrono::year{2026} / 3 / 2}} + 12h};
  fake_store store_;
  session_snapshot first_;
  session_watch watch_;
  session machine_;

  connection_epoch epoch_{};
  bool is_open_ = false;
  bool is_reading_ = true;
  std::string incoming_, unread_;
  framer cut_;
  std::size_t read_size_ = 0;
  std::size_t largest_read_ = 0;
  std::uint64_t unwritten_ = 0;

  std::deque<action::deliver> deliveries_;
  std::deque<action::fetch_replay> pages_;
  std::deque<question> questions_;
  bool handles_ = true, fetches_ = true, answers_hooks_ = true, answers_messages_ = false;
  char harm_ = 0;  // to the next page
  commit_id confirmed_{};
  std::uint64_t last_token_ = 0;
};

// ---------------------------------------------------------------- the world

bool world::commit() {
  auto done = store_.step();
  if (!done) return false;
  if (done->transmit) {
    if (done->committed) watch_.stored(*done->transmit);
    transmit(*done->transmit);
  }
  for (const auto& b : done->behind) transmit(*b);
  if (done->committed) {
    confirmed_ = done->committed->up_to;
    watch_.confirmed(confirmed_);
    tell(*done->committed);
  }
  if (done->failed) tell(*done->failed);
  return true;
}

void world::transmit(const commit_batch& batch) {
  if (batch.epoch != epoch_ || !is_open_) return;
  watch_.transmitted(batch);
  if (says_)
    for (const auto& run : batch.transmit) say("  > " + shown(std::string_view{batch.bytes}.substr(run.offset, run.length)));
  if (batch.close_after_flush) hang_up();
  if (!batch.transmit.empty()) tell(event::wrote{epoch_, unwritten_});
}

bool world::answer_page() {
  if (pages_.empty()) return false;
  const auto asked = pages_.front();
  pages_.pop_front();
  auto page = store_.fetch(asked);
  const auto harm = std::exchange(harm_, 0);
  if (harm == 'd' && !page.records.empty()) page.records.back().is_damaged = true, page.records.back().frame.clear();
  if (harm == 'm' && !page.records.empty()) page.records.pop_back();
  if (harm == 'g') ++page.generation;
  tell(event::replay_page{std::move(page), asked.question});
  return true;
}

bool world::answer_hook(bool says_yes) {
  if (questions_.empty()) return false;
  const auto asked = std::move(questions_.front());
  questions_.pop_front();
  if (const auto* a = std::get_if<action::ask_authenticate>(&asked)) {
    tell(event::authenticated{a->epoch, says_yes, "no"});
  } else if (const auto* p = std::get_if<action::ask_prepare_logon>(&asked)) {
    tell(event::logon_prepared{p->epoch, says_yes ? "383=4096\x01" : ""});
  } else {
    const auto& m = std::get<action::ask_may_resend>(asked);
    event::resend_decided decided{m.generation, {}, m.question};
    for (const auto& c : m.candidates)
      if (!says_yes || is_withheld(c.number)) decided.withheld.push_back(c.number);
    tell(std::move(decided));
  }
  return true;
}

// Of the oldest delivery so many messages, 0: all of them.
bool world::handle(std::size_t most) {
  if (deliveries_.empty()) return false;
  auto& next = deliveries_.front();
  const std::size_t count = most == 0 ? next.messages.size() : std::min(most, next.messages.size());
  event::handled h{next.generation, {}, {}};
  for (std::size_t i = 0; i < count; ++i) {
    h.up_to = next.messages[i].number;
    if (answers_messages_) h.submits.push_back(next_submit("8", "17=" + std::string{next.messages[i].frame.substr(0, 5)} + "\x01"));
  }
  next.messages.erase(next.messages.begin(), next.messages.begin() + static_cast<std::ptrdiff_t>(count));
  if (next.messages.empty()) deliveries_.pop_front();
  watch_.handled(h.generation, h.up_to);
  tell(std::move(h));
  return true;
}

// One read: all its frames are one turn. What is given to the machine dies with the read, but for what it keeps.
bool world::read() {
  if (!is_open_ || !is_reading_ || incoming_.empty()) return false;
  const std::size_t count = read_size_ == 0 ? incoming_.size() : std::min(read_size_, incoming_.size());
  unread_ += incoming_.substr(0, count);
  incoming_.erase(0, count);
  const auto owner = std::make_shared<const std::string>(unread_);
  largest_read_ = std::max(largest_read_, owner->size());
  std::string_view rest = *owner;
  std::size_t frames = 0;
  for (;;) {
    const auto f = cut_.next(rest);
    rest.remove_prefix(f.consumed);
    if (f.what == frame_result::kind::need_more) break;
    ++frames;
    message_view view;
    if (f.what == frame_result::kind::frame && view.assign(f.frame, config_.dictionaries.own_data_fields()) == parse_error::none)
      machine_.on(event::frame{view, owner}, now_);
    else
      machine_.on(event::garbled{"cut", f.frame}, now_);
  }
  unread_ = rest;
  take(frames);
  return true;
}

void world::settle() {
  for (std::size_t i = 0; i < most_reactions; ++i) {
    const bool is_busy = commit() || (fetches_ && answer_page()) || (answers_hooks_ && answer_hook(true)) || (handles_ && handle(0)) || read();
    if (!is_busy) return;
  }
  watch_.check(false, "it does not come to rest");
}

void world::rest() {
  store_.how = fake_store::mood::commits;
  handles_ = fetches_ = answers_hooks_ = true;
  unwritten_ = 0;
  for (int i = 0; i < 3; ++i) {
    settle();
    advance(6s);
  }
  watch_.check(machine_.state() != session_state::StoreStalled, "the store is back, and the session does not notice");
  watch_.rests();
}

// ---------------------------------------------------------------- the script

void world::connect() {
  hang_up();
  unread_.clear();
  cut_ = framer{};
  is_open_ = is_reading_ = true;
  watch_.link_up(++epoch_);
  tell(event::link_up{epoch_});
}

void world::drop() {
  hang_up();
  watch_.link_down();
  tell(event::link_down{epoch_, "gone"});
}

void world::crash() {
  hang_up();
  deliveries_.clear();
  pages_.clear();
  questions_.clear();
  const auto from = store_.load();
  watch_.reloaded(from);
  machine_ = session{config_, from, now_};
}

std::string world::utc_now() const {
  std::string text;
  append_utc(text, now_.utc, utc_precision::milliseconds);
  return text;
}

// A number that is given relative to the expected one, or not at all, behind MsgType(35).
std::string world::with_number(std::string rest) const {
  const auto at = rest.find("\x01" "34=");
  if (at == std::string::npos) return rest.insert(std::min(rest.find('\x01'), rest.size() - 1) + 1, "34=" + std::to_string(machine_.expected_target().value) + "\x01");
  const char sign = at + 4 < rest.size() ? rest[at + 4] : ' ';
  if (sign != '+' && sign != '-') return rest;
  const auto off = number_in(std::string_view{rest}.substr(at + 5), 1'000'000);
  const auto expected = machine_.expected_target().value;
  const auto end = std::min(rest.find('\x01', at + 1), rest.size());
  return rest.replace(at + 4, end - at - 4, std::to_string(sign == '+' ? expected + off : expected - std::min(off, expected)));
}

std::string world::composed(std::string_view text) const {
  std::string rest = soh(text);
  if (rest.empty() || rest.back() != '\x01') rest += '\x01';
  rest = with_number(std::move(rest));
  std::string header;
  const auto has = [&](const char* field) { return rest.find(std::string{"\x01"} + field) != std::string::npos; };
  if (!has("49=")) header += "49=THEM\x01";
  if (!has("52=")) header += "52=" + utc_now() + "\x01";
  if (!has("56=")) header += "56=US\x01";
  auto at = rest.find('\x01') + 1;
  if (rest.compare(at, 3, "34=") == 0) at = rest.find('\x01', at) + 1;
  rest.insert(at, header);
  const std::string frame = "8=" + config_.id.begin_string + "\x01" "9=" + std::to_string(rest.size()) + "\x01" + rest;
  return frame + check_sum_field(frame);
}

void world::peer_says(std::string_view text) {
  if (is_open_) incoming_ += composed(text);
}

void world::set_moods(std::string_view letters) {
  for (const char c : letters) {
    switch (c) {
      case 'c': store_.how = fake_store::mood::commits; break;
      case 'w': store_.how = fake_store::mood::waits; break;
      case 'f': store_.how = fake_store::mood::fails; break;
      case 'u': store_.how = fake_store::mood::doubts; break;
      case 'h': case 'H': handles_ = c == 'h'; break;
      case 'r': case 'R': fetches_ = c == 'r'; break;
      case 'k': case 'K': answers_hooks_ = c == 'k'; break;
      case 'e': case 'E': answers_messages_ = c == 'e'; break;
      default: break;
    }
  }
}

// What an application submits is well-formed; typed messages and the builder see to that.
event::submit world::next_submit(std::string type, std::string body) {
  std::erase_if(type, [](char c) { return !(c >= '0' && c <= '9') && !(c >= 'A' && c <= 'Z') && !(c >= 'a' && c <= 'z'); });
  std::string frame;
  append_frame(frame, {config_.id.begin_string, type, "US", "THEM", seq_num{1}, now_.utc}, {}, body);
  message_view view;
  const bool is_whole = !body.empty() && body.back() == '\x01' && framer{}.next(frame).frame == frame && view.assign(frame) == parse_error::none;
  const submit_token token{++last_token_};
  watch_.submitted(token);
  return {token, {std::move(type), {}, is_whole ? std::move(body) : "11=A\x01"}};
}

void world::submit(std::string_view text) {
  const auto space = std::min(text.find(' '), text.size());
  tell(next_submit(std::string{text.substr(0, space)}, soh(text.substr(std::min(space + 1, text.size())))));
}

void world::advance(std::chrono::milliseconds by) {
  const auto target = now_.steady + by;
  std::size_t at_this_moment = 0;
  for (;;) {
    const auto due = machine_.next_deadline();
    if (!due || *due > target) break;
    at_this_moment = *due > now_.steady ? 0 : at_this_moment + 1;
    if (at_this_moment > most_deadlines) return watch_.check(false, "a deadline that comes to nothing");
    move_to(std::max(*due, now_.steady));
    tell(event::deadline{});
    settle();
  }
  move_to(target);
}

// A machine that was asleep: nobody looked at its deadlines.
void world::pass_at_once(std::chrono::milliseconds by) {
  move_to(now_.steady + by);
  advance(0ms);
}

void world::unsupported() {
  if (deliveries_.empty() || deliveries_.front().generation != machine_.generation()) return;
  tell(event::unsupported{deliveries_.front().messages.front().number});
}

void world::stale(char which) {
  const connection_epoch before{epoch_.value - std::min<std::uint64_t>(epoch_.value, 1)};
  const numbering_generation old{machine_.generation().value - 1};
  switch (which) {
    case '0': return tell(event::committed{confirmed_});
    case '1': return tell(event::commit_failed{confirmed_, "too late"});
    case '2': return tell(event::link_down{before, "too late"});
    case '3': return tell(event::handled{old, seq_num{99}, {next_submit("D", "11=A\x01")}});
    case '4': return tell(event::replay_page{{machine_.generation(), seq_num{1}, seq_num{99}, true, {}}, 0});
    case '5': return tell(event::authenticated{before, true, {}});
    case '6': return tell(event::wrote{before, 1'000'000'000});
    case '7': return tell(event::resend_decided{machine_.generation(), {}, 0});
    case '8': return tell(event::logon_prepared{before, "553=old\x01"});
    default: return tell(event::deadline{});
  }
}

void world::step(std::string_view line) {
  if (line.empty()) return;
  say(line);
  const auto rest = line.substr(1);
  const std::chrono::milliseconds pause{number_in(rest, longest_pause)};
  switch (line.front()) {
    case 'c': connect(); break;
    case 'd': drop(); break;
    case 'n': tell(event::connecting{}); break;
    case '<': peer_says(rest); break;
    case ',': return peer_says(rest);
    case '!':
      if (is_open_) incoming_ += soh(rest);
      break;
    case '%': read_size_ = number_in(rest, 4096); break;
    case 's': submit(rest); break;
    case 'a': case 'A': {
      const bool answered = std::exchange(answers_messages_, line.front() == 'A' || answers_messages_);
      (void)handle(number_in(rest, 100));
      answers_messages_ = answered;
      break;
    }
    case 'k': {
      const auto mood = std::exchange(store_.how, fake_store::mood::commits);
      (void)commit();
      store_.how = mood;
      break;
    }
    case 'r': (void)answer_page(); break;
    case 'q': case 'Q': (void)answer_hook(line.front() == 'q'); break;
    case 'm': set_moods(rest); break;
    case 't': advance(pause); break;
    case 'T': pass_at_once(pause); break;
    case 'g': harm_ = rest.empty() ? 0 : rest.front(); break;
    case 'x': crash(); break;
    case 'X':
      deliveries_.clear();
      tell(event::application_restarted{});
      break;
    case 'o': tell(event::reset_requested{}); break;
    case 'l': tell(event::logout_requested{"enough"}); break;
    case 'p': tell(event::period_began{now_.utc}); break;
    case 'b':
      unwritten_ = number_in(rest, 100'000);
      if (is_open_) tell(event::wrote{epoch_, unwritten_});
      break;
    case 'v': unsupported(); break;
    case 'z': stale(rest.empty() ? '9' : rest.front()); break;
    default: return;
  }
  settle();
}

}  // namespace

std::vector<std::string> play(std::string_view script, listener says) {
  const auto next_line = [&] {
    const auto end = std::min(script.find('\n'), script.size());
    const auto line = script.substr(0, end);
    script.remove_prefix(std::min(end + 1, script.size()));
    return line;
  };
  world w{settings_of(next_line()), says};
  while (!script.empty() && w.broken().empty()) w.step(next_line());
  if (w.broken().empty()) w.rest();
  return w.broken();
}

}  // namespace troupe::fuzz
