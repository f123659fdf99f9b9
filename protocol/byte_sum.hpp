// Sums of bytes, for CheckSum(10).
#pragma once

#include <cstdint>
#include <string_view>

namespace troupe::protocol {

// The sum of all bytes, each 0 to 255, modulo 2^32.
[[nodiscard]] std::uint32_t byte_sum(std::string_view bytes);

// What one pass over a frame tells its framer.
struct frame_scan {
  std::uint32_t sum = 0;
  bool has_inner_begin = false;  // SOH "8=" occurs somewhere: perhaps a second BeginString
};
[[nodiscard]] frame_scan scan_frame(std::string_view bytes);

}  // namespace troupe::protocol
