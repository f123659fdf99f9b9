// What can be had of a SQLite file whose own structure is damaged: all rows that fit their checksums, from whatever page, as a new file.
//
// No row is made up or changed. What does not fit is left out, but for its numbers if these fit by themselves, and for the token that it says it had: as a damaged
// message of its number, so that the order does not go out a second time. Nothing in a damaged file proves that a page is not
// one that was written before the newest, or that the newest is there at all; so the numbers of all sessions are only a lower bound, and marked as such
// (sqlite_row::is_lower_bound): the operator says how far they had come.
#pragma once

#include "protocol/types.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace troupe::store {

struct salvaged_session {
  protocol::session_id id;
  std::uint64_t records = 0, parked = 0;
  bool has_row = false;  // its row is whole; otherwise its name was told by its messages, by the index of names, or by whoever asks
};

struct salvaged_store {
  std::vector<salvaged_session> sessions;
  std::uint32_t pages = 0, unreadable = 0;  // of the old file
  std::uint64_t nameless = 0;               // messages whose session nobody names
};

// What SQLite finds wrong with its file, or who it says it belongs to; nullopt: nothing. Throws store_error if it cannot be looked at just now.
[[nodiscard]] std::optional<std::string> structure_damage(const std::string& path);

// Where what is salvaged of it is written: in the same folder, whatever links lead there.
[[nodiscard]] std::string salvaged_of(const std::string& path);

// Reads the file, and writes `into` anew, which is on the disk then. `expected`: names of sessions that should be there; one that is not found becomes a session
// whose numbers are to be asked for. The caller holds the lock of `path`. nullopt: nothing of a store was found, and `into` is not there.
// Throws store_error; `path` is never changed.
[[nodiscard]] std::optional<salvaged_store> salvage_sqlite(const std::string& path, const std::string& into, std::span<const protocol::session_id> expected = {});
void remove_salvaged(const std::string& into);

// The new file takes the old one's place, with its owner and mode. Killed at any moment, what stands at `path` is the one or the other: what the old write-ahead log has is written into
// the old file first, which is the same store without it. The caller holds the lock. Throws store_error.
void take_place(const std::string& path, const std::string& salvaged);

}  // namespace troupe::store
