#include "protocol/session_recovery.hpp"

#include <algorithm>
#include <utility>

namespace troupe::protocol {
namespace {

// Room for what was dealt with when it came, beside what is held: two engines without room would ask each other for their
// ResendRequests(2) for ever, each with another one.
constexpr std::size_t more_numbers = 64;

}  // namespace

session_recovery::session_recovery(const session_config& config) : config_(&config) {}

bool session_recovery::hold(seq_num number, std::string_view frame) {
  highest_seen_ = std::max(highest_seen_, number);
  if (!is_open()) gap_ = unasked{};
  // Not for a ResendRequest(2): two engines that both do would ask each other for ever.
  is_again_ = config_->ask_redundantly && !frame.empty() && std::holds_alternative<asked>(gap_);
  if (held_.contains(number)) return true;
  const std::size_t most = config_->max_held_messages + (frame.empty() ? more_numbers : 0);
  const bool has_room = held_.size() < most && held_bytes_ + frame.size() <= config_->max_held_bytes;
  if (!has_room) return false;
  held_bytes_ += frame.size();
  held_.emplace(number, std::make_shared<const std::string>(frame));
  return true;
}

std::optional<held_message> session_recovery::take(seq_num expected) {
  while (!held_.empty() && held_.begin()->first < expected) {
    held_bytes_ -= held_.begin()->second->size();
    held_.erase(held_.begin());
  }
  if (held_.empty() || held_.begin()->first != expected) return std::nullopt;
  auto message = std::move(held_.begin()->second);
  held_bytes_ -= message->size();
  held_.erase(held_.begin());
  return message;
}

session_recovery::need session_recovery::poll(seq_num expected, steady_time now, bool may_ask) {
  if (!is_open()) return need::nothing;
  if (expected > highest_seen_) {
    gap_ = closed{};
    return need::nothing;
  }
  if (std::holds_alternative<unasked>(gap_)) return may_ask ? ask(expected, 1, now) : need::nothing;
  if (auto* gap = std::get_if<asked>(&gap_)) return poll_asked(*gap, expected, now);
  if (std::get<escalated>(gap_).from != expected) return ask(expected, 1, now);
  return need::nothing;
}

session_recovery::need session_recovery::poll_asked(asked& gap, seq_num expected, steady_time now) {
  if (expected > gap.through) return ask(expected, 1, now);  // answered in full, and something else is missing
  if (expected > gap.from) {
    gap.from = expected;
    gap.times = 1;
    gap.deadline = now + config_->gap_timeout;
    if (!is_again_) return need::nothing;
  }
  if (is_again_) return ask(expected, gap.times, now);
  if (now < gap.deadline) return need::nothing;
  if (gap.times < config_->max_gap_requests) return ask(expected, gap.times + 1, now);
  gap_ = escalated{expected};
  return need::give_up;
}

session_recovery::need session_recovery::ask(seq_num expected, unsigned times, steady_time now) {
  is_again_ = false;
  gap_ = asked{expected, last_of_request(expected), times, now + config_->gap_timeout};
  return need::ask;
}

// Of the hole that begins with `expected`, or of the next chunk of it.
seq_num session_recovery::last_of_request(seq_num expected) const {
  if (config_->resend_chunk == 0 && !config_->close_resend_request) return highest_seen_;
  const auto next_held = held_.upper_bound(expected);
  const auto hole_end = next_held == held_.end() ? highest_seen_ : next_held->first.previous();
  return config_->resend_chunk == 0 ? hole_end : std::min(hole_end, seq_num{expected.value + config_->resend_chunk - 1});
}

seq_num session_recovery::ask_end() const {
  const bool is_closed = config_->resend_chunk != 0 || config_->close_resend_request;
  return is_closed ? std::get<asked>(gap_).through : seq_num{0};
}

void session_recovery::asked_by_logon(seq_num expected, steady_time now) {
  if (is_open()) gap_ = asked{expected, highest_seen_, 1, now + config_->gap_timeout};
}

std::optional<steady_time> session_recovery::next_deadline() const {
  if (const auto* gap = std::get_if<asked>(&gap_)) return gap->deadline;
  return std::nullopt;
}

void session_recovery::postpone(steady_time now) {
  if (auto* gap = std::get_if<asked>(&gap_)) gap->deadline = now + config_->gap_timeout;
}

void session_recovery::clear() {
  gap_ = closed{};
  held_.clear();
  held_bytes_ = 0;
  highest_seen_ = seq_num{0};
  is_again_ = false;
}

}  // namespace troupe::protocol
