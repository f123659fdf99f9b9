#include "protocol/session_parking.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace troupe::protocol {

session_parking::session_parking(limits how, std::vector<parked_submit> stored)
    : limits_(how), waiting_(std::make_move_iterator(stored.begin()), std::make_move_iterator(stored.end())) {
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

session_parking::need session_parking::poll(steady_time now, bool is_reading) {
  if (is_empty()) return need::nothing;
  if (std::holds_alternative<unasked>(asking_)) {
    asking_ = asked{now + limits_.patience};
    return need::test_request;
  }
  const auto* a = std::get_if<asked>(&asking_);
  return !a || (is_reading && now >= a->deadline) ? need::send : need::nothing;
}

void session_parking::heard(std::string_view answered_id) {
  if (std::holds_alternative<asked>(asking_) && answered_id == test_req_id) asking_ = answered{};
}

void session_parking::resume(steady_time now) {
  if (auto* a = std::get_if<asked>(&asking_)) a->deadline = now + limits_.patience;
}

std::optional<steady_time> session_parking::next_deadline() const {
  const auto* a = std::get_if<asked>(&asking_);
  return a && !is_empty() ? std::optional{a->deadline} : std::nullopt;
}

std::optional<utc_time> session_parking::next_expiry() const {
  if (is_empty() || limits_.age.count() == 0) return std::nullopt;
  return waiting_.front().since + limits_.age;
}

std::optional<parked_submit> session_parking::take_expired(utc_time now) {
  const auto when = next_expiry();
  if (!when || now < *when) return std::nullopt;
  auto first = std::move(waiting_.front());
  waiting_.pop_front();
  bytes_ -= size_of(first.message);
  return first;
}

std::vector<parked_submit> session_parking::drop(std::optional<submit_token> token) {
  const auto stays = [&](const parked_submit& p) { return token && p.token != *token; };
  const auto first = std::stable_partition(waiting_.begin(), waiting_.end(), stays);
  std::vector<parked_submit> dropped{std::make_move_iterator(first), std::make_move_iterator(waiting_.end())};
  waiting_.erase(first, waiting_.end());
  for (const auto& p : dropped) bytes_ -= size_of(p.message);
  return dropped;
}

std::vector<parked_submit> session_parking::page(std::uint64_t after, std::size_t most, std::size_t most_bytes) const {
  std::vector<parked_submit> some;
  std::size_t bytes = 0;
  for (auto at = std::partition_point(waiting_.begin(), waiting_.end(), [&](const auto& p) { return p.place <= after; }); at != waiting_.end(); ++at) {
    bytes += size_of(at->message);
    if (some.size() == most || (!some.empty() && bytes > most_bytes)) break;
    some.push_back(*at);
  }
  return some;
}

std::vector<parked_submit> session_parking::take() {
  asking_ = unasked{};
  bytes_ = 0;
  auto all = std::exchange(waiting_, {});
  return {std::make_move_iterator(all.begin()), std::make_move_iterator(all.end())};
}

}  // namespace troupe::protocol
