// The inside of protocol::session: the small machines and what binds them. One method per idea; the files session_*.cpp
// hold them by subject.
#pragma once

#include "protocol/session.hpp"
#include "protocol/session_classify.hpp"
#include "protocol/session_liveness.hpp"
#include "protocol/session_messages.hpp"
#include "protocol/session_outbox.hpp"
#include "protocol/session_parking.hpp"
#include "protocol/session_recovery.hpp"
#include "protocol/session_replay.hpp"
#include "protocol/session_stall.hpp"
#include "protocol/session_throttle.hpp"
#include "protocol/session_unhandled.hpp"
#include "protocol/stamp.hpp"
#include "protocol/utc.hpp"

#include <deque>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace troupe::protocol {

// A frame that waits: for a hook's answer or for the store.
struct kept_frame {
  std::string_view frame;
  std::shared_ptr<const void> owner;
};

// What the peer's Logon(A) said, until we have made up our mind.
struct logon_offer {
  seq_num number{};
  std::chrono::seconds heart_bt_int{};
  bool is_reset = false;
  std::optional<seq_num> next_expected{};  // NextExpectedMsgSeqNum(789), if it is acted upon
};

// Where the connection stands, with the data that only this stage has. Recovery, replay, liveness and the store's health
// vary independently and are machines of their own; session_state is what all of them look like from outside.
namespace stage {
struct disconnected {};
struct connecting {};
struct awaiting_logon {
  steady_time deadline{};
};
struct awaiting_authentication {
  steady_time deadline{};
  logon_offer offer;
  std::vector<kept_frame> kept;
  std::size_t kept_bytes = 0;
};
struct preparing_logon {
  enum class wait : std::uint8_t { store, hook };
  steady_time deadline{};
  wait for_what = wait::hook;
};
struct logon_sent {
  // reset_in_session: we were up, and what still arrives is of the old numbering.
  enum class purpose : std::uint8_t { log_on, reset_at_logon, reset_in_session };
  steady_time deadline{};
  purpose why = purpose::log_on;
};
struct established {};
struct logging_out {
  steady_time deadline{};
  end_reason why{};
  std::string text;
};
}  // namespace stage

using any_stage = std::variant<stage::disconnected, stage::connecting, stage::awaiting_logon, stage::awaiting_authentication,
                               stage::preparing_logon, stage::logon_sent, stage::established, stage::logging_out>;

// What an application may submit: a MsgType of its own or Reject(3), whole fields, none that the session stamps.
[[nodiscard]] bool is_well_formed(const outgoing_message& message, const session_config& config);

// A message on its way through the machine.
struct inbound {
  const message_view& message;
  const std::shared_ptr<const void>& owner;
  const verdict& v;
  bool is_beyond_limit = false;  // it came too fast
};

struct session::impl {
  impl(session_config c, session_snapshot snapshot, instant now);

  // -- session.cpp: events that more than one subject sees, and what follows each of them
  void take(std::vector<any_action>& into);
  void reuse(action::deliver&& told);
  void on_deadline(instant now);
  void on_link_up(connection_epoch e, instant now);
  void on_link_down(const event::link_down& e, instant now);
  void on_wrote(const event::wrote& e, instant now);
  void on_logout_requested(const event::logout_requested& e, instant now);
  void on_stage_timeout(instant now);
  void check_liveness(instant now);
  void check_gap(instant now);
  void await_cancel(end_reason why, const std::string& text, instant now);
  void check_cancel(instant now);
  void on_orders_cancelled();
  void end(end_reason why, std::string text, instant now);
  void hang_up(end_reason why, std::string text, instant now);
  [[nodiscard]] std::optional<steady_time> next_deadline() const;
  [[nodiscard]] std::size_t kept_bytes() const;

  // -- session_settle.cpp: after each event
  void settle(instant now);
  void serve(instant now);
  void update_reading(instant now);
  [[nodiscard]] bool is_backlog() const;
  void tell_reading(bool was_paused, instant now);
  void tell_state();
  [[nodiscard]] session_state state() const;

