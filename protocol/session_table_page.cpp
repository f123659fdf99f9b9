// Names of what stands in the table, and the table as a page for readers.
#include "protocol/session_table.hpp"

namespace troupe::protocol {

std::string_view to_string(message_class value) {
  switch (value) {
    case message_class::Heartbeat: return "Heartbeat";
    case message_class::TestRequest: return "TestRequest";
    case message_class::ResendRequest: return "ResendRequest";
    case message_class::Reject: return "Reject";
    case message_class::GapFill: return "GapFill";
    case message_class::SequenceReset: return "SequenceReset";
    case message_class::Logout: return "Logout";
    case message_class::Logon: return "Logon";
    case message_class::ResetLogon: return "ResetLogon";
    case message_class::MisnumberedResetLogon: return "MisnumberedResetLogon";
    case message_class::ReplayedAdmin: return "ReplayedAdmin";
    case message_class::Application: return "Application";
    case message_class::Faulty: return "Faulty";
    case message_class::Offending: return "Offending";
    case message_class::WrongVersion: return "WrongVersion";
    case message_class::Unnumbered: return "Unnumbered";
  }
  return "?";
}

std::string_view to_string(sequence_class value) {
  switch (value) {
    case sequence_class::expected: return "expected";
    case sequence_class::too_high: return "too high";
    case sequence_class::too_low: return "too low";
    case sequence_class::duplicate: return "duplicate";
  }
  return "?";
}

std::string_view to_string(reaction value) {
  switch (value) {
    case reaction::accept_logon: return "accept logon";
    case reaction::establish: return "establish";
    case reaction::logon_denied: return "logon denied";
    case reaction::await_logon_reply: return "await logon reply";
    case reaction::restart_numbers: return "restart numbers";
    case reaction::refuse_reset: return "refuse reset";
    case reaction::refuse_second_logon: return "refuse second logon";
    case reaction::hang_up: return "hang up";
    case reaction::keep_for_later: return "keep for later";
    case reaction::consume: return "consume";
    case reaction::answer_test_request: return "answer test request";
    case reaction::serve_resend: return "serve resend";
    case reaction::serve_resend_first: return "serve resend first";
    case reaction::note_reject: return "note reject";
    case reaction::fill_gap: return "fill gap";
    case reaction::move_expected: return "move expected";
    case reaction::deliver: return "deliver";
    case reaction::hold: return "hold";
    case reaction::leave_gap: return "leave gap";
    case reaction::ignore: return "ignore";
    case reaction::answer_logout: return "answer logout";
    case reaction::finish_logout: return "finish logout";
    case reaction::reject: return "reject";
    case reaction::reject_and_logout: return "reject and logout";
    case reaction::logout_too_low: return "logout, too low";
    case reaction::logout_wrong_version: return "logout, wrong version";
    case reaction::logout_unnumbered: return "logout, unnumbered";
  }
  return "?";
}

namespace {

template <class Enum>
void list(std::string& page, set_of<Enum> set, std::size_t count) {
  bool is_first = true;
  for (std::size_t i = 0; i < count; ++i) {
    const auto value = static_cast<Enum>(i);
    if (!set.has(value)) continue;
    if (!is_first) page += ", ";
    page += to_string(value);
    is_first = false;
  }
}

void matrix(std::string& page, session_state in) {
  page += "\n## ";
  page += to_string(in);
  page += "\n\n| message | expected | too high | too low | duplicate |\n|---|---|---|---|---|\n";
  for (std::size_t m = 0; m < message_class_count; ++m) {
    page += "| ";
    page += to_string(static_cast<message_class>(m));
    for (std::size_t q = 0; q < sequence_class_count; ++q) {
      const auto* row = find_transition(in, static_cast<message_class>(m), static_cast<sequence_class>(q));
      page += " | ";
      page += row ? to_string(row->then) : "–";
    }
    page += " |\n";
  }
}

void rows(std::string& page) {
  page += "\n## Why\n\n| in | message | number | then | why |\n|---|---|---|---|---|\n";
  for (const auto& t : transitions()) {
    page += "| ";
    list(page, t.in, session_state_count);
    page += " | ";
    list(page, t.message, message_class_count);
    page += " | ";
    list(page, t.sequence, sequence_class_count);
    page += " | ";
    page += to_string(t.then);
    page += " | ";
    page += t.why;
    page += " |\n";
  }
}

void never(std::string& page) {
  page += "\n## What cannot happen\n\n| in | message | number | why |\n|---|---|---|---|\n";
  for (const auto& f : forbidden()) {
    page += "| ";
    list(page, f.in, session_state_count);
    page += " | ";
    list(page, f.message, message_class_count);
    page += " | ";
    list(page, f.sequence, sequence_class_count);
    page += " | ";
    page += f.why;
    page += " |\n";
  }
}

}  // namespace

std::string state_machine_page() {
  std::string page =
      "# The session state machine\n\n"
      "Written from the table in `protocol/session_table.cpp`; a test fails when this page and the table differ.\n\n"
      "A message is classified first: what it is, and where its MsgSeqNum(34) stands against the number that we expect.\n"
      "*Faulty* has a wrong field and is answered with a Reject(3), *Offending* (CompID, SendingTime(52), OrigSendingTime(122)) with\n"
      "Reject(3) and Logout(5). *ReplayedAdmin* has PossDupFlag(43)=Y although it should have been gap-filled. *Duplicate* is too low\n"
      "with PossDupFlag(43)=Y. A dash is a cell that cannot happen; the reasons stand at the end. Garbled bytes are no message and\n"
      "change nothing. Recovery, replay, liveness and the health of the store are machines of their own.\n";
  for (std::size_t s = 0; s < session_state_count; ++s) {
    const auto in = static_cast<session_state>(s);
    if (find_transition(in, message_class::Application, sequence_class::expected)) matrix(page, in);
  }
  rows(page);
  never(page);
  return page;
}

}  // namespace troupe::protocol
