#include "protocol/session_table.hpp"

namespace troupe::protocol {
namespace {

using S = session_state;
using M = message_class;
using Q = sequence_class;
using R = reaction;

// Sets with a name are still lists: a new enumerator belongs to none of them, and the completeness test asks for it.
constexpr set_of<S> up{S::Active, S::Recovering};
constexpr set_of<S> serving{S::Active, S::Recovering, S::LoggingOut};
constexpr set_of<S> without_link{S::Disconnected, S::Connecting};
constexpr set_of<S> linked{S::AwaitingLogon, S::AwaitingAuthentication, S::PreparingLogon, S::LogonSent,
                           S::Active,        S::Recovering,             S::LoggingOut};

constexpr set_of<Q> any_number{Q::expected, Q::too_high, Q::too_low, Q::duplicate};
constexpr set_of<Q> not_high{Q::expected, Q::too_low, Q::duplicate};
constexpr set_of<Q> fresh{Q::expected, Q::too_high, Q::too_low};
constexpr set_of<Q> not_expected{Q::too_high, Q::too_low, Q::duplicate};

constexpr set_of<Q> from_expected{Q::expected, Q::too_high};
constexpr set_of<Q> below{Q::too_low, Q::duplicate};

constexpr set_of<M> numbered{M::Heartbeat, M::TestRequest, M::ResendRequest, M::Reject, M::GapFill,   M::SequenceReset,
                             M::Logout,    M::Logon,       M::Application,   M::Faulty, M::Offending, M::WrongVersion};
constexpr set_of<M> every_message{M::Heartbeat,     M::TestRequest, M::ResendRequest, M::Reject,
                                  M::GapFill,       M::SequenceReset, M::Logout,      M::Logon,
                                  M::ResetLogon,    M::MisnumberedResetLogon, M::ReplayedAdmin, M::Application,
                                  M::Faulty,        M::Offending,   M::WrongVersion,  M::Unnumbered};
constexpr set_of<M> not_a_logon{M::Heartbeat, M::TestRequest, M::ResendRequest, M::Reject,    M::GapFill,     M::SequenceReset,
                                M::Logout,    M::Application, M::Faulty,        M::Offending, M::WrongVersion};
constexpr set_of<M> not_an_answer{M::Heartbeat,     M::TestRequest, M::ResendRequest, M::GapFill,     M::SequenceReset,
                                  M::Application,   M::Faulty,      M::Offending,     M::WrongVersion};

constexpr std::array table{
    // -- acceptor, before the session is up
    transition{{S::AwaitingLogon}, {M::Logon}, {Q::expected, Q::too_high}, R::accept_logon, "1S: Logon first, ResendRequest(2) after it if 34 was too high"},
    transition{{S::AwaitingLogon}, {M::Logon}, {Q::too_low}, R::accept_logon, "authenticated before it is told about its number"},
    transition{{S::AwaitingLogon}, {M::Logon}, {Q::duplicate}, R::hang_up, "a Logon(A) that opens a connection is never a duplicate"},
    transition{{S::AwaitingLogon}, {M::ResetLogon}, {Q::expected}, R::accept_logon, "141=Y: number 1 on both sides"},
    transition{{S::AwaitingLogon}, {M::MisnumberedResetLogon}, {Q::too_high}, R::hang_up, "141=Y needs 34=1"},
    transition{{S::AwaitingLogon}, not_a_logon, any_number, R::hang_up, "1S: the first message must be a valid Logon(A); an answer would consume a number"},
    transition{{S::AwaitingLogon}, {M::ReplayedAdmin}, from_expected, R::hang_up, "a Logon(A) that opens a connection is never a replayed one"},
    transition{{S::AwaitingLogon}, {M::Unnumbered}, {Q::expected}, R::hang_up, "1S: the first message must be a valid Logon(A)"},

    transition{{S::AwaitingAuthentication}, numbered, any_number, R::keep_for_later, "numbers are judged once the Logon(A) is accepted"},
    transition{{S::AwaitingAuthentication}, {M::ReplayedAdmin}, from_expected, R::keep_for_later, "judged once the Logon(A) is accepted"},
    transition{{S::AwaitingAuthentication}, {M::ResetLogon}, {Q::expected}, R::keep_for_later, "judged once the first Logon(A) is accepted"},
    transition{{S::AwaitingAuthentication}, {M::MisnumberedResetLogon}, {Q::too_high}, R::keep_for_later, "judged once the first Logon(A) is accepted"},
    transition{{S::AwaitingAuthentication}, {M::Unnumbered}, {Q::expected}, R::keep_for_later, "judged once the Logon(A) is accepted"},

    // -- initiator, before the session is up
    transition{{S::PreparingLogon}, numbered, any_number, R::hang_up, "an acceptor waits for our Logon(A)"},
    transition{{S::PreparingLogon}, {M::ReplayedAdmin}, from_expected, R::hang_up, "an acceptor waits for our Logon(A)"},
    transition{{S::PreparingLogon}, {M::ResetLogon}, {Q::expected}, R::hang_up, "an acceptor waits for our Logon(A)"},
    transition{{S::PreparingLogon}, {M::MisnumberedResetLogon}, {Q::too_high}, R::hang_up, "an acceptor waits for our Logon(A)"},
    transition{{S::PreparingLogon}, {M::Unnumbered}, {Q::expected}, R::hang_up, "an acceptor waits for our Logon(A)"},

    transition{{S::LogonSent}, {M::Logon}, {Q::expected, Q::too_high}, R::establish, "1B: up, then ResendRequest(2) if 34 was too high"},
    transition{{S::LogonSent}, {M::Logon}, {Q::too_low}, R::logout_too_low, "1B: the peer has lost numbers that we have seen"},
    transition{{S::LogonSent}, {M::Logon}, {Q::duplicate}, R::await_logon_reply, "an answer is never a duplicate"},
    transition{{S::LogonSent}, {M::ResetLogon}, {Q::expected}, R::establish, "our reset is confirmed, or the peer begins one"},
    transition{{S::LogonSent}, {M::MisnumberedResetLogon}, {Q::too_high}, R::refuse_reset, "141=Y needs 34=1"},
    transition{{S::LogonSent}, {M::Logout, M::Reject}, fresh, R::logon_denied, "1B: an invalid Logon(A) may be answered so"},
    transition{{S::LogonSent}, {M::Logout, M::Reject}, {Q::duplicate}, R::await_logon_reply, "of an earlier connection"},
    transition{{S::LogonSent}, not_an_answer, any_number, R::await_logon_reply, "1B: the first message must be a Logon(A)"},
    transition{{S::LogonSent}, {M::ReplayedAdmin}, from_expected, R::await_logon_reply, "an answer is never a replayed message"},
    transition{{S::LogonSent}, {M::Unnumbered}, {Q::expected}, R::await_logon_reply, "1B: the first message must be a Logon(A)"},

    // -- up
    transition{up, {M::Heartbeat}, {Q::expected}, R::consume, "any traffic shows that the peer lives"},
    transition{up, {M::TestRequest}, {Q::expected}, R::answer_test_request, "4b"},
    transition{up, {M::ResendRequest}, {Q::expected}, R::serve_resend, "8"},
    transition{up, {M::Reject}, {Q::expected}, R::note_reject, "7"},
    transition{up, {M::GapFill}, {Q::expected}, R::fill_gap, "10"},
    transition{up, {M::ReplayedAdmin}, {Q::expected}, R::consume, "an administrative message of the past; the peer should have gap-filled it"},
    transition{up, {M::Application}, {Q::expected}, R::deliver, "2a"},
    transition{up, {M::Faulty}, {Q::expected}, R::reject, "14: a rejected message consumes its number"},

    transition{up, {M::Heartbeat, M::TestRequest, M::Reject, M::GapFill, M::ReplayedAdmin, M::Application, M::Faulty}, {Q::too_high}, R::hold, "2b: judged in its turn, after the fill"},
    transition{up, {M::ResendRequest}, {Q::too_high}, R::serve_resend_first, "20: serve theirs first, then ask for ours"},
    transition{up, {M::Heartbeat, M::TestRequest, M::Reject, M::GapFill, M::Application, M::Faulty}, {Q::too_low}, R::logout_too_low, "2c"},
    transition{up, {M::ResendRequest}, {Q::too_low}, R::serve_resend, "8: a peer that lost messages may have lost count as well; answering costs no number"},
    transition{up, {M::Heartbeat, M::TestRequest, M::ResendRequest, M::Reject, M::GapFill, M::Application}, {Q::duplicate}, R::ignore, "2e: seen"},
    transition{up, {M::Faulty}, {Q::duplicate}, R::reject, "2g: told about, though it consumes nothing"},

    transition{serving, {M::SequenceReset}, any_number, R::move_expected, "11: its own MsgSeqNum does not count"},
    transition{up, {M::Logout}, fresh, R::answer_logout, "13b: its own number is not held against it"},
    transition{up, {M::Logout}, {Q::duplicate}, R::ignore, "a Logout(5) of an earlier connection"},
    transition{up, {M::Logon}, fresh, R::refuse_second_logon, "a session that is up cannot log on"},
    transition{up, {M::Logon}, {Q::duplicate}, R::ignore, "2e: seen"},
    transition{up, {M::ResetLogon}, {Q::expected}, R::restart_numbers, "141=Y in mid-session"},
    transition{up, {M::MisnumberedResetLogon}, {Q::too_high}, R::refuse_reset, "141=Y needs 34=1"},
    transition{up, {M::Offending}, any_number, R::reject_and_logout, "2f, 2k, 2o"},
    transition{up, {M::WrongVersion}, any_number, R::logout_wrong_version, "2i"},
    transition{up, {M::Unnumbered}, {Q::expected}, R::logout_unnumbered, "without MsgSeqNum(34) nothing can be said about what follows"},

    // -- our Logout is out
    transition{{S::LoggingOut}, {M::Logout}, fresh, R::finish_logout, "13a: the answer, whatever its number"},
    transition{{S::LoggingOut}, {M::Logout}, {Q::duplicate}, R::ignore, "a Logout(5) of an earlier connection"},
    transition{{S::LoggingOut}, {M::Heartbeat, M::TestRequest, M::Reject, M::ReplayedAdmin}, {Q::expected}, R::consume, "sent before the peer saw our Logout(5)"},
    transition{{S::LoggingOut}, {M::ResendRequest}, fresh, R::serve_resend, "13a: keep serving"},
    transition{{S::LoggingOut}, {M::GapFill}, {Q::expected}, R::fill_gap, "a fill that was under way"},
    transition{{S::LoggingOut}, {M::Application}, {Q::expected}, R::deliver, "sent before the peer saw our Logout(5)"},
    transition{{S::LoggingOut}, {M::Faulty}, {Q::expected}, R::reject, "14"},
    transition{{S::LoggingOut}, {M::Heartbeat, M::TestRequest, M::Reject, M::GapFill, M::ReplayedAdmin, M::Application, M::Faulty}, {Q::too_high}, R::leave_gap, "the next Logon(A) shows the gap again"},
    transition{{S::LoggingOut}, {M::Heartbeat, M::TestRequest, M::Reject, M::GapFill, M::Application, M::Faulty}, below, R::ignore, "we are leaving already"},
    transition{{S::LoggingOut}, {M::ResendRequest}, {Q::duplicate}, R::ignore, "seen"},
    transition{{S::LoggingOut}, {M::Logon}, any_number, R::ignore, "we are leaving already"},
    transition{{S::LoggingOut}, {M::ResetLogon}, {Q::expected}, R::ignore, "we are leaving already; the next Logon(A) settles the numbers"},
    transition{{S::LoggingOut}, {M::MisnumberedResetLogon}, {Q::too_high}, R::ignore, "we are leaving already"},
    transition{{S::LoggingOut}, {M::Offending, M::WrongVersion}, any_number, R::ignore, "one complaint is enough"},
    transition{{S::LoggingOut}, {M::Unnumbered}, {Q::expected}, R::ignore, "we are leaving already"},
};

constexpr std::array impossible{
    forbidden_cells{without_link, every_message, any_number, "no link: a frame of a connection that is gone is dropped before it is classified"},
    forbidden_cells{{S::StoreStalled}, every_message, any_number, "reading is paused; what was read already is classified after the store is back"},
    forbidden_cells{linked, {M::ResetLogon}, not_expected, "number 1 of a new numbering is what a reset expects"},
    forbidden_cells{linked, {M::MisnumberedResetLogon}, not_high, "the new numbering starts at 1, so any other number is too high"},
    forbidden_cells{linked, {M::Unnumbered}, not_expected, "without a number it has no place in the sequence; `expected` stands for that"},
    forbidden_cells{linked, {M::ReplayedAdmin}, below, "below the expected number it is a plain duplicate of its own class"},
};

// The row of each cell; nullptr if it is forbidden. Built once, at compile time.
constexpr std::size_t cell(S s, M m, Q q) {
  return (static_cast<std::size_t>(s) * message_class_count + static_cast<std::size_t>(m)) * sequence_class_count + static_cast<std::size_t>(q);
}

constexpr auto index = [] {
  std::array<const transition*, session_state_count * message_class_count * sequence_class_count> cells{};
  for (std::size_t s = 0; s < session_state_count; ++s)
    for (std::size_t m = 0; m < message_class_count; ++m)
      for (std::size_t q = 0; q < sequence_class_count; ++q)
        for (std::size_t row = 0; row < table.size(); ++row)
          if (table[row].in.has(S(s)) && table[row].message.has(M(m)) && table[row].sequence.has(Q(q)))
            cells[cell(S(s), M(m), Q(q))] = &table[row];
  return cells;
}();

}  // namespace

std::span<const transition> transitions() { return table; }
std::span<const forbidden_cells> forbidden() { return impossible; }

const transition* find_transition(session_state in, message_class message, sequence_class sequence) {
  return index[cell(in, message, sequence)];
}

}  // namespace troupe::protocol
