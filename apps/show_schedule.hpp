// `troupe schedule`: when the sessions of a settings file open and close.
#pragma once

#include <cstddef>
#include <filesystem>

namespace troupe::apps {

// The next so many events of each session, in its zone and in UTC. The exit code.
[[nodiscard]] int show_schedule(const std::filesystem::path& file, std::size_t events);

}  // namespace troupe::apps
