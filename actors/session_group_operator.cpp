#include "actors/session_group_class.hpp"

namespace troupe::actors {

std::string_view to_string(operator_command what) {
  switch (what) {
    case operator_command::logon: return "logon";
    case operator_command::logout: return "logout";
    case operator_command::reset: return "reset";
    case operator_command::stop: return "stop";
    case operator_command::disconnect: return "disconnect";
    case operator_command::fail: return "fail";
    case operator_command::drop_parked: return "drop-parked";
  }
  return "?";
}

caf::result<command_result> session_group::on_command(const command& c) {
  if (state_ == group_state::Retired) return command_result{false, "it has just ended"};
  const auto which = c.token ? ": token " + std::to_string(c.token->value) : c.text.empty() ? "" : ": " + c.text;
  if (c.what != operator_command::stop) record(severity::info, "operator-command", std::string{to_string(c.what)} + which);
  switch (c.what) {
    case operator_command::logon: return log_on();
    case operator_command::stop: is_ending_ = true; [[fallthrough]];
    case operator_command::logout: return log_out(c.text);
    case operator_command::reset: return reset_numbers();
    case operator_command::disconnect: return disconnect();
    case operator_command::fail: return fail_session();
    case operator_command::drop_parked: return drop({c.token});
  }
  return command_result{false, "unknown command"};
}

command_result session_group::log_on() {
  if (wants_link() && seat_.is_taken()) return {false, "already connected"};
  if (state_ == group_state::OutOfSchedule) return {false, "out of schedule" + (reason_.empty() ? "" : ": " + reason_)};
  policy_.forgive();
  back_off_.reset();
  failed_logons_ = 0;
  enter_state(group_state::Starting, {});
  if (!session_) {
    start_session();
    return {true, "starting"};
  }
  if (!is_ready_) return {true, "starting"};
  follow_schedule();
  if (state_ == group_state::OutOfSchedule) return {true, "out of schedule: " + reason_};
  return {true, is_initiator() ? "connecting" : "waiting for the peer"};
}

command_result session_group::log_out(const std::string& text) {
  forget_timer();
  forget_end();
  enter_state(group_state::Stopped, "stopped by the operator");
  if (parks() && !session_) start_session();
  if (!connection_) return {true, "stopped"};
  if (session_) deliver(self_, session_, logout_request{text});
  else cut_link(protocol::end_reason::our_logout);
  return {true, "logging out"};
}

command_result session_group::reset_numbers() {
  if (!is_ready_) return {false, "the session is not running: " + reason_};
  deliver(self_, session_, reset_request{});
  return {true, "reset requested"};
}

command_result session_group::disconnect() {
  if (!connection_) return {false, "not connected"};
  deliver(self_, connection_, abort_link{epoch_, protocol::end_reason::link_lost});
  return {true, "cut"};
}

command_result session_group::fail_session() {
  if (!session_) return {false, "the session is not running: " + reason_};
  self_->send_exit(session_, caf::exit_reason::user_shutdown);
  return {true, "the session actor is told to end"};
}

// What becomes of them is told to the application like any outcome. Until then a session that dies over it does not know.
caf::result<command_result> session_group::drop(const drop_parked& d) {
  if (!session_) return command_result{false, not_loaded()};
  for (const auto token : anchor().parked)
    if (!d.token || d.token->value == token) anchor().dropping.insert(token);
  auto promise = self_->make_response_promise<command_result>();
  self_->request(session_, caf::infinite, d)
      .then([promise](command_result& r) mutable { promise.deliver(std::move(r)); },
            [promise](const caf::error& e) mutable { promise.deliver(command_result{false, "it is not known whether they were dropped: " + reason_text(e)}); });
  return promise;
}

caf::result<parked_list> session_group::list(const list_parked& l) {
  if (!session_) return parked_list{not_loaded(), {}};
  auto promise = self_->make_response_promise<parked_list>();
  self_->request(session_, caf::infinite, l)
      .then([promise](parked_list& p) mutable { promise.deliver(std::move(p)); },
            [promise](const caf::error& e) mutable { promise.deliver(parked_list{"the session ended meanwhile: " + reason_text(e), {}}); });
  return promise;
}

std::string session_group::not_loaded() const {
  return "the session is not loaded, so what waits in its store cannot be had (" + std::string{to_string(state_)} + (reason_.empty() ? "" : ": " + reason_) +
         "); `troupe logon` loads it";
}

group_status session_group::status(const session_status& s) const {
  return {.id = id(),
          .role = around_.spec.config.role,
          .group = state_,
          .session = s,
          .peer = seat_.is_taken() ? peer_ : std::string{},
          .reason = reason_,
          .restarts = anchor().restarts,
          .connects = anchor().connects,
          .messages_in = s.messages_in,
          .messages_out = s.messages_out,
          .retry_at = retry_at_};
}

}  // namespace troupe::actors
