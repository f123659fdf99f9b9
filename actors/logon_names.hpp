// The names of a Logon beside its identity, sub IDs and locations, and whether they are those that a session, or a template, is for. Pure.
#pragma once

#include "actors/logon_identity.hpp"
#include "protocol/session_config.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::actors {

struct logon_name_field {
  std::string_view in_logon;                        // "SenderSubID(50)"
  std::string logon_identity::* of_logon;           // as we would send it, so that SenderSubID(50) is our target's
  std::string protocol::session_config::* of_ours;
};
inline constexpr std::array<logon_name_field, 4> logon_name_fields{{
    {"TargetSubID(57)", &logon_identity::sender_sub_id, &protocol::session_config::sender_sub_id},
    {"SenderSubID(50)", &logon_identity::target_sub_id, &protocol::session_config::target_sub_id},
    {"TargetLocationID(143)", &logon_identity::sender_location_id, &protocol::session_config::sender_location_id},
    {"SenderLocationID(142)", &logon_identity::target_location_id, &protocol::session_config::target_location_id},
}};

// What a Logon must say, in the order of logon_name_fields. Nothing: that is not looked at; empty: it must not be there.
using logon_names = std::array<std::optional<std::string>, logon_name_fields.size()>;

// "SenderSubID(50) is DESK2, expected DESK1", of the first that does not fit; empty: all of them do.
[[nodiscard]] std::string what_differs(const logon_names& expected, const logon_identity& who);

inline constexpr std::size_t longest_name = 64;  // of one that comes from the wire
// Why nobody is called so: names from the wire become names in files, logs and commands. Empty: it is a good name.
[[nodiscard]] std::string why_no_name(std::string_view field, std::string_view name);

}  // namespace troupe::actors
