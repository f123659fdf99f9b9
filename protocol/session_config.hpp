// What one session is told about itself: typed, checked once where it is read, constant from then on.
#pragma once

#include "protocol/framer.hpp"
#include "protocol/types.hpp"
#include "protocol/utc.hpp"
#include "protocol/validate.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace troupe::protocol {

enum class role : std::uint8_t { initiator, acceptor };

// What becomes of application messages beyond the limit of a session.
enum class throttle_action : std::uint8_t {
  delay,   // they are read later
  reject,  // BusinessMessageReject(j), until FIX 4.1 Reject(3)
  logout,
};

// When the application is told that the orders of this session should be cancelled.
enum class cancel_rule : std::uint8_t {
  never,
  disconnect,  // the connection ended without Logout(5), or the process did
  always,      // after a Logout(5) as well
};

struct session_config {
  session_id id;
  protocol::role role = role::initiator;

  // FIXT 1.1: DefaultApplVerID(1137) of our Logon, "9" for FIX.5.0SP2; see appl_version.hpp. Must be set with it, and be empty with FIX 4.x.
  std::string default_appl_ver_id;

  // Header fields of what we send, and no part of the identity; empty: none. One that the application sets itself wins.
  std::string sender_sub_id;       // SenderSubID(50)
  std::string target_sub_id;       // TargetSubID(57)
  std::string sender_location_id;  // SenderLocationID(142), from FIX 4.1 on
  std::string target_location_id;  // TargetLocationID(143), from FIX 4.1 on
  bool send_last_processed = false;               // LastMsgSeqNumProcessed(369) in every message, from FIX 4.2 on
  std::optional<utc_precision> time_precision{};  // of SendingTime(52); empty: what the version allows
  bool allow_poss_dup = false;  // the application may send PossDupFlag(43) and OrigSendingTime(122) itself

  std::chrono::seconds heart_bt_int{30};    // HeartBtInt(108) that an initiator proposes; an acceptor takes the peer's …
  bool override_heart_bt_int = false;       // … unless it insists on its own
  std::chrono::seconds logon_timeout{10};   // from link_up to the peer's Logon
  std::chrono::seconds logout_timeout{2};   // from our Logout to the peer's answer
  double test_request_factor = 1.2;         // nothing received for HeartBtInt x this: TestRequest(1)
  double disconnect_factor = 2.4;           // nothing received for HeartBtInt x this: disconnect
  bool check_silence = true;                // false: neither
  bool logout_at_silence = false;           // a Logout(5) before that disconnect

  bool reset_on_logon = false;       // both numbers 1 at every Logon
  bool reset_on_logout = false;
  bool reset_on_disconnect = false;
  bool send_reset_flag = false;      // initiator: always log on with ResetSeqNumFlag(141)=Y
  bool reset_on_error = false;       // a message that would be rejected ends the session, and both numbers are 1
  bool disconnect_on_error = false;  // a message that would be rejected ends the session

  // Logon(A)
  std::string logon_fields;            // further body fields, each ended by SOH; not kept in the store
  bool use_next_expected = false;      // NextExpectedMsgSeqNum(789) sent and acted upon, from FIX 4.4 on
  std::optional<bool> is_test{};       // TestMessageIndicator(464): sent, and the peer's must be the same; empty: neither

  bool check_comp_id = true;
  bool check_latency = true;
  std::chrono::seconds max_latency{120};
  bool require_orig_sending_time = true;  // 43=Y without 122 is rejected
  bool check_numbers = true;         // false: messages are counted, and their MsgSeqNum(34) is not looked at
  frame_check framing = frame_check::length_and_sum;  // what counts as a message; for whoever cuts the bytes of its connections
  bool reject_garbled = false;       // Reject(3) of a message with wrong BodyLength or CheckSum that has a number; it stays missing

  // What messages are checked against; without dictionaries only their structure is. Reject(3) is never refused for what they say.
  protocol::dictionaries dictionaries;
  validation_rules validation;
  bool deliver_invalid = false;  // an application message that would be rejected goes to the application instead, marked
  bool reject_invalid = true;  // false: what the dictionaries object to is reported and goes on its way all the same

  unsigned inbound_limit = 0;                       // application messages in …
  std::chrono::milliseconds inbound_period{1000};   // … this time; 0: as many as come
  throttle_action beyond_limit = throttle_action::delay;

  cancel_rule cancel_orders = cancel_rule::never;
  std::chrono::milliseconds cancel_delay{0};        // so long the session may take to come back before that

  bool fill_gap_before_logout = false;              // a Logout(5) ahead of a gap waits for the fill; false: it is answered at once

  std::size_t max_held_messages = 10'000;           // received ahead of a gap
  std::size_t max_held_bytes = 16 * 1024 * 1024;
  std::uint64_t resend_chunk = 0;                   // a ResendRequest(2) of ours asks for so many messages; 0: for all
  bool close_resend_request = false;                // it ends where the gap does, instead of with infinity
  bool ask_redundantly = false;                     // one for every message ahead of the gap that is no ResendRequest(2) itself
  std::chrono::seconds gap_timeout{30};             // a gap that does not close: asked for again …
  unsigned max_gap_requests = 3;                    // … so often, then needs_operator

  std::size_t replay_page_records = 256;
  std::size_t replay_page_bytes = 256 * 1024;
  std::size_t replay_low_water = 64 * 1024;         // unwritten bytes below which the next page is fetched

  std::size_t max_waiting_resends = 8;              // ResendRequests that wait behind the one being served; more are dropped
  unsigned max_repeated_resends = 10;               // the same one in a row; then Logout
  std::uint64_t max_resend_span = 0;                // a ResendRequest(2) for more messages is rejected; 0: none is
  unsigned resend_rate = 0;                         // messages a second that are sent again at most; 0: as fast as the peer reads
  bool serve_replayed_requests = true;              // ResendRequests with PossDupFlag(43)=Y, in their turn, are served like others
  bool resend_messages = true;                      // false: application messages are gap-filled …
  bool resend_rejects = false;                      // Reject(3) is sent again like an application message
  bool fill_damaged_records = false;                // gap-fill what the store has lost; else stop there and tell the operator

  std::chrono::milliseconds store_retry_first{100}; // after a failed commit; doubled from try to try …
  std::chrono::milliseconds store_retry_most{5000}; // … up to this
  std::chrono::seconds store_stall_limit{60};       // then the connection is given up; the retries go on

  std::size_t max_unhandled_messages = 1024;        // delivered to the application and not handled: reading pauses
  std::size_t max_unhandled_bytes = 4 * 1024 * 1024;
  std::size_t max_uncommitted_bytes = 4 * 1024 * 1024;  // in flight to the store, 1 KiB more for each commit: reading pauses, submits are refused
  std::size_t max_unwritten_bytes = 16 * 1024 * 1024;   // peer does not read: cut

  // What is submitted while the session is not logged on. false: refused. true: kept in the store without a number, and sent behind
  // the next logon, when the peer has what it missed (scenario 16).
  bool park_submits = false;
  std::size_t max_parked_submits = 1000;
  std::size_t max_parked_bytes = 1024 * 1024;
  std::chrono::seconds max_parked_age{0};           // older ones are refused instead of sent; 0: never

  bool has_authenticate_hook = false;   // ask before answering a Logon
  bool has_prepare_logon_hook = false;  // ask before sending a Logon
  bool has_may_resend_hook = false;     // ask before resending application messages
};

}  // namespace troupe::protocol
