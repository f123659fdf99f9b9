// One session under test, talked to in readable messages: `|` for SOH, header fields that every message has left out.
//
//   dialogue d{acceptor()};
//   d.connect();
//   d.peer("35=A|34=1|98=0|108=30|");
//   d.expect("35=A|34=1|98=0|108=30|");
//
// Store and application are in memory and answer at once, unless the test tells them to wait or fail. Time is virtual.
#pragma once

#include "protocol/framer.hpp"
#include "protocol/message_view.hpp"
#include "protocol/session.hpp"
#include "protocol/session_messages.hpp"
#include "protocol/tags.hpp"
#include "protocol/utc.hpp"
#include "test/support/fake_store.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe::test {

using namespace std::chrono_literals;

inline protocol::session_config session_of(protocol::role role) {
  protocol::session_config c;
  c.id = {"FIX.4.2", "US", "THEM", {}};
  c.role = role;
  return c;
}
inline protocol::session_config acceptor() { return session_of(protocol::role::acceptor); }
inline protocol::session_config initiator() { return session_of(protocol::role::initiator); }

inline std::string with_soh(std::string text) {
  std::replace(text.begin(), text.end(), '|', '\x01');
  return text;
}
inline std::string with_bars(std::string_view bytes) {
  std::string text{bytes};
  std::replace(text.begin(), text.end(), '\x01', '|');
  return text;
}

// Adds BodyLength and CheckSum around `8=…|…|`.
inline std::string framed(std::string_view begin_string, std::string_view rest) {
  std::string frame = "8=" + std::string{begin_string} + "\x01" + "9=" + std::to_string(rest.size()) + "\x01" + std::string{rest};
  unsigned sum = 0;
  for (const char c : frame) sum += static_cast<unsigned char>(c);
  char tail[9];
  std::snprintf(tail, sizeof tail, "10=%03u\x01", sum % 256);
  return frame + tail;
}

class dialogue {
 public:
  explicit dialogue(protocol::session_config config, std::uint64_t next_sender = 1, std::uint64_t next_target = 1)
      : config_(std::move(config)), session_(config_, first_snapshot(next_sender, next_target), now) {}

  protocol::instant now{1000s, protocol::utc_time{std::chrono::sys_days{std::chrono::year{2026} / 3 / 2}} + 12h};
  fake_store store;
  // What the application does with a message it handles; submits of it belong to the same transaction.
  std::function<std::vector<protocol::event::submit>(const protocol::inbound_message&)> on_message;
  bool handles_at_once = true;
  bool answers_hooks = true;
  bool fetches_at_once = true;

  // -- what happened
  std::vector<std::string> wire;        // frames on the wire, not yet expected
  std::vector<std::pair<std::uint64_t, bool>> delivered;  // number, possible duplicate
  std::vector<protocol::any_action> seen;                 // everything but commits and deliveries
  std::vector<protocol::event::handled> to_handle;
  std::vector<protocol::action::fetch_replay> to_fetch;
  bool is_open = false;    // the link, as we left it
  bool is_reading = true;

  protocol::session& session() { return session_; }
  [[nodiscard]] protocol::session_state state() const { return session_.state(); }