  // -- session_frames.cpp: classify, look the row up, react
  void on_frame(const event::frame& e, instant now);
  void receive(const message_view& message, const std::shared_ptr<const void>& owner, scrutiny how, instant now);
  void react(reaction what, const inbound& in, instant now);
  void drain_held(instant now);
  void receive_kept(std::vector<kept_frame> kept, instant now);
  void consume(const inbound& in);
  void fill_gap(const inbound& in, instant now);
  void move_expected(const inbound& in, instant now);
  void hold(const inbound& in, std::string_view frame);  // an empty frame: dealt with, only its number is kept
  void keep_for_later(const inbound& in, instant now);
  void deliver(const inbound& in, instant now);
  [[nodiscard]] bool count_arrival(const verdict& v, instant now);
  void refuse_beyond_limit(const inbound& in, instant now);
  void answer_beyond_limit(const inbound_message& refused, instant now);
  [[nodiscard]] std::string limit_text() const;
  [[nodiscard]] std::shared_ptr<const objection> objection_in(const inbound& in);
  void send_reject(const inbound& in, const field_fault& fault, instant now);
  void reject(const inbound& in, instant now);
  void reject_garbled(std::string_view bytes, std::string_view why, instant now);
  void answer_logout(const inbound& in, instant now);
  void await_fill(const inbound& in, instant now);
  void check_gap_logout(instant now);
  void finish_logout(const inbound& in, instant now);
  void leave(end_reason why, std::string text, instant now);
  void complain(std::string text, end_reason why, instant now);
  void logout_and_close(std::string text, instant now);

  // -- session_logon.cpp: both roles, hooks, resets
  void begin_logon(instant now);
  [[nodiscard]] outgoing_message logon_of(std::chrono::seconds heart_bt_int, bool is_reset, std::string_view further = {}) const;
  void send_logon(std::string_view further, instant now);
  void say_logon(bool is_reset, instant now, std::string_view further = {});
  [[nodiscard]] std::chrono::seconds interval_for(std::chrono::seconds offered) const;
  [[nodiscard]] std::string objection_to(const message_view& logon);
  [[nodiscard]] std::string take_appl_version(const message_view& logon);
  void consider_logon(const inbound& in, instant now);
  void accept_logon(const logon_offer& offer, instant now);
  void establish(const inbound& in, instant now);
  void count_logon(const logon_offer& offer, instant now);
  [[nodiscard]] std::optional<seq_num> next_expected_in(const message_view& logon) const;
  [[nodiscard]] bool is_ahead_of_us(std::optional<seq_num> next_expected, instant now);
  void logon_denied(const inbound& in, instant now);
  void await_logon_reply(instant now);
  [[nodiscard]] bool is_resetting_in_session() const;
  [[nodiscard]] std::string refusal_text(const inbound& in) const;
  [[nodiscard]] std::string dictionary_text(const inbound& in) const;
  [[nodiscard]] std::string fault_text(const inbound& in, const field_fault& fault) const;
  [[nodiscard]] std::string too_low_text(seq_num received) const;
  void restart_numbers(const inbound& in, instant now);
  void begin_numbering(bool is_pending, instant now);
  void request_reset(stage::logon_sent::purpose why, instant now);
  void on_reset_requested(instant now);
  void on_period_began(utc_time begin, instant now);
  void on_authenticated(const event::authenticated& e, instant now);
  void on_logon_prepared(const event::logon_prepared& e, instant now);
  void go_up(std::chrono::seconds heart_bt_int, bool is_new, instant now);
  [[nodiscard]] bool wants_reset() const;

  // -- session_send.cpp: numbers, frames, commits
  void on_submit(event::submit&& e, instant now);
  void on_handled(event::handled&& e, instant now);
  void on_unsupported(const event::unsupported& e, instant now);
  void on_application_restarted();
  [[nodiscard]] std::optional<action::refusal> refusal_of(const outgoing_message& message) const;
  enum class urgency : std::uint8_t { in_turn, at_once };
  seq_num send_admin(const outgoing_message& message, instant now, urgency how = urgency::in_turn);
  void send_secret_logon(const outgoing_message& message, const outgoing_message& as_stored, instant now);
  void send_submitted(const event::submit& e, instant now);
  [[nodiscard]] restamp restamp_at(instant now) const;
  [[nodiscard]] seq_num last_processed() const { return config_.send_last_processed ? expected_.previous() : seq_num{0}; }
  [[nodiscard]] wire_header header_for(const outgoing_message& message, instant now) const;
  seq_num send(const outgoing_message& message, record_kind kind, submit_token token, bool may_transmit, instant now);
  commit_batch& open_batch();
  void seal_batch();
  void close_link();
  [[nodiscard]] durable_numbers numbers() const;

  // -- session_parked.cpp: submits that wait for a logon
  [[nodiscard]] bool is_to_be_parked(const outgoing_message& message) const;
  void park(event::submit&& e, instant now);
  [[nodiscard]] std::optional<action::refusal> refusal_to_park(const outgoing_message& message) const;
  void pump_parked(instant now);
  void send_parked(instant now);
  void expire_parked(instant now);
  void on_drop_parked(const event::drop_parked& e, instant now);
  void give_up_parked(const parked_submit& p, action::refusal why);
  void tell_outcomes_of(const commit_batch& batch);

