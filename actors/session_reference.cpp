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

  [[nodiscard]] std::future<token_found> future() { return promise_.get_future(); }
  void answer(const std::optional<token_found>& f) {
    if (std::exchange(is_answered_, true)) return;
    if (f) promise_.set_value(*f);
    else promise_.set_exception(std::make_exception_ptr(std::runtime_error{"the store of this session cannot be asked now"}));
  }

 private:
  std::promise<token_found> promise_;
  bool is_answered_ = false;
};

}  // namespace

submit_result session_reference::submit(protocol::outgoing_message message, submit_token token) {
  if (token == submit_token{}) return submit_result::no_token;
  if (turn_) {
    turn_->push_back({token, std::move(message)});
    return submit_result::taken;
  }
  return anchor_->put({token, std::move(message)});
}

std::future<token_found> session_reference::find_token(submit_token token) const {
  const auto question = std::make_shared<token_question>();
  auto result = question->future();
  const auto answer = [question](const std::optional<token_found>& f) { question->answer(f); };
  if (const auto group = anchor_->group()) caf::anon_send(group, ask_token{token, answer});
  else answer(std::nullopt);
  return result;
}

}  // namespace troupe::actors
