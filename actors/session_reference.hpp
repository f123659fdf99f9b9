// A user's handle of one session: valid as long as the engine lives, whatever restarts behind it.
//
// Copyable; any thread may use a copy. Submits are bounded: so many may be without outcome, further ones are refused at once.
// The reference that a callback of `application` gets is special while that callback runs: what is submitted through *it*
// inside on_message is committed together with the handled message. Copies of it are ordinary references.
#pragma once

#include "actors/session_anchor.hpp"

#include <future>
#include <memory>
#include <optional>
#include <vector>

namespace troupe::actors {

class session_reference {
 public:
  explicit session_reference(std::shared_ptr<session_anchor> anchor) : anchor_(std::move(anchor)) {}
  session_reference(const session_reference& other) : anchor_(other.anchor_) {}
  session_reference& operator=(const session_reference& other) {
    anchor_ = other.anchor_;
    return *this;
  }
  ~session_reference() = default;

  [[nodiscard]] const session_id& id() const { return anchor_->id; }

  // `token` is yours, not 0, and unique in this session for ever: with it you can ask after a restart what became of it.
  [[nodiscard]] submit_result submit(protocol::outgoing_message message, submit_token token);
  // What became of a token, after a restart for instance: the MsgSeqNum(34) that it was given in the present numbering or in the one before, or that it
  // waits for a logon; neither if nobody knows it. Do not wait for it on a reactor's thread, that is, in a callback. std::runtime_error: it could not be asked.
  [[nodiscard]] std::future<token_found> find_token(submit_token token) const;
  // For the line of `status`; 0 when nothing is under way.
  [[nodiscard]] std::size_t in_flight() const { return anchor_->in_flight.load(); }

 private:
  friend class application_turn;
  std::shared_ptr<session_anchor> anchor_;
  std::vector<actors::submit>* turn_ = nullptr;  // where submits of the running on_message gather
};

// While it lives, submits through that reference gather in `into`.
class application_turn {
 public:
  application_turn(session_reference& reference, std::vector<submit>& into) : reference_(reference) { reference_.turn_ = &into; }
  ~application_turn() { reference_.turn_ = nullptr; }
  application_turn(const application_turn&) = delete;
  application_turn& operator=(const application_turn&) = delete;

 private:
  session_reference& reference_;
};

}  // namespace troupe::actors
