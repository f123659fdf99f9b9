#include "actors/session_reference.hpp"

#include <stdexcept>

namespace troupe::actors {

std::string_view to_string(submit_result result) {
  switch (result) {
    case submit_result::taken: return "taken";
    case submit_result::too_much_in_flight: return "too much in flight";
    case submit_result::no_token: return "no token";
    case submit_result::stopped: return "the engine is not running";
  }
  return "?";
}

session_group_actor session_anchor::group() {
  const std::lock_guard lock{mutex_};
  return group_;
}

void session_anchor::set_group(session_group_actor g) {
  const std::lock_guard lock{mutex_};
  group_ = std::move(g);
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

submit_result session_reference::submit(protocol::outgoing_message message, submit_token token) {
  if (token == submit_token{}) return submit_result::no_token;
  if (turn_) {
    turn_->push_back({token, std::move(message)});
    return submit_result::taken;
  }
  const auto group = anchor_->group();
  if (!group) return submit_result::stopped;
  if (!anchor_->take_place(size_of(message))) return submit_result::too_much_in_flight;
  caf::anon_send(group, actors::submit{token, std::move(message)});
  return submit_result::taken;
}

std::future<std::optional<seq_num>> session_reference::find_token(submit_token token) const {
  const auto promise = std::make_shared<std::promise<std::optional<seq_num>>>();
  const auto answer = [promise](std::optional<token_found> f) {
    if (f) promise->set_value(f->number);
    else promise->set_exception(std::make_exception_ptr(std::runtime_error{"the store of this session cannot be asked now"}));
  };
  if (const auto group = anchor_->group()) caf::anon_send(group, ask_token{token, answer});
  else answer(std::nullopt);
  return promise->get_future();
}

}  // namespace troupe::actors
