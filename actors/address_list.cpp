#include "actors/address_list.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <string>

namespace troupe::actors {
namespace {

constexpr std::size_t longest_address = 64;
constexpr unsigned ipv4_offset = 96;  // bits before an IPv4 address in its IPv6 form

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

std::optional<unsigned> whole(std::string_view text) {
  unsigned n = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  return error == std::errc{} && end == text.data() + text.size() ? std::optional{n} : std::nullopt;
}

bool is_equal_in(unsigned bits, const ip_address& a, const ip_address& b) {
  const auto whole_bytes = bits / 8;
  if (std::memcmp(a.bytes.data(), b.bytes.data(), whole_bytes) != 0) return false;
  const auto rest = bits % 8;
  return rest == 0 || (a.bytes[whole_bytes] ^ b.bytes[whole_bytes]) >> (8 - rest) == 0;
}

}  // namespace

std::optional<ip_address> parse_address(std::string_view text) {
  if (text.size() > longest_address) return std::nullopt;
  const std::string copy{text};
  if (copy.find('\0') != std::string::npos) return std::nullopt;
  ip_address address;
  if (::inet_pton(AF_INET6, copy.c_str(), address.bytes.data()) == 1) return address;
  address.bytes = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (::inet_pton(AF_INET, copy.c_str(), address.bytes.data() + ipv4_offset / 8) == 1) return address;
  return std::nullopt;
}

// An IPv6 address of a link has its interface behind it: fe80::1%eth0.
std::optional<ip_address> address_of_peer(std::string_view peer) {
  const auto colon = peer.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  auto host = peer.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return parse_address(host.substr(0, host.find('%')));
}

bool address_list::add(std::string_view text) {
  const auto slash = text.find('/');
  const auto base = parse_address(text.substr(0, slash));
  if (!base) return false;
  if (slash == std::string_view::npos) return networks_.push_back({*base, 128}), true;
  const bool is_ipv4 = text.substr(0, slash).find(':') == std::string_view::npos;
  const auto bits = whole(text.substr(slash + 1));
  if (!bits || *bits > (is_ipv4 ? 32 : 128)) return false;
  networks_.push_back({*base, *bits + (is_ipv4 ? ipv4_offset : 0)});
  return true;
}

bool address_list::contains(const ip_address& address) const {
  return std::any_of(networks_.begin(), networks_.end(), [&](const network& n) { return is_equal_in(n.bits, n.base, address); });
}

bool address_list::lets_in(std::string_view peer) const {
  if (networks_.empty()) return true;
  const auto address = address_of_peer(peer);
  return address && contains(*address);
}

address_list_result parse_address_list(std::string_view text) {
  address_list_result result;
  for (bool is_last = false; !is_last;) {
    const auto comma = text.find(',');
    is_last = comma == std::string_view::npos;
    const auto one = trimmed(text.substr(0, comma));
    if (!result.list.add(one)) {
      result.wrong = one;
      return result;
    }
    if (!is_last) text.remove_prefix(comma + 1);
  }
  return result;
}

}  // namespace troupe::actors
