// How many bytes the records of a PostgreSQL store have, by their numberings.
//
// The server cannot tell: its files do not become smaller by what is removed, and what they hold is an estimate until somebody has looked at all of it. So
// it is counted: from the first question on, a slice with each, in the order of the key; and what is committed or removed behind the place that has
// been reached is added and taken away. Whoever never asks pays nothing.
#pragma once

#include "protocol/commit.hpp"
#include "store/postgres_handle.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

namespace troupe::store {

class postgres_sizes {
 public:
  explicit postgres_sizes(const std::string& schema);  // quoted

  // Counts so many records more, if not all are counted yet. nullopt: there are more of them. Throws postgres_error.
  [[nodiscard]] std::optional<std::uint64_t> total(postgres_connection& c, unsigned slice);
  void committed(std::uint64_t session, const protocol::commit_batch& batch);
  void removed(std::uint64_t session, std::uint64_t through);  // this numbering, and those before it
  void forget();                                               // what is stored is not known any more

  // A record's row and its places in two indexes, as tables are that are written from the beginning on: 145 to 245 bytes were measured.
  static constexpr std::uint64_t of_a_row = 160;

 private:
  using numbering = std::pair<std::uint64_t, std::uint64_t>;  // session row, generation
  enum class progress : unsigned char { unasked, counting, whole };

  void add(const numbering& of, std::uint64_t bytes);

  postgres_statement slice_;
  progress progress_ = progress::unasked;
  std::tuple<std::uint64_t, std::uint64_t, std::uint64_t> place_{};  // counted up to here: session row, generation, number
  std::map<numbering, std::uint64_t> bytes_;
  std::uint64_t total_ = 0;
};

}  // namespace troupe::store
