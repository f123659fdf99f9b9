// What a session machine promises to whoever drives it, checked after every step: tell it each event and each list of
// actions, and look at `broken`. It knows the contract of session.hpp and nothing of how the machine keeps it.
//
// It outlives the machine: a crash is `reloaded`, with what the store gave back.
#pragma once

#include "protocol/session.hpp"
#include "test/support/wire_watch.hpp"

#include <map>
#include <set>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace troupe::test {

class session_watch {
 public:
  session_watch(const protocol::session_config& config, const protocol::session_snapshot& begin) : config_(&config), wire_(config) { reloaded(begin); }

  [[nodiscard]] std::vector<std::string> broken() const {
    auto all = broken_;
    all.insert(all.end(), wire_.broken.begin(), wire_.broken.end());
    return all;
  }

  // Of messages that the application does not want to be sent again.
  void withhold(bool (*is_withheld)(protocol::seq_num)) { wire_.is_withheld = is_withheld; }

  // -- what happens, told before the machine is
  void reloaded(const protocol::session_snapshot& from) {
    wire_.forget_unstored();
    wire_.turn_to(from.generation);
    at_ = from;
    batches_.clear();
    last_id_ = {};
    epoch_ = {};
    is_linked_ = false;
    told_ = protocol::session_state::Disconnected;
    unanswered_.clear();
    parked_.clear();
    for (const auto& p : from.parked) {
      parked_.insert(p.token);
      unanswered_.insert(p.token);
    }
    unhandled_.clear();
    last_delivered_ = {};
    last_question_ = 0;
  }
  void link_up(protocol::connection_epoch epoch) {
    epoch_ = epoch;
    is_linked_ = true;
  }
  void link_down() { is_linked_ = false; }
  void confirmed(protocol::commit_id up_to) { batches_.erase(batches_.begin(), batches_.upper_bound(up_to)); }
  void submitted(protocol::submit_token token) { unanswered_.insert(token); }
  void handled(protocol::numbering_generation generation, protocol::seq_num up_to) {
    if (generation == at_.generation) unhandled_.erase(unhandled_.begin(), unhandled_.upper_bound(up_to));
  }
  void stored(const protocol::commit_batch& batch) {
    if (batch.id != protocol::commit_id{}) is_as_it_was(batch);
    if (batch.generation == at_.generation) wire_.stored(batch);
    for (const auto& r : batch.records)
      if (r.token != protocol::submit_token{}) numbers_[r.token] = r.number;
  }
  // The bytes of this batch go to an open connection. Those of a numbering before the present one are not looked into.
  void transmitted(const protocol::commit_batch& batch) {
    if (batch.generation == at_.generation) wire_.transmitted(batch);
  }

  // -- what the machine wants; `frames`: how many messages it was given since the last time
  void took(const protocol::session& machine, std::span<const protocol::any_action> actions, std::size_t frames = 1) {
    check(actions.size() <= most_actions + 8 * frames, std::to_string(actions.size()) + " actions for one event");
    is_stalled_ = told_ == protocol::session_state::StoreStalled || machine.state() == protocol::session_state::StoreStalled;
    for (const auto& a : actions) std::visit([this](const auto& x) { look(x); }, a);
    // Numbers are sealed once all of it is said: what was delivered in the same turn holds them back, too.
    for (const auto& a : actions)
      if (const auto* c = std::get_if<protocol::action::commit>(&a)) look_at_target(*c->batch);
    check(machine.state() == told_, "the state is " + std::string{to_string(machine.state())} + ", told was " + std::string{to_string(told_)});
    check(machine.handled_target() <= machine.expected_target(), "more is handled than was received");
    if (machine.state() == protocol::session_state::StoreStalled) return;  // what is open is kept until the store is back
    check(machine.next_sender() == at_.next_sender, "MsgSeqNum " + std::to_string(machine.next_sender().value) + " is next, committed is up to " + std::to_string(at_.next_sender.value));
    check(machine.handled_target() == at_.next_target, "the number that is handled is not committed");
  }
  // Nothing is under way any more.
  void rests() {
    for (const auto token : unanswered_)
      if (!parked_.contains(token)) check(false, "submit " + std::to_string(token.value) + " has no answer");
  }
  void check(bool holds, const std::string& what) {
    if (!holds) broken_.push_back(what);
  }

