// How times and odd bytes are written in logs.
#pragma once

#include "protocol/types.hpp"

#include <string>
#include <string_view>

namespace troupe::actors {

// "20261123-09:37:23.123456", UTC: the format of UTCTimestamp, which sorts.
void append_time(std::string& into, protocol::utc_time at);

// `text`, a line of its own whatever it holds: control characters but for `keep` become \xNN.
void append_in_line(std::string& into, std::string_view text, char keep = '\0');

}  // namespace troupe::actors
