// Private: the group's class, in parts: life and supervision (session_group.cpp), links (session_group_links.cpp), submits from
// outside (session_group_submits.cpp), the schedule (session_group_schedule.cpp), the operator's commands (session_group_operator.cpp),
// the end of one that was made from a template (session_group_end.cpp).
#pragma once

#include "actors/connection.hpp"
#include "actors/deliver.hpp"
#include "actors/link_seat.hpp"
#include "actors/session_group.hpp"

#include <map>

namespace troupe::actors {

class session_group {
 public:
  using handle_type = session_group_actor;
  using pointer = pinned<handle_type::base>*;
  static constexpr const char* name = "group";

  session_group(pointer self, group_surroundings around)
      : self_(self),
        around_(std::move(around)),
        state_(around_.spec.starts_enabled ? group_state::Starting : group_state::Stopped),
        policy_(around_.restarts),
        back_off_(around_.spec.back_off),
        host_order_(around_.spec.host_order) {}
  ~session_group();
  session_group(const session_group&) = delete;
  session_group& operator=(const session_group&) = delete;
  handle_type::behavior_type make_behavior();
  [[nodiscard]] std::string about() const { return to_string(id()); }

 private:
  // ---- the session actor
  void start_session();
  void end_session();
  void on_down(const caf::down_msg& d);
  void session_failed(const std::string& reason);
  void go_on_starting(const std::string& reason);
  void on_ready(const session_ready& r);
  void on_status(const session_status& s);
  void on_note(const session_note& n);
  void start_timer_actor();
  void replace_store(store_actor s);
  void replace_application(const application_replaced& r);

  // ---- links
  [[nodiscard]] bool may_link() const { return is_ready_ && wants_link(); }
  [[nodiscard]] bool wants_link() const { return state_ != group_state::Stopped && state_ != group_state::NeedsOperator && state_ != group_state::OutOfSchedule && state_ != group_state::Retired; }
  // A session that is down for longer still parks what is submitted, for which there must be one.
  [[nodiscard]] bool parks() const { return around_.spec.config.park_submits && !is_ending_; }
  [[nodiscard]] bool wants_session() const { return wants_link() || (parks() && (state_ == group_state::Stopped || state_ == group_state::OutOfSchedule)); }
  [[nodiscard]] std::string_view why_no_link() const;
  [[nodiscard]] bound on_bind(const bind& b);
  void on_adopt(const adopt& a);
  void connect();
  [[nodiscard]] connection_settings link_settings() const;
  void sit_down(connection_actor c);
  void cut_link(protocol::end_reason why);
  void on_connect_failed(const connect_failed& f);
  void on_ended(const session_ended& e);
  void link_is_over();
  void connect_later();
  void too_many_failed_logons();

  // ---- schedule
  void follow_schedule();
  void stay_closed(utc_time now);
  void watch_end(utc_time end);
  void leave_window();
  [[nodiscard]] std::optional<utc_time> open_until(utc_time now) const;
  [[nodiscard]] std::optional<utc_time> next_opening(utc_time now) const;
  void forget_end();
  void watch_reset(utc_time due);
  void watch_next_reset(utc_time after);
  void reset_by_time();

  // ---- end
  [[nodiscard]] caf::result<retired> on_retire();
  [[nodiscard]] bool may_retire() const;
  [[nodiscard]] retired leave();

  // ---- submits from outside
  void take_submits();
  void take_submit(submit s);
  void on_outcomes(const outcomes& o);
  void settle_open_submits();
  void on_token(submit_token token, const token_found& found);
  void settled();
  void settle_parked();
  void answer(const submit_outcome& o);
  void on_ask_token(const ask_token& a);

  // ---- operator
  [[nodiscard]] caf::result<command_result> on_command(const command& c);
  [[nodiscard]] command_result log_on();
  [[nodiscard]] command_result log_out(const std::string& text);
  [[nodiscard]] command_result reset_numbers();
  [[nodiscard]] command_result disconnect();
  [[nodiscard]] command_result fail_session();
  [[nodiscard]] caf::result<command_result> drop(const drop_parked& d);
  [[nodiscard]] caf::result<parked_list> list(const list_parked& l);
  [[nodiscard]] std::string not_loaded() const;
  [[nodiscard]] group_status status(const session_status& s) const;
  void give_up_on(const std::string& reason);

  // ---- small words
  [[nodiscard]] reactor& home() const { return *self_->home_reactor(); }
  [[nodiscard]] utc_time utc_now() const { return home().now().utc; }
  [[nodiscard]] steady_time now() const { return home().now().steady; }
  [[nodiscard]] const session_id& id() const { return around_.spec.config.id; }
  [[nodiscard]] bool is_initiator() const { return around_.spec.config.role == protocol::role::initiator; }
  [[nodiscard]] handle_type me() const { return handle_type{self_}; }
  [[nodiscard]] bool is_from_session() const { return session_ && self_->current_sender() == session_; }
  [[nodiscard]] session_anchor& anchor() const { return *around_.anchor; }
  void enter_state(group_state s, std::string reason);
  void say_stopped();
  void tell_supervisor();
  void record(severity s, std::string_view code, std::string_view text) const;
  template <class F>
  void at(steady_time when, F then);
  void forget_timer();
  template <class Child>
  void end_child(Child& child);

  pointer self_;
  group_surroundings around_;
  group_state state_;
  std::string reason_;

  session_actor session_;
  timer_actor timer_;
  bool is_ready_ = false;  // the present session has said so
  bool is_ending_ = false;  // and the engine with it
  restart_policy policy_;
  session_status status_;

  connection_actor connection_;
  connection_epoch epoch_{};
  link_seat seat_;
  std::string peer_;
  std::optional<steady_time> active_since_;  // of this link
  bool was_logged_on_ = false;               // on any link
  bool has_met_peer_ = false;                // this link: the peer took the connection
  unsigned failed_logons_ = 0;               // links in a row that never were logged on
  back_off back_off_;
  host_order host_order_;

  timer_id pending_;  // the next restart or connect, whichever it is
  std::optional<steady_time> retry_at_;

  timer_id end_;  // of the time that the session is open
  timer_id reset_;  // of the day, by ResetSeqTime

  std::size_t unsettled_ = 0;                  // questions to the store that are open
  std::map<std::uint64_t, token_found> settled_;  // tokens that were found
};

template <class F>
void session_group::at(steady_time when, F then) {
  forget_timer();
  retry_at_ = when;
  pending_ = home().start_timer(when, [keep = self_->keep_alive(), self = self_, this, then] {
    self->enter([&] {
      pending_ = {};
      retry_at_.reset();
      then();
    });
  });
}

template <class Child>
void session_group::end_child(Child& child) {
  if (!child) return;
  self_->demonitor(child.address());
  self_->send_exit(child, caf::exit_reason::kill);
  child = Child{};
}

}  // namespace troupe::actors
