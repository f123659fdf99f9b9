// Submits while the session is not logged on: kept without a number, and sent behind the next logon.
#include "protocol/session_core.hpp"
#include "protocol/tags.hpp"

#include <utility>

namespace troupe::protocol {
namespace {

action::refusal refusal_for(commit_batch::unsent::reason why) {
  switch (why) {
    case commit_batch::unsent::reason::damaged: return action::refusal::damaged;
    case commit_batch::unsent::reason::dropped: return action::refusal::dropped;
    case commit_batch::unsent::reason::expired: break;
  }
  return action::refusal::expired;
}

}  // namespace

// Behind those that wait already, too. Reject(3) speaks about a number of the peer's, which may be another's by then.
bool session::impl::is_to_be_parked(const outgoing_message& message) const {
  if (!config_.park_submits || stall_.is_stalled() || message.msg_type == msg_type::Reject) return false;
  return !is_in<stage::established>() || !parking_.is_empty();
}

std::optional<action::refusal> session::impl::refusal_to_park(const outgoing_message& message) const {
  if (!is_well_formed(message, config_)) return action::refusal::malformed;
  if (outbox_.uncommitted_bytes() > config_.max_uncommitted_bytes) return action::refusal::too_much_in_flight;
  if (!parking_.has_room_for(message)) return action::refusal::too_many_parked;
  return std::nullopt;
}

void session::impl::park(event::submit&& e, instant now) {
  expire_parked(now);
  if (const auto why = refusal_to_park(e.message)) return emit(action::refused{e.token, *why});
  if (parking_.is_empty()) note("submits-parked", "what is submitted waits for the logon");
  open_batch().park.push_back(parking_.add(e.token, std::move(e.message), now.utc));
}

// What has waited for too long leaves the store, and with it its place, whether the session is up or down.
void session::impl::expire_parked(instant now) {
  std::size_t count = 0;
  for (auto p = parking_.take_expired(now.utc); p; p = parking_.take_expired(now.utc), ++count) give_up_parked(*p, action::refusal::expired);
  if (count != 0) note("parked-expired", std::to_string(count));
}

void session::impl::pump_parked(instant now) {
  switch (parking_.poll(now.steady, paused_ == pause::none)) {
    case session_parking::need::nothing: return;
    case session_parking::need::test_request: send_admin(test_request(session_parking::test_req_id), now); return;
    case session_parking::need::send: return send_parked(now);
  }
}

// What is durable is said by tell_outcomes_of. Of a token that nobody knows nothing is to be made durable.
void session::impl::on_drop_parked(const event::drop_parked& e, instant now) {
  if (stall_.is_stalled()) return emit(action::parked_dropped{e.question, 0, true});
  expire_parked(now);
  const auto dropped = parking_.drop(e.token);
  if (dropped.empty()) return emit(action::parked_dropped{e.question});
  auto& batch = open_batch();
  for (const auto& p : dropped) {
    batch.unpark.push_back(p.place);
    batch.given_up.push_back({p.token, commit_batch::unsent::reason::dropped});
  }
  batch.drops.push_back({e.question, dropped.size()});
  note("parked-dropped", std::to_string(dropped.size()));
}

// Each leaves the store with the commit that gives it a number, or gives it up. Behind a replay they go out in the order of their numbers.
void session::impl::send_parked(instant now) {
  std::size_t sent = 0;
  for (auto& p : parking_.take()) {
    if (p.is_damaged) {
      note("parked-damaged", "token " + std::to_string(p.token.value));
      give_up_parked(p, action::refusal::damaged);
      continue;
    }
    send_submitted({p.token, std::move(p.message)}, now);
    outbox_.batch().parked_through = p.place;
    ++sent;
  }
  note("parked-sent", std::to_string(sent));
}

void session::impl::give_up_parked(const parked_submit& p, action::refusal why) {
  auto& batch = open_batch();
  using reason = commit_batch::unsent::reason;
  batch.given_up.push_back({p.token, why == action::refusal::damaged ? reason::damaged : reason::expired});
  batch.parked_through = p.place;
}

void session::impl::tell_outcomes_of(const commit_batch& batch) {
  for (const auto& p : batch.park) emit(action::parked{p.token});
  for (const auto& r : batch.records)
    if (r.kind != record_kind::skipped && r.token != submit_token{0}) emit(action::accepted{r.token, r.number, batch.parked_through != 0});
  for (const auto& g : batch.given_up)
    if (g.token != submit_token{0}) emit(action::refused{g.token, refusal_for(g.why)});
  for (const auto& d : batch.drops) emit(action::parked_dropped{d.question, d.count});
}

// ---------------------------------------------------------------- the public face

void session::on(const event::drop_parked& e, instant now) {
  impl_->on_drop_parked(e, now);
  impl_->settle(now);
}

std::size_t session::parked() const { return impl_->parking_.count(); }
std::size_t session::parked_bytes() const { return impl_->parking_.bytes(); }
std::optional<utc_time> session::oldest_parked() const { return impl_->parking_.oldest(); }
std::vector<parked_submit> session::parked_page(std::uint64_t after, std::size_t most, std::size_t most_bytes) const {
  return impl_->parking_.page(after, most, most_bytes);
}

}  // namespace troupe::protocol
