// A MsgType(35) of at most eight bytes as a number, so that it is compared in one go.
#pragma once

#include <cstdint>
#include <string_view>

namespace troupe::protocol {

// 0: empty, or too long, or it holds a NUL.
[[nodiscard]] constexpr std::uint64_t msg_type_key(std::string_view msg_type) {
  if (msg_type.size() > 8) return 0;
  std::uint64_t key = 0;
  for (const char c : msg_type) {
    if (c == '\0') return 0;
    key = key << 8 | static_cast<unsigned char>(c);
  }
  return key;
}

}  // namespace troupe::protocol
