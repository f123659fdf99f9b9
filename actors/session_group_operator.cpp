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
  }
  return "?";
}

command_result session_group::on_command(const command& c) {
  if (state_ == group_state::Retired) return {false, "it has just ended"};
  if (c.what != operator_command::stop)
    record(severity::info, "operator-command", std::string{to_string(c.what)} + (c.text.empty() ? "" : ": " + c.text));
  switch (c.what) {
    case operator_command::logon: return log_on();
    case operator_command::logout:
    case operator_command::stop: return log_out(c.text);
    case operator_command::reset: return reset_numbers();
    case operator_command::disconnect: return disconnect();
    case operator_command::fail: return fail_session();
  }
  return {false, "unknown command"};
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