  // -- the story
  // Connects and logs on; the Logon of each side has this number.
  void log_on(std::uint64_t ours = 1, std::uint64_t theirs = 1) {
    const auto logon = "|98=0|108=30|";
    connect();
    const bool begins = config_.role == protocol::role::initiator;
    if (begins) expect("35=A|34=" + std::to_string(ours) + logon);
    peer("35=A|34=" + std::to_string(theirs) + logon);
    if (!begins) expect("35=A|34=" + std::to_string(ours) + logon);
    BOOST_TEST_REQUIRE((state() == protocol::session_state::Active));
  }
  void connect() {
    is_open = is_reading = true;
    on(protocol::event::link_up{++epoch_});
  }
  void drop() {
    is_open = false;
    on(protocol::event::link_down{epoch_, "gone"});
  }
  // `35=…|34=…|…`; 49, 52 and 56 are added unless given.
  void peer(std::string_view text) { peer_bytes(compose(text)); }
  void peer_bytes(const std::string& bytes) {
    auto owner = std::make_shared<const std::string>(bytes);
    protocol::message_view view;
    if (view.assign(*owner) == protocol::parse_error::none)
      on(protocol::event::frame{view, owner});
    else
      on(protocol::event::garbled{"test"});
  }
  void advance(std::chrono::nanoseconds by) {
    const auto target = now.steady + by;
    for (;;) {
      const auto due = session_.next_deadline();
      if (!due || *due > target) break;
      move_to(std::max(*due, now.steady));
      on(protocol::event::deadline{});
      if (session_.next_deadline() == due) break;  // nothing came of it
    }
    move_to(target);
  }
  void submit(std::string_view type, std::string_view body, std::uint64_t token = 0) {
    on(protocol::event::submit{protocol::submit_token{token}, {std::string{type}, {}, with_soh(std::string{body})}});
  }
  void handle(std::uint64_t up_to, std::vector<protocol::event::submit> submits = {}) {
    on(protocol::event::handled{session_.generation(), protocol::seq_num{up_to}, std::move(submits)});
  }
  void crash() {
    is_open = false;
    wire.clear();
    to_handle.clear();
    session_ = protocol::session{config_, store.load(), now};
  }
  template <class Event>
  void on(Event e) {
    session_.on(std::move(e), now);
    run();
  }
  // Carries out what the session wants until it wants nothing more.
  void run() {
    for (;;) {
      std::vector<protocol::any_action> actions;
      session_.take(actions);
      for (auto& a : actions) std::visit([this](auto& x) { perform(x); }, a);
      if (!step()) return;
    }
  }

  // -- expectations
  void expect(std::string_view text) {
    BOOST_TEST_REQUIRE(!wire.empty(), "expected " << text << ", the wire is silent");
    BOOST_TEST(brief(wire.front()) == text);
    wire.erase(wire.begin());
  }
  void expect_silence() {
    for (const auto& w : wire) BOOST_TEST(brief(w) == "");
  }
  template <class Action>
  [[nodiscard]] std::vector<Action> all() const {
    std::vector<Action> found;
    for (const auto& a : seen)
      if (const auto* x = std::get_if<Action>(&a)) found.push_back(*x);
    return found;
  }
  template <class Action>
  [[nodiscard]] bool has() const {
    return !all<Action>().empty();
  }
  [[nodiscard]] bool has_note(std::string_view code) const {
    const auto notes = all<protocol::action::note>();
    return std::any_of(notes.begin(), notes.end(), [&](const auto& n) { return n.code == code; });
  }
  [[nodiscard]] std::optional<protocol::end_reason> end() const {
    const auto ends = all<protocol::action::ended>();
    return ends.empty() ? std::nullopt : std::optional{ends.back().why};
  }
  [[nodiscard]] protocol::connection_epoch epoch() const { return epoch_; }

  // Without what every message has, and with times of now left out.
  [[nodiscard]] static std::string brief(std::string_view frame) {
    protocol::message_view view;
    if (view.assign(frame) != protocol::parse_error::none) return "garbled: " + with_bars(frame);
    std::string text;
    for (const auto& f : view.fields()) {
      switch (f.tag) {
        case protocol::tag::BeginString:
        case protocol::tag::BodyLength:
        case protocol::tag::SenderCompID:
        case protocol::tag::TargetCompID:
        case protocol::tag::SendingTime:
        case protocol::tag::OrigSendingTime:
        case protocol::tag::CheckSum: break;
        default: text += std::to_string(f.tag) + "=" + std::string{view.value(f)} + "|";
      }
    }
    return text;
  }
  [[nodiscard]] std::string compose(std::string_view text) const {
    std::string rest = with_soh(std::string{text});
    std::string header;
    const auto has = [&](std::string_view field) { return rest.find("\x01" + std::string{field}) != std::string::npos; };
    if (!has("49=")) header += "49=THEM\x01";
    if (!has("52=")) header += "52=" + utc_now() + "\x01";
    if (!has("56=")) header += "56=US\x01";
    // behind MsgType and MsgSeqNum, in front of what else was given
    auto at = rest.find('\x01') + 1;
    if (rest.compare(at, 3, "34=") == 0) at = rest.find('\x01', at) + 1;
    rest.insert(at, header);
    return framed(config_.id.begin_string, rest);
  }
  [[nodiscard]] std::string utc_now(std::chrono::seconds off = 0s) const {
    std::string text;
    protocol::append_utc(text, now.utc + off, protocol::utc_precision::milliseconds);
    return text;
  }

