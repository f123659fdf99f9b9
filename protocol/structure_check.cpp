#include "protocol/structure_check.hpp"

#include "protocol/number.hpp"
#include "protocol/utc.hpp"

namespace troupe::protocol {
namespace {

using reason = session_reject_reason;

// Format of the header fields that the session reads itself.
bool has_good_format(std::uint32_t tag, std::string_view value) {
  switch (tag) {
    case tag::MsgSeqNum:
      return parse_unsigned(value).has_value();
    case tag::PossDupFlag:
    case tag::PossResend:
      return value == "Y" || value == "N";
    case tag::SendingTime:
    case tag::OrigSendingTime:
      return parse_utc(value).has_value();
    default:
      return true;
  }
}

}  // namespace

std::optional<structure_fault> structure_check(const message_view& message) {
  enum class part { header, body, trailer } at = part::header;
  for (const field_ref& field : message.fields()) {
    if (field.tag == 0) return structure_fault{reason::InvalidTagNumber, parse_int(message.tag_text(field))};
    if (field.length == 0) return structure_fault{reason::TagSpecifiedWithoutAValue, field.tag};
    const part belongs = is_header_tag(field.tag) ? part::header : is_trailer_tag(field.tag) ? part::trailer : part::body;
    if (belongs < at) return structure_fault{reason::TagSpecifiedOutOfRequiredOrder, field.tag};
    at = belongs;
    if (!has_good_format(field.tag, message.value(field))) return structure_fault{reason::IncorrectDataFormatForValue, field.tag};
  }
  return std::nullopt;
}

}  // namespace troupe::protocol
