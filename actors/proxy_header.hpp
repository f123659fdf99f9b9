// The header that a load balancer puts before the first byte of a connection to say who the peer is: the PROXY protocol, versions 1 (a line
// of text) and 2 (binary), as HAProxy specifies it. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace troupe::actors {

// A header that says it is longer is refused at once, not waited for.
inline constexpr std::size_t longest_proxy_header = 4'096;

struct proxy_header {
  enum class kind : std::uint8_t {
    need_more,  // what is there may be the beginning of one
    whole,      // the first `size` bytes are one
    wrong,      // these bytes never become one: `error`
  };
  kind what = kind::need_more;
  std::size_t size = 0;
  std::string peer{};   // "192.0.2.7:49152"; empty: the balancer speaks for itself (a health check), or does not know the peer
  std::string error{};  // what was expected and what came
};

// Always given all bytes of the connection so far.
[[nodiscard]] proxy_header read_proxy_header(std::string_view bytes);

}  // namespace troupe::actors