  // -- session_resend.cpp: outbound replay
  struct page_writer;
  void serve_resend(const inbound& in, instant now);
  void serve_resend_first(const inbound& in, instant now);
  void complain_of_loop(replay_range asked, instant now);
  void resend(replay_range asked, std::string_view how, instant now);
  void send_what_is_expected(const logon_offer& offer, seq_num next_sender, instant now);
  [[nodiscard]] std::string why_too_wide(replay_range asked, std::string_view by) const;
  void refuse_resend(replay_range asked, const outgoing_message& reject, std::string text, instant now);
  [[nodiscard]] std::size_t page_records() const;
  [[nodiscard]] bool is_held_by_rate() const;
  void pump_replay(instant now);
  void on_replay_page(event::replay_page&& e, instant now);
  void on_resend_decided(const event::resend_decided& e, instant now);
  void emit_page(const replay_page& page, std::span<const seq_num> withheld, instant now);
  void on_record_lost(seq_num number, instant now);

  // -- session_stalled.cpp: the store's answers
  using deferred_event = std::variant<kept_frame, event::handled, event::unsupported, event::replay_page, event::resend_decided, event::authenticated,
                                      event::logon_prepared, event::reset_requested, event::logout_requested, event::period_began>;
  void on_committed(const event::committed& e, instant now);
  void on_commit_failed(const event::commit_failed& e, instant now);
  void retry_commits(instant now);
  void defer(deferred_event e);
  void forget_frames();
  [[nodiscard]] static bool is_wish(const deferred_event& e);
  void run_deferred(instant now);

  // -- small words
  template <class Stage>
  [[nodiscard]] bool is_in() const {
    return std::holds_alternative<Stage>(where_);
  }
  [[nodiscard]] bool has_link() const { return !is_in<stage::disconnected>() && !is_in<stage::connecting>(); }
  [[nodiscard]] bool is_resetting() const { return is_in<stage::logon_sent>() && is_resetting_in_session(); }
  [[nodiscard]] bool is_serving() const { return is_in<stage::established>() || is_in<stage::logging_out>(); }
  template <class Action>
  void emit(Action a) {
    out_.emplace_back(std::move(a));
  }
  void note(std::string_view code, std::string text) { emit(action::note{code, std::move(text)}); }

  session_config config_;
  any_stage where_;
  connection_epoch epoch_{};

  // numbers
  session_incarnation incarnation_;
  numbering_generation generation_;
  seq_num next_sender_;
  seq_num expected_;
  bool is_reset_pending_;
  bool is_cancel_owed_;  // it is up, or has been since its orders were last cancelled
  utc_time numbered_since_;  // when they were 1 last
  std::chrono::seconds heart_bt_int_;  // of this connection
  session_unhandled unhandled_;
  seq_num first_unsent_{};  // of those that have a number on this connection but wait for the replay; 0: none

  // machines
  session_liveness liveness_;
  session_recovery recovery_;
  session_replay replay_;
  session_stall stall_;
  session_outbox outbox_;
  session_parking parking_;
  session_throttle throttle_;
  std::uint64_t unwritten_ = 0;
  instant seen_;                     // when we were last told anything
  steady_time resend_not_before_{};  // by config_.resend_rate

  // why we do not read
  enum class pause : std::uint8_t { none, backlog, throttle, store };
  pause paused_ = pause::none;
  steady_time throttled_until_{};

  // The peer's Logout(5) ahead of a gap: answered when the gap has closed, or does not.
  struct gap_logout {
    seq_num number{};
    steady_time deadline{};
    std::string text;
  };
  std::optional<gap_logout> gap_logout_;

  // The session is down, and its orders live on until this moment.
  struct cancel_due {
    steady_time when{};
    action::cancel_orders what;
  };
  std::optional<cancel_due> cancel_;

  std::deque<deferred_event> deferred_;
  std::size_t deferred_bytes_ = 0;

  // towards the caller
  std::vector<any_action> out_;
  std::size_t commit_slot_ = 0;   // in out_, while a batch is open
  std::size_t deliver_slot_ = 0;  // in out_, plus one; 0: none that may grow
  action::deliver spare_;         // lists of an earlier delivery, empty
  structure_checker checker_;
  session_state told_ = session_state::Disconnected;
  message_view scratch_;  // for frames that waited
  utc_text clock_text_;   // SendingTime(52) as text
};

}  // namespace troupe::protocol
