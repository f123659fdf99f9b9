#include "protocol/frame_parts.hpp"

#include "protocol/field_text.hpp"

#include <algorithm>

namespace troupe::protocol {
namespace {

using state = frame_header::state;

constexpr std::size_t max_begin_string = 16;
constexpr std::size_t max_length_digits = 10;

constexpr // Whether `bytes` goes on at `at` with `text`, as far as it has arrived.
bool may_continue(std::string_view bytes, std::size_t at, std::string_view text) {
  const std::string_view arrived = bytes.substr(std::min(at, bytes.size()), text.size());
  return text.substr(0, arrived.size()) == arrived;
}

frame_header read_body_length(std::string_view bytes, std::size_t at, std::size_t max_frame) {
  std::uint64_t length = 0;
  const std::size_t first = at;
  for (; at < bytes.size() && is_digit(bytes[at]) && at - first < max_length_digits; ++at)
    length = length * 10 + static_cast<unsigned>(bytes[at] - '0');
  if (at == bytes.size()) return {};
  if (is_digit(bytes[at])) return {state::too_long};
  if (bytes[at] != soh || at == first) return {state::bad_body_length};
  const std::size_t body = at + 1;
  if (length > max_frame || body + length + trailer_length > max_frame) return {state::too_long};
  return {state::complete, body, body + static_cast<std::size_t>(length)};
}

}  // namespace

frame_header read_frame_header(std::string_view bytes, std::size_t max_frame) {
  if (!may_continue(bytes, 0, frame_begin)) return {state::no_begin_string};
  constexpr std::size_t furthest_end = 2 + max_begin_string;
  const std::size_t end = bytes.substr(0, furthest_end + 1).find(soh);
  if (end == std::string_view::npos) return bytes.size() > furthest_end ? frame_header{state::no_begin_string} : frame_header{};
  if (!may_continue(bytes, end + 1, "9=")) return {state::bad_body_length};
  return bytes.size() < end + 3 ? frame_header{} : read_body_length(bytes, end + 3, max_frame);
}

trailer_state read_frame_trailer(std::string_view bytes) {
  if (!may_continue(bytes, 0, "10=")) return trailer_state::no_check_sum;
  for (std::size_t at = 3; at < std::min<std::size_t>(bytes.size(), 6); ++at)
    if (!is_digit(bytes[at])) return trailer_state::bad_digits;
  if (bytes.size() < trailer_length) return trailer_state::incomplete;
  return bytes[6] == soh ? trailer_state::complete : trailer_state::bad_digits;
}

std::uint32_t check_sum_value(std::string_view trailer) {
  const auto digit = [&](std::size_t at) { return static_cast<std::uint32_t>(trailer[at] - '0'); };
  return digit(3) * 100 + digit(4) * 10 + digit(5);
}

}  // namespace troupe::protocol
