// As little of FIX as a measuring tool needs, independent of the engine it measures: framing, one field, a whole message.
#pragma once

#include <cstdint>
#include <cstring>
#include <ctime>
#include <string>
#include <string_view>

namespace bench {

inline constexpr char soh = '\x01';

// Length of the whole message at the front, 0: more bytes are needed, -1: this is no FIX message. Goes by BodyLength(9).
inline long frame_length(std::string_view bytes) {
  if (bytes.size() < 16) return 0;
  const std::size_t begin_string = bytes.find(soh);
  if (bytes.substr(0, 2) != "8=" || begin_string > 14) return -1;
  std::size_t at = begin_string + 3;
  std::size_t body = 0;
  for (; at < bytes.size() && bytes[at] >= '0' && bytes[at] <= '9'; ++at) body = body * 10 + std::size_t(bytes[at] - '0');
  if (at == bytes.size()) return 0;
  const std::size_t total = at + 1 + body + 7;
  return bytes[at] != soh ? -1 : total <= bytes.size() ? long(total) : 0;
}

// The value behind `tag_equals`, e.g. "34=", which must not be the first field; empty if there is none.
inline std::string_view find_field(std::string_view message, std::string_view tag_equals) {
  for (std::size_t at = message.find(soh); at != std::string_view::npos; at = message.find(soh, at + 1))
    if (message.substr(at + 1, tag_equals.size()) == tag_equals) {
      const std::size_t value = at + 1 + tag_equals.size();
      return message.substr(value, message.find(soh, value) - value);
    }
  return {};
}

inline std::uint64_t to_number(std::string_view digits) {
  std::uint64_t value = 0;
  for (const char c : digits) value = value * 10 + std::uint64_t(c - '0');
  return value;
}

inline unsigned byte_sum(std::string_view bytes) {
  unsigned sum = 0;
  for (const char c : bytes) sum += static_cast<unsigned char>(c);
  return sum;
}

// Exactly `width` digits.
inline void put_fixed(char* out, std::uint64_t value, int width) {
  for (int i = width - 1; i >= 0; --i, value /= 10) out[i] = char('0' + value % 10);
}

// "20260101-00:00:00.000" of now.
inline std::string sending_time() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  tm parts{};
  gmtime_r(&now.tv_sec, &parts);
  char text[32];
  const std::size_t length = std::strftime(text, sizeof text, "%Y%m%d-%H:%M:%S.000", &parts);
  put_fixed(text + length - 3, std::uint64_t(now.tv_nsec / 1'000'000), 3);
  return {text, length};
}

// A whole FIX.4.2 message around `body`, which begins with 35= and ends with SOH.
inline std::string framed(std::string_view body) {
  std::string message = std::string("8=FIX.4.2") + soh + "9=" + std::to_string(body.size()) + soh;
  message += body;
  char trailer[] = "10=000\x01";
  put_fixed(trailer + 3, byte_sum(message) % 256, 3);
  return message + trailer;
}

}  // namespace bench
