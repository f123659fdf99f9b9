#include "protocol/session_recovery.hpp"

#include <algorithm>
#include <utility>

namespace troupe::protocol {

session_recovery::session_recovery(const session_config& config) : config_(&config) {}

bool session_recovery::hold(seq_num number, std::string_view frame) {
  highest_seen_ = std::max(highest_seen_, number);
  if (!is_open()) gap_ = unasked{};
  if (held_.contains(number)) return true;
  const bool has_room = held_.size() < config_->max_held_messages && held_bytes_ + frame.size() <= config_->max_held_bytes;
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
    return need::nothing;
  }
  if (now < gap.deadline) return need::nothing;
  if (gap.times < config_->max_gap_requests) return ask(expected, gap.times + 1, now);
  gap_ = escalated{expected};
  return need::give_up;
}

session_recovery::need session_recovery::ask(seq_num expected, unsigned times, steady_time now) {
  gap_ = asked{expected, highest_seen_, times, now + config_->gap_timeout};
  return need::ask;
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
}

}  // namespace troupe::protocol
