#include "actors/proxy_dialogue.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <utility>

namespace troupe::actors {
namespace {

constexpr std::size_t longest_text = 255;  // what one byte can count

std::string bytes(std::initializer_list<unsigned> values) {
  std::string out;
  for (const auto v : values) out.push_back(static_cast<char>(v));
  return out;
}
unsigned byte_at(std::string_view text, std::size_t at) { return static_cast<unsigned char>(text[at]); }
std::string counted(std::string_view text) { return bytes({static_cast<unsigned>(text.size())}).append(text); }
std::string of_port(std::uint16_t port) { return bytes({port / 256U, port % 256U}); }

// The address in network order; empty if it is none of this family.
std::string packed(int family, const std::string& host) {
  std::array<char, 16> raw{};
  if (::inet_pton(family, host.c_str(), raw.data()) != 1) return {};
  return {raw.data(), family == AF_INET ? 4U : 16U};
}

std::string base64(std::string_view text) {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < text.size(); i += 3) {
    const auto have = std::min<std::size_t>(3, text.size() - i);
    const auto at = [&](std::size_t n) { return n < have ? byte_at(text, i + n) : 0U; };
    const auto bits = at(0) << 16U | at(1) << 8U | at(2);
    for (unsigned n = 0; n < 4; ++n) out.push_back(n <= have ? letters[bits >> (18U - 6U * n) & 63U] : '=');
  }
  return out;
}

// The words of somebody else in a line of ours.
std::string shown(std::string_view text) {
  std::string out{text.substr(0, 80)};
  std::replace_if(out.begin(), out.end(), [](unsigned char c) { return c < ' ' || c > '~'; }, '?');
  return out;
}

std::string_view socks_5_text(unsigned reply) {
  constexpr std::array<std::string_view, 9> texts{"",
                                                  "general failure",
                                                  "its rules do not allow this connection",
                                                  "network unreachable",
                                                  "host unreachable",
                                                  "connection refused",
                                                  "TTL expired",
                                                  "it does not know CONNECT",
                                                  "it does not know this kind of address"};
  return reply < texts.size() ? texts[reply] : "unknown reason";
}

std::string_view socks_4_text(unsigned reply) {
  switch (reply) {
    case 91: return "refused or failed";
    case 92: return "it cannot reach an identd on this machine";
    case 93: return "identd on this machine names another user than ProxyUser";
    default: return "unknown reason";
  }
}

}  // namespace

std::string_view to_string(proxy_kind kind) {
  switch (kind) {
    case proxy_kind::http_1_0: return "HTTP/1.0";
    case proxy_kind::http_1_1: return "HTTP/1.1";
    case proxy_kind::socks_4: return "SOCKS 4";
    case proxy_kind::socks_4a: return "SOCKS 4a";
    case proxy_kind::socks_5: return "SOCKS 5";
  }
  return "?";
}

proxy_dialogue::proxy_dialogue(proxy_settings proxy, std::string host, std::uint16_t port) : proxy_(std::move(proxy)), host_(std::move(host)), port_(port) {}

std::string proxy_dialogue::begin() {
  if (host_.empty() || host_.size() > longest_text || proxy_.user.size() > longest_text || proxy_.password.size() > longest_text)
    return refuse("host, user and password may have at most 255 bytes, the host at least one");
  switch (proxy_.kind) {
    case proxy_kind::http_1_0:
    case proxy_kind::http_1_1: awaits_ = awaits::http_head; return http_request();
    case proxy_kind::socks_4:
    case proxy_kind::socks_4a: awaits_ = awaits::socks_4_reply; return socks_4_request();
    case proxy_kind::socks_5: awaits_ = awaits::socks_5_method; return socks_5_greeting();
  }
  return {};
}

std::string proxy_dialogue::received(std::string_view text) {
  if (state_ != state::talking) return {};
  answer_.append(text);
  std::string send;
  for (auto before = answer_.size() + 1; state_ == state::talking && answer_.size() < before;) {
    before = answer_.size();
    send += next();
  }
  if (state_ == state::talking && answer_.size() > longest_answer) return refuse("its answer does not end within " + std::to_string(longest_answer) + " bytes");
  return send;
}

std::string proxy_dialogue::next() {
  switch (awaits_) {
    case awaits::http_head: return read_http_head();
    case awaits::socks_4_reply: return read_socks_4_reply();
    case awaits::socks_5_method: return read_socks_5_method();
    case awaits::socks_5_login: return read_socks_5_login();
    case awaits::socks_5_reply: return read_socks_5_reply();
  }
  return {};
}

std::string proxy_dialogue::refuse(std::string why) {
  state_ = state::refused;
  error_ = std::move(why);
  answer_.clear();
  return {};
}

std::string proxy_dialogue::connected(std::size_t size) {
  state_ = state::connected;
  answer_.erase(0, size);
  return {};
}

// ------------------------------------------------------------------ HTTP

