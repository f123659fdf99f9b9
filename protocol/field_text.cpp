#include "protocol/field_text.hpp"

#include "protocol/find_soh.hpp"
#include "protocol/number.hpp"
#include "protocol/tags.hpp"

namespace troupe::protocol {
field_tag read_odd_tag(std::string_view bytes, std::size_t at) {
  std::size_t end = at;
  if (end < bytes.size() && bytes[end] == '-') ++end;
  const std::size_t first_digit = end;
  while (end < bytes.size() && is_digit(bytes[end])) ++end;
  if (end == first_digit || end >= bytes.size() || bytes[end] != '=') return {};
  return {0, end + 1};
}

std::size_t find_data_end(std::string_view bytes, field_tag data, std::uint32_t length_tag, std::uint32_t previous_tag,
                          std::string_view previous_value) {
  if (previous_tag == length_tag) {
    const auto length = parse_unsigned(previous_value);
    if (length && *length < bytes.size() - data.value && bytes[data.value + *length] == soh) return data.value + *length;
  }
  return find_soh(bytes, data.value);
}

bool field_walk::next() {
  const std::size_t at = has_begun_ ? end_ + 1 : 0;
  if (at >= fields_.size()) return false;
  const field_tag now = read_field_tag(fields_, at);
  if (!now.is_field()) return false;
  const std::size_t end = has_begun_ && is_data_tag(now.tag) ? find_data_end(fields_, now, find_data_field(now.tag).length_tag, tag(), value()) : find_soh(fields_, now.value);
  if (end == std::string_view::npos) return false;
  begin_ = at, end_ = end, tag_ = now, has_begun_ = true;
  return true;
}

}  // namespace troupe::protocol
