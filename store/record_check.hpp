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

// The same for a parked submit: over the name, place, token, time, and type, header and body with their lengths.
[[nodiscard]] inline std::uint32_t parked_check(std::uint32_t name_check, const protocol::parked_submit& p) {
  const auto& m = p.message;
  const std::array<std::uint64_t, 6> head{p.place, p.token.value, static_cast<std::uint64_t>(p.since.time_since_epoch().count()), m.msg_type.size(), m.header.size(), m.body.size()};
  std::array<char, sizeof head> bytes;
  std::memcpy(bytes.data(), head.data(), sizeof head);
  return crc32c(m.body, crc32c(m.header, crc32c(m.msg_type, crc32c({bytes.data(), bytes.size()}, name_check))));
}

}  // namespace troupe::store
