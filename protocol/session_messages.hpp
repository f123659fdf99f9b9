// The bodies of what a session says by itself, and what it says when it refuses a message.
#pragma once

#include "protocol/message_view.hpp"
#include "protocol/outgoing_message.hpp"
#include "protocol/session_classify.hpp"
#include "protocol/types.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::protocol {

struct logon_fields {
  std::chrono::seconds heart_bt_int{};
  bool is_reset = false;      // ResetSeqNumFlag(141)=Y
  std::string_view further;   // body fields of a hook, each ended by SOH
  std::string_view default_appl_ver_id{};  // DefaultApplVerID(1137); empty: none
  seq_num next_expected{};                 // NextExpectedMsgSeqNum(789); 0: none
  std::optional<bool> is_test{};           // TestMessageIndicator(464)
};
[[nodiscard]] outgoing_message logon(const logon_fields& fields);
[[nodiscard]] outgoing_message logout(std::string_view text);  // empty: no Text(58)
[[nodiscard]] outgoing_message heartbeat(std::string_view test_req_id);  // empty: unasked
[[nodiscard]] outgoing_message test_request(std::string_view test_req_id);
[[nodiscard]] outgoing_message resend_request(std::string_view begin_string, seq_num begin, seq_num end);  // 0: to infinity
[[nodiscard]] outgoing_message gap_fill(seq_num next);

// Reject(3) of a received message; routing fields are turned round, empty ones left out. Until FIX 4.1 there is no
// RefTagID(371), RefMsgType(372) or SessionRejectReason(373), and the tag stands in the text; FIX 4.2 knows reasons up to 11.
// `text`: instead of the reason's own words.
[[nodiscard]] outgoing_message reject(const message_view& refused, seq_num number, const field_fault& fault, std::string_view text = {});

// Reject(3) of NextExpectedMsgSeqNum(789) in a Logon(A), which came with FIX 4.4.
[[nodiscard]] outgoing_message reject_of_next_expected(seq_num number, std::string_view text);

// Reject(3) of bytes that are no true message; `type` empty: not known.
[[nodiscard]] outgoing_message reject_of_garbled(std::string_view begin_string, seq_num number, std::string_view type, std::string_view why);

// BusinessMessageReject(j), which came with FIX 4.2.
[[nodiscard]] bool has_business_reject(std::string_view begin_string);
// BusinessRejectReason(380)=5: `fault` names a field that is missing only because of another one.
[[nodiscard]] outgoing_message conditionally_required_field_missing(const message_view& refused, const field_fault& fault);

// For applications: what to submit, in the answer to its delivery, for a message they have no use for. BusinessMessageReject(j)
// with BusinessRejectReason(380)=3; Reject(3) until FIX 4.1.
[[nodiscard]] outgoing_message unsupported_message_type(const message_view& refused);
// The same with BusinessRejectReason(380)=4: it would have, and cannot.
[[nodiscard]] outgoing_message application_not_available(const message_view& refused);

// The same for one that came too fast, with BusinessRejectReason(380)=0: a reason of its own came with FIX 5.0SP2 only.
[[nodiscard]] outgoing_message beyond_limit(const message_view& refused, std::string_view text);

[[nodiscard]] std::string_view text_of(session_reject_reason reason);

// EndSeqNo(16) that stands for infinity: 0, and 999999 before FIX 4.2.
[[nodiscard]] seq_num infinity_of(std::string_view begin_string);

}  // namespace troupe::protocol
