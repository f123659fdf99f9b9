// Who has how many of the lobby's places, by remote address, and who has to make room when there is none: so that one address cannot lock
// all others out. Pure.
#pragma once

#include "actors/address_list.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string_view>

namespace troupe::actors {

// Of a peer as it is shown everywhere. Of IPv6 the network of 64 bits, which one host may have for itself; all that is no address is one.
[[nodiscard]] ip_address origin_of(std::string_view peer);

class lobby_shares {
 public:
  void came(const ip_address& from) { ++counts_[from]; }
  void left(const ip_address& from);

  // The one that has most, if that is at least two more than `comer` has: so nobody takes the place of his equals, and no two take it
  // from each other in turn. Nothing: the comer waits outside.
  [[nodiscard]] std::optional<ip_address> gives_way_to(const ip_address& comer) const;

 private:
  std::map<ip_address, std::size_t> counts_;  // no more than there are links
};

}  // namespace troupe::actors