 private:
  static constexpr std::size_t most_actions = 64;

  void look(const protocol::action::commit& a) {
    const auto& b = *a.batch;
    if (b.id != protocol::commit_id{} && b.id <= last_id_) return is_as_it_was(b);
    look_at_numbers(b);
    if (b.transmit.empty() && !b.close_after_flush) return;
    if (is_stalled_ && b.epoch <= epoch_) return;  // made before the store failed, for a connection that may have ended since
    check(b.epoch == epoch_ && is_linked_, "bytes for connection " + std::to_string(b.epoch.value) + ", which is gone");
    if (b.close_after_flush) is_linked_ = false;
  }
  // Byte for byte, as long as anybody holds it.
  void is_as_it_was(const protocol::commit_batch& b) {
    const auto known = batches_.find(b.id);
    check(known != batches_.end() && known->second.bytes == b.bytes && known->second.records.size() == b.records.size() && known->second.next_target == b.next_target,
          "commit " + std::to_string(b.id.value) + " is not what it was");
  }
  void look_at_numbers(const protocol::commit_batch& b) {
    if (b.id == protocol::commit_id{}) return check(b.records.empty() && !b.reset, "a batch that stores something has no number");
    check(b.id == last_id_.next(), "commit " + std::to_string(b.id.value) + " behind " + std::to_string(last_id_.value));
    last_id_ = b.id;
    batches_.emplace(b.id, b);
    check(b.incarnation == at_.incarnation, "a commit of another incarnation");
    if (b.reset) begin_numbering(b.generation);
    check(b.generation == at_.generation, "a numbering without a reset");
    for (const auto& r : b.records) {
      check(r.number == at_.next_sender && r.last == r.number, "MsgSeqNum " + std::to_string(r.number.value) + " is given, " + std::to_string(at_.next_sender.value) + " is next");
      at_.next_sender = r.last.next();
      wire_.recorded(r, b.frame(r));
    }
    check(b.next_sender == at_.next_sender, "next_sender is not behind the last record");
    check(b.next_target >= at_.next_target, "next_target goes back");
    at_.next_target = b.next_target;
  }
  void look_at_target(const protocol::commit_batch& b) {
    if (b.id == protocol::commit_id{} || b.generation != at_.generation || b.id != last_id_) return;
    check(unhandled_.empty() || b.next_target <= *unhandled_.begin(), "next_target passes what is not handled");
  }
  void begin_numbering(protocol::numbering_generation generation) {
    check(generation == at_.generation.next(), "a reset that skips a numbering");
    at_.generation = generation;
    at_.next_sender = at_.next_target = protocol::seq_num{1};
    unhandled_.clear();
    last_delivered_ = {};
    wire_.turn_to(generation);
  }

