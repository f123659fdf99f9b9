// The time that a log wrote in front of a message.
#pragma once

#include <string_view>

namespace troupe::decode {

// The last hh:mm:ss in `text`, with a fraction behind it and a date in front of it if they are there; empty if there is none.
[[nodiscard]] std::string_view find_time(std::string_view text);

}  // namespace troupe::decode
