// What waits for a logon as JSON: what `troupe parked` asks for and prints. docs/status.md says what each member means; members are
// added, never renamed.
#pragma once

#include "actors/messages.hpp"

#include <nlohmann/json_fwd.hpp>

#include <span>

namespace troupe::actors {

// One page. Passwords and the like are masked; of a long message the beginning is there.
[[nodiscard]] nlohmann::ordered_json to_json(const session_id& of, std::span<const protocol::parked_submit> page, bool is_last, utc_time now);

}  // namespace troupe::actors
