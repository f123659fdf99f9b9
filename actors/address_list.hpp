// Who may connect: addresses and networks, as AllowedRemoteAddresses lists them. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::actors {

// IPv4 or IPv6 in one form: an IPv4 address stands in the IPv6 block that is made for it, ::ffff:0:0/96, so that it is the same
// on a listener of either kind.
struct ip_address {
  std::array<std::uint8_t, 16> bytes{};
  auto operator<=>(const ip_address&) const = default;
};
[[nodiscard]] std::optional<ip_address> parse_address(std::string_view text);
[[nodiscard]] bool is_ipv4(const ip_address& address);
// "192.0.2.7", "2001:db8::7"
[[nodiscard]] std::string to_string(const ip_address& address);
// Of a peer as it is shown everywhere: "192.0.2.7:49152", "[2001:db8::7]:49152".
[[nodiscard]] std::optional<ip_address> address_of_peer(std::string_view peer);

class address_list {
 public:
  // Appends "192.0.2.7", "192.0.2.0/24", "2001:db8::/32". What is wrong if it does not; empty if it is none of these at all.
  [[nodiscard]] std::optional<std::string> add(std::string_view text);
  [[nodiscard]] bool contains(const ip_address& address) const;
  // An empty list lets everybody in.
  [[nodiscard]] bool lets_in(std::string_view peer) const;
  [[nodiscard]] bool empty() const { return networks_.empty(); }
  bool operator==(const address_list&) const = default;

 private:
  struct network {
    ip_address base;
    unsigned bits = 128;
    bool operator==(const network&) const = default;
  };
  std::vector<network> networks_;
};

// The whole of a list with commas between, blanks around them or not; the entry that is no address if there is one.
struct address_list_result {
  address_list list;
  std::optional<std::string_view> wrong;  // into `text`
  std::string why;                        // of one that only looks like a network, and what to write instead
};
[[nodiscard]] address_list_result parse_address_list(std::string_view text);

}  // namespace troupe::actors
