#include "actors/settings_table.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace troupe::actors;
using namespace std::chrono_literals;

namespace {

settings_result read(const std::string& defaults, const std::string& session, const std::string& side) {
  const std::string own = side == "acceptor" ? "SocketAcceptPort=9878\n" : "HeartBtInt=20\nSocketConnectHost=a\nSocketConnectPort=1\n";
  return understand_settings("[DEFAULT]\n" + defaults + "ConnectionType=" + side + "\nSenderCompID=US\nNonStopSession=Y\nStore=memory\nBeginString=FIX.4.4\n" + own + "[SESSION]\nTargetCompID=THEM\n" + session, "x.cfg");
}

std::string texts(const settings_result& r) {
  std::string out;
  for (const auto& p : r.problems) out += to_string(p, "x.cfg") + "\n";
  return out;
}

// Of a file without a flaw.
session_settings first(const std::string& defaults, const std::string& session, const std::string& side = "initiator") {
  const auto r = read(defaults, session, side);
  BOOST_TEST(texts(r) == "");
  BOOST_REQUIRE(r.value);
  return r.value->sessions.front();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(settings_shared)

BOOST_AUTO_TEST_CASE(a_session_wins_by_either_name) {
  BOOST_TEST((first("SocketTimeout=6\n", "SocketConnectTimeout=2\n").connect_timeout == 2s));
  BOOST_TEST((first("SocketConnectTimeout=6\n", "SocketTimeout=2\n").connect_timeout == 2s));
  BOOST_TEST(first("SocketAcceptHost=0.0.0.0\n", "SocketAcceptAddress=127.0.0.1\n", "acceptor").accept.host == "127.0.0.1");
  BOOST_TEST(first("SocketAcceptAddress=0.0.0.0\n", "SocketAcceptHost=127.0.0.1\n", "acceptor").accept.host == "127.0.0.1");
  BOOST_TEST(!first("SocketTcpNoDelay=Y\n", "SocketNodelay=N\n").socket.no_delay);
  BOOST_TEST(!first("EnableNextExpectedMsgSeqNum=Y\n", "SendNextExpectedMsgSeqNum=N\n").config.use_next_expected);
  BOOST_TEST(first("MaxMessagesInResendRequest=50\n", "ResendRequestChunkSize=7\n").config.resend_chunk == 7U);
  BOOST_TEST((first("TimestampPrecision=6\n", "MillisecondsInTimeStamp=N\n").config.time_precision == troupe::protocol::utc_precision::seconds));
}

BOOST_AUTO_TEST_CASE(two_names_in_one_section_say_the_same) {
  BOOST_TEST((first("", "SocketTimeout=2s\nSocketConnectTimeout=2\n").connect_timeout == 2s));
  BOOST_TEST((first("", "TimestampPrecision=6\nMillisecondsInTimeStamp=N\n").config.time_precision == troupe::protocol::utc_precision::microseconds));
  const auto r = read("", "SocketTcpNoDelay=N\nSocketNodelay=Y\n", "initiator");
  BOOST_TEST(!r.value);
  BOOST_TEST(texts(r) == "x.cfg:13:1: error: SocketNodelay=Y: SocketTcpNoDelay=N in line 12 is another name of the same, and says otherwise; remove one of them\n");
  BOOST_TEST(!read("SocketTimeout=1\nSocketConnectTimeout=2\n", "", "initiator").value);
}

BOOST_AUTO_TEST_CASE(where_all_hosts_are_called_from_is_nearer_in_the_session) {
  const auto source = [](const std::string& defaults, const std::string& session) {
    const auto s = first(defaults, session);
    return s.connect[0].source_host + ":" + std::to_string(s.connect[0].source_port);
  };
  BOOST_TEST(source("SocketConnectSourceHost=10.0.0.1\nSocketConnectSourcePort=7\n", "SocketLocalHost=10.0.0.2\n") == "10.0.0.2:7");
  BOOST_TEST(source("SocketLocalHost=10.0.0.1\nSocketLocalPort=7\n", "SocketConnectSourceHost=10.0.0.2\n") == "10.0.0.2:7");
  BOOST_TEST(source("", "SocketConnectSourceHost=10.0.0.2\nSocketLocalHost=10.0.0.1\n") == "10.0.0.2:0");
}

BOOST_AUTO_TEST_CASE(every_name_of_a_shared_value_is_a_key) {
  for (const auto& v : shared_values())
    for (const auto name : v.names) BOOST_TEST(find_key(name).has_value(), name);
}

BOOST_AUTO_TEST_CASE(a_key_of_the_other_side_is_named_where_it_stands) {
  for (const auto* entry : {"ProxyType=http", "SocketConnectHost=a", "SocketConnectPort3=7", "ReconnectInterval=5", "HostSelectionPolicy=PRIORITY", "SocketTimeout=3"}) {
    const auto r = read("", std::string{entry} + "\n", "acceptor");
    BOOST_TEST(r.value.has_value());
    const auto name = std::string{entry}.substr(0, std::string{entry}.find('='));
    BOOST_TEST(texts(r) == "x.cfg:10:1: warning: " + name + " is ignored: it is for initiators, and this session is an acceptor\n");
  }
  for (const auto* entry : {"AllowedRemoteAddresses=192.0.2.7", "UseTCPProxy=y", "SocketAcceptPort=1"}) {
    const auto r = read("", std::string{entry} + "\n", "initiator");
    BOOST_TEST(texts(r).find(" is ignored: it is for acceptors, and this session is an initiator\n") != std::string::npos, texts(r));
  }
}

BOOST_AUTO_TEST_CASE(default_may_be_for_both_sides_and_what_happens_anyway_is_no_flaw) {
  (void)first("ProxyType=http\nProxyHost=p\nProxyPort=1\nReconnectInterval=5\n", "UseTCPProxy=N\n", "acceptor");
  (void)first("AllowedRemoteAddresses=192.0.2.7\nSocketAcceptPort=1\n", "UseTCPProxy=N\n", "initiator");
}

BOOST_AUTO_TEST_CASE(dynamic_sessions_in_small) {
  for (const auto* flag : {"Y", "y"}) {
    const auto r = read(std::string{"DynamicSessions="} + flag + "\n", "", "acceptor");
    BOOST_REQUIRE_MESSAGE(r.value, texts(r));
    BOOST_TEST(r.value->templates.size() == 1U, flag);
  }
  BOOST_TEST(read("DynamicSessions=n\n", "", "acceptor").value->templates.empty());
}

BOOST_AUTO_TEST_SUITE_END()
