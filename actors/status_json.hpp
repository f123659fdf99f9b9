// The state of an engine as JSON: what `troupe status --json` prints. docs/status.md says what each member means; members are
// added, never renamed.
#pragma once

#include "actors/messages.hpp"

#include <nlohmann/json_fwd.hpp>

namespace troupe::actors {

[[nodiscard]] nlohmann::ordered_json to_json(const engine_status& status, steady_time now);

}  // namespace troupe::actors
