#include "actors/session_reference.hpp"

#include <stdexcept>
#include <utility>

namespace troupe::actors {

namespace {

// The promise of a token_found: if whoever was to answer dies first, that is an answer, too.
class token_question {
 public:
  token_question() = default;
  ~token_question() { answer(std::nullopt); }
  token_question(const token_question&) = delete;
  token_question& operator=(const token_question&) = delete;

  [[nodiscard]] std::future<std::optional<seq_num>> future() { return promise_.get_future(); }
  void answer(const std::optional<token_found>& f) {
    if (std::exchange(is_answered_, true)) return;
    if (f) promise_.set_value(f->number);
    else promise_.set_exception(std::make_exception_ptr(std::runtime_error{"the store of this session cannot be asked now"}));
  }

 private:
  std::promise<std::optional<seq_num>> promise_;
  bool is_answered_ = false;
};

}  // namespace

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

// Under the lock: a place is taken with a group that is there, and given back by it or by `group_ended`, never by both.
submit_result session_anchor::take_place(std::size_t bytes, session_group_actor& group) {
  const std::lock_guard lock{mutex_};
  if (!group_) return submit_result::stopped;
  const auto others = in_flight.fetch_add(1);
  const auto others_bytes = in_flight_bytes.fetch_add(bytes);
  const bool has_room = others == 0 || (others < max_in_flight && others_bytes + bytes <= max_in_flight_bytes);
  if (!has_room) {
    give_place(bytes);
    return submit_result::too_much_in_flight;
  }
  group = group_;
  return submit_result::taken;
}

void session_anchor::group_ended() {
  const std::lock_guard lock{mutex_};
  group_ = nullptr;
  in_flight = open_submits.size();
  in_flight_bytes = open_submits.bytes();
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
  session_group_actor group;
  const auto result = anchor_->take_place(size_of(message), group);
  if (result == submit_result::taken) caf::anon_send(group, actors::submit{token, std::move(message)});
  return result;
}

std::future<std::optional<seq_num>> session_reference::find_token(submit_token token) const {
  const auto question = std::make_shared<token_question>();
  auto result = question->future();
  const auto answer = [question](const std::optional<token_found>& f) { question->answer(f); };
  if (const auto group = anchor_->group()) caf::anon_send(group, ask_token{token, answer});
  else answer(std::nullopt);
  return result;
}

}  // namespace troupe::actors
