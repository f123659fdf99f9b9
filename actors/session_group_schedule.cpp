#include "actors/session_group_class.hpp"

#include <algorithm>

namespace troupe::actors {
namespace {

using std::chrono::seconds;

// The wall clock may be set, and a laptop sleeps: nobody counts on a timer of hours.
constexpr steady_time longest_wait = seconds{30};

// Waits are for the first moment at or behind it.
steady_time wait_for(utc_time when, utc_time now) { return std::clamp(steady_time{when - now}, steady_time{}, longest_wait); }

}  // namespace

// Open: the numbers of this period, and a link. Closed: neither, until it opens.
void session_group::follow_schedule() {
  const auto now_utc = utc_now();
  const auto* const open = around_.spec.open.get();
  const auto until = open_until(now_utc);
  if (open && !until) return stay_closed(now_utc);
  if (!session_ || !is_ready_) {
    enter_state(group_state::Starting, {});
    return start_session();
  }
  if (open) deliver(self_, session_, period_began{open->at(now_utc)->begin});
  enter_state(group_state::Running, {});
  if (open) watch_end(*until);
  if (is_initiator()) connect();
}

void session_group::stay_closed(utc_time now_utc) {
  const auto opening = next_opening(now_utc);
  enter_state(group_state::OutOfSchedule, opening ? "opens " + around_.spec.open->local_text(*opening) : "no window begins within two years");
  if (connection_) return;  // it is logging out
  at(now() + (opening ? wait_for(*opening, now_utc) : longest_wait), [this] { follow_schedule(); });
}

void session_group::watch_end(utc_time end) {
  forget_end();
  end_ = home().start_timer(now() + wait_for(end, utc_now()), [keep = self_->keep_alive(), self = self_, this, end] {
    self->enter([&] {
      end_ = {};
      utc_now() < end ? watch_end(end) : leave_window();
    });
  });
}

// The next period may begin with the end of this one; its numbers, not before the link of this one is gone.
void session_group::leave_window() {
  if (!wants_link()) return;
  forget_timer();
  enter_state(group_state::OutOfSchedule, "the session's time is over");
  record(severity::info, "schedule-closed", around_.spec.open->local_text(utc_now()));
  if (!connection_) return follow_schedule();
  if (session_) deliver(self_, session_, logout_request{"the session's time is over"});
  else cut_link(protocol::end_reason::our_logout), follow_schedule();
}

void session_group::forget_end() {
  if (end_.value != 0) home().cancel_timer(end_);
  end_ = {};
}

// ---------------------------------------------------------------- ResetSeqTime

// The reset at this moment is done, or was missed.
void session_group::watch_next_reset(utc_time after) {
  const auto day = around_.spec.reset_time->at(std::max(after, utc_now()));
  if (day) watch_reset(day->end);
}

void session_group::watch_reset(utc_time due) {
  reset_ = home().start_timer(now() + wait_for(due, utc_now()), [keep = self_->keep_alive(), self = self_, this, due] {
    self->enter([&] {
      reset_ = {};
      if (utc_now() < due) return watch_reset(due);
      reset_by_time();
      watch_next_reset(due);
    });
  });
}

// The peer knows the time, too: who is not connected has nobody to say it to.
void session_group::reset_by_time() {
  using enum protocol::session_state;
  if (!session_ || !connection_ || (status_.state != Active && status_.state != Recovering)) return;
  record(severity::info, "reset-time", around_.spec.reset_time->local_text(utc_now()));
  deliver(self_, session_, reset_request{});
}

// Nothing: closed.
std::optional<utc_time> session_group::open_until(utc_time now_utc) const {
  const auto& open = around_.spec.open;
  const auto& logon = around_.spec.logon_time;
  const auto period = open ? open->at(now_utc) : std::nullopt;
  if (!period) return std::nullopt;
  if (!logon) return period->end;
  const auto window = logon->at(now_utc);
  return window ? std::optional{std::min(period->end, window->end)} : std::nullopt;
}

// Back and forth between the two until they agree.
std::optional<utc_time> session_group::next_opening(utc_time now_utc) const {
  const auto opening = [](const schedule& s, utc_time from) -> std::optional<utc_time> {
    if (s.at(from)) return from;
    const auto next = s.after(from);
    return next ? std::optional{next->begin} : std::nullopt;
  };
  auto when = std::optional{now_utc};
  for (int i = 0; when && i < 1000; ++i) {
    when = opening(*around_.spec.open, *when);
    if (!when || !around_.spec.logon_time || around_.spec.logon_time->at(*when)) return when;
    when = opening(*around_.spec.logon_time, *when);
    if (when && around_.spec.open->at(*when)) return when;
  }
  return std::nullopt;
}

}  // namespace troupe::actors
