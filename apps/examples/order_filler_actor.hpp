// The same application as a typed actor: for people who want the messages themselves. The duties that `actors::application` has
// done for you are yours here: say `handled`, drop what belongs to an older incarnation, repeat what is not durable yet.
#pragma once

#include "actors/application_adapter.hpp"

namespace troupe::examples {

[[nodiscard]] actors::application_source order_filler_actors();

}  // namespace troupe::examples
