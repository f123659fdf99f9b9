// Everything that goes into and comes out of the session state machine: facts in, requests out.
//
// Events are handed to `session::on` together with the moment they happen; actions are taken with `session::take`
// and carried out by the caller in the order given. Neither side waits for the other.
#pragma once

#include "protocol/commit.hpp"
#include "protocol/field_fault.hpp"
#include "protocol/message_view.hpp"
#include "protocol/outgoing_message.hpp"
#include "protocol/shared_list.hpp"
#include "protocol/types.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace troupe::protocol {

enum class session_state : std::uint8_t {
  Disconnected,
  Connecting,               // the group is bringing up a link (initiator)
  AwaitingLogon,            // acceptor, link up
  AwaitingAuthentication,   // acceptor, Logon seen, authenticate hook asked
  PreparingLogon,           // initiator, link up, prepare_logon hook asked
  LogonSent,                // initiator
  Active,
  Recovering,               // Active with a gap: a ResendRequest of ours is open
  LoggingOut,               // our Logout is out
  StoreStalled,             // a commit failed: assigns no number, sends nothing, reads nothing
};
[[nodiscard]] std::string_view to_string(session_state state);

// ---------------------------------------------------------------- events

namespace event {

// The group starts to connect (initiator). Only a change of state.
struct connecting {};

// A connection is ours, with this epoch (greater than every earlier one).
struct link_up {
  connection_epoch epoch{};
};

// The connection is gone, for whatever reason. Everything queued for it died with it.
struct link_down {
  connection_epoch epoch{};
  std::string reason;
};

// One whole, well-framed and parsed message. `owner` keeps the bytes alive; whoever holds it may keep views. Both are lent for the call.
struct frame {
  const message_view& message;
  const std::shared_ptr<const void>& owner;
};

// Bytes that were no message. Consumes no number, does not count as traffic.
struct garbled {
  std::string_view why;
  std::string_view bytes{};  // as far as they are at hand
};

// `next_deadline` has come (or not: early calls are harmless).
struct deadline {};

// The application wants to send. Answered by accepted or refused, sooner or later, exactly once; by parked before that if it has to
// wait for a logon.
struct submit {
  submit_token token{};
  outgoing_message message;
};

// The application has handled all messages up to and including this number; what it submitted meanwhile belongs to it
// and is committed in the same transaction. Of an older incarnation: the adapter repeats it, and what is committed
// already (up_to < next_target) is answered from the stored tokens by the caller and not repeated here.
struct handled {
  numbering_generation generation{};
  seq_num up_to{};
  shared_list<submit> submits;
};

// The application was replaced: what it was given and has not handled is delivered again, marked.
struct application_restarted {};

// The application has done what action::cancel_orders asked for.
struct orders_cancelled {};

// The application does not know what to do with this message: BusinessMessageReject(j), BusinessRejectReason(380)=3. Comes
// before the `handled` that covers the number, and in the same turn.
struct unsupported {
  seq_num number{};
  std::string failure{};  // not empty: it would know, but failed on it, and why; for the log. Then 380=4
};

// The operator, the schedule or the application wants the session down.
struct logout_requested {
  std::string text;  // Text(58); empty: none
};

// The operator wants both numbers at 1 (141=Y if logged on).
struct reset_requested {};

// The operator wants parked submits to be given up, all with this token or all there are. Answered by action::parked_dropped with the
// same `question`.
struct drop_parked {
  std::optional<submit_token> token;
  std::uint64_t question = 0;
};

// The session's schedule: numbers are of the period that began at this moment. If they were begun before, both start at 1; the peer
// does the same by its own clock, so nothing is said about it. For a session that is down.
struct period_began {
  utc_time begin{};
};

// Answer to action::fetch_replay; `question` is that action's.
struct replay_page {
  protocol::replay_page page;
  std::uint64_t question = 0;
};

// The store has made every commit up to this id durable.
struct committed {
  commit_id up_to{};
};

// The store could not, and has refused everything from this id on until this id comes again, byte for byte.
struct commit_failed {
  commit_id from{};
  std::string reason;
};

// Bytes handed to the connection and not yet taken by the kernel, after a write.
struct wrote {
  connection_epoch epoch{};
  std::uint64_t unwritten = 0;
};

// Answers of hooks.
struct authenticated {
  connection_epoch epoch{};
  bool is_accepted = false;
  std::string text;  // for the log; the peer is told nothing
};
struct logon_prepared {
  connection_epoch epoch{};
  std::string fields;  // further Logon body fields (553, 554, 95, 96 …), each ended by SOH
};
// To action::ask_may_resend; `question` is that action's.
struct resend_decided {
  numbering_generation generation{};
  std::vector<seq_num> withheld;  // application messages of the page that must not be sent again
  std::uint64_t question = 0;
};

}  // namespace event

