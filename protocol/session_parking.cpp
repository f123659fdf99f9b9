#include "protocol/session_parking.hpp"

#include <utility>

namespace troupe::protocol {

session_parking::session_parking(limits how, std::vector<parked_submit> stored) : limits_(how), waiting_(std::move(stored)) {
  for (const auto& p : waiting_) bytes_ += size_of(p.message);
  if (!waiting_.empty()) last_place_ = waiting_.back().place;
}

bool session_parking::has_room_for(const outgoing_message& message) const {
  return waiting_.size() < limits_.messages && bytes_ + size_of(message) <= limits_.bytes;
}

const parked_submit& session_parking::add(submit_token token, outgoing_message message, utc_time now) {
  bytes_ += size_of(message);
  return waiting_.emplace_back(parked_submit{++last_place_, token, now, std::move(message)});
}

session_parking::need session_parking::poll(steady_time now, bool is_turn) {
  if (is_empty()) return need::nothing;
  if (std::holds_alternative<unasked>(asking_)) {
    asking_ = asked{now + limits_.patience};
    return need::test_request;
  }
  if (const auto* a = std::get_if<asked>(&asking_); a && now >= a->deadline) asking_ = answered{};
  return is_turn && std::holds_alternative<answered>(asking_) ? need::send : need::nothing;
}

void session_parking::heard(std::string_view answered_id) {
  if (std::holds_alternative<asked>(asking_) && answered_id == test_req_id) asking_ = answered{};
}

std::optional<steady_time> session_parking::next_deadline() const {
  const auto* a = std::get_if<asked>(&asking_);
  return a && !is_empty() ? std::optional{a->deadline} : std::nullopt;
}

std::vector<parked_submit> session_parking::take() {
  asking_ = unasked{};
  bytes_ = 0;
  return std::exchange(waiting_, {});
}

}  // namespace troupe::protocol
