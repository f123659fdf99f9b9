// What can be wrong with a store, as a value: who finds it, who tells it and who repairs it are three.
#pragma once

#include "protocol/types.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::store {

enum class damage_kind : std::uint8_t {
  // -- of a session
  session_numbers,   // its row does not fit its checksum
  record_damaged,    // does not fit its checksum
  record_lost,       // a number that was given, and has no record
  record_misplaced,  // fits its checksum, and holds a message of another number or session, or none
  record_twice,      // of a number that the record in front of it covers, too
  record_ahead,      // of a number that is yet to be given
  submit_damaged,    // one that waits for a logon does not fit its checksum
  session_behind,    // its numbers may be lower than what was given: something behind the last that says them is damaged
  session_name,      // nothing names it that its engine reads, so that this begins it anew; with a session: what else there is tells the name
  // -- of what carries all of them
  orphans,    // records of a session that is not there
  structure,  // SQLite cannot read its own file
  segment_unreadable,
  segment_hole,       // bytes that are no entry; what stands behind them is whole
  segment_tail,       // bytes that are no entry, and nothing behind them
  segment_header,     // damaged; entries of this journal stand behind it
  segment_elsewhere,  // it belongs to another journal, or to another place in this one
  segment_missing,    // the last one, as an index tells
  sessions_lost,      // the sessions at the beginning of every segment are damaged
  snapshot,           // the sessions at the beginning of a segment are damaged, or not what the entries in front of it say
  old_snapshot,       // they are damaged, and those of a later segment are whole
  key,                // of a database: a key or an index of a table is missing
  lease,              // of a database: it has not one owner
  index,              // of a segment: missing, damaged or not what the segment holds
};

// For JSON and tests: "record-lost".
[[nodiscard]] std::string_view to_text(damage_kind kind);

// By themselves these cost nothing: what may have stood there would be lost, and that is found on its own.
[[nodiscard]] constexpr bool is_harmless(damage_kind kind) { return kind == damage_kind::index || kind == damage_kind::segment_hole || kind == damage_kind::old_snapshot; }

struct store_damage {
  damage_kind kind{};
  std::string where;  // file, and place in it
  std::string what;   // a sentence without its end: "messages 41 to 43 are lost"
  // Of a session's, and as far as it is known.
  std::optional<protocol::session_id> session{};
  protocol::numbering_generation generation{};
  bool is_of_present = false;             // the present numbering
  protocol::seq_num first{}, last{};      // numbers
  bool is_administrative = false;         // of a damaged record
  bool is_doubtful = false;               // of a record that is ahead: it does not fit its checksum, so that its number may be what is damaged
  // Of a file's.
  std::string file{};
  std::uint64_t begin = 0;                // of what is damaged in it
};

// What will happen, or has to be done. `fills`: ForceResendWhenCorruptedStore of its session, if it is known.
[[nodiscard]] std::string consequence(const store_damage& d, std::optional<bool> fills);

}  // namespace troupe::store
