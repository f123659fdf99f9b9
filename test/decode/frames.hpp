// Wire text for tests: `|` is the separator that is asked for.
#pragma once

#include "protocol/byte_sum.hpp"

#include <string>
#include <string_view>

namespace troupe::test {

inline std::string with_separator(std::string_view text, std::string_view separator) {
  std::string out;
  for (const char c : text) c == '|' ? out += separator : out += c;
  return out;
}

// A true frame around `body`, SOH for each |.
inline std::string frame_of(std::string_view body, std::string_view version = "FIX.4.4") {
  const std::string inner = with_separator(body, "\x01");
  const std::string front = "8=" + std::string{version} + "\x01" + "9=" + std::to_string(inner.size()) + "\x01" + inner;
  const std::string sum = std::to_string(protocol::byte_sum(front) % 256);
  return front + "10=" + std::string(3 - sum.size(), '0') + sum + "\x01";
}

// The same frame in a log, with another separator for SOH.
inline std::string logged(const std::string& frame, std::string_view separator) {
  std::string out;
  for (const char c : frame) c == '\x01' ? out += separator : out += c;
  return out;
}

}  // namespace troupe::test
