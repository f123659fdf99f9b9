// Text from outside, made safe for a terminal.
#pragma once

#include <string>
#include <string_view>

namespace troupe::decode {

// Control characters, bytes that are no UTF-8, and characters that turn the direction of writing become \xNN, byte for byte.
void append_printable(std::string& into, std::string_view text);

// Of a UTF-8 sequence at the front of `text`: its length; 0 if it is none.
[[nodiscard]] std::size_t utf8_length(std::string_view text);
[[nodiscard]] bool is_utf8(std::string_view text);

}  // namespace troupe::decode
