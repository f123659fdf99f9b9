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

BOOST_AUTO_TEST_CASE(a_port_that_cannot_be_had_stops_the_start_unless_the_file_says_to_go_on) {
  BOOST_TEST(engine_of(head).starts_without_ports);
  BOOST_TEST(!engine_of("[DEFAULT]\nConnectionType=acceptor\nSocketAcceptPort=0\nSenderCompID=US\nNonStopSession=Y\nStore=memory\n[SESSION]\nBeginString=FIX.4.4\nTargetCompID=GOOD\n")
                  .starts_without_ports);
}

BOOST_AUTO_TEST_SUITE_END()