 private:
  protocol::session_snapshot first_snapshot(std::uint64_t next_sender, std::uint64_t next_target) {
    auto s = store.load();
    if (next_sender == 1 && next_target == 1) return s;
    // A batch of an earlier life brings the numbers where the story begins.
    auto b = std::make_shared<protocol::commit_batch>();
    b->id = protocol::commit_id{1};
    b->incarnation = s.incarnation;
    b->generation = s.generation;
    b->next_sender = protocol::seq_num{next_sender};
    b->next_target = protocol::seq_num{next_target};
    store.push(b);
    (void)store.step();
    return store.load();
  }
  void move_to(protocol::steady_time t) {
    now.utc += t - now.steady;
    now.steady = t;
  }

  bool step() {
    if (auto done = store.step()) {
      if (done->transmit) transmit(*done->transmit);
      for (const auto& b : done->behind) transmit(*b);
      if (done->committed) session_.on(*done->committed, now);
      if (done->failed) session_.on(*done->failed, now);
      return true;
    }
    if (fetches_at_once && !to_fetch.empty()) {
      const auto f = to_fetch.front();
      to_fetch.erase(to_fetch.begin());
      session_.on(protocol::event::replay_page{store.fetch(f), f.question}, now);
      return true;
    }
    if (handles_at_once && !to_handle.empty()) {
      auto h = std::move(to_handle.front());
      to_handle.erase(to_handle.begin());
      session_.on(std::move(h), now);
      return true;
    }
    return false;
  }

  void transmit(const protocol::commit_batch& b) {
    if (b.epoch != epoch_ || !is_open) return;
    for (const auto& r : b.transmit) {
      std::string_view rest = std::string_view{b.bytes}.substr(r.offset, r.length);
      protocol::framer cut;
      while (!rest.empty()) {
        const auto f = cut.next(rest);
        BOOST_TEST_REQUIRE((f.what == protocol::frame_result::kind::frame), with_bars(rest));
        wire.emplace_back(f.frame);
        rest.remove_prefix(f.consumed);
      }
    }
    if (b.close_after_flush) is_open = false;
    if (!b.transmit.empty()) session_.on(protocol::event::wrote{epoch_, 0}, now);
  }

  void perform(protocol::action::commit& a) { store.push(std::move(a.batch)); }
  void perform(protocol::action::deliver& a) {
    protocol::event::handled h{a.generation, {}, {}};
    for (const auto& m : a.messages) {
      delivered.emplace_back(m.number.value, m.is_possible_duplicate);
      h.up_to = m.number;
      if (!on_message) continue;
      for (auto& s : on_message(m)) h.submits.push_back(std::move(s));
    }
    to_handle.push_back(std::move(h));
  }
  void perform(protocol::action::fetch_replay& a) { to_fetch.push_back(a); }
  void perform(protocol::action::pause_read& a) { is_reading = false, seen.emplace_back(a); }
  void perform(protocol::action::resume_read& a) { is_reading = true, seen.emplace_back(a); }
  void perform(protocol::action::abort& a) {
    if (a.epoch == epoch_) is_open = false;
    seen.emplace_back(a);
  }
  template <class Action>
  void perform(Action& a) {
    seen.emplace_back(std::move(a));
  }

  protocol::session_config config_;
  protocol::connection_epoch epoch_{};
  protocol::session session_;
};

}  // namespace troupe::test
