// Where the messages of a numbering are: rows of `record` stand in the order of their commits, all sessions mixed, and this tells which of them has a number.
//
// A block tells of a run of numbers without a gap, from the first that the block in front of it does not tell of. It is made from the rows, and can be made
// again. Docs: docs/store.md, decisions/0020.
#pragma once

#include "protocol/commit.hpp"
#include "store/sqlite_handle.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::store {

struct record_place {
  protocol::seq_num number{}, last{};
  std::uint64_t row = 0;
  protocol::submit_token token{};
  bool is_doubtful = false;  // the row does not fit its checksum: what it says of itself may be wrong
};

inline constexpr std::size_t places_in_block = 128;

// As they stand in a block that begins with this number: ascending, four bytes each if numbers, rows and tokens count.
[[nodiscard]] std::string packed(std::span<const record_place> places, protocol::seq_num first);
// nullopt: these bytes are not of such a block.
[[nodiscard]] std::optional<std::vector<record_place>> unpacked(std::string_view bytes, protocol::seq_num first, protocol::seq_num last);

// The first place, of ascending ones, that a number may stand in.
[[nodiscard]] std::span<const record_place> places_from(std::span<const record_place> places, protocol::seq_num from);

struct place_block {
  protocol::numbering_generation generation{};
  protocol::seq_num first{}, last{};
  std::vector<record_place> places;
  bool is_damaged = false;  // and nothing of it is to be believed
};

// What columns generation, first, last, least_token, greatest_token, crc and places from this one on say.
[[nodiscard]] place_block block_in(const sqlite_statement& row, int column, std::uint64_t session);

// Reads blocks. Throws sqlite_error.
class sqlite_places {
 public:
  explicit sqlite_places(sqlite_connection& connection);

  // The one that tells of this number or, if there is none, the first behind it.
  [[nodiscard]] std::optional<place_block> at(std::uint64_t session, protocol::numbering_generation generation, protocol::seq_num number);
  [[nodiscard]] std::optional<place_block> behind(std::uint64_t session, protocol::numbering_generation generation, protocol::seq_num first);
  // The first one of a numbering up to this one.
  [[nodiscard]] std::optional<place_block> oldest(std::uint64_t session, protocol::numbering_generation through);
  // The last number that any tells of that is not damaged; 0: none does.
  [[nodiscard]] protocol::seq_num covered(std::uint64_t session, protocol::numbering_generation generation);
  // The first number that has the token. `is_whole` becomes false if a block in front of it is missing or damaged.
  [[nodiscard]] std::optional<protocol::seq_num> find_token(std::uint64_t session, protocol::numbering_generation generation, protocol::submit_token token, bool& is_whole);

 private:
  sqlite_statement at_, behind_, oldest_, last_, tokens_;
};

// Writes and removes blocks. Throws sqlite_error.
class sqlite_place_writer {
 public:
  explicit sqlite_place_writer(sqlite_connection& connection);
  // Those of one block; it begins behind `covered`, and takes the place of one that is damaged.
  void put(std::uint64_t session, protocol::numbering_generation generation, protocol::seq_num covered, std::span<const record_place> places);
  void remove(std::uint64_t session, const place_block& block);

 private:
  sqlite_statement put_, remove_;
};

}  // namespace troupe::store
