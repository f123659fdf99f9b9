#include "actors/proxy_header.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace troupe::actors;
using kind = proxy_header::kind;

namespace {

const std::string mark{"\r\n\r\n\0\r\nQUIT\n", 12};

std::string bytes(std::initializer_list<int> values) {
  std::string out;
  for (const int v : values) out.push_back(static_cast<char>(v));
  return out;
}

// The address of the peer, of the balancer, and both ports.
const std::string ipv4 = bytes({192, 0, 2, 7, 10, 0, 0, 1, 0xc0, 0x00, 0x26, 0x94});
const std::string ipv6 = bytes({0x20, 1, 0x0d, 0xb8}) + std::string(11, '\0') + bytes({7}) + std::string(15, '\0') + bytes({1, 0xc0, 0x00, 0x26, 0x94});

std::string binary(int version_and_command, int family, const std::string& body) {
  return mark + bytes({version_and_command, family, static_cast<int>(body.size() >> 8U), static_cast<int>(body.size() & 255U)}) + body;
}

struct good {
  std::string header;
  std::string peer;
};
const std::vector<good> headers{
    {"PROXY TCP4 192.0.2.7 10.0.0.1 49152 9876\r\n", "192.0.2.7:49152"},
    {"PROXY TCP6 2001:db8::7 ::1 49152 9876\r\n", "[2001:db8::7]:49152"},
    {"PROXY UNKNOWN\r\n", ""},
    {"PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n", ""},
    {binary(0x21, 0x11, ipv4), "192.0.2.7:49152"},
    {binary(0x21, 0x21, ipv6), "[2001:db8::7]:49152"},
    {binary(0x21, 0x11, ipv4 + "\x03" + std::string(40, 'x')), "192.0.2.7:49152"},  // and values that nobody asked for
    {binary(0x20, 0x00, ""), ""},
    {binary(0x20, 0x11, ipv4), ""},  // LOCAL: a health check, whatever it says
    {binary(0x21, 0x00, ""), ""},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(proxy_headers)

BOOST_AUTO_TEST_CASE(a_header_says_who_the_peer_is_and_takes_only_its_own_bytes) {
  for (const auto& one : headers) {
    const auto h = read_proxy_header(one.header + "8=FIX.4.2");
    BOOST_TEST((h.what == kind::whole));
    BOOST_TEST(h.size == one.header.size());
    BOOST_TEST(h.peer == one.peer);
  }
}

BOOST_AUTO_TEST_CASE(a_header_that_is_cut_anywhere_is_waited_for) {
  for (const auto& one : headers)
    for (std::size_t n = 0; n < one.header.size(); ++n) BOOST_TEST((read_proxy_header(one.header.substr(0, n)).what == kind::need_more), n);
}

BOOST_AUTO_TEST_CASE(what_is_no_header_is_refused_as_soon_as_it_shows) {
  const std::vector<std::string> strangers{"8", "8=FIX.4.2", "GET / HTTP/1.1\r\n", "PROXYX", "\r\n\r\nX", "P ",
                                           "PROXY TCP4 192.0.2.7 10.0.0.1 49152\r\n",
                                           "PROXY TCP4  192.0.2.7 10.0.0.1 49152 9876\r\n",
                                           "PROXY TCP4 192.0.2.7 10.0.0.1 49152 9876 \r\n",
                                           "PROXY TCP4 192.0.2.7 10.0.0.1 65536 9876\r\n",
                                           "PROXY TCP4 192.0.2.7 10.0.0.1 049152 9876\r\n",
                                           "PROXY TCP4 192.0.2.7 10.0.0.1 -1 9876\r\n",
                                           "PROXY TCP4 2001:db8::7 ::1 49152 9876\r\n",
                                           "PROXY TCP6 192.0.2.7 10.0.0.1 49152 9876\r\n",
                                           "PROXY UDP4 192.0.2.7 10.0.0.1 49152 9876\r\n",
                                           "PROXY \r\n",
                                           "PROXY TCP4 " + std::string(100, '1'),
                                           std::string{"PROXY TCP4 192.0.2.7\0 10.0.0.1 49152 9876\r\n", 43},
                                           binary(0x11, 0x11, ipv4),
                                           binary(0x22, 0x11, ipv4),
                                           binary(0x21, 0x12, ipv4),
                                           binary(0x21, 0x31, std::string(216, 'x')),
                                           binary(0x21, 0x11, ipv4.substr(1)),
                                           binary(0x21, 0x21, ipv4)};
  for (const auto& text : strangers) {
    const auto h = read_proxy_header(text);
    BOOST_TEST((h.what == kind::wrong), text);
    BOOST_TEST(!h.error.empty());
  }
}

BOOST_AUTO_TEST_CASE(a_header_that_says_it_is_long_is_not_waited_for) {
  BOOST_TEST((read_proxy_header(mark + bytes({0x21, 0x11, 0xff, 0xff})).what == kind::wrong));
  BOOST_TEST((read_proxy_header(binary(0x21, 0x11, ipv4 + std::string(longest_proxy_header - 28, 'x'))).what == kind::whole));
}

BOOST_AUTO_TEST_SUITE_END()
