#include "protocol/session_io.hpp"

namespace troupe::protocol {

std::string_view to_string(session_state state) {
  switch (state) {
    case session_state::Disconnected: return "Disconnected";
    case session_state::Connecting: return "Connecting";
    case session_state::AwaitingLogon: return "AwaitingLogon";
    case session_state::AwaitingAuthentication: return "AwaitingAuthentication";
    case session_state::PreparingLogon: return "PreparingLogon";
    case session_state::LogonSent: return "LogonSent";
    case session_state::Active: return "Active";
    case session_state::Recovering: return "Recovering";
    case session_state::LoggingOut: return "LoggingOut";
    case session_state::StoreStalled: return "StoreStalled";
  }
  return "?";
}

std::string_view to_string(end_reason reason) {
  switch (reason) {
    case end_reason::link_lost: return "link lost";
    case end_reason::peer_logout: return "the peer logged out";
    case end_reason::our_logout: return "we logged out";
    case end_reason::logon_timeout: return "no Logon in time";
    case end_reason::logon_refused: return "Logon refused";
    case end_reason::protocol_violation: return "protocol violation";
    case end_reason::heartbeat_timeout: return "the peer has fallen silent";
    case end_reason::peer_does_not_read: return "the peer does not read";
    case end_reason::store_stalled_too_long: return "the store was stalled too long";
  }
  return "?";
}

}  // namespace troupe::protocol
