// Who wants to know what goes on: logs, metrics, `tail`. Told, never asked.
//
// Called on the threads of the reactors, several at a time: implementations are thread-safe and do not block. Views are valid
// during the call. Lifetime: longer than the engine.
#pragma once

#include "protocol/types.hpp"

#include <cstdint>
#include <string_view>

namespace troupe::actors {

enum class direction : std::uint8_t { in, out };

class observer {
 public:
  virtual ~observer() = default;

  // Stable codes: docs/events.md.
  virtual void on_event(const protocol::session_id& /*id*/, std::string_view /*code*/, std::string_view /*text*/,
                        protocol::instant /*at*/) {}
  // Whole frames, passwords included: mask before you keep them. Outgoing ones when they are handed to the store.
  virtual void on_message(const protocol::session_id& /*id*/, direction /*way*/, std::string_view /*frame*/,
                          protocol::instant /*at*/) {}
};

}  // namespace troupe::actors
