#include "actors/address_list.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <string>
#include <utility>

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

// The first address of the network that `a` is in.
ip_address first_of(ip_address a, unsigned bits) {
  for (auto i = bits; i < 128; ++i) a.bytes[i / 8] &= static_cast<std::uint8_t>(~(0x80U >> i % 8));
  return a;
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

bool is_ipv4(const ip_address& a) { return is_equal_in(ipv4_offset, a, {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}}); }

std::string to_string(const ip_address& a) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const auto* bytes = a.bytes.data();
  return is_ipv4(a) ? ::inet_ntop(AF_INET, bytes + ipv4_offset / 8, text.data(), text.size()) : ::inet_ntop(AF_INET6, bytes, text.data(), text.size());
}

std::optional<std::string> address_list::add(std::string_view text) {
  const auto slash = text.find('/');
  const auto base = parse_address(text.substr(0, slash));
  if (!base) return std::string{};
  if (slash == std::string_view::npos) return networks_.push_back({*base, 128}), std::nullopt;
  const bool is_written_as_ipv4 = text.substr(0, slash).find(':') == std::string_view::npos;
  const auto written = whole(text.substr(slash + 1));
  if (!written || *written > (is_written_as_ipv4 ? 32 : 128)) return std::string{};
  const auto shown = std::string{text};
  if (!is_written_as_ipv4 && is_ipv4(*base) && *written < ipv4_offset)
    return shown + " holds all of IPv4; write " + to_string(*base) + "/" + (*written <= 32 ? std::to_string(*written) : "N, with N from 0 to 32");
  const auto bits = *written + (is_written_as_ipv4 ? ipv4_offset : 0);
  if (const auto first = first_of(*base, bits); first != *base)
    return shown + " is an address within a network; write " + to_string(first) + "/" + std::to_string(is_ipv4(first) ? bits - ipv4_offset : bits) + " for the network, or " + to_string(*base) + " for the address";
  networks_.push_back({*base, bits});
  return std::nullopt;
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
    if (auto why = result.list.add(one)) {
      result.wrong = one;
      result.why = std::move(*why);
      return result;
    }
    if (!is_last) text.remove_prefix(comma + 1);
  }
  return result;
}

}  // namespace troupe::actors