  void look(const protocol::action::deliver& a) {
    check(!a.messages.empty(), "an empty delivery");
    check(a.generation == at_.generation, "a delivery of another numbering");
    protocol::seq_num last{};
    std::size_t fields = 0;
    for (const auto& m : a.messages) {
      const auto number = std::to_string(m.number.value);
      check(m.number > last, "message " + number + " is delivered behind " + std::to_string(last.value));
      last = m.number;
      fields += m.field_count;
      if (m.number > last_delivered_) {
        last_delivered_ = m.number;
        unhandled_.insert(m.number);
      } else {
        check(m.is_possible_duplicate && unhandled_.contains(m.number), "message " + number + " is delivered again without a mark, or though it was handled");
      }
    }
    check(fields == a.fields.size(), "indexes that belong to no message");
  }
  void look(const protocol::action::fetch_replay& a) {
    check(a.begin != protocol::seq_num{} && a.begin <= a.end && a.end < at_.next_sender, "a page that cannot be: " + std::to_string(a.begin.value) + " to " + std::to_string(a.end.value));
    check(a.generation == at_.generation, "a page of another numbering");
    check(a.question > last_question_ && a.max_records > 0 && a.max_bytes > 0, "a page that is asked for twice, or without bounds");
    last_question_ = a.question;
  }
  void look(const protocol::action::ask_authenticate& a) { check(a.epoch == epoch_ && is_linked_, "a question about a connection that is gone"); }
  void look(const protocol::action::ask_prepare_logon& a) { check(a.epoch == epoch_ && is_linked_, "a question about a connection that is gone"); }
  void look(const protocol::action::ask_may_resend& a) { check(a.generation == at_.generation && !a.candidates.empty(), "a question about nothing"); }
  void look(const protocol::action::abort& a) {
    check(a.epoch == epoch_ && is_linked_, "a connection is cut that is gone");
    is_linked_ = false;
  }
  void look(const protocol::action::pause_read&) { check(is_linked_, "nothing is there to be paused"); }
  void look(const protocol::action::resume_read&) { check(is_linked_, "nothing is there to be resumed"); }
  void look(const protocol::action::accepted& a) {
    answer(a.token);
    const auto stored = numbers_.find(a.token);
    check(stored != numbers_.end() && stored->second == a.number, "submit " + std::to_string(a.token.value) + " is accepted and not stored so");
  }
  void look(const protocol::action::refused& a) { answer(a.token); }
  void look(const protocol::action::parked_dropped&) {}
  void look(const protocol::action::parked& a) {
    if (a.token == protocol::submit_token{}) return;
    check(unanswered_.contains(a.token) && parked_.insert(a.token).second, "submit " + std::to_string(a.token.value) + " is parked twice, or was never asked");
  }
  void look(const protocol::action::cancel_orders&) {
    check(told_ != protocol::session_state::Active && told_ != protocol::session_state::Recovering, "orders of a session that is up are to be cancelled");
  }
  void answer(protocol::submit_token token) {
    parked_.erase(token);
    if (token != protocol::submit_token{}) check(unanswered_.erase(token) == 1, "submit " + std::to_string(token.value) + " is answered twice, or was never asked");
  }
  void look(const protocol::action::state_changed& a) {
    check(a.from == told_ && a.to != a.from, "a change from a state that was not");
    told_ = a.to;
    const bool is_of_initiator = a.to == protocol::session_state::PreparingLogon;
    const bool is_of_acceptor = a.to == protocol::session_state::AwaitingLogon || a.to == protocol::session_state::AwaitingAuthentication;
    check(config_->role == protocol::role::initiator ? !is_of_acceptor : !is_of_initiator, "not a state of this role: " + std::string{to_string(a.to)});
  }
  void look(const protocol::action::logged_on&) { check(is_linked_, "logged on without a connection"); }
  void look(const protocol::action::ended&) {}
  void look(const protocol::action::note& a) { check(a.code != "forbidden-cell", "a cell that cannot be: " + a.text); }
  void look(const protocol::action::needs_operator& a) { check(!a.text.empty(), "an operator without a reason"); }

  const protocol::session_config* config_;
  wire_watch wire_;
  std::vector<std::string> broken_;

  protocol::session_snapshot at_;  // behind all commits
  std::map<protocol::commit_id, protocol::commit_batch> batches_;  // not confirmed; copies, so that the machine may use its own again
  protocol::commit_id last_id_{};
  protocol::connection_epoch epoch_{};
  bool is_linked_ = false;
  bool is_stalled_ = false;
  protocol::session_state told_ = protocol::session_state::Disconnected;
  std::set<protocol::submit_token> unanswered_;
  std::set<protocol::submit_token> parked_;  // of them: they wait for a logon
  std::map<protocol::submit_token, protocol::seq_num> numbers_;  // stored
  std::set<protocol::seq_num> unhandled_;                        // delivered, of the present numbering
  protocol::seq_num last_delivered_{};
  std::uint64_t last_question_ = 0;
};

}  // namespace troupe::test
