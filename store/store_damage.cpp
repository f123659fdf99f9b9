#include "store/store_damage.hpp"

namespace troupe::store {

namespace {

// `fills`: ForceResendWhenCorruptedStore, if it is known.
std::string when_asked_for(const store_damage& d, std::optional<bool> fills) {
  const std::string it = d.first == d.last ? "it" : "one of them";
  const auto stops = "A ResendRequest(2) that reaches " + it + " stops in front of it, and the session needs the operator";
  const auto filled = "answered with a gap fill";
  if (!fills) return stops + "; with ForceResendWhenCorruptedStore=Y it is " + filled + ".";
  return *fills ? "A ResendRequest(2) that reaches " + it + " is " + filled + " (ForceResendWhenCorruptedStore=Y)." : stops + " (ForceResendWhenCorruptedStore=N).";
}

}  // namespace

std::string_view to_text(damage_kind kind) {
  switch (kind) {
    case damage_kind::session_numbers: return "session-numbers";
    case damage_kind::record_damaged: return "record-damaged";
    case damage_kind::record_lost: return "record-lost";
    case damage_kind::record_misplaced: return "record-misplaced";
    case damage_kind::record_twice: return "record-twice";
    case damage_kind::record_ahead: return "record-ahead";
    case damage_kind::submit_damaged: return "submit-damaged";
    case damage_kind::session_behind: return "session-behind";
    case damage_kind::session_name: return "session-name";
    case damage_kind::orphans: return "orphans";
    case damage_kind::structure: return "structure";
    case damage_kind::segment_unreadable: return "segment-unreadable";
    case damage_kind::segment_hole: return "segment-hole";
    case damage_kind::segment_tail: return "segment-tail";
    case damage_kind::segment_header: return "segment-header";
    case damage_kind::segment_elsewhere: return "segment-elsewhere";
    case damage_kind::segment_missing: return "segment-missing";
    case damage_kind::sessions_lost: return "sessions-lost";
    case damage_kind::snapshot: return "snapshot";
    case damage_kind::key: return "key";
    case damage_kind::lease: return "lease";
    case damage_kind::old_snapshot: return "old-snapshot";
    case damage_kind::index: return "index";
  }
  return "unknown";
}

std::string consequence(const store_damage& d, std::optional<bool> fills) {
  switch (d.kind) {
    case damage_kind::session_numbers:
      return "The engine does not start with this store. Agree the numbers with the counterparty, and set them with `troupe repair-store`.";
    case damage_kind::record_damaged:
    case damage_kind::record_lost:
      if (!d.is_of_present) return "Its numbering is over: nobody can ask for it any more.";
      return d.is_administrative ? "Nothing is lost: a ResendRequest(2) for it is answered with a gap fill in any case." : when_asked_for(d, fills);
    case damage_kind::record_misplaced:
      return d.is_of_present ? "A peer that asks for it gets what stands there, or nothing if that is no message." : "Its numbering is over: nobody can ask for it any more.";
    case damage_kind::record_twice: return "Of two that say something of a number the first is believed.";
    case damage_kind::record_ahead:
      return d.is_doubtful ? "Its number is not believed. If a session comes to give it, the commit fails, and the session stalls." : "When the session gives the number, the commit fails, and the session stalls.";
    case damage_kind::submit_damaged: return "It is not sent, and the application is told so at the next logon (event parked-damaged).";
    case damage_kind::session_behind:
      return "They may be lower than what the counterparty has seen: what was sent would be sent again with other messages. Compare them, and set them with `troupe repair-store`, before the session goes on.";
    case damage_kind::session_name: return "An engine takes the session for a new one, and begins it with 1 and 1. `troupe repair-store` says what can be done.";
    case damage_kind::orphans: return "Nobody asks for them.";
    case damage_kind::structure: return "What stands there can be neither read nor written: sessions that need it fail. `troupe repair-store` says what can be had of the file; or restore it from a copy. A database is restored from a copy.";
    case damage_kind::segment_unreadable: return "The engine does not start with this journal. Restore the segment from a copy; if there is none, `troupe repair-store` goes on without it.";
    case damage_kind::segment_header:
      return "The engine does not start with this journal. Nothing is lost with it: `troupe repair-store` writes it again, as its file's name, the other segments and what stands behind it tell.";
    case damage_kind::segment_elsewhere: return "The engine does not start with this journal. Put the file back where it came from, and restore the one whose name it has from a copy; if there is none, `troupe repair-store` goes on without it.";
    case damage_kind::segment_missing:
      return "The engine goes on with the numbers of the segment in front of it, which may be lower than what the counterparties have seen. Restore it from a copy; if there is none, `troupe repair-store` asks for them.";
    case damage_kind::sessions_lost: return "The engine does not start with this journal. `troupe repair-store` writes them anew, as what stands behind tells.";
    case damage_kind::segment_hole: return "What stood there is lost. Messages and numbers that this cost are told with their session.";
    case damage_kind::segment_tail:
      return "The newest commits may be missing, and the next numbers lower than what the counterparties have seen: compare them before the sessions go on.";
    case damage_kind::snapshot: return "The engine takes the numbers from the last segment whose beginning is whole, and from what follows it.";
    case damage_kind::old_snapshot: return "Nobody needs them: the engine takes the numbers from a later segment.";
    case damage_kind::key: return "Two rows may say something of one number, and a question takes as long as the table is large. Make it again, as the owner of the tables.";
    case damage_kind::lease: return "The engine does not start with this store. Restore the database from a copy.";
    case damage_kind::index: return "It is made again from the segment when the engine starts.";
  }
  return {};
}

}  // namespace troupe::store
