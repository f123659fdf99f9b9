// `troupe status`, and the commands for one session of a running engine: logon, logout, reset, disconnect.
#pragma once

#include "actors/messages.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::apps {

// The socket of the engine that runs with this settings file, unless `socket` names it. Problems of the file go to the standard
// error output; then the answer is empty.
[[nodiscard]] std::filesystem::path control_socket_of(const std::filesystem::path& file, const std::filesystem::path& socket);

// A table no wider than `columns`, made of the JSON that the engine answers. What does not fit is cut with "…".
[[nodiscard]] std::string status_table(std::string_view json, std::size_t columns);

// What `troupe run` says last: the numbers each session goes on with.
[[nodiscard]] std::string summary(const actors::stopped& end);

[[nodiscard]] int status(const std::filesystem::path& socket, bool is_json);

// Stops the engine, and returns when its process is gone.
[[nodiscard]] int stop(const std::filesystem::path& socket, std::optional<unsigned> within_seconds);

// `what`: logon, logout, reset or disconnect. `session`: in full, or its TargetCompID.
[[nodiscard]] int command(const std::filesystem::path& socket, const std::string& what, const std::string& session, const std::string& text);

}  // namespace troupe::apps
