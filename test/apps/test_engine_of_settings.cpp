// What becomes of a settings file whose sessions cannot all be had.
#include "apps/engine_of_settings.hpp"

#include <boost/test/unit_test.hpp>

using namespace troupe;
using namespace troupe::actors;

namespace {

const std::string head =
    "[DEFAULT]\nConnectionType=acceptor\nSocketAcceptPort=0\nSenderCompID=US\nNonStopSession=Y\nStore=memory\nContinueInitializationOnError=Y\n"
    "[SESSION]\nBeginString=FIX.4.4\nTargetCompID=GOOD\n";
// For everybody, in every version.
const std::string open_door = "[SESSION]\nAcceptorTemplate=Y\nBeginString=*\nDefaultApplVerID=FIX.5.0\nTargetCompID=*\n";

engine_config engine_of(const std::string& text) {
  const auto read = understand_settings(text, "x.cfg");
  BOOST_REQUIRE(read.value);
  no_events events;
  log_writer writer{{}, [] { return protocol::utc_time{}; }};
  message_log messages{writer, events, {}};
  return apps::engine_of(*read.value, events, messages);
}

// What happens to a Logon of them that no session is configured for: "made", "refused", or "nobody's".
std::string logon(const engine_config& c, const std::string& version, const std::string& them) {
  for (const auto& t : c.session_templates)
    if (find_variant(t, {{version, "US", them, ""}, {}, {}, {}, {}})) return t.refusal.empty() ? "made" : "refused";
  return "nobody's";
}

constexpr const char* versions[] = {"FIX.4.0", "FIX.4.2", "FIX.4.4", "FIXT.1.1"};

}  // namespace

BOOST_AUTO_TEST_SUITE(engine_of_settings)

BOOST_AUTO_TEST_CASE(a_session_whose_version_cannot_be_read_is_left_out_in_every_version) {
  for (const char* version : {"BeginString=FIX.4.9\n", "BeginString=*\n", "BeginString=FIX.4.9\nDefaultApplVerID=FIX.5.0\n", ""}) {
    const auto c = engine_of(head + "[SESSION]\n" + version + "TargetCompID=BROKEN\n" + open_door);
    for (const auto* v : versions) {
      BOOST_TEST(logon(c, v, "BROKEN") == "refused", v << " after " << version);
      BOOST_TEST(logon(c, v, "OTHER") == "made", v);
    }
  }
}

BOOST_AUTO_TEST_CASE(one_whose_version_can_be_read_is_left_out_in_that) {
  const auto c = engine_of(head + "[SESSION]\nBeginString=FIX.4.2\nTargetCompID=BROKEN\nLogonTimeout=soon\n" + open_door);
  BOOST_TEST(logon(c, "FIX.4.2", "BROKEN") == "refused");
  BOOST_TEST(logon(c, "FIX.4.4", "BROKEN") == "made");
}

BOOST_AUTO_TEST_CASE(a_template_whose_version_cannot_be_read_is_closed_in_every_version) {
  for (const char* version : {"BeginString=FIX.4.9\n", "", "DefaultApplVerID=FIX.5.0\n", "BeginString=*\nDefaultApplVerID=FIX.4.9\n"}) {
    const auto c = engine_of(head + "[SESSION]\nAcceptorTemplate=Y\nTargetCompID=BROKEN\n" + version + open_door);
    for (const auto* v : versions) BOOST_TEST(logon(c, v, "BROKEN") == "refused", v << " after " << version);
  }
}

// Sessions first, then templates; those with one address and port share it, and port 0 is one of them.
BOOST_AUTO_TEST_CASE(sessions_and_templates_are_at_their_own_port) {
  const auto c = engine_of(head + "[SESSION]\nBeginString=FIX.4.4\nTargetCompID=B\nSocketAcceptPort=9001\n" + open_door + "SocketAcceptPort=9002\n[SESSION]\nBeginString=FIX.4.4\nTargetCompID=C\n");
  BOOST_TEST_REQUIRE(c.listen.size() == 3U);
  BOOST_TEST_REQUIRE(c.sessions.size() == 3U);
  for (const std::size_t n : {0U, 1U, 2U}) {
    BOOST_TEST(accepts_at(c.sessions[n], {n == 1 ? 1U : 0U}));
    BOOST_TEST(!accepts_at(c.sessions[n], {n == 1 ? 0U : 1U}));
  }
  for (const auto& v : c.session_templates.front().variants) BOOST_TEST((v.place == place_number{2}));
  BOOST_TEST(c.session_templates.front().origin == "the template in line 15");
}

BOOST_AUTO_TEST_CASE(a_template_that_is_left_out_is_closed_at_its_own_port) {
  const auto closed_at = [](const std::string& port) {
    const auto c = engine_of(head + "[SESSION]\nBeginString=FIX.4.4\nTargetCompID=B\nSocketAcceptPort=9001\n[SESSION]\nAcceptorTemplate=Y\nBeginString=*\nTargetCompID=*\nLogonTimeout=soon\nSocketAcceptPort=" +
                             port + "\n" + open_door);
    return c.session_templates.size() == 1 ? "nowhere" : !c.session_templates.front().variants.front().place ? "everywhere" : std::to_string(c.session_templates.front().variants.front().place->value);
  };
  BOOST_TEST(closed_at("9001") == "1");
  BOOST_TEST(closed_at("9003") == "nowhere");  // nobody else listens there
  BOOST_TEST(closed_at("0") == "everywhere");
  BOOST_TEST(closed_at("what") == "everywhere");
}

BOOST_AUTO_TEST_CASE(where_a_left_out_session_cannot_be_told_templates_make_none_that_it_may_be) {
  for (const char* session : {"BeginString=FIX.4.4\n", "BeginString=FIX.4.4\nTargetCompIDD=BROKEN\n", "BeginString=FIX.4.4\nTargetCompID BROKEN\nTargetCompIDD=X\n"}) {
    const auto c = engine_of(head + "[SESSION]\nAllowedRemoteAddresses=192.0.2.1\n" + session + open_door);
    BOOST_TEST(logon(c, "FIX.4.4", "BROKEN") == "refused", session);
    BOOST_TEST(logon(c, "FIX.4.4", "ANYBODY") == "refused", session);
    BOOST_TEST(logon(c, "FIX.4.2", "ANYBODY") == "made", session);
  }
}

BOOST_AUTO_TEST_CASE(a_port_that_cannot_be_had_stops_the_start_unless_the_file_says_to_go_on) {
  BOOST_TEST(engine_of(head).starts_without_ports);
  BOOST_TEST(!engine_of("[DEFAULT]\nConnectionType=acceptor\nSocketAcceptPort=0\nSenderCompID=US\nNonStopSession=Y\nStore=memory\n[SESSION]\nBeginString=FIX.4.4\nTargetCompID=GOOD\n")
                  .starts_without_ports);
}

BOOST_AUTO_TEST_SUITE_END()
