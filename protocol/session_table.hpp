// What a session does with a message: one row per case, as data.
//
// A message is classified first (what is it, and where does its MsgSeqNum(34) stand), then the row is looked up. There is
// no default: every cell of state x message x sequence is a row or is forbidden with a reason, and a test proves it.
// docs/state-machine.md is written from this table.
#pragma once

#include "protocol/session_io.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace troupe::protocol {

enum class message_class : std::uint8_t {
  Heartbeat,
  TestRequest,
  ResendRequest,
  Reject,
  GapFill,                // SequenceReset(4) with GapFillFlag(123)=Y
  SequenceReset,          // without: its own MsgSeqNum does not count
  Logout,
  Logon,
  ResetLogon,             // ResetSeqNumFlag(141)=Y and MsgSeqNum 1
  MisnumberedResetLogon,  // ResetSeqNumFlag(141)=Y and another MsgSeqNum
  ReplayedAdmin,          // PossDupFlag(43)=Y on what should have been gap-filled: its time is over
  Application,
  Faulty,                 // a field is wrong: Reject(3), and life goes on
  Offending,              // CompID, SendingTime(52), OrigSendingTime(122) after it: Reject(3), then Logout(5)
  WrongVersion,           // BeginString(8) of another version
  Unnumbered,             // no readable MsgSeqNum(34)
};
inline constexpr std::size_t message_class_count = 16;

// Against the number that we expect. `duplicate` is too low with PossDupFlag(43)=Y.
enum class sequence_class : std::uint8_t { expected, too_high, too_low, duplicate };
inline constexpr std::size_t sequence_class_count = 4;
inline constexpr std::size_t session_state_count = 10;

enum class reaction : std::uint8_t {
  accept_logon,          // acceptor: authenticate, answer, be active
  establish,             // initiator: the answer to our Logon
  logon_denied,          // initiator: Logout or Reject instead of a Logon
  await_logon_reply,     // not the answer: hang up; after a reset in mid-session: of the old numbering, dropped
  restart_numbers,       // both sides at 1: new generation, answer 141=Y
  refuse_reset,          // 141=Y without MsgSeqNum 1: Logout
  refuse_second_logon,   // Logout
  hang_up,               // disconnect without a word
  keep_for_later,        // until the hook has answered
  consume,               // count it, nothing else
  answer_test_request,   // Heartbeat(0) with its TestReqID(112)
  serve_resend,          // replay
  serve_resend_first,    // replay, then ask for our own gap (scenario 20)
  note_reject,           // tell the operator
  fill_gap,              // NewSeqNo(36) is next
  move_expected,         // the same, whatever its own number
  deliver,               // to the application
  hold,                  // keep it, ask for what is missing
  leave_gap,             // ahead of a gap that the next Logon will ask for
  ignore,
  answer_logout,         // Logout(5), the peer hangs up
  finish_logout,         // both Logouts are exchanged: disconnect
  reject,                // Reject(3)
  reject_and_logout,     // Reject(3), Logout(5)
  logout_too_low,        // Logout(5) with the two numbers, disconnect
  logout_wrong_version,  // Logout(5)
  logout_unnumbered,     // Logout(5), disconnect
};

[[nodiscard]] std::string_view to_string(message_class value);
[[nodiscard]] std::string_view to_string(sequence_class value);
[[nodiscard]] std::string_view to_string(reaction value);

// An explicit set of enumerators; there is no "all".
template <class Enum>
struct set_of {
  std::uint32_t bits = 0;
  constexpr set_of(std::initializer_list<Enum> members) {
    for (const Enum m : members) bits |= 1u << static_cast<unsigned>(m);
  }
  [[nodiscard]] constexpr bool has(Enum m) const { return (bits >> static_cast<unsigned>(m)) & 1u; }
};

struct transition {
  set_of<session_state> in;
  set_of<message_class> message;
  set_of<sequence_class> sequence;
  reaction then;
  std::string_view why;  // the rule or scenario behind it
};

struct forbidden_cells {
  set_of<session_state> in;
  set_of<message_class> message;
  set_of<sequence_class> sequence;
  std::string_view why;  // it cannot happen
};

[[nodiscard]] std::span<const transition> transitions();
[[nodiscard]] std::span<const forbidden_cells> forbidden();

// nullptr: forbidden.
[[nodiscard]] const transition* find_transition(session_state in, message_class message, sequence_class sequence);

// docs/state-machine.md.
[[nodiscard]] std::string state_machine_page();

}  // namespace troupe::protocol
