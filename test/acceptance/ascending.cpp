#include "test/acceptance/ascending.hpp"

#include "protocol/group_view.hpp"
#include "protocol/tags.hpp"

#include <algorithm>
#include <span>
#include <vector>

namespace troupe::acceptance {
namespace {

using namespace protocol;

using fields = std::span<const field_ref>;

bool is_stamped(std::uint32_t t) {
  constexpr std::uint32_t stamped[] = {tag::BeginString,  tag::BodyLength,   tag::MsgType,     tag::MsgSeqNum,       tag::SenderCompID,
                                       tag::TargetCompID, tag::PossDupFlag,  tag::SendingTime, tag::OrigSendingTime, tag::CheckSum,
                                       tag::Signature,    tag::SignatureLength};
  return std::ranges::find(stamped, t) != std::end(stamped);
}

bool is_further_header(std::uint32_t t) {
  constexpr std::uint32_t header[] = {tag::SenderSubID,     tag::TargetSubID,          tag::SecureDataLen,   tag::SecureData,
                                      tag::PossResend,      tag::OnBehalfOfCompID,     tag::OnBehalfOfSubID, tag::DeliverToCompID,
                                      tag::DeliverToSubID,  tag::SenderLocationID,     tag::TargetLocationID, tag::OnBehalfOfLocationID,
                                      tag::DeliverToLocationID, tag::XmlDataLen,       tag::XmlData,         tag::MessageEncoding,
                                      tag::LastMsgSeqNumProcessed, tag::OnBehalfOfSendingTime};
  return std::ranges::find(header, t) != std::end(header);
}

// The field at the front with the group that it counts, if the field behind it comes again: without a dictionary this
// is what a group looks like.
std::size_t unit_length(const message_view& message, fields rest) {
  if (rest.size() < 3) return 1;
  const std::uint32_t delimiter = rest[1].tag;
  const bool comes_again = std::ranges::any_of(rest.subspan(2), [&](const field_ref& f) { return f.tag == delimiter; });
  return comes_again ? 1 + message.group(rest[0].tag).fields().size() : 1;
}

std::vector<fields> units(const message_view& message) {
  std::vector<fields> result;
  for (fields rest = message.fields(); !rest.empty();) {
    const std::size_t length = is_stamped(rest[0].tag) ? 1 : unit_length(message, rest);
    if (!is_stamped(rest[0].tag)) result.push_back(rest.first(length));
    rest = rest.subspan(length);
  }
  std::ranges::stable_sort(result, {}, [](fields unit) { return unit[0].tag; });
  return result;
}

void append(std::string& text, const message_view& message, fields unit) {
  for (const field_ref& field : unit) text.append(std::to_string(field.tag)).append("=").append(message.value(field)).append("\x01");
}

}  // namespace

echoed_fields ascending(const message_view& message) {
  echoed_fields result;
  for (const fields unit : units(message)) append(is_further_header(unit[0].tag) ? result.header : result.body, message, unit);
  return result;
}

}  // namespace troupe::acceptance
