// CRC-32C (Castagnoli), the checksum of a record: with the processor's instruction where it has one.
#pragma once

#include <cstdint>
#include <string_view>

namespace troupe::store {

// Over `bytes`, continuing from `seed` (the result of an earlier call, or 0).
[[nodiscard]] std::uint32_t crc32c(std::string_view bytes, std::uint32_t seed = 0);
// The same by table, on any processor; for the test that compares the two.
[[nodiscard]] std::uint32_t crc32c_by_table(std::string_view bytes, std::uint32_t seed = 0);

// The other way round: what was gone on from, if these bytes have this checksum.
[[nodiscard]] std::uint32_t crc32c_seed(std::string_view bytes, std::uint32_t crc);

}  // namespace troupe::store
