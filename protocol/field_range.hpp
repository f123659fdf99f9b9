// A run of indexed fields: a whole message, or one entry of a repeating group. Typed access by tag.
//
// A value type of two views: valid as long as the frame's bytes and the index it was taken from.
#pragma once

#include "protocol/decimal.hpp"
#include "protocol/types.hpp"
#include "protocol/utc.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>

namespace troupe::protocol {

// Without initial values, so that an index is copied as one block of bytes.
struct field_ref {
  std::uint32_t tag;     // 0: no valid tag
  std::uint32_t offset;  // of the value, from the start of the frame
  std::uint32_t length;  // of the value, without SOH
  std::uint8_t kinds;    // of the tag, as kinds_of gives them: whoever makes the index has looked it up
};
static_assert(std::is_trivial_v<field_ref>);

// Of a field of this frame's index, and of no other: that is not checked.
[[nodiscard]] inline std::string_view value_in(std::string_view frame, const field_ref& field) { return {frame.data() + field.offset, field.length}; }

class group_view;

class field_range {
 public:
  field_range() = default;
  field_range(std::string_view frame, std::span<const field_ref> fields) : frame_(frame), fields_(fields) {}

  [[nodiscard]] std::span<const field_ref> fields() const { return fields_; }
  [[nodiscard]] std::string_view value(const field_ref& field) const { return value_in(frame_, field); }

  // The first `count` fields; those from `begin` on.
  [[nodiscard]] field_range first(std::size_t count) const { return {frame_, fields_.first(count)}; }
  [[nodiscard]] field_range from(std::size_t begin) const { return {frame_, fields_.subspan(begin)}; }

  // The first field with this tag; an empty value is present and empty. In a valid message a tag that stands outside of
  // groups stands in no group of the same message, so this is the message's own field or the first entry's.
  [[nodiscard]] std::optional<std::string_view> find(std::uint32_t tag) const {
    const field_ref* const field = find_field(tag);
    return field ? std::optional{value(*field)} : std::nullopt;
  }

  // As find, read as FIX int, SeqNum, Boolean, UTCTimestamp, or Price, Qty, float …; nullopt if absent or not of that
  // format.
  [[nodiscard]] std::optional<std::int64_t> find_int(std::uint32_t tag) const;
  [[nodiscard]] std::optional<seq_num> find_seq_num(std::uint32_t tag) const;
  [[nodiscard]] std::optional<bool> find_bool(std::uint32_t tag) const;
  [[nodiscard]] std::optional<utc_time> find_utc(std::uint32_t tag) const;
  [[nodiscard]] std::optional<decimal> find_decimal(std::uint32_t tag) const;
  // As UTCDateOnly or LocalMktDate; as UTCTimeOnly or LocalMktTime; as char.
  [[nodiscard]] std::optional<std::chrono::year_month_day> find_date(std::uint32_t tag) const;
  [[nodiscard]] std::optional<time_of_day> find_time_of_day(std::uint32_t tag) const;
  [[nodiscard]] std::optional<char> find_char(std::uint32_t tag) const;

  // The repeating group headed by the NumInGroup field `count_tag`; see group_view for `members` and `known`.
  [[nodiscard]] group_view group(std::uint32_t count_tag, std::span<const std::uint32_t> members = {}, std::span<const std::uint32_t> known = {}) const;

 private:
  [[nodiscard]] const field_ref* find_field(std::uint32_t tag) const {
    for (const field_ref& field : fields_)
      if (field.tag == tag) return &field;
    return nullptr;
  }

  std::string_view frame_;
  std::span<const field_ref> fields_;
};

}  // namespace troupe::protocol
