// Durations as QuickFIX/Go writes them: "30s", "1m30s", "500ms", "1.5h".
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace troupe::actors {

// Numbers with their units h, m, s, ms, us (µs), ns, one behind the other. Empty: it is none, it is negative, or longer than a year.
[[nodiscard]] std::optional<std::chrono::nanoseconds> read_duration(std::string_view text);

}  // namespace troupe::actors
