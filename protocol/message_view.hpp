// A read-only view of one frame: a compact index of its fields, made in one pass; values are not copied.
//
// Validity: a view refers to the bytes it was made from and must not outlive them. The index is kept across
// `assign`, so one view used for many frames allocates nothing once it has grown. What `fields`, `range` and `group`
// give refers to the index, too, and ends with the next `assign`.
//
// A view is lenient where a Reject(3) can say more than silence: empty values, repeated or misplaced tags, tags that are
// numbers but not valid ones, data fields whose length field lies. `structure_check` names the first such fault; ask it
// before anything else is made of a message that comes from outside.
#pragma once

#include "protocol/field_range.hpp"
#include "protocol/group_view.hpp"
#include "protocol/tags.hpp"
#include "protocol/types.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace troupe::protocol {

enum class parse_error : std::uint8_t {
  none,
  bad_tag,             // a field without '=', or with anything but an integer in front of it
  first_three_fields,  // BeginString(8), BodyLength(9), MsgType(35) are not the first three
  too_many_fields,     // more than max_fields
};
[[nodiscard]] std::string_view to_string(parse_error error);

class message_view {
 public:
  static constexpr std::size_t max_fields = 1 << 18;

  message_view() = default;

  // Indexes `frame`, a whole frame as the framer gives it; anything else is an error or a useless index, no more. With
  // an error the view is empty and the frame counts as garbled. Data fields (RawData(96) …) are taken by the length
  // field in front of them, so that they may hold SOH; where that does not lead to a SOH they end at the first one.
  // `own_data`: data fields beside those of the standard, of a counterparty's dictionary (dictionary::own_data_fields).
  [[nodiscard]] parse_error assign(std::string_view frame, std::span<const data_field> own_data = {});

  // The index that another view made of the same bytes: costs a copy of it. With one of other bytes values lie anywhere.
  void assign(std::string_view frame, std::span<const field_ref> fields) {
    frame_ = frame;
    fields_.assign(fields.begin(), fields.end());
  }

  [[nodiscard]] std::string_view frame() const { return frame_; }
  // All fields in the order of the wire, header and trailer included. Tag 0: an integer that is no valid tag (zero,
  // negative, leading zeros, above 9 digits).
  [[nodiscard]] std::span<const field_ref> fields() const { return fields_; }
  [[nodiscard]] std::string_view value(const field_ref& field) const { return value_in(frame_, field); }
  // What stands in front of '=', as it came.
  [[nodiscard]] std::string_view tag_text(const field_ref& field) const;

  [[nodiscard]] std::string_view begin_string() const { return fields_.empty() ? std::string_view{} : value(fields_[0]); }  // 8
  [[nodiscard]] std::string_view msg_type() const { return fields_.empty() ? std::string_view{} : value(fields_[2]); }      // 35
  // MsgType 0 1 2 3 4 5 A. XMLnonFIX(n) is not: it carries something of the application's, and is resent.
  [[nodiscard]] bool is_admin() const;

  // All fields as one range, for code that reads messages and group entries alike.
  [[nodiscard]] field_range range() const { return {frame_, fields_}; }

  // See field_range for what these give.
  [[nodiscard]] std::optional<std::string_view> find(std::uint32_t tag) const { return range().find(tag); }
  [[nodiscard]] std::optional<std::int64_t> find_int(std::uint32_t tag) const { return range().find_int(tag); }
  [[nodiscard]] std::optional<seq_num> find_seq_num(std::uint32_t tag) const { return range().find_seq_num(tag); }
  [[nodiscard]] std::optional<bool> find_bool(std::uint32_t tag) const { return range().find_bool(tag); }
  [[nodiscard]] std::optional<utc_time> find_utc(std::uint32_t tag) const { return range().find_utc(tag); }
  [[nodiscard]] std::optional<decimal> find_decimal(std::uint32_t tag) const { return range().find_decimal(tag); }
  [[nodiscard]] std::optional<std::chrono::year_month_day> find_date(std::uint32_t tag) const { return range().find_date(tag); }
  [[nodiscard]] std::optional<time_of_day> find_time_of_day(std::uint32_t tag) const { return range().find_time_of_day(tag); }
  [[nodiscard]] std::optional<char> find_char(std::uint32_t tag) const { return range().find_char(tag); }
  [[nodiscard]] group_view group(std::uint32_t count_tag, std::span<const std::uint32_t> members = {}, std::span<const std::uint32_t> known = {}) const {
    return range().group(count_tag, members, known);
  }

 private:
  std::string_view frame_;
  std::vector<field_ref> fields_;
};

// MsgType 0 1 2 3 4 5 A.
[[nodiscard]] bool is_admin_msg_type(std::string_view msg_type);

}  // namespace troupe::protocol
