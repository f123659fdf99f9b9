#include "protocol/session_stall.hpp"

#include <algorithm>
#include <utility>

namespace troupe::protocol {

const session_stall::stall* session_stall::current() const {
  if (const auto* w = std::get_if<waiting>(&state_)) return w;
  return std::get_if<retrying>(&state_);
}

session_stall::stall* session_stall::current() { return const_cast<stall*>(std::as_const(*this).current()); }

void session_stall::refuse(commit_id from, steady_time now) {
  if (std::holds_alternative<flowing>(state_)) {
    state_ = waiting{{from, pace_.first, now + pace_.limit}, now + pace_.first};
  } else if (const auto* r = std::get_if<retrying>(&state_)) {
    stall next = *r;
    next.from = std::min(next.from, from);
    next.interval = std::min(next.interval * 2, pace_.most);
    state_ = waiting{next, now + next.interval};
  } else {
    auto& known = *current();
    known.from = std::min(known.from, from);
  }
}

std::optional<commit_id> session_stall::retry(steady_time now) {
  const auto* w = std::get_if<waiting>(&state_);
  if (!w || now < w->retry_at) return std::nullopt;
  const stall next = *w;
  state_ = retrying{next};
  return next.from;
}

bool session_stall::gives_up(steady_time now) {
  auto* s = current();
  if (!s || !s->give_up_at || now < *s->give_up_at) return false;
  s->give_up_at.reset();
  return true;
}

std::optional<steady_time> session_stall::next_deadline() const {
  const auto* s = current();
  if (!s) return std::nullopt;
  const auto* w = std::get_if<waiting>(&state_);
  if (w && s->give_up_at) return std::min(w->retry_at, *s->give_up_at);
  return w ? std::optional{w->retry_at} : s->give_up_at;
}

}  // namespace troupe::protocol
