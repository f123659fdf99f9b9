// A submit token made of a text that is unique in its session, such as an ExecID(17) or ClOrdID(11).
#pragma once

#include "protocol/types.hpp"

#include <cstdint>
#include <string_view>

namespace troupe::protocol {

// The same text always gives the same token, in every process (FNV-1a, 64 bit); never 0, which names nothing.
[[nodiscard]] constexpr submit_token token_of(std::string_view text) {
  std::uint64_t hash = 14695981039346656037U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  return submit_token{hash == 0 ? 1 : hash};
}

}  // namespace troupe::protocol
