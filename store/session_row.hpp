// The numbers of one session as they stand in a table, and what vouches for them.
#pragma once

#include "protocol/commit.hpp"
#include "store/crc32c.hpp"
#include "store/message_store.hpp"

#include <array>
#include <cstdint>
#include <cstring>
#include <string>

namespace troupe::store {

struct session_row {
  protocol::session_id id;
  std::uint64_t row = 0;
  std::uint32_t name_check = 0;  // CRC-32C of the name, where row_check goes on from
  protocol::commit_id last_commit{};
  protocol::session_snapshot state;  // without what is parked
  bool is_damaged = false;           // the numbers do not fit their checksum
};

[[nodiscard]] inline std::int64_t nanoseconds(protocol::utc_time t) { return t.time_since_epoch().count(); }

// CRC-32C over the name and all numbers (little endian, 8 bytes each).
[[nodiscard]] inline std::uint32_t row_check(const session_row& session) {
  const auto& s = session.state;
  const std::array<std::uint64_t, 7> numbers{s.incarnation.value,
                                              session.last_commit.value,
                                              s.generation.value,
                                              s.next_sender.value,
                                              s.next_target.value,
                                              static_cast<std::uint64_t>(nanoseconds(s.creation_time)),
                                              std::uint64_t{s.is_reset_pending} | std::uint64_t{s.is_cancel_owed} << 1};
  std::array<char, sizeof numbers> bytes;
  std::memcpy(bytes.data(), numbers.data(), sizeof numbers);
  return crc32c({bytes.data(), bytes.size()}, session.name_check);
}

// `what_to_do`: ", and restore the file from a copy".
[[nodiscard]] inline store_error damaged(const session_row& session, const std::string& what_to_do) {
  const auto& s = session.state;
  return store_error("the numbers of session " + to_string(session.id) + " are damaged (next_sender " + std::to_string(s.next_sender.value) +
                     ", next_target " + std::to_string(s.next_target.value) +
                     " do not fit their checksum). Agree the numbers with the counterparty" + what_to_do + ".");
}

}  // namespace troupe::store
