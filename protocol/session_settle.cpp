// What follows each event, whatever it was. After most there is nothing to do, and that is to be found out cheaply.
#include "protocol/session_core.hpp"

#include <utility>

namespace troupe::protocol {

void session::impl::settle(instant now) {
  seen_ = now;
  const bool is_stalled = stall_.is_stalled();
  if (!is_stalled) {
    if (!parking_.is_empty()) expire_parked(now);
    if (is_serving()) serve(now);
  }
  update_reading(now);
  if (state() != told_) tell_state();
}

void session::impl::tell_state() {
  const auto s = state();
  emit(action::state_changed{std::exchange(told_, s), s});
}

void session::impl::serve(instant now) {
  const bool is_up = is_in<stage::established>();
  if (is_up && recovery_.is_open()) check_gap(now);
  if (!replay_.is_idle() || first_unsent_ != seq_num{0}) pump_replay(now);
  if (is_up && !parking_.is_empty()) pump_parked(now);
  if (is_up && gap_logout_) check_gap_logout(now);
}

// Reading stops while the store is stalled, while it has too much to write, and while the application has too much to
// handle. Meanwhile silence is not held against the peer.
void session::impl::update_reading(instant now) {
  if (!has_link()) return;
  const bool was_paused = paused_ != pause::none;
  const bool is_up = is_in<stage::established>();
  const bool is_delaying = is_up && throttle_.is_on() && config_.beyond_limit == throttle_action::delay;
  const auto throttled = is_delaying ? throttle_.free_at(now.steady) : std::nullopt;
  throttled_until_ = throttled.value_or(steady_time{});
  paused_ = stall_.is_stalled() ? pause::store : is_up && is_backlog() ? pause::backlog : throttled ? pause::throttle : pause::none;
  if (was_paused || paused_ != pause::none) tell_reading(was_paused, now);
}

// Once paused, wait until half of it is done, so as not to stop and go for every message.
bool session::impl::is_backlog() const {
  const auto is_beyond = [halved = paused_ == pause::backlog ? 1 : 0](std::size_t amount, std::size_t most) { return amount > most >> halved; };
  return is_beyond(unhandled_.count(), config_.max_unhandled_messages) || is_beyond(unhandled_.bytes(), config_.max_unhandled_bytes) ||
         is_beyond(outbox_.uncommitted_bytes(), config_.max_uncommitted_bytes);
}

void session::impl::tell_reading(bool was_paused, instant now) {
  const bool is_paused = paused_ != pause::none;
  if (is_paused) liveness_.suspend();
  if (is_paused == was_paused) return;
  if (is_paused) {
    emit(action::pause_read{});
  } else {
    emit(action::resume_read{});
    liveness_.resume(now.steady);
    recovery_.postpone(now.steady);
    parking_.resume(now.steady);
  }
}

session_state session::impl::state() const {
  if (stall_.is_stalled()) return session_state::StoreStalled;
  if (is_in<stage::established>()) return recovery_.is_open() ? session_state::Recovering : session_state::Active;
  struct {
    session_state operator()(const stage::disconnected&) const { return session_state::Disconnected; }
    session_state operator()(const stage::connecting&) const { return session_state::Connecting; }
    session_state operator()(const stage::awaiting_logon&) const { return session_state::AwaitingLogon; }
    session_state operator()(const stage::awaiting_authentication&) const { return session_state::AwaitingAuthentication; }
    session_state operator()(const stage::preparing_logon&) const { return session_state::PreparingLogon; }
    session_state operator()(const stage::logon_sent&) const { return session_state::LogonSent; }
    session_state operator()(const stage::established&) const { return session_state::Active; }  // or Recovering: see above
    session_state operator()(const stage::logging_out&) const { return session_state::LoggingOut; }
  } name;
  return std::visit(name, where_);
}

}  // namespace troupe::protocol
