#include "actors/session_anchor.hpp"

#include <utility>

namespace troupe::actors {

std::string_view to_string(submit_result result) {
  switch (result) {
    case submit_result::taken: return "taken";
    case submit_result::too_much_in_flight: return "too much in flight";
    case submit_result::no_token: return "a submit needs a token that is not 0";
    case submit_result::stopped: return "the engine is stopped";
  }
  return "?";
}

submit_result session_anchor::put(submit s) {
  const std::lock_guard lock{mutex_};
  if (!is_open_) return submit_result::stopped;
  if (!take_place(size_of(s.message))) return submit_result::too_much_in_flight;
  waiting_.push_back(std::move(s));
  if (waiting_.size() == 1 && group_) caf::anon_send(group_, submits_wait{});
  return submit_result::taken;
}

std::vector<submit> session_anchor::take() {
  const std::lock_guard lock{mutex_};
  return std::exchange(waiting_, {});
}

bool session_anchor::take_place(std::size_t bytes) {
  const auto others = in_flight.fetch_add(1);
  const auto others_bytes = in_flight_bytes.fetch_add(bytes);
  const bool has_room = others == 0 || (others < max_in_flight && others_bytes + bytes <= max_in_flight_bytes);
  if (!has_room) give_place(bytes);
  return has_room;
}

void session_anchor::give_place(std::size_t bytes) {
  in_flight.fetch_sub(1);
  in_flight_bytes.fetch_sub(bytes);
}

session_group_actor session_anchor::group() {
  const std::lock_guard lock{mutex_};
  return group_;
}

void session_anchor::open(session_group_actor g) {
  const std::lock_guard lock{mutex_};
  is_open_ = true;
  group_ = std::move(g);
  if (!waiting_.empty()) caf::anon_send(group_, submits_wait{});
}

void session_anchor::group_lost() {
  const std::lock_guard lock{mutex_};
  group_ = nullptr;
}

void session_anchor::close() {
  const std::lock_guard lock{mutex_};
  is_open_ = false;
  group_ = nullptr;
}

}  // namespace troupe::actors
