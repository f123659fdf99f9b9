// What one session is told about itself: typed, checked once where it is read, constant from then on.
#pragma once

#include "protocol/types.hpp"
#include "protocol/validate.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace troupe::protocol {

enum class role : std::uint8_t { initiator, acceptor };

struct session_config {
  session_id id;
  protocol::role role = role::initiator;

  // FIXT 1.1: DefaultApplVerID(1137) of our Logon, "9" for FIX.5.0SP2; see appl_version.hpp. Must be set with it, and be empty with FIX 4.x.
  std::string default_appl_ver_id;

  std::chrono::seconds heart_bt_int{30};    // HeartBtInt(108) that an initiator proposes; an acceptor takes the peer's
  std::chrono::seconds logon_timeout{10};   // from link_up to the peer's Logon
  std::chrono::seconds logout_timeout{2};   // from our Logout to the peer's answer
  double test_request_factor = 1.2;         // nothing received for HeartBtInt x this: TestRequest(1)
  double disconnect_factor = 2.4;           // nothing received for HeartBtInt x this: disconnect

  bool reset_on_logon = false;       // both numbers 1 at every Logon
  bool reset_on_logout = false;
  bool reset_on_disconnect = false;
  bool send_reset_flag = false;      // initiator: always log on with ResetSeqNumFlag(141)=Y

  bool check_comp_id = true;
  bool check_latency = true;
  std::chrono::seconds max_latency{120};
  bool require_orig_sending_time = true;  // 43=Y without 122 is rejected

  // What messages are checked against; without dictionaries only their structure is. Reject(3) is never refused for what they say.
  protocol::dictionaries dictionaries;
  validation_rules validation;
  bool reject_invalid = true;  // false: what the dictionaries object to is reported and goes on its way all the same

  std::size_t max_held_messages = 10'000;           // received ahead of a gap
  std::size_t max_held_bytes = 16 * 1024 * 1024;
  std::chrono::seconds gap_timeout{30};             // a gap that does not close: asked for again …
  unsigned max_gap_requests = 3;                    // … so often, then needs_operator

  std::size_t replay_page_records = 256;
  std::size_t replay_page_bytes = 256 * 1024;
  std::size_t replay_low_water = 64 * 1024;         // unwritten bytes below which the next page is fetched

  std::size_t max_waiting_resends = 8;              // ResendRequests that wait behind the one being served; more are dropped
  unsigned max_repeated_resends = 10;               // the same one in a row; then Logout
  bool fill_damaged_records = false;                // gap-fill what the store has lost; else stop there and tell the operator

  std::chrono::milliseconds store_retry_first{100}; // after a failed commit; doubled from try to try …
  std::chrono::milliseconds store_retry_most{5000}; // … up to this
  std::chrono::seconds store_stall_limit{60};       // then the connection is given up; the retries go on

  std::size_t max_unhandled_messages = 1024;        // delivered to the application and not handled: reading pauses
  std::size_t max_unhandled_bytes = 4 * 1024 * 1024;
  std::size_t max_uncommitted_bytes = 4 * 1024 * 1024;  // in flight to the store, 1 KiB more for each commit: reading pauses, submits are refused
  std::size_t max_unwritten_bytes = 16 * 1024 * 1024;   // peer does not read: cut

  bool has_authenticate_hook = false;   // ask before answering a Logon
  bool has_prepare_logon_hook = false;  // ask before sending a Logon
  bool has_may_resend_hook = false;     // ask before resending application messages
};

}  // namespace troupe::protocol