// ---------------------------------------------------------------- actions

// Why the session went down, or why it must not come up again by itself.
enum class end_reason : std::uint8_t {
  link_lost,
  peer_logout,
  our_logout,
  logon_timeout,
  logon_refused,        // bad Logon, wrong identity, authentication failed
  protocol_violation,   // MsgSeqNum too low, CompID, BeginString …
  heartbeat_timeout,
  peer_does_not_read,
  store_stalled_too_long,
};
[[nodiscard]] std::string_view to_string(end_reason reason);

// A message for the application. `frame` is valid as long as `owner` is held.
struct inbound_message {
  seq_num number{};
  std::string_view frame;
  bool is_possible_duplicate = false;  // PossDupFlag(43)=Y, or delivered before and not known to be handled
  std::shared_ptr<const void> owner;
  std::uint32_t field_count = 0;  // of its index in the batch it came with; 0: to be parsed by whoever wants to read it
  std::shared_ptr<const objection> invalid{};  // what is wrong with it; empty: nothing
};

namespace action {

// Commit, then transmit and/or close, as the batch says. Also used for batches that store nothing (id 0).
struct commit {
  commit_ptr batch;
};

// To the application, in order; to be answered by event::handled for the last number.
struct deliver {
  numbering_generation generation{};
  std::vector<inbound_message> messages;
  std::vector<field_ref> fields;  // indexes of the messages that have one, one behind the other
};

// One page of stored messages, at most so many records and bytes; answered by event::replay_page.
struct fetch_replay {
  numbering_generation generation{};
  seq_num begin{};
  seq_num end{};
  std::size_t max_records = 0;
  std::size_t max_bytes = 0;
  std::uint64_t question = 0;  // a page read for an earlier one may not hold what was stored since
};

struct ask_authenticate {
  connection_epoch epoch{};
  std::string logon;  // the peer's Logon, a copy
};
struct ask_prepare_logon {
  connection_epoch epoch{};
};
struct ask_may_resend {
  numbering_generation generation{};
  std::vector<stored_record> candidates;  // application messages of one page
  std::uint64_t question = 0;             // what is said about an earlier page may not hold back what is stale in this one
};

// Cut the connection now; what is unwritten is lost. The only action that does not go through the store.
struct abort {
  connection_epoch epoch{};
  end_reason why{};
};

struct pause_read {};
struct resume_read {};

// What became of a submit.
struct accepted {
  submit_token token{};
  seq_num number{};
  bool was_parked = false;  // perhaps: it came with others that were
};
// It is durable and waits for a logon, without a number: accepted or refused follows.
struct parked {
  submit_token token{};
};
enum class refusal : std::uint8_t {
  not_logged_on,
  store_stalled,
  too_much_in_flight,
  logging_out,
  malformed,  // no MsgType, an administrative MsgType other than Reject(3), or fields the session stamps itself
  numbers_reset,  // came with `handled` for messages of an older numbering
  too_many_parked,  // no room among those that wait for a logon
  expired,          // waited for the logon for too long
  damaged,          // what the store kept of it does not fit its checksum
  dropped,          // waited for the logon, and the operator took it off the list
  nobody_to_park_it,  // the session has failed too often and waits for the operator's logon: nobody can write it to the store
};
struct refused {
  submit_token token{};
  refusal reason{};
};

// What became of event::drop_parked: durable, and each of them was refused before this.
struct parked_dropped {
  std::uint64_t question = 0;
  std::size_t count = 0;
  bool is_stalled = false;  // nothing was done: the store takes nothing just now
};

struct state_changed {
  session_state from{};
  session_state to{};
};
struct logged_on {};
struct ended {
  end_reason why{};
  std::string text;  // what an operator should read
};
// Something an operator may want to know, with a stable code, e.g. "gap-open", "msg-garbled", "reject-sent".
struct note {
  std::string_view code;
  std::string text;
};
// The session has been down for as long as its orders may outlive it: once for each time that it was up. Owed, also over restarts, until
// event::orders_cancelled answers it.
struct cancel_orders {
  end_reason why{};
  std::string text;
};
// The session cannot go on by itself, and says why.
struct needs_operator {
  std::string text;
};

}  // namespace action

using any_action =
    std::variant<action::commit, action::deliver, action::fetch_replay, action::ask_authenticate, action::ask_prepare_logon,
                 action::ask_may_resend, action::abort, action::pause_read, action::resume_read, action::accepted, action::refused,
                 action::state_changed, action::logged_on, action::ended, action::note, action::needs_operator,
                 action::parked, action::cancel_orders, action::parked_dropped>;

}  // namespace troupe::protocol
