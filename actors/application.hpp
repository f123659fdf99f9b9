// What a user writes: a class with virtual functions, called by the engine for one session.
//
// All calls for one object come from one thread at a time, the reactor of its session, so an object needs no lock; it must not
// block. There is one object for each session, made by a factory. If a callback throws, the object is destroyed and the factory
// makes a new one; the message that was being handled, and everything after it, is delivered again, marked as possible
// duplicate. After too many failures the session is stopped and waits for an operator. With adapter_limits::rejects_what_throws
// (RejectMessageOnUnhandledException=Y) an on_message that throws costs its message instead: what it has submitted is void, the peer gets a
// reject, and the object lives on.
#pragma once

#include "actors/session_reference.hpp"
#include "protocol/message_view.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace troupe::actors {

struct message_info {
  seq_num number{};
  // PossDupFlag(43)=Y, or it was delivered before and is not known to have been handled. Look whether you have seen it.
  bool is_possible_duplicate = false;
  // What is wrong with it, with DeliverInvalidMessages=Y: it was not rejected, and it is yours to answer. nullptr: nothing. Valid during the call.
  const protocol::objection* invalid = nullptr;
};

enum class handling : std::uint8_t {
  handled,
  unsupported,  // the peer is told: BusinessMessageReject(j), BusinessRejectReason(380)=3
};

struct admission {
  bool is_accepted = true;
  std::string text;  // for the log; the peer is told nothing
};

class application {
 public:
  virtual ~application() = default;

  // Each on_logon is followed by an on_logout before the next one, also when the session itself fails; not if this object failed.
  virtual void on_logon(session_reference& /*session*/) {}
  // One application message, in the order of the peer. Returning means handled: it is not delivered again once that is durable.
  // What is submitted through `session` meanwhile is made durable together with it: both happened or neither. The view is
  // valid during the call.
  virtual handling on_message(session_reference& session, const protocol::message_view& message, const message_info& info) = 0;
  virtual void on_logout(session_reference& /*session*/, protocol::end_reason /*why*/, std::string_view /*text*/) {}
  // The orders of this session should not outlive its connection (CancelOnDisconnect): it ended, or the engine did, and the peer has not
  // logged on again in time. Told at least once for each time, again to an object that replaces one that threw. The session is down.
  virtual void cancel_orders(session_reference& /*session*/, protocol::end_reason /*why*/, std::string_view /*text*/) {}
  // What became of a submit: accepted (durable, and on its way) under a number, or refused; or parked (durable, and waiting for a logon), with
  // another outcome to follow (SubmitsWhileDown=park).
  // Told at least once: again, with the same words, when an actor of the session died between telling and noting it.
  virtual void on_outcome(session_reference& /*session*/, const submit_outcome& /*outcome*/) {}

  // Asked only if the session's settings say so (session_config::has_…_hook).
  virtual admission authenticate(session_reference& /*session*/, const protocol::message_view& /*logon*/) { return {}; }
  // Further fields for our Logon, each ended by SOH.
  virtual std::string prepare_logon(session_reference& /*session*/) { return {}; }
  // False: a message that the peer asks for again is not to be sent any more; its number is gap-filled.
  virtual bool may_resend(session_reference& /*session*/, const protocol::message_view& /*message*/) { return true; }
};

using application_factory = std::function<std::unique_ptr<application>(const session_id&)>;

}  // namespace troupe::actors
