#include "protocol/message_view.hpp"

#include "protocol/field_text.hpp"
#include "protocol/find_soh.hpp"
#include "protocol/tags.hpp"

namespace troupe::protocol {
namespace {

bool is_first_three(std::span<const field_ref> fields) {
  return fields.size() >= 3 && fields[0].tag == tag::BeginString && fields[1].tag == tag::BodyLength && fields[2].tag == tag::MsgType;
}

}  // namespace

std::string_view to_string(parse_error error) {
  switch (error) {
    case parse_error::none:
      return "none";
    case parse_error::bad_tag:
      return "a field without a tag number and '='";
    case parse_error::first_three_fields:
      return "the first three fields are not BeginString(8), BodyLength(9), MsgType(35)";
    case parse_error::too_many_fields:
      return "too many fields";
  }
  return "unknown";
}

parse_error message_view::assign(std::string_view frame, std::span<const data_field> own_data) {
  frame_ = frame;
  fields_.clear();
  const auto fail = [&](parse_error error) {
    frame_ = {};
    fields_.clear();
    return error;
  };
  constexpr std::size_t shortest_field = 3;  // a digit, '=' and SOH
  const bool may_be_too_many = frame.size() > shortest_field * max_fields;
  for (std::size_t at = 0; at < frame.size();) {
    const field_tag head = read_field_tag(frame, at);
    if (!head.is_field()) return fail(parse_error::bad_tag);
    const auto kinds = kinds_of(head.tag);
    const std::uint32_t length_tag = length_tag_of(head.tag, kinds, own_data);
    const std::size_t end = length_tag != 0 && !fields_.empty() ? find_data_end(frame, head, length_tag, fields_.back().tag, value(fields_.back()))
                                                                : find_soh(frame, head.value);
    if (end == std::string_view::npos) return fail(parse_error::bad_tag);
    if (may_be_too_many && fields_.size() == max_fields) return fail(parse_error::too_many_fields);
    fields_.push_back({head.tag, static_cast<std::uint32_t>(head.value), static_cast<std::uint32_t>(end - head.value), kinds});
    at = end + 1;
  }
  return is_first_three(fields_) ? parse_error::none : fail(parse_error::first_three_fields);
}

std::string_view message_view::tag_text(const field_ref& field) const {
  const std::string_view before = frame_.substr(0, field.offset - 1);
  const std::size_t previous_end = before.rfind(soh);
  return previous_end == std::string_view::npos ? before : before.substr(previous_end + 1);
}

bool message_view::is_admin() const { return is_admin_msg_type(msg_type()); }

bool is_admin_msg_type(std::string_view msg_type) {
  return msg_type.size() == 1 && std::string_view{"012345A"}.find(msg_type[0]) != std::string_view::npos;
}

}  // namespace troupe::protocol
