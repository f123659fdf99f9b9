// Where a message that stands in some text ends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace troupe::decode {

struct message_extent {
  enum class kind : std::uint8_t { message, need_more, none };
  kind what = kind::none;
  std::size_t length = 0;
  std::string_view separator{};  // see find_separator
};

// `text` begins with `8=FIX`; `is_all`: nothing will come behind it. A message ends where its BodyLength(9) says if a CheckSum(10) stands
// there; else behind the first CheckSum(10), in front of the next BeginString(8), or with its line. A BodyLength beyond `limit` is not
// waited for.
[[nodiscard]] message_extent measure_message(std::string_view text, bool is_all, std::size_t limit);

}  // namespace troupe::decode
