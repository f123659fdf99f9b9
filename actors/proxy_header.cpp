#include "actors/proxy_header.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <vector>

namespace troupe::actors {
namespace {

constexpr std::string_view text_mark = "PROXY ";
constexpr std::string_view binary_mark{"\r\n\r\n\0\r\nQUIT\n", 12};
constexpr std::size_t longest_line = 107;  // with its CR LF
constexpr std::size_t binary_head = 16;

proxy_header wrong(std::string error) { return {proxy_header::kind::wrong, 0, {}, std::move(error)}; }
proxy_header whole(std::size_t size, std::string peer) { return {proxy_header::kind::whole, size, std::move(peer), {}}; }

bool may_become(std::string_view bytes, std::string_view mark) { return bytes.substr(0, mark.size()) == mark.substr(0, bytes.size()); }

std::string shown(const std::string& host, unsigned port) { return (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" + std::to_string(port); }

// ------------------------------------------------------------------ version 1

// One blank between words, none before or behind.
std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  for (;;) {
    const auto blank = line.find(' ');
    words.push_back(line.substr(0, blank));
    if (blank == std::string_view::npos) return words;
    line.remove_prefix(blank + 1);
  }
}

std::optional<unsigned> port_of(std::string_view text) {
  unsigned port = 0;
  if (text.empty() || (text.size() > 1 && text.front() == '0')) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc{} && end == text.data() + text.size() && port <= 65'535 ? std::optional{port} : std::nullopt;
}

bool is_address(int family, std::string_view text) {
  std::array<unsigned char, 16> ignored;
  return ::inet_pton(family, std::string{text}.c_str(), ignored.data()) == 1;
}

proxy_header read_text(std::string_view bytes) {
  const auto end = bytes.substr(0, longest_line).find("\r\n");
  if (end == std::string_view::npos)
    return bytes.size() < longest_line ? proxy_header{} : wrong("a PROXY line without an end in " + std::to_string(longest_line) + " bytes");
  const auto line = bytes.substr(0, end);
  if (line.find('\0') != std::string_view::npos) return wrong("a PROXY line with a NUL in it");
  const auto words = words_of(line);
  if (words[1] == "UNKNOWN") return whole(end + 2, {});
  const int family = words[1] == "TCP4" ? AF_INET : words[1] == "TCP6" ? AF_INET6 : AF_UNSPEC;
  if (family == AF_UNSPEC) return wrong("a PROXY line of a kind that is not TCP4, TCP6 or UNKNOWN");
  if (words.size() != 6 || !is_address(family, words[2]) || !is_address(family, words[3]) || !port_of(words[4]) || !port_of(words[5]))
    return wrong("a PROXY line that is not `PROXY TCP4 source destination port port`");
  return whole(end + 2, shown(std::string{words[2]}, *port_of(words[4])));
}

// ------------------------------------------------------------------ version 2

unsigned byte_at(std::string_view bytes, std::size_t at) { return static_cast<unsigned char>(bytes[at]); }
unsigned two_at(std::string_view bytes, std::size_t at) { return byte_at(bytes, at) << 8U | byte_at(bytes, at + 1); }

std::string peer_in(std::string_view addresses, int family) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  ::inet_ntop(family, addresses.data(), text.data(), text.size());
  return shown(text.data(), two_at(addresses, family == AF_INET ? 8 : 32));
}

proxy_header read_binary(std::string_view bytes) {
  if (bytes.size() < binary_head) return {};
  const auto version = byte_at(bytes, 12) >> 4U, command = byte_at(bytes, 12) & 15U, kind = byte_at(bytes, 13);
  const std::size_t length = two_at(bytes, 14), size = binary_head + length;
  if (version != 2 || command > 1) return wrong("a binary PROXY header of version " + std::to_string(version) + ", command " + std::to_string(command) + "; expected version 2, LOCAL or PROXY");
  if (size > longest_proxy_header) return wrong("a PROXY header of " + std::to_string(size) + " bytes; expected at most " + std::to_string(longest_proxy_header));
  const bool is_known = command == 1 && (kind == 0x11 || kind == 0x21);
  if (command == 1 && kind != 0 && !is_known) return wrong("a PROXY header for something that is not TCP over IPv4 or IPv6");
  if (is_known && length < (kind == 0x11 ? 12U : 36U)) return wrong("a PROXY header that is too short for its addresses");
  if (bytes.size() < size) return {};
  return whole(size, is_known ? peer_in(bytes.substr(binary_head), kind == 0x11 ? AF_INET : AF_INET6) : std::string{});
}

}  // namespace

proxy_header read_proxy_header(std::string_view bytes) {
  if (bytes.size() >= text_mark.size() && may_become(bytes, text_mark)) return read_text(bytes);
  if (bytes.size() >= binary_mark.size() && may_become(bytes, binary_mark)) return read_binary(bytes);
  if (may_become(bytes, text_mark) || may_become(bytes, binary_mark)) return {};
  return wrong("expected a PROXY header first (UseTCPProxy=Y), received something else");
}

}  // namespace troupe::actors
