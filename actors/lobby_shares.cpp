#include "actors/lobby_shares.hpp"

#include <algorithm>

namespace troupe::actors {
namespace {

constexpr std::size_t network_bytes = 8;  // of an IPv6 address

}  // namespace

ip_address origin_of(std::string_view peer) {
  auto address = address_of_peer(peer).value_or(ip_address{});
  if (!is_ipv4(address)) std::fill(address.bytes.begin() + network_bytes, address.bytes.end(), std::uint8_t{0});
  return address;
}

void lobby_shares::left(const ip_address& from) {
  const auto found = counts_.find(from);
  if (--found->second == 0) counts_.erase(found);
}

std::optional<ip_address> lobby_shares::gives_way_to(const ip_address& comer) const {
  const auto most = std::max_element(counts_.begin(), counts_.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  const auto own = counts_.find(comer);
  const auto least = 2 + (own == counts_.end() ? 0 : own->second);
  return most != counts_.end() && most->second >= least ? std::optional{most->first} : std::nullopt;
}

}  // namespace troupe::actors
