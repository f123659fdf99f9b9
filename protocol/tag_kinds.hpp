// What is known of a tag without a dictionary, as bits in one table: a single load for what every field is asked.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace troupe::protocol {

struct tag_kind {
  static constexpr std::uint8_t header = 1;      // belongs to StandardHeader
  static constexpr std::uint8_t trailer = 2;     // belongs to StandardTrailer
  static constexpr std::uint8_t data = 4;        // type data or XMLData
  static constexpr std::uint8_t length = 8;      // the length of such a field
  static constexpr std::uint8_t group = 16;      // heads a repeating group, or might
  static constexpr std::uint8_t formatted = 32;  // read by the session itself: its format is checked
  static constexpr std::uint8_t invalid = 64;    // tag 0: no valid tag
  static constexpr std::uint8_t high = 128;      // from `low_tags` on
};

inline constexpr std::size_t tabled_tags = 2944;
inline constexpr std::uint32_t low_tags = 512;  // most messages have no others
extern const std::array<std::uint8_t, tabled_tags> tag_kinds;  // tags.cpp
[[nodiscard]] std::uint8_t kinds_of_high_tag(std::uint32_t tag);

[[nodiscard]] inline std::uint8_t kinds_of(std::uint32_t tag) { return tag < tabled_tags ? tag_kinds[tag] : kinds_of_high_tag(tag); }

}  // namespace troupe::protocol
