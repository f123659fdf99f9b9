// The store's answers; and waiting for it without assigning a number, sending or reading anything.
#include "protocol/session_core.hpp"

#include <algorithm>
#include <utility>

namespace troupe::protocol {

void session::impl::on_committed(const event::committed& e, instant now) {
  outbox_.confirm(e.up_to, [this](const commit_batch& batch) { tell_outcomes_of(batch); });
  if (!stall_.is_stalled() || outbox_.has_unconfirmed()) return;
  stall_.recover();
  note("store-back", {});
  run_deferred(now);
}

// The store answers in order. So a refusal of anything but the oldest batch is an echo: of something stored by now, or of an
// attempt before the one that is under way, and to try once more because of it would send the batches twice.
void session::impl::on_commit_failed(const event::commit_failed& e, instant now) {
  if (outbox_.oldest_unconfirmed() != e.from) return;
  if (!stall_.is_stalled()) note("store-stalled", e.reason);
  stall_.refuse(e.from, now.steady);
}

// What was open meanwhile belongs behind those that go again.
void session::impl::retry_commits(instant now) {
  if (outbox_.is_open()) seal_batch();
  if (const auto from = stall_.retry(now.steady))
    for (auto& batch : outbox_.unconfirmed(*from)) emit(action::commit{std::move(batch)});
  if (stall_.gives_up(now.steady) && has_link())
    hang_up(end_reason::store_stalled_too_long, "the store does not commit", now);
}

// Of what an operator may want any number of times, once is enough.
bool session::impl::is_wish(const deferred_event& e) {
  return std::holds_alternative<event::reset_requested>(e) || std::holds_alternative<event::logout_requested>(e) || std::holds_alternative<event::period_began>(e);
}

// Frames beyond the bound are dropped: their numbers are not used up, so the peer is asked for them again.
void session::impl::defer(deferred_event e) {
  if (is_wish(e) && std::any_of(deferred_.begin(), deferred_.end(), [&](const auto& d) { return d.index() == e.index(); })) return;
  if (const auto* f = std::get_if<kept_frame>(&e)) {
    if (deferred_bytes_ + f->frame.size() > config_.max_held_bytes) return note("held-full", "while the store is stalled");
    deferred_bytes_ += f->frame.size();
  }
  deferred_.push_back(std::move(e));
}

// Frames die with the connection that they came on.
void session::impl::forget_frames() {
  std::erase_if(deferred_, [](const deferred_event& d) { return std::holds_alternative<kept_frame>(d); });
  deferred_bytes_ = 0;
}

void session::impl::run_deferred(instant now) {
  auto waiting = std::exchange(deferred_, {});
  deferred_bytes_ = 0;
  if (const auto* p = std::get_if<stage::preparing_logon>(&where_); p && p->for_what == stage::preparing_logon::wait::store) begin_logon(now);
  struct {
    impl& s;
    instant now;
    void operator()(kept_frame& f) const {
      std::vector<kept_frame> one;
      one.push_back(std::move(f));
      s.receive_kept(std::move(one), now);
    }
    void operator()(event::handled& e) const { s.on_handled(std::move(e), now); }
    void operator()(event::unsupported& e) const { s.on_unsupported(e, now); }
    void operator()(event::replay_page& e) const { s.on_replay_page(std::move(e), now); }
    void operator()(event::resend_decided& e) const { s.on_resend_decided(e, now); }
    void operator()(event::authenticated& e) const { s.on_authenticated(e, now); }
    void operator()(event::logon_prepared& e) const { s.on_logon_prepared(e, now); }
    void operator()(event::reset_requested&) const { s.on_reset_requested(now); }
    void operator()(event::logout_requested& e) const { s.on_logout_requested(e, now); }
    void operator()(event::period_began& e) const { s.on_period_began(e.begin, now); }
  } run{*this, now};
  for (auto& e : waiting) std::visit(run, e);
}

}  // namespace troupe::protocol
