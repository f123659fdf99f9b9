// The two ends of a frame, read byte by byte as they arrive: `8=FIX…|9=N|` and `10=ccc|`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace troupe::protocol {

inline constexpr std::string_view frame_begin = "8=FIX";
inline constexpr std::size_t trailer_length = 7;  // 10=ccc SOH

struct frame_header {
  enum class state : std::uint8_t {
    incomplete,  // so far so good
    complete,
    no_begin_string,
    bad_body_length,
    too_long,
  };
  state what = state::incomplete;
  std::size_t body = 0;      // where the body begins, counted from BeginString(8)
  std::size_t body_end = 0;  // where BodyLength(9) puts the CheckSum(10)
};

// Reads the header at the front of `bytes`. Looks at no more than 64 bytes, and says no at the first wrong one.
[[nodiscard]] frame_header read_frame_header(std::string_view bytes, std::size_t max_frame);

enum class trailer_state : std::uint8_t { incomplete, complete, no_check_sum, bad_digits };

// Reads the CheckSum field at the front of `bytes`, says no at the first wrong byte; does not compare the sum.
[[nodiscard]] trailer_state read_frame_trailer(std::string_view bytes);

// The number in a complete trailer, 0 to 999.
[[nodiscard]] std::uint32_t check_sum_value(std::string_view trailer);

}  // namespace troupe::protocol
