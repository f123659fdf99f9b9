// What is said to a proxy until it has connected us: HTTP CONNECT (RFC 9110), SOCKS 4, 4a and 5 (RFC 1928, 1929). Bytes in, bytes out; no I/O.
//
//   proxy_dialogue d{proxy, "venue.example", 9876};
//   send(d.begin());
//   while (d.now() == proxy_dialogue::state::talking) send(d.received(bytes_of_a_read));   // any split of the answer
//   // now connected: d.rest() came behind the answer and is the venue's. Or refused: d.error() says why.
//
// Bounded: what it keeps of an answer is at most `longest_answer`. The user's name and password are in what is sent, and in nothing else.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace troupe::actors {

enum class proxy_kind : std::uint8_t { http_1_0, http_1_1, socks_4, socks_4a, socks_5 };
[[nodiscard]] std::string_view to_string(proxy_kind kind);

struct proxy_settings {
  proxy_kind kind = proxy_kind::http_1_1;
  std::string host;  // empty: no proxy
  std::uint16_t port = 0;
  std::string user{};      // empty: nobody is named
  std::string password{};  // SOCKS 4 has none
};

class proxy_dialogue {
 public:
  enum class state : std::uint8_t { talking, connected, refused };
  static constexpr std::size_t longest_answer = 8'192;

  // To connect to this host: an address, or a name that the proxy looks up (SOCKS 4 takes an IPv4 address only).
  proxy_dialogue(proxy_settings proxy, std::string host, std::uint16_t port);

  // What to send first, and after each read; often nothing.
  [[nodiscard]] std::string begin();
  [[nodiscard]] std::string received(std::string_view bytes);

  [[nodiscard]] state now() const { return state_; }
  [[nodiscard]] const std::string& error() const { return error_; }
  [[nodiscard]] std::string_view rest() const { return answer_; }

 private:
  enum class awaits : std::uint8_t { http_head, socks_4_reply, socks_5_method, socks_5_login, socks_5_reply };

  std::string refuse(std::string why);
  std::string connected(std::size_t size);

  [[nodiscard]] std::string http_request() const;
  std::string read_http_head();
  std::string socks_4_request();
  std::string read_socks_4_reply();
  std::string socks_5_greeting();
  std::string read_socks_5_method();
  std::string socks_5_login() const;
  std::string read_socks_5_login();
  [[nodiscard]] std::string socks_5_request() const;
  std::string read_socks_5_reply();
  std::string next();

  proxy_settings proxy_;
  std::string host_;
  std::uint16_t port_;
  state state_ = state::talking;
  awaits awaits_ = awaits::http_head;
  std::string answer_;  // what is not yet understood
  std::string error_;
};

}  // namespace troupe::actors
