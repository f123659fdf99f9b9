// What `Application=…` of a settings file means: the pure answers of executor.hpp and echo.hpp, as applications of the engine.
#pragma once

#include "actors/application_adapter.hpp"
#include "actors/settings.hpp"

namespace troupe::apps {

[[nodiscard]] actors::application_source application_of(actors::application_kind kind, actors::adapter_limits limits);

}  // namespace troupe::apps
