// A read-only view of one frame: a compact index of its fields, made in one pass; values are not copied.
//
// Validity: a view refers to the bytes it was made from and must not outlive them. The index is kept across
// `assign`, so one view used for many frames allocates nothing once it has grown.
#pragma once

#include "protocol/types.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace troupe::protocol {

struct field_ref {
  std::uint32_t tag = 0;
  std::uint32_t offset = 0;  // of the value, from the start of the frame
  std::uint32_t length = 0;  // of the value, without SOH
};

enum class parse_error {
  none,
  bad_tag,             // not a number, zero, leading zero, too large, or no '=' before SOH
  first_three_fields,  // BeginString(8), BodyLength(9), MsgType(35) are not the first three
  data_length,         // a data field that does not end where its length field says
  too_many_fields,
};
[[nodiscard]] std::string_view to_string(parse_error error);

class group_view;

class message_view {
 public:
  message_view() = default;

  // Indexes `frame`, a whole frame as the framer gives it. With an error the view is empty and the frame counts
  // as garbled. Data fields (RawData(96) …) are taken by their length field, so that they may hold SOH.
  [[nodiscard]] parse_error assign(std::string_view frame);

  [[nodiscard]] std::string_view frame() const { return frame_; }
  [[nodiscard]] std::span<const field_ref> fields() const { return fields_; }
  [[nodiscard]] std::string_view value(const field_ref& field) const { return frame_.substr(field.offset, field.length); }

  [[nodiscard]] std::string_view begin_string() const;  // 8
  [[nodiscard]] std::string_view msg_type() const;      // 35
  [[nodiscard]] bool is_admin() const;                  // MsgType 0 1 2 3 4 5 A (and n from FIXT 1.1)

  // First field with this tag outside of groups' repetition; an empty value is present and empty.
  [[nodiscard]] std::optional<std::string_view> find(std::uint32_t tag) const;
  // As find, read as a FIX int / Boolean / UTCTimestamp; nullopt if absent or not of that format.
  [[nodiscard]] std::optional<std::int64_t> find_int(std::uint32_t tag) const;
  [[nodiscard]] std::optional<seq_num> find_seq_num(std::uint32_t tag) const;
  [[nodiscard]] std::optional<bool> find_bool(std::uint32_t tag) const;
  [[nodiscard]] std::optional<utc_time> find_utc(std::uint32_t tag) const;

  // A repeating group headed by the NumInGroup field `count_tag`. Without a dictionary the delimiter is the tag that
  // follows the count, and an entry goes to the next delimiter; the last one ends where `members` (if given) says or at
  // a tag already seen in no entry … see group_view.
  [[nodiscard]] group_view group(std::uint32_t count_tag, std::span<const std::uint32_t> members = {}) const;

 private:
  std::string_view frame_;
  std::vector<field_ref> fields_;
};

}  // namespace troupe::protocol
