// Fields as text, `tag=value` SOH: the one place that knows where a tag and where a value end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace troupe::protocol {

inline constexpr char soh = '\x01';
inline constexpr std::uint32_t max_tag = 999'999'999;

struct field_tag {
  std::uint32_t tag = 0;  // 0: an integer, but no valid tag (zero, negative, leading zeros, beyond max_tag)
  std::size_t value = 0;  // where the value begins; 0: no integer with '=' behind it

  [[nodiscard]] bool is_field() const { return value != 0; }
};

[[nodiscard]] inline bool is_digit(char c) { return static_cast<unsigned char>(c - '0') < 10; }
// Integers that are no tags: -1, 0, 007, 12345678901.
[[nodiscard]] field_tag read_odd_tag(std::string_view bytes, std::size_t at);

[[nodiscard]] inline field_tag read_field_tag(std::string_view bytes, std::size_t at) {
  std::uint64_t tag = 0;
  std::size_t end = at;
  while (end < bytes.size() && is_digit(bytes[end]) && tag <= max_tag) tag = tag * 10 + static_cast<unsigned>(bytes[end++] - '0');
  const bool is_tag = end > at && bytes[at] != '0' && tag <= max_tag && end < bytes.size() && bytes[end] == '=';
  return is_tag ? field_tag{static_cast<std::uint32_t>(tag), end + 1} : read_odd_tag(bytes, at);
}

// The end of a data field's value: where the field before it, if that is its length field, leads to a SOH; else the first
// SOH. npos: there is none.
[[nodiscard]] std::size_t find_data_end(std::string_view bytes, field_tag data, std::uint32_t length_tag, std::uint32_t previous_tag,
                                        std::string_view previous_value);

// Walks over a run of fields without an index. Ends at the first that is none, and at the end.
class field_walk {
 public:
  explicit field_walk(std::string_view fields) : fields_(fields) {}

  [[nodiscard]] bool next();

  [[nodiscard]] std::uint32_t tag() const { return tag_.tag; }
  [[nodiscard]] std::string_view value() const { return fields_.substr(tag_.value, end_ - tag_.value); }
  [[nodiscard]] std::string_view bytes() const { return fields_.substr(begin_, end_ + 1 - begin_); }  // with SOH
  [[nodiscard]] std::size_t end() const { return end_ + 1; }  // offset behind the SOH

 private:
  std::string_view fields_;
  field_tag tag_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;  // of the value
  bool has_begun_ = false;
};

}  // namespace troupe::protocol
