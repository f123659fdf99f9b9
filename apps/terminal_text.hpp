// Texts for an operator's terminal.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace troupe::apps {

// Of the standard output; many if it is no terminal.
[[nodiscard]] std::size_t terminal_columns();

// A peer's text must not move the cursor.
[[nodiscard]] std::string printable(std::string text);

// In characters; bytes that begin none are not counted.
[[nodiscard]] std::size_t width_of(std::string_view text);

// A line with its end, no wider than this; what does not fit is cut with "…".
[[nodiscard]] std::string cut(std::string line, std::size_t columns);

// "3 h 5 min": the two greatest units.
[[nodiscard]] std::string age_text(std::chrono::milliseconds age);

}  // namespace troupe::apps
