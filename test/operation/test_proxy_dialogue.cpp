#include "actors/proxy_dialogue.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace troupe::actors;
using state = proxy_dialogue::state;

namespace {

std::string bytes(std::initializer_list<int> values) {
  std::string out;
  for (const int v : values) out.push_back(static_cast<char>(v));
  return out;
}

// What we say, and what the proxy answers each time.
struct exchange {
  std::string ours;
  std::string theirs;
};
struct story {
  proxy_settings proxy;
  std::string host;
  std::vector<exchange> talk;
};

proxy_settings of(proxy_kind kind, std::string user = {}, std::string password = {}) { return {kind, "proxy", 3128, std::move(user), std::move(password)}; }

const std::string socks_5_reply = bytes({5, 0, 0, 1, 10, 0, 0, 1, 0x10, 0x00});
const std::string socks_4_reply = bytes({0, 90, 0, 0, 0, 0, 0, 0});

// 9876 is 0x2694.
const std::vector<story> good{
    {of(proxy_kind::http_1_1), "venue.example", {{"CONNECT venue.example:9876 HTTP/1.1\r\nHost: venue.example:9876\r\n\r\n", "HTTP/1.1 200 Connection established\r\n\r\n"}}},
    {of(proxy_kind::http_1_0), "2001:db8::7", {{"CONNECT [2001:db8::7]:9876 HTTP/1.0\r\nHost: [2001:db8::7]:9876\r\n\r\n", "HTTP/1.0 200\r\nVia: x\r\n\r\n"}}},
    {of(proxy_kind::http_1_1, "Aladdin", "open sesame"),
     "a",
     {{"CONNECT a:9876 HTTP/1.1\r\nHost: a:9876\r\nProxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n", "HTTP/1.1 204 OK\r\n\r\n"}}},
    {of(proxy_kind::socks_5), "192.0.2.7", {{bytes({5, 1, 0}), bytes({5, 0})}, {bytes({5, 1, 0, 1, 192, 0, 2, 7, 0x26, 0x94}), socks_5_reply}}},
    {of(proxy_kind::socks_5),
     "2001:db8::7",
     {{bytes({5, 1, 0}), bytes({5, 0})},
      {bytes({5, 1, 0, 4, 0x20, 1, 0x0d, 0xb8}) + std::string(11, '\0') + bytes({7, 0x26, 0x94}), bytes({5, 0, 0, 4}) + std::string(18, 'x')}}},
    {of(proxy_kind::socks_5, "me", "secret"),
     "venue",
     {{bytes({5, 2, 0, 2}), bytes({5, 2})},
      {bytes({1, 2}) + "me" + bytes({6}) + "secret", bytes({1, 0})},
      {bytes({5, 1, 0, 3, 5}) + "venue" + bytes({0x26, 0x94}), bytes({5, 0, 0, 3, 2}) + "xy" + bytes({0, 0})}}},
    {of(proxy_kind::socks_5, "me", ""), "192.0.2.7", {{bytes({5, 2, 0, 2}), bytes({5, 0})}, {bytes({5, 1, 0, 1, 192, 0, 2, 7, 0x26, 0x94}), socks_5_reply}}},
    {of(proxy_kind::socks_4, "me"), "192.0.2.7", {{bytes({4, 1, 0x26, 0x94, 192, 0, 2, 7}) + "me" + bytes({0}), socks_4_reply}}},
    {of(proxy_kind::socks_4a), "venue", {{bytes({4, 1, 0x26, 0x94, 0, 0, 0, 1, 0}) + "venue" + bytes({0}), socks_4_reply}}},
    {of(proxy_kind::socks_4a), "192.0.2.7", {{bytes({4, 1, 0x26, 0x94, 192, 0, 2, 7, 0}), socks_4_reply}}},
};

// The answers, each in pieces of this size, except that a piece never holds two answers.
proxy_dialogue play(const story& s, std::size_t piece, const std::string& behind = {}) {
  proxy_dialogue d{s.proxy, s.host, 9876};
  auto said = d.begin();
  for (std::size_t i = 0; i < s.talk.size(); ++i) {
    BOOST_TEST(said == s.talk[i].ours);
    BOOST_TEST((d.now() == state::talking));
    said.clear();
    const auto theirs = s.talk[i].theirs + (i + 1 == s.talk.size() ? behind : "");
    for (std::size_t at = 0; at < theirs.size() && d.now() == state::talking; at += piece) said += d.received(std::string_view{theirs}.substr(at, piece));
  }
  BOOST_TEST(said == "");
  return d;
}

std::string refusal(const proxy_settings& proxy, const std::string& answers, const std::string& host = "192.0.2.7") {
  for (std::size_t split = 1; split <= answers.size(); ++split) {
    proxy_dialogue d{proxy, host, 9876};
    (void)d.begin();
    (void)d.received(std::string_view{answers}.substr(0, split));
    (void)d.received(std::string_view{answers}.substr(split));
    BOOST_TEST((d.now() == state::refused), split);
    BOOST_TEST(d.rest() == "");
    if (split == answers.size()) return d.error();
  }
  return {};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(proxy_dialogues)

BOOST_AUTO_TEST_CASE(every_way_of_talking_ends_connected_at_every_split) {
  for (const auto& s : good)
    for (const std::size_t piece : {1U, 2U, 3U, 5U, 7U, 11U, 4096U}) BOOST_TEST((play(s, piece).now() == state::connected));
}

BOOST_AUTO_TEST_CASE(what_comes_behind_the_answer_is_the_peers) {
  for (const auto& s : good) BOOST_TEST(play(s, 4096, "8=FIX").rest() == "8=FIX");
}

BOOST_AUTO_TEST_CASE(a_half_answer_is_waited_for) {
  for (const auto& s : good) {
    auto cut = s;
    cut.talk.back().theirs.pop_back();
    BOOST_TEST((play(cut, 4096).now() == state::talking));
  }
}

BOOST_AUTO_TEST_CASE(a_refusal_says_what_to_do) {
  const auto http = of(proxy_kind::http_1_1), named = of(proxy_kind::http_1_1, "me", "secret");
  BOOST_TEST(refusal(http, "HTTP/1.1 407 No\r\n\r\n") == "it wants to know who we are: set ProxyUser and ProxyPassword");
  BOOST_TEST(refusal(named, "HTTP/1.1 407 No\r\n\r\n").starts_with("it does not take ProxyUser and ProxyPassword"));
  BOOST_TEST(refusal(http, "HTTP/1.1 403 \x1b[2JForbidden\r\nX: y\r\n\r\n") == "it answers 'HTTP/1.1 403 ?[2JForbidden'");
  BOOST_TEST(refusal(http, "HTTP/1.1 100 Continue\r\n\r\n") == "it answers 'HTTP/1.1 100 Continue'");
  BOOST_TEST(refusal(http, "SSH-2.0-x\r\n") == "it does not speak HTTP");
  const auto socks = of(proxy_kind::socks_5), known = of(proxy_kind::socks_5, "me", "secret");
  BOOST_TEST(refusal(socks, bytes({5, 255})) == "it wants to know who we are: set ProxyUser and ProxyPassword");
  BOOST_TEST(refusal(socks, bytes({5, 2})) == "it wants to know who we are: set ProxyUser and ProxyPassword");
  BOOST_TEST(refusal(known, bytes({5, 255})) == "it takes no user and password");
  BOOST_TEST(refusal(known, bytes({5, 2, 1, 1})) == "it does not take ProxyUser and ProxyPassword");
  BOOST_TEST(refusal(socks, bytes({5, 0, 5, 5})) == "it answers 5, connection refused");
  BOOST_TEST(refusal(socks, bytes({5, 0, 5, 77})) == "it answers 77, unknown reason");
  BOOST_TEST(refusal(socks, bytes({5, 0, 5, 0, 0, 9, 1})) == "its reply holds an address of an unknown kind");
  BOOST_TEST(refusal(socks, "HTTP/1.1 400 Bad Request\r\n\r\n") == "it does not speak SOCKS 5");
  const auto old = of(proxy_kind::socks_4);
  BOOST_TEST(refusal(old, bytes({0, 91, 0, 0, 0, 0, 0, 0})) == "it answers 91, refused or failed");
  BOOST_TEST(refusal(old, bytes({5, 0})) == "it does not speak SOCKS 4");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_asked_for_is_refused_before_a_byte_is_sent) {
  const auto first = [](const proxy_settings& proxy, const std::string& host) {
    proxy_dialogue d{proxy, host, 9876};
    BOOST_TEST(d.begin() == "");
    BOOST_TEST((d.now() == state::refused));
    return d.error();
  };
  BOOST_TEST(first(of(proxy_kind::socks_4), "venue") == "SOCKS 4 takes an IPv4 address only, not venue; use ProxyVersion 4a or 5");
  BOOST_TEST(!first(of(proxy_kind::socks_5), std::string(256, 'x')).empty());
  BOOST_TEST(!first(of(proxy_kind::socks_5, std::string(256, 'x')), "venue").empty());
  BOOST_TEST(!first(of(proxy_kind::http_1_1), "").empty());
}

BOOST_AUTO_TEST_CASE(an_answer_without_an_end_is_given_up) {
  proxy_dialogue d{of(proxy_kind::http_1_1), "venue", 9876};
  (void)d.begin();
  (void)d.received("HTTP/1.1 200 OK\r\n");
  const std::string line = std::string{"X: "}.append(95, 'x').append("\r\n");
  std::size_t taken = 0;
  for (; taken < 2 * proxy_dialogue::longest_answer && d.now() == state::talking; taken += 100) (void)d.received(line);
  BOOST_TEST((d.now() == state::refused));
  BOOST_TEST(taken <= proxy_dialogue::longest_answer + 100);
  BOOST_TEST(d.error() == "its answer does not end within 8192 bytes");
}

BOOST_AUTO_TEST_CASE(no_refusal_tells_the_password) {
  for (const auto kind : {proxy_kind::http_1_0, proxy_kind::http_1_1, proxy_kind::socks_4, proxy_kind::socks_4a, proxy_kind::socks_5})
    for (const auto& answer : {bytes({5, 2, 1, 1}), bytes({0, 91, 0, 0, 0, 0, 0, 0}), std::string{"HTTP/1.1 407 x\r\n\r\n"}})
      BOOST_TEST(refusal(of(kind, "me", "secret"), answer).find("secret") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
