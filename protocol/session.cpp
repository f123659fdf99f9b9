#include "protocol/session.hpp"

#include "protocol/session_core.hpp"

#include <algorithm>
#include <utility>

namespace troupe::protocol {

session::impl::impl(session_config c, session_snapshot snapshot, instant now)
    : config_(std::move(c)),
      incarnation_(snapshot.incarnation),
      generation_(snapshot.generation),
      next_sender_(snapshot.next_sender),
      expected_(snapshot.next_target),
      is_reset_pending_(snapshot.is_reset_pending),
      is_cancel_owed_(snapshot.is_cancel_owed && config_.cancel_orders != cancel_rule::never),
      numbered_since_(snapshot.creation_time),
      heart_bt_int_(config_.heart_bt_int),
      recovery_(config_),
      replay_({config_.max_waiting_resends, config_.max_repeated_resends, config_.fill_damaged_records, config_.resend_messages, config_.resend_rejects}),
      stall_({config_.store_retry_first, config_.store_retry_most, config_.store_stall_limit}),
      outbox_(incarnation_, numbers()),
      parking_({config_.max_parked_submits, config_.max_parked_bytes, config_.max_parked_age, config_.logon_timeout}, std::move(snapshot.parked)),
      throttle_(config_.inbound_limit, config_.inbound_period),
      seen_(now) {
  if (is_cancel_owed_) await_cancel(end_reason::link_lost, "not logged on since the start", now);
}

// ---------------------------------------------------------------- the connection

void session::impl::on_link_up(connection_epoch e, instant now) {
  if (e <= epoch_) return;
  if (has_link()) end(end_reason::link_lost, "a new connection has taken its place", now);
  epoch_ = e;
  paused_ = pause::none;
  if (config_.role == role::initiator)
    begin_logon(now);
  else
    where_ = stage::awaiting_logon{now.steady + config_.logon_timeout};
}

void session::impl::on_link_down(const event::link_down& e, instant now) {
  if (e.epoch != epoch_) return;
  if (is_in<stage::connecting>()) where_ = stage::disconnected{};
  if (!has_link()) return;
  if (auto* leaving = std::get_if<stage::logging_out>(&where_))
    end(leaving->why, std::move(leaving->text), now);
  else
    end(end_reason::link_lost, e.reason, now);
}

void session::impl::on_wrote(const event::wrote& e, instant now) {
  if (e.epoch != epoch_ || !has_link()) return;
  unwritten_ = e.unwritten;
  if (unwritten_ > config_.max_unwritten_bytes)
    hang_up(end_reason::peer_does_not_read, std::to_string(unwritten_) + " bytes are not taken", now);
}

void session::impl::on_logout_requested(const event::logout_requested& e, instant now) {
  if (is_in<stage::established>())
    complain(e.text, end_reason::our_logout, now);
  else if (has_link() && !is_in<stage::logging_out>())
    hang_up(end_reason::our_logout, e.text, now);
  else if (is_in<stage::connecting>())
    where_ = stage::disconnected{};
}

void session::impl::end(end_reason why, std::string text, instant now) {
  if (is_serving() || is_resetting()) await_cancel(why, text, now);
  emit(action::ended{why, std::move(text)});
  where_ = stage::disconnected{};
  forget_frames();
  deliver_slot_ = 0;
  paused_ = pause::none;
  unwritten_ = 0;
  first_unsent_ = seq_num{0};
  liveness_.stop();
  recovery_.clear();
  replay_.clear();
  parking_.link_ended();
  gap_logout_.reset();
  const bool is_logout = why == end_reason::our_logout || why == end_reason::peer_logout;
  if (config_.reset_on_disconnect || (config_.reset_on_logout && is_logout)) begin_numbering(is_reset_pending_, now);
}

// Without a word, and without waiting for what is unwritten.
void session::impl::hang_up(end_reason why, std::string text, instant now) {
  emit(action::abort{epoch_, why});
  end(why, std::move(text), now);
}

// ---------------------------------------------------------------- the orders of a session that is down

void session::impl::await_cancel(end_reason why, const std::string& text, instant now) {
  const bool is_orderly = why == end_reason::our_logout || why == end_reason::peer_logout;
  if (config_.cancel_orders == cancel_rule::never || (is_orderly && config_.cancel_orders == cancel_rule::disconnect)) is_cancel_owed_ = false;
  if (is_cancel_owed_) cancel_ = cancel_due{now.steady + config_.cancel_delay, {why, text}};
}

// Unless it is up again: then they are orders of now.
void session::impl::on_orders_cancelled() {
  if (!is_serving()) is_cancel_owed_ = false;
}

void session::impl::check_cancel(instant now) {
  if (cancel_ && now.steady >= cancel_->when) emit(std::exchange(cancel_, std::nullopt)->what);
}

// ---------------------------------------------------------------- time

namespace {

const steady_time* deadline_of(const any_stage& where) {
  return std::visit(
      [](const auto& s) -> const steady_time* {
        if constexpr (requires { s.deadline; })
          return &s.deadline;
        else
          return nullptr;
      },
      where);
}

void sooner(std::optional<steady_time>& a, std::optional<steady_time> b) {
  if (b && (!a || *b < *a)) a = b;
}

}  // namespace

std::optional<steady_time> session::impl::next_deadline() const {
  std::optional<steady_time> next = stall_.next_deadline();
  if (cancel_) sooner(next, cancel_->when);
  if (const auto expiry = parking_.next_expiry(); expiry && !stall_.is_stalled()) sooner(next, seen_.steady + (*expiry - seen_.utc));
  if (const auto* d = deadline_of(where_)) sooner(next, *d);
  if (is_in<stage::established>() && !stall_.is_stalled()) {
    sooner(next, liveness_.next_deadline());
    if (gap_logout_) sooner(next, gap_logout_->deadline);
    if (paused_ == pause::none) sooner(next, parking_.next_deadline());
    if (paused_ == pause::none) sooner(next, recovery_.next_deadline());
    if (paused_ == pause::throttle) sooner(next, throttled_until_);
  }
  if (is_held_by_rate()) sooner(next, resend_not_before_);
  return next;
}

void session::impl::on_deadline(instant now) {
  check_cancel(now);
  if (stall_.is_stalled()) retry_commits(now);
  if (const auto* d = deadline_of(where_); d && now.steady >= *d) return on_stage_timeout(now);
  if (is_in<stage::established>() && !stall_.is_stalled()) check_liveness(now);
}

void session::impl::on_stage_timeout(instant now) {
  auto* leaving = std::get_if<stage::logging_out>(&where_);
  if (!leaving) return hang_up(end_reason::logon_timeout, "no Logon within the limit", now);
  const auto why = leaving->why;
  auto text = std::move(leaving->text);
  if (stall_.is_stalled()) return hang_up(why, std::move(text), now);
  close_link();
  end(why, std::move(text), now);
}

void session::impl::check_liveness(instant now) {
  switch (liveness_.poll(now.steady)) {
    case session_liveness::need::nothing: break;
    case session_liveness::need::heartbeat: send_admin(heartbeat({}), now); break;
    case session_liveness::need::test_request: send_admin(test_request("TEST"), now); break;
    case session_liveness::need::give_up:
      if (!config_.logout_at_silence) return hang_up(end_reason::heartbeat_timeout, "the peer has fallen silent", now);
      send_admin(logout("Timed out waiting for heartbeat"), now, urgency::at_once);
      close_link();
      return end(end_reason::heartbeat_timeout, "the peer has fallen silent", now);
  }
}

// ---------------------------------------------------------------- gaps, and what the caller takes

void session::impl::check_gap(instant now) {
  if (paused_ != pause::none) return;
  switch (recovery_.poll(expected_, now.steady, !replay_.is_serving())) {
    case session_recovery::need::nothing: break;
    case session_recovery::need::ask: {
      const auto end = recovery_.ask_end();
      send_admin(resend_request(config_.id.begin_string, expected_, end), now);
      note("gap-asked", "from " + std::to_string(expected_.value) + (end == seq_num{0} ? "" : " to " + std::to_string(end.value)));
      break;
    }
    case session_recovery::need::give_up:
      emit(action::needs_operator{"the gap from MsgSeqNum " + std::to_string(expected_.value) + " on does not close: asked " +
                                  std::to_string(config_.max_gap_requests) + " times"});
      break;
  }
}

std::size_t session::impl::kept_bytes() const {
  const auto* asking = std::get_if<stage::awaiting_authentication>(&where_);
  return recovery_.held_bytes() + (asking ? asking->kept_bytes : 0) + deferred_bytes_ + unhandled_.bytes();
}

// While the store is stalled nothing changes hands, but a batch that was open when we learnt of it is kept for the retry.
void session::impl::take(std::vector<any_action>& into) {
  if (!outbox_.is_open() && outbox_.is_stale(numbers())) open_batch();
  if (outbox_.is_open()) seal_batch();
  for (auto& a : out_) {
    const auto* c = std::get_if<action::commit>(&a);
    if (!c || c->batch) into.push_back(std::move(a));
  }
  out_.clear();
  deliver_slot_ = 0;
}

// Of what once was a large delivery nothing is kept.
void session::impl::reuse(action::deliver&& told) {
  constexpr std::size_t most = 512;
  if (told.messages.capacity() > most || told.fields.capacity() > 16 * most) return;
  spare_ = std::move(told);
  spare_.messages.clear();
  spare_.fields.clear();
}

// ---------------------------------------------------------------- the public face

session::session(session_config config, session_snapshot snapshot, instant now)
    : impl_(std::make_unique<impl>(std::move(config), std::move(snapshot), now)) {}
session::~session() = default;
session::session(session&&) noexcept = default;
session& session::operator=(session&&) noexcept = default;

void session::on(const event::connecting&, instant now) {
  if (impl_->is_in<stage::disconnected>()) impl_->where_ = stage::connecting{};
  impl_->settle(now);
}
void session::on(const event::link_up& e, instant now) {
  impl_->on_link_up(e.epoch, now);
  impl_->settle(now);
}
void session::on(const event::link_down& e, instant now) {
  impl_->on_link_down(e, now);
  impl_->settle(now);
}
void session::on(const event::garbled& e, instant now) {
  impl_->note("msg-garbled", std::string{e.why});
  impl_->reject_garbled(e.bytes, e.why, now);
  impl_->settle(now);
}
void session::on(const event::deadline&, instant now) {
  impl_->on_deadline(now);
  impl_->settle(now);
}
void session::on(event::submit&& e, instant now) {
  impl_->on_submit(std::move(e), now);
  impl_->settle(now);
}
void session::on(event::handled&& e, instant now) {
  impl_->on_handled(std::move(e), now);
  impl_->settle(now);
}
void session::on(const event::unsupported& e, instant now) {
  impl_->on_unsupported(e, now);
  impl_->settle(now);
}
void session::on(const event::orders_cancelled&, instant now) {
  impl_->on_orders_cancelled();
  impl_->settle(now);
}
void session::on(const event::application_restarted&, instant now) {
  impl_->on_application_restarted();
  impl_->settle(now);
}
void session::on(const event::logout_requested& e, instant now) {
  if (impl_->stall_.is_stalled())
    impl_->defer(e);
  else
    impl_->on_logout_requested(e, now);
  impl_->settle(now);
}
void session::on(const event::reset_requested& e, instant now) {
  if (impl_->stall_.is_stalled())
    impl_->defer(e);
  else
    impl_->on_reset_requested(now);
  impl_->settle(now);
}
void session::on(const event::period_began& e, instant now) {
  if (impl_->stall_.is_stalled())
    impl_->defer(e);
  else
    impl_->on_period_began(e.begin, now);
  impl_->settle(now);
}
void session::on(event::replay_page&& e, instant now) {
  impl_->on_replay_page(std::move(e), now);
  impl_->settle(now);
}
void session::on(const event::committed& e, instant now) {
  impl_->on_committed(e, now);
  impl_->settle(now);
}
void session::on(const event::commit_failed& e, instant now) {
  impl_->on_commit_failed(e, now);
  impl_->settle(now);
}
void session::on(const event::wrote& e, instant now) {
  impl_->on_wrote(e, now);
  impl_->settle(now);
}
void session::on(const event::authenticated& e, instant now) {
  impl_->on_authenticated(e, now);
  impl_->settle(now);
}
void session::on(const event::logon_prepared& e, instant now) {
  impl_->on_logon_prepared(e, now);
  impl_->settle(now);
}
void session::on(const event::resend_decided& e, instant now) {
  impl_->on_resend_decided(e, now);
  impl_->settle(now);
}

void session::take(std::vector<any_action>& into) { impl_->take(into); }
void session::reuse(action::deliver&& told) { impl_->reuse(std::move(told)); }
std::optional<steady_time> session::next_deadline() const { return impl_->next_deadline(); }
session_state session::state() const { return impl_->state(); }
seq_num session::next_sender() const { return impl_->next_sender_; }
seq_num session::expected_target() const { return impl_->expected_; }
seq_num session::handled_target() const { return impl_->unhandled_.next_target(impl_->expected_); }
numbering_generation session::generation() const { return impl_->generation_; }
connection_epoch session::epoch() const { return impl_->epoch_; }
const session_config& session::config() const { return impl_->config_; }
std::size_t session::kept_bytes() const { return impl_->kept_bytes(); }

}  // namespace troupe::protocol
