// The session of a transcript, read as a settings file: so a transcript holds the setting as well as the rule.
#pragma once

#include "protocol/session_config.hpp"
#include "test/conformance/transcript.hpp"

namespace troupe::test {

// US for THEM, HeartBtInt=30, checked by the dictionaries of the version unless the transcript sets it otherwise. Throws transcript_error.
[[nodiscard]] protocol::session_config config_of(const transcript& story, const fix_version& version, protocol::role role);

}  // namespace troupe::test
