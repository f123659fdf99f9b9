// `troupe run FILE`: the engine of a settings file, until a signal ends it.
#pragma once

#include <filesystem>

namespace troupe::apps {

// SIGTERM or SIGINT: every session logs out, everything is written, 0. A second one, at least a second later: ends at once, 130.
// SIGHUP is noted. What it says last, on the standard output, is the numbers that each session goes on with.
[[nodiscard]] int run(const std::filesystem::path& file);

}  // namespace troupe::apps
