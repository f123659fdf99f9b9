// Plays one transcript in one version and role: the real settings, the real session machine, virtual time, a store and an application
// in memory. Whatever we send or deliver and the transcript does not say is a difference, too.
#pragma once

#include "test/conformance/transcript.hpp"

#include <string>

namespace troupe::test {

// Empty, or the first difference: "2c_too_low.txt:14: expected …".
[[nodiscard]] std::string play(const transcript& story, const fix_version& version, protocol::role role);

}  // namespace troupe::test
