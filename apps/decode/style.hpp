// Colours, or none.
#pragma once

#include <string>
#include <string_view>

namespace troupe::decode {

struct style {
  std::string_view head, tag, name, meaning, fault, off;
};

inline constexpr style plain_style{};
inline constexpr style colour_style{"\x1b[1m", "\x1b[2m", "\x1b[36m", "\x1b[32m", "\x1b[1;31m", "\x1b[0m"};

}  // namespace troupe::decode
