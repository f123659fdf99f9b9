// Times as the settings files of the four engines write them. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>
#include <vector>

namespace troupe::actors {

// Whole seconds, "30", or as QuickFIX/Go writes them, numbers with their units h, m, s, ms, us (µs), ns, one behind the other: "1m30s", "1.5h",
// "300ms". A plus sign may stand in front, as Java and Go allow. Empty: it is none of these, it is negative, or longer than a year.
[[nodiscard]] std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text);

// Waits one after the other, as QuickFIX/J writes them: "5;10;3x30" (or 3*30) is 5, 10, 30, 30, 30 seconds. Each from 1 ms to a day, at least
// one, at most 1,000; else nothing.
[[nodiscard]] std::optional<std::vector<std::chrono::milliseconds>> parse_waits(std::string_view text);

}  // namespace troupe::actors
