// From an understood settings file to the configuration of an engine.
#pragma once

#include "actors/engine_config.hpp"
#include "actors/message_log.hpp"
#include "actors/settings.hpp"

namespace troupe::apps {

// The sinks live longer than the engine.
[[nodiscard]] actors::engine_config engine_of(const actors::settings& settings, actors::event_sink& events, actors::message_log& messages);

}  // namespace troupe::apps
