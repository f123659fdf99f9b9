#include "actors/address_list.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace troupe::actors;

namespace {

address_list list_of(std::string_view text) {
  const auto result = parse_address_list(text);
  BOOST_REQUIRE(!result.wrong);
  return result.list;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(address_lists)

BOOST_AUTO_TEST_CASE(addresses_and_networks_let_in_who_is_in_them) {
  const auto list = list_of("192.0.2.7, 198.51.100.0/22,2001:db8::/33,::1");
  for (const auto* in : {"192.0.2.7:1", "198.51.103.255:49152", "[2001:db8:7fff::9]:1", "[::1]:9"}) BOOST_TEST(list.lets_in(in), in);
  for (const auto* out : {"192.0.2.8:1", "198.51.104.0:1", "[2001:db8:8000::]:1", "[::2]:9", "?", "", "fake:1", "192.0.2.7"}) BOOST_TEST(!list.lets_in(out), out);
}

BOOST_AUTO_TEST_CASE(an_ipv4_peer_is_the_same_on_an_ipv6_listener) {
  const auto list = list_of("192.0.2.0/24");
  BOOST_TEST(list.lets_in("[::ffff:192.0.2.7]:49152"));
  BOOST_TEST(!list.lets_in("[::ffff:192.0.3.7]:49152"));
  BOOST_TEST(!list.lets_in("[::192.0.2.7]:49152"));
}

BOOST_AUTO_TEST_CASE(an_empty_list_lets_everybody_in_and_a_network_of_no_bits_all_of_a_kind) {
  BOOST_TEST(address_list{}.lets_in("?"));
  BOOST_TEST(list_of("0.0.0.0/0").lets_in("203.0.113.1:1"));
  BOOST_TEST(!list_of("0.0.0.0/0").lets_in("[2001:db8::1]:1"));
  BOOST_TEST(list_of("::/0").lets_in("203.0.113.1:1"));
  BOOST_TEST(list_of("fe80::1").lets_in("[fe80::1%eth0]:1"));
}

BOOST_AUTO_TEST_CASE(what_is_no_address_is_named) {
  for (const auto* text : {"", "venue.example", "192.0.2", "192.0.2.7/33", "192.0.2.7/", "192.0.2.7/-1", "192.0.2.7/8x", "::1/129", "192.0.2.256", "1.2.3.4 5.6.7.8"})
    BOOST_TEST((parse_address_list(text).wrong == text), text);
  BOOST_TEST((parse_address_list("::1, somebody,::2").wrong == "somebody"));
  BOOST_TEST((parse_address_list("::1,").wrong == ""));
  BOOST_TEST(parse_address_list(std::string_view{"::1\0", 4}).wrong.has_value());
  BOOST_TEST(parse_address_list(std::string(100'000, '1')).wrong.has_value());
}

BOOST_AUTO_TEST_CASE(what_lets_in_more_than_it_seems_is_wrong_and_says_what_is_meant) {
  const auto why = [](std::string_view text) { return parse_address_list(text).why; };
  BOOST_TEST(why("::ffff:192.0.2.0/24") == "::ffff:192.0.2.0/24 holds all of IPv4; write 192.0.2.0/24");
  BOOST_TEST(why("::ffff:192.0.2.0/64") == "::ffff:192.0.2.0/64 holds all of IPv4; write 192.0.2.0/N, with N from 0 to 32");
  BOOST_TEST(why("192.0.2.7, 10.1.2.3/8") == "10.1.2.3/8 is an address within a network; write 10.0.0.0/8 for the network, or 10.1.2.3 for the address");
  BOOST_TEST(why("2001:db8:0:1::/33") == "2001:db8:0:1::/33 is an address within a network; write 2001:db8::/33 for the network, or 2001:db8:0:1:: for the address");
  BOOST_TEST(why("venue.example") == "");
  BOOST_TEST(list_of("::ffff:192.0.2.0/120").lets_in("192.0.2.7:1"));
  BOOST_TEST(!list_of("::ffff:192.0.2.0/120").lets_in("192.0.3.7:1"));
  BOOST_TEST(list_of("::ffff:0:0/96,0.0.0.0/0,10.1.2.3/32,::1/128").lets_in("192.0.2.7:1"));
}

BOOST_AUTO_TEST_SUITE_END()
