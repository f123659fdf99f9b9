// What vouches for a row of `record` in SQLite, and for the session's numbers that the last row of a commit carries.
#pragma once

#include "store/record_check.hpp"
#include "store/session_row.hpp"
#include "store/sqlite_handle.hpp"

#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace troupe::store {

// A session's row in SQLite: as of a row of `record`. What stands behind that may carry newer numbers.
struct sqlite_row : session_row {
  std::uint64_t as_of = 0;
  std::uint64_t suspect = 0;  // damaged because of this row of `record`, which may have had newer numbers
  bool is_lower_bound = false;  // damaged on purpose: it was salvaged, and had come that far at least
};

// What keeps a checksum from fitting: of numbers that are damaged, and of numbers that newer ones may be missing of.
inline constexpr std::uint64_t damaged_mark = 1, lower_bound_mark = 2;

// CRC-32C of the name that four columns from this one on hold.
[[nodiscard]] inline std::uint32_t name_check_in(const sqlite_statement& s, int column) {
  return crc32c(to_string(protocol::session_id{std::string{s.bytes(column)}, std::string{s.bytes(column + 1)}, std::string{s.bytes(column + 2)}, std::string{s.bytes(column + 3)}}));
}

// Numbers of a session as seven columns from this one on hold them: incarnation to is_reset_pending.
inline void read_numbers(const sqlite_statement& from, int column, session_row& into) {
  auto& s = into.state;
  s.incarnation = protocol::session_incarnation{from.column(column)};
  into.last_commit = protocol::commit_id{from.column(column + 1)};
  s.generation = protocol::numbering_generation{from.column(column + 2)};
  s.next_sender = protocol::seq_num{from.column(column + 3)};
  s.next_target = protocol::seq_num{from.column(column + 4)};
  s.creation_time = protocol::utc_time{std::chrono::nanoseconds{static_cast<std::int64_t>(from.column(column + 5))}};
  s.is_reset_pending = from.column(column + 6) != 0;
}

// To ask for messages of another numbering than the present one: how many there are its blocks tell.
[[nodiscard]] inline session_row of_numbering(session_row s, protocol::numbering_generation generation) {
  if (generation == s.state.generation) return s;
  s.state.generation = generation;
  s.state.next_sender = {};
  return s;
}

// A session's numbers after a commit.
struct record_numbers {
  protocol::session_incarnation incarnation{};
  protocol::commit_id commit{};
  protocol::seq_num next_sender{}, next_target{};
};

template <std::size_t N>
[[nodiscard]] inline std::uint32_t crc32c_of(const std::array<std::uint64_t, N>& words, std::uint32_t before) {
  std::array<char, sizeof words> bytes;
  std::memcpy(bytes.data(), words.data(), sizeof words);
  return crc32c({bytes.data(), bytes.size()}, before);
}

// CRC-32C over row_check, the row's id and `as_of`.
[[nodiscard]] inline std::uint32_t sqlite_row_check(const sqlite_row& s) { return crc32c_of(std::array{s.row, s.as_of}, row_check(s)); }

// CRC-32C over the name of the session, its numbering, the row's id, and the numbers.
[[nodiscard]] inline std::uint32_t numbers_check(std::uint32_t name_check, std::uint64_t row, protocol::numbering_generation generation, const record_numbers& n) {
  return crc32c_of(std::array{row, generation.value, n.incarnation.value, n.commit.value, n.next_sender.value, n.next_target.value}, name_check);
}

// What a record says of the numbers it carries: that there are none, or which checksum they have.
inline constexpr std::uint64_t no_numbers = 0;
[[nodiscard]] constexpr std::uint64_t numbers_with(std::uint64_t check) { return check | std::uint64_t{1} << 63; }

// CRC-32C over record_check, the row's id, and what it says of its numbers.
[[nodiscard]] inline std::uint32_t record_row_check(std::uint32_t of_record, std::uint64_t row, std::uint64_t numbers) {
  return crc32c_of(std::array{row, numbers}, of_record);
}

}  // namespace troupe::store
