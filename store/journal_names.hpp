// Whose the entries of a journal are. An entry names a slot; which session has it is said once, and in each snapshot. Where all of these are
// damaged, the messages tell it: a record's checksum covers its session's name.
#pragma once

#include "protocol/types.hpp"
#include "store/journal_header.hpp"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace troupe::store::journal {

// Entries of a session that nothing names.
struct nameless_slot {
  std::uint64_t generation = 0;       // the last of which there are messages
  std::uint64_t first = 0, last = 0;  // numbers of these; 0: none
  std::string place{};                // of the first entry, for an operator
};

struct told_names {
  std::map<std::uint32_t, protocol::session_id> by_slot;
  std::map<std::uint32_t, nameless_slot> nameless;
  std::uint32_t slots = 0;  // that were given, as far as it is known
};

// Of all segments that can be read. `candidates`: names that sessions may have; one is believed if a checksum says so. Throws file_failure.
[[nodiscard]] told_names find_names(const std::string& folder, const told_journal& journal, std::span<const protocol::session_id> candidates);

}  // namespace troupe::store::journal
