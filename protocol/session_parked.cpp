// Submits while the session is not logged on: kept without a number, and sent behind the next logon.
#include "protocol/session_core.hpp"
#include "protocol/tags.hpp"

#include <utility>

namespace troupe::protocol {

// Behind those that wait already, too: what is submitted goes out in that order.
bool session::impl::is_to_be_parked() const {
  return config_.park_submits && !stall_.is_stalled() && (!is_in<stage::established>() || !parking_.is_empty());
}

// Reject(3) speaks about a number of the peer's, which may be another's by then.
std::optional<action::refusal> session::impl::refusal_to_park(const outgoing_message& message) const {
  if (!is_well_formed(message, config_)) return action::refusal::malformed;
  if (message.msg_type == msg_type::Reject) return action::refusal::not_logged_on;
  if (outbox_.uncommitted_bytes() > config_.max_uncommitted_bytes) return action::refusal::too_much_in_flight;
  if (!parking_.has_room_for(message)) return action::refusal::too_many_parked;
  return std::nullopt;
}

void session::impl::park(event::submit&& e, instant now) {
  if (const auto why = refusal_to_park(e.message)) return emit(action::refused{e.token, *why});
  open_batch().park.push_back(parking_.add(e.token, std::move(e.message), now.utc));
}

void session::impl::pump_parked(instant now) {
  const bool is_turn = first_unsent_ == seq_num{0} && replay_.is_idle();
  switch (parking_.poll(now.steady, is_turn)) {
    case session_parking::need::nothing: return;
    case session_parking::need::test_request: send_admin(test_request(session_parking::test_req_id), now); return;
    case session_parking::need::send: return send_parked(now);
  }
}

void session::impl::send_parked(instant now) {
  auto all = parking_.take();
  note("parked-sent", std::to_string(all.size()));
  for (auto& p : all) send_one_parked(std::move(p), now);
}

// It leaves the store with the commit that gives it a number, or gives it up.
void session::impl::send_one_parked(parked_submit&& p, instant now) {
  const auto place = p.place;
  const bool is_expired = config_.max_parked_age.count() > 0 && now.utc - p.since > config_.max_parked_age;
  if (p.is_damaged) {
    note("parked-damaged", "token " + std::to_string(p.token.value));
    emit(action::refused{p.token, action::refusal::damaged});
    open_batch();
  } else if (is_expired) {
    open_batch().expired.push_back(p.token);
  } else {
    send_submitted({p.token, std::move(p.message)}, now);
  }
  outbox_.batch().parked_through = place;
}

void session::impl::tell_outcomes_of(const commit_batch& batch) {
  for (const auto& p : batch.park) emit(action::parked{p.token});
  for (const auto& r : batch.records)
    if (r.kind != record_kind::skipped && r.token != submit_token{0}) emit(action::accepted{r.token, r.number, batch.parked_through != 0});
  for (const auto token : batch.expired) emit(action::refused{token, action::refusal::expired});
}

}  // namespace troupe::protocol
