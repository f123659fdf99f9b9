// An initiator and an acceptor on a wire in memory, with every step between a byte received and a byte sent taken apart, so
// that a test can crash either side, or cut the wire, between any two of them.
//
// What lives on when a side crashes: its store up to the last commit, and what the observer has seen.
#pragma once

#include "protocol/framer.hpp"
#include "protocol/session.hpp"
#include "protocol/tags.hpp"
#include "test/support/fake_store.hpp"

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace troupe::test {

// Both directions of one TCP connection; [0] flows from the initiator.
struct fake_link {
  struct pipe {
    std::string bytes;
    bool is_finished = false;  // nothing comes behind `bytes`
  };
  pipe from[2];
};

// What must hold for everything that one side sends, seen from outside.
struct observer {
  std::map<std::uint64_t, std::uint64_t> accepted;        // id of a message -> its MsgSeqNum
  std::map<std::uint64_t, std::string> content;           // MsgSeqNum -> what it carried when it was first on the wire
  std::vector<std::uint64_t> first_seen;                  // ids in the order in which the peer's application saw them
  std::set<std::uint64_t> seen;
  std::vector<std::string> broken;

  void delivered(std::uint64_t id, bool is_marked) {
    if (seen.insert(id).second)
      first_seen.push_back(id);
    else if (!is_marked)
      broken.push_back("message " + std::to_string(id) + " came twice without a mark");
  }
  void sent(std::uint64_t number, const std::string& what, bool is_again) {
    const auto [known, is_new] = content.emplace(number, what);
    if (!is_new && known->second != what) broken.push_back("MsgSeqNum " + std::to_string(number) + " was " + known->second + " and is " + what);
    if (!is_new && !is_again) broken.push_back("MsgSeqNum " + std::to_string(number) + " was sent twice without PossDupFlag");
  }
};

class session_side {
 public:
  session_side(int which, protocol::session_config config, observer& mine, observer& peers)
      : which_(which), config_(std::move(config)), mine_(mine), peers_(peers), session_(config_, store.load(), now) {}

  protocol::instant now{std::chrono::seconds{1000}, protocol::utc_time{std::chrono::sys_days{std::chrono::year{2026} / 3 / 2}}};
  fake_store store;
  std::shared_ptr<fake_link> link;
  std::function<bool()> wants_to_answer;             // an execution report while a message is handled?
  std::function<void(const std::string&)> trace;     // told what happens

  protocol::session& session() { return session_; }
  [[nodiscard]] bool is_up() const { return session_.state() == protocol::session_state::Active; }
  [[nodiscard]] bool is_idle() const { return to_store_.empty() && from_store_.empty() && to_wire_.empty() && to_application_.empty(); }
  [[nodiscard]] bool needs_operator() const { return needs_operator_; }

  // -- the steps; false: nothing to do
  bool receive(std::size_t at_most) {
    if (!link || !is_reading_) return false;
    auto& pipe = link->from[1 - which_];
    if (pipe.bytes.empty()) return pipe.is_finished && lose_link("the peer hung up");
    unread_ += pipe.bytes.substr(0, at_most);
    pipe.bytes.erase(0, at_most);
    read_frames();
    return true;
  }
  bool commit() {
    if (to_store_.empty()) return false;
    auto work = std::move(to_store_.front());
    to_store_.pop_front();
    if (!work.batch) {
      from_store_.emplace_back(protocol::event::replay_page{store.fetch(work.fetch), work.fetch.question});
      return true;
    }
    store.push(std::move(work.batch));
    auto done = store.step();
    if (done->transmit) to_wire_.push_back(done->transmit);
    to_wire_.insert(to_wire_.end(), done->behind.begin(), done->behind.end());
    if (done->committed) from_store_.emplace_back(*done->committed);
    if (done->failed) from_store_.emplace_back(*done->failed);
    return true;
  }
  bool learn() {  // what the store has done
    if (from_store_.empty()) return false;
    auto news = std::move(from_store_.front());
    from_store_.pop_front();
    std::visit([this](auto& e) { on(std::move(e)); }, news);
    return true;
  }
  bool transmit() {
    if (to_wire_.empty()) return false;
    const auto batch = std::move(to_wire_.front());
    to_wire_.pop_front();
    if (!link || batch->epoch != epoch_) return true;
    auto& pipe = link->from[which_];
    for (const auto& run : batch->transmit) {
      const auto bytes = std::string_view{batch->bytes}.substr(run.offset, run.length);
      observe(bytes);
      pipe.bytes += bytes;
    }
    if (batch->close_after_flush) return hang_up();
    on(protocol::event::wrote{epoch_, pipe.bytes.size()});
    return true;
  }
  bool handle() {
    if (to_application_.empty()) return false;
    auto delivery = std::move(to_application_.front());
    to_application_.erase(to_application_.begin());
    protocol::event::handled h{delivery.generation, {}, {}};
    for (const auto& m : delivery.messages) {
      peers_.delivered(id_in(m.frame), m.is_possible_duplicate);
      h.up_to = m.number;
      if (!m.is_possible_duplicate && wants_to_answer()) h.submits.push_back(next_message());
    }
    on(std::move(h));
    return true;
  }
  bool pass_time(std::chrono::milliseconds by) {
    now.steady += by;
    now.utc += by;
    on(protocol::event::deadline{});
    return true;
  }

  // -- what the world does
  void connect(std::shared_ptr<fake_link> to) {
    link = std::move(to);
    unread_.clear();
    cut_ = protocol::framer{};
    is_reading_ = true;
    on(protocol::event::link_up{++epoch_});
  }
  bool lose_link(const char* why) {
    hang_up();
    on(protocol::event::link_down{epoch_, why});
    return true;
  }
  void wrote() {
    if (link) on(protocol::event::wrote{epoch_, link->from[which_].bytes.size()});
  }
  void submit() {
    if (session_.state() == protocol::session_state::Active || session_.state() == protocol::session_state::Recovering) on(next_message());
  }
  void log_out() { on(protocol::event::logout_requested{"enough"}); }
  void crash() {
    say("crashes");
    hang_up();
    to_store_.clear();
    from_store_.clear();
    to_wire_.clear();
    to_application_.clear();
    session_ = protocol::session{config_, store.load(), now};
  }
  void restart_application() {
    to_application_.clear();
    on(protocol::event::application_restarted{});
  }

 private:
  struct store_work {
    protocol::commit_ptr batch;            // nullptr: fetch
    protocol::action::fetch_replay fetch;
  };
  using store_news = std::variant<protocol::event::committed, protocol::event::commit_failed, protocol::event::replay_page>;

  template <class Event>
  void on(Event e) {
    session_.on(std::move(e), now);
    std::vector<protocol::any_action> actions;
    session_.take(actions);
    for (auto& a : actions) std::visit([this](auto& x) { this->perform(x); }, a);
  }
  void perform(protocol::action::commit& a) { to_store_.push_back({a.batch, {}}); }
  void perform(protocol::action::fetch_replay& a) { to_store_.push_back({nullptr, a}); }
  void perform(protocol::action::deliver& a) { to_application_.push_back(std::move(a)); }
  void perform(protocol::action::pause_read&) { is_reading_ = false; }
  void perform(protocol::action::resume_read&) { is_reading_ = true; }
  void perform(protocol::action::accepted& a) { mine_.accepted.emplace(a.token.value, a.number.value); }
  void perform(protocol::action::abort& a) {
    if (a.epoch == epoch_) hang_up();
  }
  void perform(protocol::action::needs_operator& a) {
    needs_operator_ = true;
    say("needs the operator: " + a.text);
  }
  void perform(protocol::action::state_changed& a) { say(std::string{to_string(a.from)} + " -> " + std::string{to_string(a.to)}); }
  void perform(protocol::action::note& a) { say(std::string{a.code} + " " + a.text); }
  void perform(protocol::action::ended& a) { say("ended: " + a.text); }
  template <class Action>
  void perform(Action&) {}

  // What is written already still arrives.
  bool hang_up() {
    if (!link) return true;
    link->from[which_].is_finished = true;
    link->from[1 - which_].bytes.clear();
    link = nullptr;
    return true;
  }
  void read_frames() {
    while (link) {
      const auto f = cut_.next(unread_);
      if (f.what == protocol::frame_result::kind::need_more) return;
      auto owner = std::make_shared<const std::string>(f.frame);
      protocol::message_view view;
      if (f.what == protocol::frame_result::kind::frame && view.assign(*owner) == protocol::parse_error::none) {
        say("<- " + shown(*owner));
        unread_.erase(0, f.consumed);
        on(protocol::event::frame{view, owner});
      } else {
        unread_.erase(0, f.consumed);
        on(protocol::event::garbled{"cut"});
      }
    }
  }
  void observe(std::string_view bytes) {
    protocol::framer cut;
    for (;;) {
      const auto f = cut.next(bytes);
      if (f.what != protocol::frame_result::kind::frame) return;
      say("-> " + shown(f.frame));
      protocol::message_view view;
      (void)view.assign(f.frame);
      const bool is_again = view.find_bool(protocol::tag::PossDupFlag).value_or(false);
      const bool is_fill = is_again && view.msg_type() == "4";
      const auto number = view.find_seq_num(protocol::tag::MsgSeqNum)->value;
      if (is_fill)
        observe_fill(number, view.find_seq_num(protocol::tag::NewSeqNo)->value);
      else
        mine_.sent(number, std::string{view.msg_type()} + " " + std::string{view.find(protocol::tag::ClOrdID).value_or("")}, is_again);
      bytes.remove_prefix(f.consumed);
    }
  }
  // No application message hides behind a gap fill.
  void observe_fill(std::uint64_t from, std::uint64_t to) {
    for (; from < to; ++from)
      if (const auto known = mine_.content.find(from); known != mine_.content.end() && known->second[0] == 'D')
        mine_.broken.push_back("MsgSeqNum " + std::to_string(from) + " was " + known->second + " and is filled");
  }
  protocol::event::submit next_message() {
    const auto id = ++last_id_;
    return {protocol::submit_token{id}, {"D", {}, "11=" + std::to_string(id) + "\x01"}};
  }
  static std::uint64_t id_in(std::string_view frame) {
    protocol::message_view view;
    (void)view.assign(frame);
    return view.find_seq_num(protocol::tag::ClOrdID)->value;
  }
  static std::string shown(std::string_view bytes) {
    std::string text{bytes};
    std::replace(text.begin(), text.end(), '\x01', '|');
    return text;
  }
  void say(const std::string& what) const {
    if (trace) trace((which_ == 0 ? "initiator " : "acceptor  ") + what);
  }

  int which_;
  protocol::session_config config_;
  observer& mine_;
  observer& peers_;
  protocol::session session_;
  protocol::connection_epoch epoch_{};
  std::uint64_t last_id_ = 0;
  bool is_reading_ = true;
  bool needs_operator_ = false;
  std::string unread_;
  protocol::framer cut_;
  std::deque<store_work> to_store_;
  std::deque<store_news> from_store_;
  std::deque<protocol::commit_ptr> to_wire_;
  std::vector<protocol::action::deliver> to_application_;
};

}  // namespace troupe::test
