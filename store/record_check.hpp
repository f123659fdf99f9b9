// What a record's checksum covers: everything that would make us send something else than we once sent.
#pragma once

#include "protocol/commit.hpp"
#include "store/crc32c.hpp"

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace troupe::store {

// CRC-32C over the name of the session (`name_check`, its CRC-32C), generation, number, last, kind, token (little endian,
// 8 bytes each) and the frame.
[[nodiscard]] inline std::uint32_t record_check(std::uint32_t name_check, protocol::numbering_generation generation,
                                                protocol::seq_num number, protocol::seq_num last, protocol::record_kind kind, protocol::submit_token token,
                                                std::string_view frame) {
  const std::array<std::uint64_t, 5> head{generation.value, number.value, last.value, static_cast<std::uint64_t>(kind), token.value};
  std::array<char, sizeof head> bytes;
  std::memcpy(bytes.data(), head.data(), sizeof head);
  return crc32c(frame, crc32c({bytes.data(), bytes.size()}, name_check));
}

}  // namespace troupe::store
