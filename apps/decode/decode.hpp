// `troupe decode`.
#pragma once

#include "apps/decode/options.hpp"

namespace troupe::decode {

// Blocking, on the calling thread. The exit code.
[[nodiscard]] int decode(const options& chosen);

}  // namespace troupe::decode
