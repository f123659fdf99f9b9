#include "protocol/session_messages.hpp"

#include "protocol/number.hpp"
#include "protocol/tags.hpp"

#include <array>
#include <utility>

namespace troupe::protocol {
namespace {

void field(std::string& to, std::uint32_t which, std::string_view value) {
  append_unsigned(to, which);
  to += '=';
  to += value;
  to += '\x01';
}

void field(std::string& to, std::uint32_t which, std::int64_t value) {
  append_unsigned(to, which);
  to += '=';
  append_int(to, value);
  to += '\x01';
}

void field(std::string& to, std::uint32_t which, seq_num value) {
  append_unsigned(to, which);
  to += '=';
  append_unsigned(to, value.value);
  to += '\x01';
}

outgoing_message with_type(std::string_view type) { return {std::string{type}, {}, {}}; }

bool is_before_4_2(std::string_view begin_string) { return begin_string == "FIX.4.0" || begin_string == "FIX.4.1"; }

// OnBehalfOf <-> DeliverTo, ascending by the tag that goes out. The locations came with FIX 4.1.
std::string routing_back(const message_view& from) {
  constexpr std::array<std::pair<std::uint32_t, std::uint32_t>, 6> turned{{{tag::OnBehalfOfCompID, tag::DeliverToCompID},
                                                                           {tag::OnBehalfOfSubID, tag::DeliverToSubID},
                                                                           {tag::DeliverToCompID, tag::OnBehalfOfCompID},
                                                                           {tag::DeliverToSubID, tag::OnBehalfOfSubID},
                                                                           {tag::OnBehalfOfLocationID, tag::DeliverToLocationID},
                                                                           {tag::DeliverToLocationID, tag::OnBehalfOfLocationID}}};
  const bool has_locations = from.begin_string() != "FIX.4.0";
  std::string header;
  for (const auto& [out, in] : turned) {
    if (!has_locations && (out == tag::OnBehalfOfLocationID || out == tag::DeliverToLocationID)) continue;
    if (const auto value = from.find(in); value && !value->empty()) field(header, out, *value);
  }
  return header;
}

}  // namespace

outgoing_message logon(const logon_fields& fields) {
  auto m = with_type(msg_type::Logon);
  field(m.body, tag::EncryptMethod, std::int64_t{0});
  field(m.body, tag::HeartBtInt, std::int64_t{fields.heart_bt_int.count()});
  if (fields.is_reset) field(m.body, tag::ResetSeqNumFlag, "Y");
  if (fields.is_test) field(m.body, tag::TestMessageIndicator, *fields.is_test ? "Y" : "N");
  if (fields.next_expected != seq_num{0}) field(m.body, tag::NextExpectedMsgSeqNum, fields.next_expected);
  if (!fields.default_appl_ver_id.empty()) field(m.body, tag::DefaultApplVerID, fields.default_appl_ver_id);
  m.body += fields.further;
  return m;
}

outgoing_message logout(std::string_view text) {
  auto m = with_type(msg_type::Logout);
  if (!text.empty()) field(m.body, tag::Text, text);
  return m;
}

outgoing_message heartbeat(std::string_view test_req_id) {
  auto m = with_type(msg_type::Heartbeat);
  if (!test_req_id.empty()) field(m.body, tag::TestReqID, test_req_id);
  return m;
}

outgoing_message test_request(std::string_view test_req_id) {
  auto m = with_type(msg_type::TestRequest);
  field(m.body, tag::TestReqID, test_req_id);
  return m;
}

outgoing_message resend_request(std::string_view begin_string, seq_num begin, seq_num end) {
  auto m = with_type(msg_type::ResendRequest);
  field(m.body, tag::BeginSeqNo, begin);
  field(m.body, tag::EndSeqNo, end == seq_num{0} ? infinity_of(begin_string) : end);
  return m;
}

outgoing_message gap_fill(seq_num next) {
  auto m = with_type(msg_type::SequenceReset);
  field(m.body, tag::NewSeqNo, next);
  field(m.body, tag::GapFillFlag, "Y");
  return m;
}

outgoing_message reject(const message_view& refused, seq_num number, const field_fault& fault, std::string_view words) {
  auto m = with_type(msg_type::Reject);
  m.header = routing_back(refused);
  field(m.body, tag::RefSeqNum, number);
  std::string text{words.empty() ? text_of(fault.reason) : words};
  if (is_before_4_2(refused.begin_string())) {
    if (fault.tag) text += " (" + std::to_string(*fault.tag) + ")";
    field(m.body, tag::Text, text);
    return m;
  }
  field(m.body, tag::Text, text);
  if (fault.tag) field(m.body, tag::RefTagID, *fault.tag);
  field(m.body, tag::RefMsgType, refused.msg_type());
  const bool is_known = refused.begin_string() != "FIX.4.2" || fault.reason <= session_reject_reason::InvalidMsgType;
  if (is_known) field(m.body, tag::SessionRejectReason, static_cast<std::int64_t>(fault.reason));
  return m;
}

outgoing_message reject_of_next_expected(seq_num number, std::string_view text) {
  auto m = with_type(msg_type::Reject);
  field(m.body, tag::RefSeqNum, number);
  field(m.body, tag::Text, text);
  field(m.body, tag::RefTagID, tag::NextExpectedMsgSeqNum);
  field(m.body, tag::RefMsgType, msg_type::Logon);
  field(m.body, tag::SessionRejectReason, static_cast<std::int64_t>(session_reject_reason::ValueIsIncorrect));
  return m;
}

outgoing_message reject_of_garbled(std::string_view begin_string, seq_num number, std::string_view type, std::string_view why) {
  auto m = with_type(msg_type::Reject);
  field(m.body, tag::RefSeqNum, number);
  field(m.body, tag::Text, "Garbled message: " + std::string{why});
  if (!is_before_4_2(begin_string) && !type.empty()) field(m.body, tag::RefMsgType, type);
  return m;
}

namespace {

// BusinessMessageReject(j); a Reject(3) until FIX 4.1.
outgoing_message business_reject(const message_view& refused, std::string_view text, business_reject_reason reason) {
  const bool is_old = is_before_4_2(refused.begin_string());
  auto m = with_type(is_old ? msg_type::Reject : msg_type::BusinessMessageReject);
  m.header = routing_back(refused);
  field(m.body, tag::RefSeqNum, refused.find_seq_num(tag::MsgSeqNum).value_or(seq_num{0}));
  field(m.body, tag::Text, text);
  if (is_old) return m;
  field(m.body, tag::RefMsgType, refused.msg_type());
  field(m.body, tag::BusinessRejectReason, static_cast<std::int64_t>(reason));
  return m;
}

}  // namespace

outgoing_message unsupported_message_type(const message_view& refused) {
  const auto text = is_before_4_2(refused.begin_string()) ? "Unsupported message type" : "Unsupported Message Type";
  return business_reject(refused, text, business_reject_reason::UnsupportedMessageType);
}

bool has_business_reject(std::string_view begin_string) { return !is_before_4_2(begin_string); }

outgoing_message conditionally_required_field_missing(const message_view& refused, const field_fault& fault) {
  const auto text = "Conditionally Required Field Missing (" + std::to_string(fault.tag.value_or(0)) + ")";
  return business_reject(refused, text, business_reject_reason::ConditionallyRequiredFieldMissing);
}

outgoing_message beyond_limit(const message_view& refused, std::string_view text) {
  return business_reject(refused, text, business_reject_reason::Other);
}

outgoing_message application_not_available(const message_view& refused) {
  return business_reject(refused, "Application not available", business_reject_reason::ApplicationNotAvailable);
}

std::string_view text_of(session_reject_reason reason) {
  switch (reason) {
    case session_reject_reason::InvalidTagNumber: return "Invalid tag number";
    case session_reject_reason::RequiredTagMissing: return "Required tag missing";
    case session_reject_reason::TagNotDefinedForThisMessageType: return "Tag not defined for this message type";
    case session_reject_reason::UndefinedTag: return "Undefined Tag";
    case session_reject_reason::TagSpecifiedWithoutAValue: return "Tag specified without a value";
    case session_reject_reason::ValueIsIncorrect: return "Value is incorrect (out of range) for this tag";
    case session_reject_reason::IncorrectDataFormatForValue: return "Incorrect data format for value";
    case session_reject_reason::DecryptionProblem: return "Decryption problem";
    case session_reject_reason::SignatureProblem: return "Signature problem";
    case session_reject_reason::CompIDProblem: return "CompID problem";
    case session_reject_reason::SendingTimeAccuracyProblem: return "SendingTime accuracy problem";
    case session_reject_reason::InvalidMsgType: return "Invalid MsgType";
    case session_reject_reason::XMLValidationError: return "XML validation error";
    case session_reject_reason::TagAppearsMoreThanOnce: return "Tag appears more than once";
    case session_reject_reason::TagSpecifiedOutOfRequiredOrder: return "Tag specified out of required order";
    case session_reject_reason::RepeatingGroupFieldsOutOfOrder: return "Repeating group fields out of order";
    case session_reject_reason::IncorrectNumInGroupCount: return "Incorrect NumInGroup count for repeating group";
    case session_reject_reason::NonDataValueIncludesFieldDelimiter: return "Non-data value includes field delimiter";
    case session_reject_reason::InvalidUnsupportedApplVer: return "Invalid or unsupported application version";
    case session_reject_reason::Other: return "Other";
  }
  return "Other";
}

seq_num infinity_of(std::string_view begin_string) { return seq_num{is_before_4_2(begin_string) ? 999999u : 0u}; }

}  // namespace troupe::protocol