std::string proxy_dialogue::http_request() const {
  const auto where = (host_.find(':') == std::string::npos ? host_ : "[" + host_ + "]") + ":" + std::to_string(port_);
  auto request = "CONNECT " + where + " " + std::string{to_string(proxy_.kind)} + "\r\nHost: " + where + "\r\n";
  if (!proxy_.user.empty()) request += "Proxy-Authorization: Basic " + base64(proxy_.user + ":" + proxy_.password) + "\r\n";
  return request + "\r\n";
}

std::string proxy_dialogue::read_http_head() {
  constexpr std::string_view mark = "HTTP/1.";
  const std::string_view answer = answer_;
  if (answer.substr(0, mark.size()) != mark.substr(0, answer.size())) return refuse("it does not speak HTTP");
  const auto end = answer.find("\r\n\r\n");
  if (end == std::string_view::npos || end + 4 > longest_answer) return {};
  const auto line = answer.substr(0, answer.find("\r\n"));
  const auto status = line.size() >= 12 && line[8] == ' ' ? line.substr(9, 3) : std::string_view{};
  if (status.size() == 3 && status.front() == '2') return connected(end + 4);
  if (status != "407") return refuse("it answers '" + shown(line) + "'");
  return refuse(proxy_.user.empty() ? "it wants to know who we are: set ProxyUser and ProxyPassword" : "it does not take ProxyUser and ProxyPassword (407; we log on by Basic only)");
}

// ------------------------------------------------------------------ SOCKS 4, 4a

std::string proxy_dialogue::socks_4_request() {
  const auto address = packed(AF_INET, host_);
  const bool is_named = address.empty();
  if (is_named && proxy_.kind == proxy_kind::socks_4) return refuse("SOCKS 4 takes an IPv4 address only, not " + shown(host_) + "; use ProxyVersion 4a or 5");
  if ((proxy_.user + host_).find('\0') != std::string::npos) return refuse("neither the host nor ProxyUser may have a NUL");
  return bytes({4, 1}) + of_port(port_) + (is_named ? bytes({0, 0, 0, 1}) : address) + proxy_.user + bytes({0}) + (is_named ? host_ + bytes({0}) : "");
}

std::string proxy_dialogue::read_socks_4_reply() {
  if (!answer_.empty() && answer_[0] != 0) return refuse("it does not speak SOCKS 4");
  if (answer_.size() < 8) return {};
  const auto reply = byte_at(answer_, 1);
  return reply == 90 ? connected(8) : refuse("it answers " + std::to_string(reply) + ", " + std::string{socks_4_text(reply)});
}

// ------------------------------------------------------------------ SOCKS 5

std::string proxy_dialogue::socks_5_greeting() { return proxy_.user.empty() ? bytes({5, 1, 0}) : bytes({5, 2, 0, 2}); }

std::string proxy_dialogue::read_socks_5_method() {
  if (!answer_.empty() && answer_[0] != 5) return refuse("it does not speak SOCKS 5");
  if (answer_.size() < 2) return {};
  const auto method = byte_at(answer_, 1);
  if (method == 2 && !proxy_.user.empty()) {
    answer_.erase(0, 2);
    awaits_ = awaits::socks_5_login;
    return socks_5_login();
  }
  if (method != 0) return refuse(proxy_.user.empty() ? "it wants to know who we are: set ProxyUser and ProxyPassword" : "it takes no user and password");
  answer_.erase(0, 2);
  awaits_ = awaits::socks_5_reply;
  return socks_5_request();
}

std::string proxy_dialogue::socks_5_login() const { return bytes({1}) + counted(proxy_.user) + counted(proxy_.password); }

std::string proxy_dialogue::read_socks_5_login() {
  if (answer_.size() < 2) return {};
  if (answer_[1] != 0) return refuse("it does not take ProxyUser and ProxyPassword");
  answer_.erase(0, 2);
  awaits_ = awaits::socks_5_reply;
  return socks_5_request();
}

std::string proxy_dialogue::socks_5_request() const {
  const auto ipv4 = packed(AF_INET, host_), ipv6 = packed(AF_INET6, host_);
  const auto where = !ipv4.empty() ? bytes({1}) + ipv4 : !ipv6.empty() ? bytes({4}) + ipv6 : bytes({3}) + counted(host_);
  return bytes({5, 1, 0}) + where + of_port(port_);
}

// The address that it gives behind its reply is its own, and of any kind.
std::string proxy_dialogue::read_socks_5_reply() {
  if (!answer_.empty() && answer_[0] != 5) return refuse("it does not speak SOCKS 5");
  if (answer_.size() >= 2 && answer_[1] != 0) return refuse("it answers " + std::to_string(byte_at(answer_, 1)) + ", " + std::string{socks_5_text(byte_at(answer_, 1))});
  if (answer_.size() < 5) return {};
  const auto kind = byte_at(answer_, 3);
  if (kind != 1 && kind != 3 && kind != 4) return refuse("its reply holds an address of an unknown kind");
  const std::size_t address = kind == 1 ? 4 : kind == 4 ? 16 : 1 + byte_at(answer_, 4);
  const auto size = 4 + address + 2;
  return answer_.size() < size ? std::string{} : connected(size);
}

}  // namespace troupe::actors
