// How a journal lies on the disk (docs/store.md has it for people).
//
// A folder of segments, 00000001.seg and on. A segment begins with a header and a snapshot of all sessions; behind that, entries follow
// each other until there is one of size 0. Nothing is ever changed behind its writing; a sealed segment is cut to its length. All numbers are
// little endian, as the machine has them; entries lie at multiples of 8.
//
// An entry has a head, the numbers of its session after it, a table of its records, and the bytes of these. `crc` covers all but the bytes,
// each of which has a check of its own (store/record_check.hpp): damage to a message costs that message, and not the numbers behind it.
// An entry tells its own place, so that it cannot be taken for one where it does not belong, and is found again behind damage.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

namespace troupe::store::journal {

static_assert(std::endian::native == std::endian::little, "a journal is written as the machine has its numbers");

inline constexpr std::array<char, 8> magic{'T', 'R', 'P', 'E', 'J', 'N', 'L', '\n'};
inline constexpr std::uint32_t format = 1;

struct segment_header {
  std::array<char, 8> magic_bytes = magic;
  std::uint32_t format_version = format;
  std::uint32_t header_size = sizeof(segment_header);
  std::uint64_t store = 0;     // what tells this journal from any other; seeds every check
  std::uint64_t number = 0;    // 1, 2, 3 …
  std::uint64_t capacity = 0;  // bytes, until it is sealed; 0: it was written as a sealed one
  std::uint64_t edition = 0;   // grows when what is left of a sealed one is written anew (journal_compact.hpp)
  std::uint64_t boot = 0;      // of the machine, as it was running then; 0: not known
  std::uint32_t is_synced = 0;  // 1: nothing was sent, nor acknowledged, before it was on the disk, which a `synced` entry then says
  std::uint32_t crc = 0;        // of all in front of it
};
static_assert(sizeof(segment_header) == 64);

enum class entry_kind : std::uint16_t {
  session = 1,   // its name: a slot is given. Also in snapshots, where its submits that wait follow
  loaded,        // a new incarnation
  commit,        // a batch
  forgotten,     // the slot is free
  snapshot_end,  // all sessions of this segment's beginning are in front of it
  synced,        // all in front of it was on the disk when this was written. Behind the last one, what is not whole was never acknowledged
  moved,         // messages of an older commit, of the numbering that stands in its numbers, which say nothing else
};

struct entry_head {
  std::uint32_t size = 0;   // of all of it, a multiple of 8. Written last: 0 is where the journal ends
  std::uint32_t crc = 0;    // of what follows, up to the bytes
  std::uint64_t place = 0;  // number of the segment << 32 | offset of this entry
  entry_kind kind{};
  std::uint16_t flags = 0;
  std::uint32_t slot = 0;
  std::uint32_t records = 0;  // rows of their table
  std::uint16_t parked = 0;   // rows of theirs, behind that
  std::uint16_t name = 0;     // size of a session's name, the first of the bytes
};
static_assert(sizeof(entry_head) == 32);
inline constexpr std::uint32_t crc_begins_at = 8;

enum entry_flag : std::uint16_t { reset_pending = 1, cancel_owed = 2 };

// The numbers of a session after an entry.
struct entry_numbers {
  std::uint64_t incarnation = 0;
  std::uint64_t last_commit = 0;
  std::uint64_t generation = 0;
  std::uint64_t next_sender = 0;
  std::uint64_t next_target = 0;
  std::int64_t creation_time = 0;      // of the numbering, nanoseconds since 1970, UTC
  std::uint64_t parked_through = 0;    // submits up to this place wait no longer
};
static_assert(sizeof(entry_numbers) == 56);

struct record_row {
  std::uint64_t number = 0;
  std::uint64_t token = 0;  // of a skipped range: its last number
  std::uint32_t crc = 0;
  std::uint32_t size_and_kind = 0;  // kind in the upper two bits
};
static_assert(sizeof(record_row) == 24);
inline constexpr std::uint32_t largest_frame = (1u << 30) - 1;

struct parked_row {
  std::uint64_t place = 0;
  std::uint64_t token = 0;
  std::int64_t since = 0;  // nanoseconds since 1970, UTC
  std::uint64_t crc = 0;   // see parked_check
  std::uint32_t msg_type = 0, header = 0, body = 0;  // sizes
  std::uint32_t is_dropped = 0;  // 1: no submit, but word that the one of this place waits no longer
};
static_assert(sizeof(parked_row) == 48);

// Up to the bytes of an entry.
[[nodiscard]] constexpr std::uint64_t meta_size(std::uint64_t records, std::uint64_t parked) {
  return sizeof(entry_head) + sizeof(entry_numbers) + records * sizeof(record_row) + parked * sizeof(parked_row);
}
[[nodiscard]] constexpr std::uint64_t padded(std::uint64_t size) { return (size + 7) / 8 * 8; }

// -- the index of a sealed segment, 00000001.idx: made again from the segment whenever it is missing or damaged

inline constexpr std::array<char, 8> index_magic{'T', 'R', 'P', 'E', 'I', 'D', 'X', '\n'};

struct index_header {
  std::array<char, 8> magic_bytes = index_magic;
  std::uint32_t format_version = format;
  std::uint32_t rows = 0;  // of the directory, which follows
  std::uint64_t store = 0;
  std::uint64_t number = 0;
  std::uint32_t edition = 0;  // of the segment, its lower 32 bits
  std::uint32_t crc = 0;  // of all in front of it and of the directory
};
static_assert(sizeof(index_header) == 40);

// One numbering of one session in the segment.
struct index_row {
  std::uint32_t slot = 0;
  std::uint32_t references = 0, tokens = 0;  // how many
  std::uint32_t crc = 0;                     // of both tables
  std::uint64_t generation = 0;
  std::uint64_t first = 0, last = 0;  // numbers
  std::uint64_t first_token = 0, last_token = 0;  // the smallest and the greatest
  std::uint64_t at = 0;               // offset in the index file: references, then tokens
};
static_assert(sizeof(index_row) == 64);

struct reference {  // ascending by number
  std::uint64_t number = 0;
  std::uint32_t entry = 0;   // offset of the entry in its segment
  std::uint32_t record = 0;  // row of its table
};
static_assert(sizeof(reference) == 16);

struct token_row {  // ascending by token, then by number
  std::uint64_t token = 0;
  std::uint64_t number = 0;
  auto operator<=>(const token_row&) const = default;
};

}  // namespace troupe::store::journal
