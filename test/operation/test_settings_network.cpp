#include "actors/settings_table.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace troupe::actors;
using namespace std::chrono_literals;

namespace {

const std::string acceptor =
    "[DEFAULT]\nConnectionType=acceptor\nSocketAcceptPort=9878\nSenderCompID=US\nNonStopSession=Y\nStore=memory\n"
    "[SESSION]\nBeginString=FIX.4.4\nTargetCompID=THEM\n";
const std::string another = "[SESSION]\nBeginString=FIX.4.4\nTargetCompID=OTHER\n";
const std::string initiator =
    "[DEFAULT]\nConnectionType=initiator\nHeartBtInt=20\nSenderCompID=US\nStore=memory\nNonStopSession=Y\n"
    "SocketConnectHost=a\nSocketConnectPort=1\n[SESSION]\nBeginString=FIX.4.4\nTargetCompID=THEM\n";
const std::string socks = "ProxyType=socks\nProxyHost=p\nProxyPort=1080\n";
const std::string http = "ProxyType=http\nProxyHost=p\nProxyPort=3128\n";

std::string texts(const settings_result& r) {
  std::string out;
  for (const auto& p : r.problems) out += to_string(p, "x.cfg") + "\n";
  return out;
}

session_settings first(const std::string& text) {
  const auto result = understand_settings(text, "x.cfg");
  BOOST_REQUIRE_MESSAGE(result.value, texts(result));
  BOOST_TEST(texts(result) == "");
  return result.value->sessions.front();
}

// Nothing of the file holds, and this is said.
bool fails(const std::string& text, const std::string& expected) {
  const auto result = understand_settings(text, "x.cfg");
  const bool is_said = texts(result).find(expected) != std::string::npos;
  BOOST_TEST(is_said, texts(result));
  return !result.value && is_said;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(settings_network)

BOOST_AUTO_TEST_CASE(each_socket_option_changes_its_own) {
  struct {
    const char* entry;
    bool (*is_set)(const socket_options&);
  } const all[] = {
      {"SocketNodelay=N", [](const auto& o) { return !o.no_delay; }},
      {"SocketTcpNoDelay=N", [](const auto& o) { return !o.no_delay; }},
      {"SocketKeepAlive=Y", [](const auto& o) { return o.keep_alive; }},
      {"SocketLinger=0", [](const auto& o) { return o.linger == 0s; }},
      {"SocketLinger=7", [](const auto& o) { return o.linger == 7s; }},
      {"SocketOobInline=Y", [](const auto& o) { return o.oob_inline; }},
      {"SocketReceiveBufferSize=100000", [](const auto& o) { return o.receive_buffer == 100'000; }},
      {"SocketSendBufferSize=100001", [](const auto& o) { return o.send_buffer == 100'001; }},
      {"SocketReuseAddress=N", [](const auto& o) { return !o.reuse_address; }},
      {"SocketTrafficClass=24", [](const auto& o) { return o.traffic_class == 24; }},
      {"SocketTrafficClass=IPTOS_LOWDELAY|IPTOS_THROUGHPUT", [](const auto& o) { return o.traffic_class == 24; }},
      {"SocketTrafficClass=IPTOS_LOWCOST,IPTOS_RELIABILITY", [](const auto& o) { return o.traffic_class == 6; }},
  };
  BOOST_TEST((first(acceptor).socket == socket_options{}));
  BOOST_TEST((first(acceptor + "SocketLinger=-1\n").socket == socket_options{}));
  for (const auto& one : all) {
    BOOST_TEST(!one.is_set(socket_options{}), one.entry);
    BOOST_TEST(one.is_set(first(acceptor + one.entry + "\n").socket), one.entry);
    BOOST_TEST(one.is_set(first(initiator + one.entry + "\n").socket), one.entry);
  }
}

BOOST_AUTO_TEST_CASE(what_no_socket_can_have_is_an_error) {
  for (const auto* entry : {"SocketTrafficClass=256", "SocketTrafficClass=IPTOS_HIGHCOST", "SocketTrafficClass=-1", "SocketLinger=-2", "SocketReceiveBufferSize=-1", "SocketKeepAlive=yes"})
    BOOST_TEST(fails(acceptor + entry + "\n", entry));
}

BOOST_AUTO_TEST_CASE(where_an_initiator_calls_from) {
  const auto s = first(initiator + "SocketConnectHost1=b\nSocketConnectPort1=2\nSocketConnectSourceHost1=10.0.0.2\nSocketConnectSourcePort1=7\nSocketLocalHost=10.0.0.1\nSocketLocalPort=8\n");
  BOOST_TEST((s.connect == std::vector<host_setting>{{"a", 1, "10.0.0.1", 8}, {"b", 2, "10.0.0.2", 7}}));
  BOOST_TEST(fails(initiator + "SocketConnectSourceHost1=10.0.0.2\n", "SocketConnectHost1 is missing"));
}

BOOST_AUTO_TEST_CASE(how_long_and_how_often_it_calls) {
  BOOST_TEST((first(initiator).connect_timeout == 10s));
  BOOST_TEST((first(initiator + "SocketConnectTimeout=60\n").connect_timeout == 60s));
  BOOST_TEST((first(initiator + "SocketTimeout=1m30s\n").connect_timeout == 90s));
  BOOST_TEST((first(initiator + "SocketTimeout=0\n").connect_timeout == 10min));
  BOOST_TEST((first(initiator + "SocketTimeout=1us\n").connect_timeout == 1ms));
  BOOST_TEST((first(initiator + "SettingsDialect=j\n").connect_timeout == 60s));
  BOOST_TEST(fails(initiator + "SocketTimeout=2h\n", "expected a number of seconds, or a time as 1m30s or 300ms, from 0 to 3600 seconds"));
  const auto s = first(initiator + "ReconnectInterval=5;2x10\nReconnectMaxInterval=60\nReconnectJitter=0\n");
  BOOST_TEST((s.reconnect_waits == std::vector<std::chrono::milliseconds>{5s, 10s, 10s}));
  BOOST_TEST((s.reconnect_max_interval == 60s));
  BOOST_TEST(s.reconnect_jitter == 0U);
  BOOST_TEST(first(initiator).reconnect_jitter == 20U);
  BOOST_TEST(fails(initiator + "ReconnectInterval=5;20\nReconnectMaxInterval=10\n", "ReconnectMaxInterval=10: expected at least ReconnectInterval"));
  BOOST_TEST(fails(initiator + "ReconnectInterval=5,10\n", "several as 5;10;3x30"));
}

BOOST_AUTO_TEST_CASE(which_host_comes_next) {
  const auto s = first(initiator + "HostSelectionPolicy=PRIORITY\nHostSelectionPolicyPriorityStartOverInterval=20\n");
  BOOST_TEST((s.host_order.policy == host_policy::priority));
  BOOST_TEST((s.host_order.start_over == 20s));
  BOOST_TEST((first(initiator).host_order.policy == host_policy::round_robin));
  BOOST_TEST(fails(initiator + "HostSelectionPolicy=priority\n", "expected ROUNDROBIN or PRIORITY"));
}

BOOST_AUTO_TEST_CASE(who_may_connect) {
  const auto s = first(acceptor + "AllowedRemoteAddresses=192.0.2.7, 2001:db8::/32\n");
  BOOST_TEST(s.allowed_remote_addresses.lets_in("192.0.2.7:1"));
  BOOST_TEST(!s.allowed_remote_addresses.lets_in("192.0.2.8:1"));
  BOOST_TEST(first(acceptor).allowed_remote_addresses.empty());
  BOOST_TEST(fails(acceptor + "AllowedRemoteAddresses=::ffff:192.0.2.0/24\n", "AllowedRemoteAddresses: ::ffff:192.0.2.0/24 holds all of IPv4; write 192.0.2.0/24"));
  BOOST_TEST(fails(acceptor + "AllowedRemoteAddresses=venue.example\n", "AllowedRemoteAddresses=venue.example: expected addresses or networks with commas between"));
}

BOOST_AUTO_TEST_CASE(a_proxy_is_described_whole) {
  const auto s = first(initiator + socks + "ProxyVersion=4a\nProxyUser=me\n");
  BOOST_TEST((s.proxy.proxy.kind == proxy_kind::socks_4a));
  BOOST_TEST(s.proxy.proxy.host == "p");
  BOOST_TEST(s.proxy.proxy.port == 1080);
  BOOST_TEST(s.proxy.proxy.user == "me");
  BOOST_TEST((first(initiator + socks).proxy.proxy.kind == proxy_kind::socks_5));
  BOOST_TEST((first(initiator + http).proxy.proxy.kind == proxy_kind::http_1_1));
  BOOST_TEST((first(initiator + http + "ProxyVersion=1.0\n").proxy.proxy.kind == proxy_kind::http_1_0));
  BOOST_TEST(first(initiator).proxy.proxy.host == "");
}

BOOST_AUTO_TEST_CASE(a_proxy_that_cannot_be_meant_is_an_error) {
  BOOST_TEST(fails(initiator + "ProxyHost=p\n", "ProxyHost without ProxyType"));
  BOOST_TEST(fails(initiator + "ProxyType=http\nProxyHost=p\n", "ProxyType without ProxyPort"));
  BOOST_TEST(fails(initiator + socks + "ProxyVersion=1.1\n", "ProxyVersion=1.1: expected 4, 4a or 5 with ProxyType=socks"));
  BOOST_TEST(fails(initiator + socks + "ProxyVersion=4\n", "ProxyVersion=4 reaches IPv4 addresses only, and SocketConnectHost is a"));
  BOOST_TEST(fails(initiator + http + "ProxyPassword=secret\n", "ProxyPassword without ProxyUser"));
  BOOST_TEST(fails(initiator + http + "ProxyUser=a:b\n", "it may have no colon"));
  BOOST_TEST(fails(initiator + http + "ProxyDomain=D\n", "NTLM is not built"));
  const auto long_one = understand_settings(initiator + http + "ProxyUser=me\nProxyPassword=" + std::string(256, 's') + "\n", "x.cfg");
  BOOST_TEST(texts(long_one).find("ProxyPassword: expected at most 255 bytes") != std::string::npos);
  BOOST_TEST(texts(long_one).find("sss") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(sessions_of_one_port_agree_on_what_comes_before_the_logon) {
  BOOST_TEST(first(acceptor + "UseTCPProxy=Y\n" + another + "UseTCPProxy=Y\n").use_tcp_proxy);
  BOOST_TEST(fails(acceptor + another + "UseTCPProxy=Y\n", "x.cfg:13:13: error: UseTCPProxy=Y: this session shares its port with the one in line 7"));
  BOOST_TEST(fails(acceptor + "UseTCPProxy=Y\n" + another, "UseTCPProxy=N: this session shares its port with the one in line 7"));
  BOOST_TEST(first(acceptor + "UseTCPProxy=Y\n" + another + "SocketAcceptPort=9879\n").use_tcp_proxy);
}

BOOST_AUTO_TEST_CASE(socket_options_of_a_shared_port_are_those_of_the_first) {
  const auto r = understand_settings(acceptor + "SocketKeepAlive=Y\n" + another, "x.cfg");
  BOOST_REQUIRE(r.value);
  BOOST_TEST(texts(r).find("x.cfg:11:1: warning: this session shares its port with the one in line 7; its socket options are ignored") != std::string::npos);
  BOOST_TEST(r.value->sessions[1].socket.keep_alive);
}

BOOST_AUTO_TEST_CASE(a_broken_session_is_left_out_if_the_file_says_so) {
  std::string text = acceptor + another + "LogonTimeout=soon\n[SESSION]\nBeginString=FIX.4.4\n";
  BOOST_TEST(fails(text, "x.cfg:13:14: error: LogonTimeout=soon"));
  text.insert(text.find("Store=memory"), "ContinueInitializationOnError=Y\n");
  const auto r = understand_settings(text, "x.cfg");
  BOOST_REQUIRE(r.value);
  BOOST_TEST(r.value->sessions.size() == 1U);
  BOOST_TEST(r.value->sessions[0].config.id.target_comp_id == "THEM");
  BOOST_TEST(texts(r).find("x.cfg:14:14: error: LogonTimeout=soon: expected a whole number of seconds from 1 to 86400; its session is left out") != std::string::npos);
  BOOST_TEST(texts(r).find("x.cfg:15:1: error: TargetCompID is missing; set it in this [SESSION] or in [DEFAULT]; its session is left out") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_is_everybodys_still_stops_the_start) {
  const auto go_on = [](std::string text, const std::string& more) {
    text.insert(text.find("Store=memory"), "ContinueInitializationOnError=Y\n" + more);
    return text;
  };
  BOOST_TEST(fails(go_on(acceptor, "LogonTimeout=soon\n"), "LogonTimeout=soon"));
  BOOST_TEST(fails(go_on(acceptor, "") + "LogonTimeout=soon\n", "no session is left"));
  BOOST_TEST(fails(go_on(acceptor, "") + another + "LobbyTimeout=3\n", "LobbyTimeout=3: holds for the whole process"));
}

BOOST_AUTO_TEST_CASE(templates_share_ports_as_sessions_do) {
  const std::string anybody = "[SESSION]\nAcceptorTemplate=Y\nBeginString=FIX.4.4\nTargetCompID=*\n";
  BOOST_TEST(fails(acceptor + anybody + "UseTCPProxy=Y\n", "x.cfg:14:13: error: UseTCPProxy=Y: this session shares its port with the one in line 7"));
  BOOST_TEST(fails(acceptor + "UseTCPProxy=Y\n" + anybody, "UseTCPProxy=N: this session shares its port with the one in line 7"));
  const auto r = understand_settings(anybody + "UseTCPProxy=Y\nSocketKeepAlive=Y\nAllowedRemoteAddresses=192.0.2.7\n" + acceptor + "UseTCPProxy=Y\n", "x.cfg");
  BOOST_REQUIRE_MESSAGE(r.value, texts(r));
  BOOST_TEST(texts(r).find("shares its port with the one in line 1; its socket options are ignored") != std::string::npos, texts(r));
  BOOST_TEST(r.value->sessions[0].socket.keep_alive);
  BOOST_TEST(!r.value->templates[0].variants[0].allowed_remote_addresses.lets_in("192.0.2.8:1"));
}

BOOST_AUTO_TEST_CASE(a_broken_template_is_left_out_and_keeps_its_place) {
  auto text = acceptor + "[SESSION]\nAcceptorTemplate=Y\nBeginString=FIX.4.4\nTargetCompID=A*\nLogonTimeout=soon\n[SESSION]\nAcceptorTemplate=Y\nBeginString=*\nTargetCompID=*\n" + another + "LogonTimeout=later\n";
  BOOST_TEST(fails(text, "x.cfg:14:14: error: LogonTimeout=soon"));
  text.insert(text.find("Store=memory"), "ContinueInitializationOnError=Y\n");
  const auto r = understand_settings(text, "x.cfg");
  BOOST_REQUIRE_MESSAGE(r.value, texts(r));
  BOOST_TEST(r.value->sessions.size() == 1U);
  BOOST_TEST_REQUIRE(r.value->templates.size() == 2U);
  BOOST_TEST(r.value->templates[0].left_out.starts_with("line 15: LogonTimeout=soon: expected"), r.value->templates[0].left_out);
  BOOST_TEST(r.value->templates[1].left_out == "");
  BOOST_TEST_REQUIRE(r.value->left_out.size() == 1U);
  BOOST_TEST(r.value->left_out[0].id.target_comp_id == "OTHER");
  BOOST_TEST(r.value->left_out[0].why.starts_with("line 23: LogonTimeout=later"), r.value->left_out[0].why);
}

BOOST_AUTO_TEST_CASE(a_template_without_its_dictionary_is_left_out_and_default_stops) {
  const std::string head = "[DEFAULT]\nConnectionType=acceptor\nSocketAcceptPort=9878\nSenderCompID=US\nNonStopSession=Y\nStore=memory\nContinueInitializationOnError=Y\n";
  const std::string broken = "[SESSION]\nAcceptorTemplate=Y\nBeginString=FIX.4.4\nTargetCompID=*\nDataDictionary=/nowhere.xml\n";
  const auto loaded = [](const std::string& text) {
    auto r = understand_settings(text, "x.cfg");
    load_dictionaries(r);
    return r;
  };
  const auto r = loaded(head + broken + another);
  BOOST_REQUIRE_MESSAGE(r.value, texts(r));
  BOOST_TEST(r.value->templates[0].left_out.starts_with("line 12: /nowhere.xml"), r.value->templates[0].left_out);
  BOOST_TEST(r.value->left_out.empty());
  const auto nobody = loaded(head + broken);
  BOOST_TEST(!nobody.value);
  BOOST_TEST(texts(nobody).find("no session is left") != std::string::npos, texts(nobody));
  const auto anybody = loaded(head + "DynamicSessions=Y\nBeginString=FIX.4.4\nDataDictionary=/nowhere.xml\n" + "[SESSION]\nTargetCompID=THEM\nUseDataDictionary=N\n");
  BOOST_TEST(!anybody.value);
  BOOST_TEST(texts(anybody).find("left out") == std::string::npos, texts(anybody));
}

BOOST_AUTO_TEST_CASE(a_session_without_its_dictionary_is_left_out_too) {
  auto text = acceptor + another + "DataDictionary=/nowhere.xml\n[SESSION]\nBeginString=FIX.4.4\nTargetCompID=THIRD\nDataDictionary=/nowhere.xml\n";
  auto stops = understand_settings(text, "x.cfg");
  load_dictionaries(stops);
  BOOST_TEST(!stops.value);
  text.insert(text.find("Store=memory"), "ContinueInitializationOnError=Y\n");
  auto r = understand_settings(text, "x.cfg");
  load_dictionaries(r);
  BOOST_REQUIRE(r.value);
  BOOST_TEST(r.value->sessions.size() == 1U);
  BOOST_TEST_REQUIRE(r.value->left_out.size() == 2U);
  BOOST_TEST(r.value->left_out[0].why.starts_with("line 14: /nowhere.xml"), r.value->left_out[0].why);
  for (const auto* said : {"x.cfg:14:16: error: /nowhere.xml", "x.cfg:11:1: error: the dictionary of this session cannot be used; its session is left out",
                           "x.cfg:15:1: error: the dictionary of this session cannot be used"})
    BOOST_TEST(texts(r).find(said) != std::string::npos, said << " in " << texts(r));
}

BOOST_AUTO_TEST_CASE(what_cannot_apply_says_why) {
  const auto r = understand_settings(initiator + "SocketSynchronousWrites=Y\nSocketSendTimeout=500\nSocketReceiveTimeout=-1\nSocketIgnoreProxy=Y\n", "x.cfg");
  BOOST_REQUIRE(r.value);
  BOOST_TEST(texts(r).find("SocketSynchronousWrites is ignored: no write ever waits") != std::string::npos);
  BOOST_TEST(texts(r).find("SocketSendTimeout is ignored: no write ever waits") != std::string::npos);
  BOOST_TEST(r.problems.size() == 2U);
}

BOOST_AUTO_TEST_CASE(two_spellings_of_one_port_are_an_error_with_both_places) {
  const auto two = [](const std::string& one, const std::string& other) {
    const auto host = [](const std::string& h) { return h.empty() ? std::string{} : "SocketAcceptAddress=" + h + "\n"; };
    return acceptor + host(one) + another + host(other);
  };
  for (const auto& [one, other] : std::vector<std::pair<std::string, std::string>>{
           {"", "127.0.0.1"}, {"127.0.0.1", ""}, {"", "0.0.0.0"}, {"", "localhost"}, {"localhost", "127.0.0.1"}, {"::1", "localhost"}, {"0.0.0.0", "192.0.2.7"}, {"::", ""}, {"2001:db8::7", "::"},
           {"2001:db8::7", "2001:DB8:0::7"}, {"127.0.0.1", "::ffff:127.0.0.1"}, {"venue.example", "Venue.Example"}})
    BOOST_TEST(fails(two(one, other), "only one of them can have it; write the same SocketAcceptAddress for both, or another port"), one + " and " + other);
  BOOST_TEST(fails(two("", "127.0.0.1"), "x.cfg:13:1: error: this session listens on port 9878 of 127.0.0.1, and the one in line 7 on that of every address (0.0.0.0)"));
  BOOST_TEST(fails(two("127.0.0.1", ""), "x.cfg:3:1: error: this session listens on port 9878 of every address (0.0.0.0), and the one in line 7 on that of 127.0.0.1"));
  for (const auto& [one, other] : std::vector<std::pair<std::string, std::string>>{{"127.0.0.1", "127.0.0.2"}, {"", "::1"}, {"venue.example", "192.0.2.7"}, {"localhost", "192.0.2.7"}, {"::1", "127.0.0.1"}, {"localhost", "localhost"}})
    BOOST_TEST(first(two(one, other)).accept.host == one);
  BOOST_TEST(first(acceptor + another + "SocketAcceptAddress=127.0.0.1\nSocketAcceptPort=9879\n").accept.port == 9878);
}

BOOST_AUTO_TEST_CASE(an_unknown_section_stops_the_start_whatever_is_left_out) {
  std::string text = acceptor;
  text.insert(text.find("Store=memory"), "ContinueInitializationOnError=Y\n");
  for (const auto* header : {"[SESION]", "[SESSION"}) {
    const auto r = understand_settings(text + header + "\nBeginString=FIX.4.4\nTargetCompID=B\n" + another, "x.cfg");
    BOOST_TEST(!r.value);
    BOOST_TEST(texts(r).find("left out") == std::string::npos, texts(r));
  }
}

BOOST_AUTO_TEST_CASE(names_that_a_left_out_session_may_have_meant_otherwise_are_any) {
  const auto left_out = [](const std::string& session, const std::string& defaults = "") {
    auto text = acceptor + "[SESSION]\n" + session;
    text.insert(text.find("Store=memory"), "ContinueInitializationOnError=Y\n" + defaults);
    const auto r = understand_settings(text, "x.cfg");
    BOOST_REQUIRE_MESSAGE(r.value, texts(r));
    BOOST_TEST_REQUIRE(r.value->left_out.size() == 1U);
    const auto& id = r.value->left_out[0].kept_free;
    return id.begin_string + " " + id.sender_comp_id + " " + id.target_comp_id;
  };
  BOOST_TEST(left_out("BeginString=FIX.4.4\nTargetCompID=B\nLogonTimeout=soon\n") == "FIX.4.4 US B");
  BOOST_TEST(left_out("BeginString=FIX.4.4\nTargetCompIDD=B\n") == "FIX.4.4  ");
  BOOST_TEST(left_out("BeginString=FIX.4.4\nTargetCompIDD=B\n", "TargetCompID=C\n") == "FIX.4.4  ");
  BOOST_TEST(left_out("BeginString=FIX.4.4\nTargetCompID B\n", "TargetCompID=C\n") == "FIX.4.4  ");
  BOOST_TEST(left_out("BeginString=FIX.4.4\n") == "FIX.4.4 US ");
}

BOOST_AUTO_TEST_SUITE_END()
