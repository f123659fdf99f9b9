#include "protocol/session_classify.hpp"

#include "protocol/session_header.hpp"
#include "protocol/short_text.hpp"
#include "protocol/tags.hpp"

namespace troupe::protocol {
namespace {

sequence_class place(seq_num number, seq_num expected, bool is_possible_duplicate) {
  if (number == expected) return sequence_class::expected;
  if (number > expected) return sequence_class::too_high;
  return is_possible_duplicate ? sequence_class::duplicate : sequence_class::too_low;
}

std::optional<field_fault> compid_fault(const message_view& message, const session_id& id) {
  const auto behind_first_three = message.range().from(3);
  const auto sender = behind_first_three.find(tag::SenderCompID);
  const auto target = behind_first_three.find(tag::TargetCompID);
  if (!sender) return field_fault{session_reject_reason::RequiredTagMissing, tag::SenderCompID};
  if (!target) return field_fault{session_reject_reason::RequiredTagMissing, tag::TargetCompID};
  if (is_same_text(*sender, id.target_comp_id) && is_same_text(*target, id.sender_comp_id)) return std::nullopt;
  return field_fault{session_reject_reason::CompIDProblem, std::nullopt};
}

std::optional<field_fault> time_fault(const message_view& message, const session_header& header, const session_config& config, utc_time now) {
  const auto& sent = header.sending_time;
  if (!sent) {
    const bool is_absent = !message.find(tag::SendingTime);
    return field_fault{is_absent ? session_reject_reason::RequiredTagMissing : session_reject_reason::IncorrectDataFormatForValue, tag::SendingTime};
  }
  const auto off = *sent > now ? *sent - now : now - *sent;
  if (!config.check_latency || off <= config.max_latency) return std::nullopt;
  return field_fault{session_reject_reason::SendingTimeAccuracyProblem, std::nullopt};
}

// PossDupFlag(43)=Y needs an OrigSendingTime(122) that is not after SendingTime(52). SequenceReset(4) carries no old
// message, and half of the field's engines send it without 122.
std::optional<field_fault> duplicate_fault(const message_view& message, const session_header& header, const session_config& config) {
  const auto& original = header.orig_sending_time;
  if (!original) {
    if (message.find(tag::OrigSendingTime)) return field_fault{session_reject_reason::IncorrectDataFormatForValue, tag::OrigSendingTime};
    if (!config.require_orig_sending_time || message.msg_type() == msg_type::SequenceReset) return std::nullopt;
    return field_fault{session_reject_reason::RequiredTagMissing, tag::OrigSendingTime};
  }
  if (header.sending_time && *original > *header.sending_time) return field_fault{session_reject_reason::SendingTimeAccuracyProblem, std::nullopt};
  return std::nullopt;
}

bool ends_the_session(const field_fault& fault) {
  return fault.reason == session_reject_reason::CompIDProblem || fault.reason == session_reject_reason::SendingTimeAccuracyProblem;
}

// Reads the header, too: without dictionaries one walk does both.
std::optional<field_fault> content_fault(const message_view& message, const session_config& config, session_header& header, structure_checker& checker) {
  if (!config.dictionaries) {
    const auto fault = checker.check(message, {config.validation.allow_empty_values, config.validation.allow_disorder}, header);
    if (!fault) return std::nullopt;
    header = read_session_header(message);
    return field_fault{fault->reason, fault->ref_tag};
  }
  header = read_session_header(message);
  const auto fault = validate(message, config.dictionaries, config.validation);
  return fault ? std::optional{field_fault{fault->reason, fault->ref_tag, fault->is_conditional}} : std::nullopt;
}

// A Reject(3) is not answered by another; a peer that was told that it may send what it likes is not, either.
bool may_be_invalid(const message_view& message, const session_config& config) {
  return config.dictionaries && (!config.reject_invalid || message.msg_type() == msg_type::Reject) && !structure_check(message);
}

// Whether the message may go on with what is wrong with its content.
bool is_overruled(const field_fault& fault, const message_view& message, const session_config& config, verdict& v) {
  if (config.deliver_invalid && !message.is_admin()) v.objection = fault;
  v.is_tolerated = !v.objection && may_be_invalid(message, config);
  return v.is_tolerated || v.objection;
}

std::optional<field_fault> header_fault(const message_view& message, const session_header& header, const session_config& config, utc_time now, scrutiny how) {
  if (how != scrutiny::held) {
    if (config.check_comp_id)
      if (auto fault = compid_fault(message, config.id)) return fault;
    if (auto fault = time_fault(message, header, config, now)) return fault;
  }
  return header.is_possible_duplicate.value_or(false) ? duplicate_fault(message, header, config) : std::nullopt;
}

std::optional<field_fault> required(const message_view& message, std::uint32_t which) {
  if (message.find(which)) return std::nullopt;
  return field_fault{session_reject_reason::RequiredTagMissing, which};
}

std::optional<field_fault> required_number(const message_view& message, std::uint32_t which) {
  if (auto fault = required(message, which)) return fault;
  if (message.find_seq_num(which)) return std::nullopt;
  return field_fault{session_reject_reason::IncorrectDataFormatForValue, which};
}

std::optional<field_fault> body_fault(const message_view& message, message_class kind) {
  switch (kind) {
    case message_class::TestRequest: return required(message, tag::TestReqID);
    case message_class::GapFill: return required_number(message, tag::NewSeqNo);
    case message_class::ResendRequest:
      if (auto fault = required_number(message, tag::BeginSeqNo)) return fault;
      return required_number(message, tag::EndSeqNo);
    default: return std::nullopt;
  }
}

message_class class_of(const message_view& message, seq_num number) {
  const auto type = message.msg_type();
  if (type.size() != 1) return message_class::Application;
  switch (type.front()) {
    case '0': return message_class::Heartbeat;
    case '1': return message_class::TestRequest;
    case '2': return message_class::ResendRequest;
    case '3': return message_class::Reject;
    case '4': return message.find_bool(tag::GapFillFlag).value_or(false) ? message_class::GapFill : message_class::SequenceReset;
    case '5': return message_class::Logout;
    case 'A':
      if (!message.find_bool(tag::ResetSeqNumFlag).value_or(false)) return message_class::Logon;
      return number == seq_num{1} ? message_class::ResetLogon : message_class::MisnumberedResetLogon;
    default: return message_class::Application;
  }
}

// What an engine must not send again; a Logon with 141=Y of yesterday would throw away today's numbers.
bool is_past(message_class kind) {
  switch (kind) {
    case message_class::Heartbeat:
    case message_class::TestRequest:
    case message_class::ResendRequest:
    case message_class::Logout:
    case message_class::Logon:
    case message_class::ResetLogon:
    case message_class::MisnumberedResetLogon: return true;
    default: return false;
  }
}

// A request that the peer sends again instead of a gap fill.
bool is_request_to_serve(const verdict& v, const session_config& config) {
  return config.serve_replayed_requests && v.message == message_class::ResendRequest && v.sequence != sequence_class::duplicate;
}

bool begins_numbering(message_class kind) { return kind == message_class::ResetLogon || kind == message_class::MisnumberedResetLogon; }

}  // namespace

verdict classify(const message_view& message, const session_config& config, seq_num expected, utc_time now, scrutiny how, structure_checker& checker) {
  verdict v;
  const auto stand_at = [&](seq_num number, const session_header& header) {
    v.number = number;
    v.is_possible_duplicate = header.is_possible_duplicate.value_or(false);
    v.sequence = place(v.number, expected, v.is_possible_duplicate);
  };
  if (!is_same_text(message.begin_string(), config.id.begin_string)) {
    const auto header = read_session_header(message);
    v.message = message_class::WrongVersion;
    stand_at(header.number.value_or(seq_num{0}), header);
    return v;
  }
  session_header header;
  auto fault = content_fault(message, config, header, checker);
  if (!header.number) return v;

  stand_at(config.check_numbers ? *header.number : expected, header);
  if (!fault || is_overruled(*fault, message, config, v)) fault = header_fault(message, header, config, now, how);
  if (fault) {
    v.message = ends_the_session(*fault) ? message_class::Offending : message_class::Faulty;
    v.fault = fault;
    return v;
  }

  v.message = class_of(message, *header.number);
  if (v.is_possible_duplicate && is_past(v.message) && !is_request_to_serve(v, config)) {
    if (v.sequence != sequence_class::duplicate)
      v.message = message_class::ReplayedAdmin;
    else if (begins_numbering(v.message))
      v.message = message_class::Logon;  // of an old numbering: nothing begins
    return v;
  }
  if ((fault = body_fault(message, v.message))) {
    v.message = message_class::Faulty;
    v.fault = fault;
  }
  if (v.message == message_class::ResetLogon) v.sequence = sequence_class::expected;
  if (v.message == message_class::MisnumberedResetLogon) v.sequence = sequence_class::too_high;
  return v;
}

}  // namespace troupe::protocol
