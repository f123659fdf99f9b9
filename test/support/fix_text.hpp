// FIX messages as tests write them: `|` for SOH, BodyLength(9) and CheckSum(10) worked out.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace troupe::test {

// `|` becomes SOH.
inline std::string soh(std::string_view text) {
  std::string bytes{text};
  std::replace(bytes.begin(), bytes.end(), '|', '\x01');
  return bytes;
}

// The other way round, for messages of failed checks.
inline std::string shown(std::string_view bytes) {
  std::string text{bytes};
  std::replace(text.begin(), text.end(), '\x01', '|');
  return text;
}

// "10=ccc|" for these bytes.
inline std::string check_sum_field(std::string_view bytes) {
  unsigned sum = 0;
  for (const char c : bytes) sum += static_cast<unsigned char>(c);
  const std::string digits = std::to_string(sum % 256);
  return soh("10=" + std::string(3 - digits.size(), '0') + digits + '|');
}

// Adds the CheckSum only: for messages whose BodyLength is part of the story.
inline std::string with_check_sum(std::string_view text) {
  const std::string bytes = soh(text);
  return bytes + check_sum_field(bytes);
}

// "8=FIX.4.2|35=0|34=2|…" becomes a whole frame.
inline std::string with_trailer(std::string_view text) {
  const std::string bytes = soh(text);
  const std::size_t head = bytes.find('\x01') + 1;
  const std::string body = bytes.substr(head);
  const std::string framed = bytes.substr(0, head) + "9=" + std::to_string(body.size()) + '\x01' + body;
  return framed + check_sum_field(framed);
}

}  // namespace troupe::test
