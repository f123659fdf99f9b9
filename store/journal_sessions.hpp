// The sessions of a journal as its entries tell them, one entry after the other.
#pragma once

#include "protocol/commit.hpp"
#include "store/journal_entry.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <span>
#include <vector>

namespace troupe::store::journal {

struct session_state {
  protocol::session_id id;
  std::uint32_t slot = 0;
  std::uint32_t name_check = 0;
  protocol::session_snapshot state;  // without what is parked
  protocol::commit_id last_commit{};
  std::deque<protocol::parked_submit> parked;
  std::uint64_t retired = 0;  // numberings up to this one are not needed any more; known to the store alone
};

using sessions_by_id = std::map<protocol::session_id, session_state>;
using sessions_by_slot = std::vector<session_state*>;  // nullptr: forgotten, or its name is lost

enum class taken : std::uint8_t {
  yes,
  nameless,  // a session's first entry without a session's name, and a checksum that fits
  stranger,  // of a session whose name is lost
};

// What the sessions are behind this entry.
[[nodiscard]] taken take(const entry_view& e, sessions_by_id& sessions, sessions_by_slot& slots);

// Those up to a place, and these, wait no longer.
void unpark(std::deque<protocol::parked_submit>& waiting, std::uint64_t through, std::span<const std::uint64_t> places);

}  // namespace troupe::store::journal
