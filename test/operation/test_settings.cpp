#include "actors/settings_table.hpp"
#include "test/support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <iterator>

using namespace troupe::actors;
using namespace std::chrono_literals;

namespace {

const std::string acceptor =
    "[DEFAULT]\nConnectionType=acceptor\nSocketAcceptPort=9878\nSenderCompID=US\nNonStopSession=Y\nStore=memory\n"
    "[SESSION]\nBeginString=FIX.4.4\nTargetCompID=THEM\n";
const std::string initiator =
    "[DEFAULT]\nConnectionType=initiator\nHeartBtInt=20\nSenderCompID=US\nStore=memory\nNonStopSession=Y\n"
    "SocketConnectHost=a\nSocketConnectPort=1\n[SESSION]\nBeginString=FIX.4.4\nTargetCompID=THEM\n";

std::string all_texts(const settings_result& r) {
  std::string out;
  for (const auto& p : r.problems) out += to_string(p, "x.cfg") + "\n";
  return out;
}

settings read(const std::string& text) {
  auto result = understand_settings(text, "x.cfg");
  BOOST_REQUIRE_MESSAGE(result.value, all_texts(result));
  return *result.value;
}

std::string contents(const std::string& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(settings)

BOOST_AUTO_TEST_CASE(an_acceptor_with_defaults) {
  const auto s = read(acceptor);
  BOOST_REQUIRE_EQUAL(s.sessions.size(), 1U);
  const auto& one = s.sessions[0];
  BOOST_TEST((one.config.role == troupe::protocol::role::acceptor));
  BOOST_TEST((one.config.id == troupe::protocol::session_id{"FIX.4.4", "US", "THEM", ""}));
  BOOST_TEST((one.accept == network_address{"", 9878}));
  BOOST_TEST((one.application == application_kind::executor));
  BOOST_TEST((s.store.kind == store_kind::memory));
  BOOST_TEST(s.control_socket.string() == "x.cfg.sock");
  BOOST_TEST(s.stop_timeout.count() == 10);
}

// Each of these keys changes its member, and the member's default is that of the key.
BOOST_AUTO_TEST_CASE(what_a_session_says_asks_and_puts_up_with) {
  using troupe::protocol::session_config;
  using troupe::protocol::utc_precision;
  struct {
    const char* entry;
    bool (*is_set)(const session_config&);
  } const all[] = {
      {"HeartBtIntOverride=Y", [](const auto& c) { return c.override_heart_bt_int; }},
      {"DisableHeartBeatCheck=Y", [](const auto& c) { return !c.check_silence; }},
      {"SendLogoutBeforeDisconnectFromTimeout=Y", [](const auto& c) { return c.logout_at_silence; }},
      {"ResetOnError=Y", [](const auto& c) { return c.reset_on_error; }},
      {"DisconnectOnError=Y", [](const auto& c) { return c.disconnect_on_error; }},
      {"LogonTag=553=me\nLogonTag1=96=a=b", [](const auto& c) { return c.logon_fields == "553=me\x01" "96=a=b\x01"; }},
      {"SendNextExpectedMsgSeqNum=Y", [](const auto& c) { return c.use_next_expected; }},
      {"EnableNextExpectedMsgSeqNum=Y", [](const auto& c) { return c.use_next_expected; }},
      {"TestMessageIndicator=N", [](const auto& c) { return c.is_test == false; }},
      {"SenderSubID=A", [](const auto& c) { return c.sender_sub_id == "A"; }},
      {"SenderLocationID=A", [](const auto& c) { return c.sender_location_id == "A"; }},
      {"TargetSubID=A", [](const auto& c) { return c.target_sub_id == "A"; }},
      {"TargetLocationID=A", [](const auto& c) { return c.target_location_id == "A"; }},
      {"EnableLastMsgSeqNumProcessed=Y", [](const auto& c) { return c.send_last_processed; }},
      {"MillisecondsInTimeStamp=N", [](const auto& c) { return c.time_precision == utc_precision::seconds; }},
      {"TimestampPrecision=3\nMillisecondsInTimeStamp=N", [](const auto& c) { return c.time_precision == utc_precision::milliseconds; }},
      {"TimeStampPrecision=SECONDS", [](const auto& c) { return c.time_precision == utc_precision::seconds; }},
      {"TimeStampPrecision=MICROS", [](const auto& c) { return c.time_precision == utc_precision::microseconds; }},
      {"TimeStampPrecision=Millisecond", [](const auto& c) { return c.time_precision == utc_precision::milliseconds; }},
      {"TimeStampPrecision=Nanosecond", [](const auto& c) { return c.time_precision == utc_precision::nanoseconds; }},
      {"AllowPosDup=Y", [](const auto& c) { return c.allow_poss_dup; }},
      {"ValidateSequenceNumbers=N", [](const auto& c) { return !c.check_numbers; }},
      {"RejectGarbledMessage=Y", [](const auto& c) { return c.reject_garbled; }},
      {"ResendRequestChunkSize=5", [](const auto& c) { return c.resend_chunk == 5; }},
      {"MaxMessagesInResendRequest=7", [](const auto& c) { return c.resend_chunk == 7; }},
      {"ClosedResendInterval=Y", [](const auto& c) { return c.close_resend_request; }},
      {"SendRedundantResendRequests=Y", [](const auto& c) { return c.ask_redundantly; }},
      {"IgnorePossDupResendRequests=Y", [](const auto& c) { return !c.serve_replayed_requests; }},
      {"PersistMessages=N", [](const auto& c) { return !c.resend_messages; }},
      {"ResendSessionLevelRejects=Y", [](const auto& c) { return c.resend_rejects; }},
      {"FillGapBeforeLogout=Y", [](const auto& c) { return c.fill_gap_before_logout; }},
      {"DeliverInvalidMessages=Y", [](const auto& c) { return c.deliver_invalid; }},
      {"SubmitsWhileDown=park", [](const auto& c) { return c.park_submits; }},
      {"MaxParkedSubmits=7", [](const auto& c) { return c.max_parked_submits == 7; }},
      {"MaxParkedBytes=7000", [](const auto& c) { return c.max_parked_bytes == 7000; }},
      {"MaxParkedAge=7", [](const auto& c) { return c.max_parked_age == 7s; }},
      {"CancelOnDisconnect=disconnect", [](const auto& c) { return c.cancel_orders == troupe::protocol::cancel_rule::disconnect; }},
      {"CancelOnDisconnect=always", [](const auto& c) { return c.cancel_orders == troupe::protocol::cancel_rule::always; }},
      {"CancelOnDisconnectDelay=7", [](const auto& c) { return c.cancel_delay == 7s; }},
      {"InboundLimit=7", [](const auto& c) { return c.inbound_limit == 7; }},
      {"InboundLimitPeriod=7", [](const auto& c) { return c.inbound_period == 7ms; }},
      {"InboundLimitAction=reject", [](const auto& c) { return c.beyond_limit == troupe::protocol::throttle_action::reject; }},
      {"InboundLimitAction=logout", [](const auto& c) { return c.beyond_limit == troupe::protocol::throttle_action::logout; }},
      {"MaxResendSpan=7", [](const auto& c) { return c.max_resend_span == 7; }},
      {"ResendRate=7", [](const auto& c) { return c.resend_rate == 7; }},
      {"MaxRepeatedResends=7", [](const auto& c) { return c.max_repeated_resends == 7; }},
      {"MaxWaitingResends=7", [](const auto& c) { return c.max_waiting_resends == 7; }},
      {"ForceResendWhenCorruptedStore=Y", [](const auto& c) { return c.fill_damaged_records; }},
  };
  const auto standard = read(acceptor);
  for (const auto& one : all) {
    BOOST_TEST(!one.is_set(standard.sessions[0].config), one.entry);
    BOOST_TEST(!one.is_set(session_config{}), one.entry);
    const auto changed = read(acceptor + one.entry + "\n");
    BOOST_TEST(one.is_set(changed.sessions[0].config), one.entry);
  }
}

BOOST_AUTO_TEST_CASE(a_schedule_is_read_with_its_zone_and_holidays) {
  using namespace std::chrono;
  const troupe::test::temp_folder folder;
  const auto file = folder.path() / "holidays";
  std::ofstream{file} << "# of 2026\n2026-12-25  # Christmas\n\n2026-12-28\n";
  const std::string timed = [&] {
    std::string text = acceptor;
    return text.erase(text.find("NonStopSession=Y\n"), 17);
  }();
  const auto s = read(timed + "StartTime=08:00:00 Europe/London\nEndTime=16:30:00\nWeekdays=Mon,Tue,Wed,Thu,Fri\nLogonTime=08:15:00\nHolidaysFile=" + file.string() + "\n");
  const auto& open = s.sessions[0].open;
  BOOST_TEST_REQUIRE(open.get() != nullptr);
  BOOST_TEST(open->zone() == "Europe/London");
  const sys_days july{2026y / 7 / 8}, christmas{2026y / 12 / 25};
  BOOST_TEST((open->at(july + 12h) == schedule::period{july + 7h, july + 15h + 30min}));
  BOOST_TEST(!open->at(christmas + 12h));
  BOOST_TEST(open->at(sys_days{2026y / 12 / 29} + 12h).has_value());
  BOOST_TEST((s.sessions[0].logon_time->at(july + 12h)->begin == july + 7h + 15min));
  BOOST_TEST(!read(acceptor).sessions[0].open);
  std::ofstream{file} << "2026-12-25\nsoon\n";
  const auto wrong = understand_settings(timed + "StartTime=08:00:00\nEndTime=16:30:00\nHolidaysFile=" + file.string() + "\n", "x.cfg");
  BOOST_TEST(all_texts(wrong).find(file.string() + ":2: 'soon': expected a day as 2026-12-25") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_initiator_has_a_list_of_hosts) {
  const auto s = read(initiator + "SocketConnectHost1=b\nSocketConnectPort1=2\nsocketconnecthost2=c\nSOCKETCONNECTPORT2=3\n");
  BOOST_TEST((s.sessions[0].connect == std::vector<host_setting>{{"a", 1}, {"b", 2}, {"c", 3}}));
  BOOST_TEST(s.sessions[0].config.heart_bt_int.count() == 20);
  BOOST_TEST((s.sessions[0].reconnect_waits == std::vector{std::chrono::milliseconds{30s}}));
  BOOST_TEST((s.sessions[0].reconnect_max_interval == 30s));
}

BOOST_AUTO_TEST_CASE(a_session_overrides_the_default_section) {
  const auto s = read(acceptor + "LogonTimeout=3\nSocketAcceptPort=1000\n[SESSION]\nBeginString=FIX.4.2\nTargetCompID=OTHER\n");
  BOOST_TEST(s.sessions[0].config.logon_timeout.count() == 3);
  BOOST_TEST(s.sessions[0].accept.port == 1000);
  BOOST_TEST(s.sessions[1].config.logon_timeout.count() == 10);
  BOOST_TEST(s.sessions[1].accept.port == 9878);
}

// The table holds the defaults; the structs have them too, for whoever uses the library without a file.
BOOST_AUTO_TEST_CASE(defaults_are_those_of_the_session_machine) {
  const troupe::protocol::session_config wanted;
  const auto c = read(acceptor).sessions[0].config;
  BOOST_TEST((c.logon_timeout == wanted.logon_timeout));
  BOOST_TEST((c.logout_timeout == wanted.logout_timeout));
  BOOST_TEST(c.test_request_factor == wanted.test_request_factor);
  BOOST_TEST(c.disconnect_factor == wanted.disconnect_factor);
  BOOST_TEST((c.max_latency == wanted.max_latency));
  BOOST_TEST((c.gap_timeout == wanted.gap_timeout));
  BOOST_TEST(c.max_held_messages == wanted.max_held_messages);
  BOOST_TEST(c.max_held_bytes == wanted.max_held_bytes);
  BOOST_TEST(c.max_gap_requests == wanted.max_gap_requests);
  BOOST_TEST(c.max_parked_submits == wanted.max_parked_submits);
  BOOST_TEST(c.max_parked_bytes == wanted.max_parked_bytes);
  BOOST_TEST((c.inbound_period == wanted.inbound_period));
  BOOST_TEST(c.max_repeated_resends == wanted.max_repeated_resends);
  BOOST_TEST(c.max_waiting_resends == wanted.max_waiting_resends);
  BOOST_TEST(c.replay_page_records == wanted.replay_page_records);
  BOOST_TEST(c.replay_page_bytes == wanted.replay_page_bytes);
  BOOST_TEST(c.replay_low_water == wanted.replay_low_water);
  BOOST_TEST(c.max_unhandled_messages == wanted.max_unhandled_messages);
  BOOST_TEST(c.max_unhandled_bytes == wanted.max_unhandled_bytes);
  BOOST_TEST(c.max_uncommitted_bytes == wanted.max_uncommitted_bytes);
  BOOST_TEST(c.max_unwritten_bytes == wanted.max_unwritten_bytes);
  BOOST_TEST(c.check_comp_id == wanted.check_comp_id);
  BOOST_TEST(c.check_latency == wanted.check_latency);
  BOOST_TEST(c.require_orig_sending_time == wanted.require_orig_sending_time);
}

BOOST_AUTO_TEST_CASE(the_store_is_where_the_file_says) {
  const std::string rest = acceptor.substr(0, acceptor.find("Store=memory"));
  const std::string session = acceptor.substr(acceptor.find("[SESSION]"));
  const auto quickfix = read(rest + "FileStorePath=dir\n" + session);
  BOOST_TEST((quickfix.store.kind == store_kind::sqlite));
  BOOST_TEST(quickfix.store.path.string() == "dir/troupe.db");
  BOOST_TEST(quickfix.control_socket.string() == "dir/troupe.db.sock");
  const auto own = read(rest + "StorePath=x.db\nFileStorePath=dir\nFileStoreSync=N\n" + session);
  BOOST_TEST(own.store.path.string() == "x.db");
  BOOST_TEST((own.store.durability == store_durability::process));
}

BOOST_AUTO_TEST_CASE(a_database_is_a_store_and_its_connection_is_shown_nowhere) {
  const std::string rest = acceptor.substr(0, acceptor.find("Store=memory"));
  const std::string session = acceptor.substr(acceptor.find("[SESSION]"));
  const auto s = read(rest + "Store=postgres\nStoreConnection=host=db1 user=troupe password=horse\nStoreSchema=fix\nStoreLease=1m\n" + session);
  BOOST_TEST((s.store.kind == store_kind::postgres));
  BOOST_TEST(s.store.connection == "host=db1 user=troupe password=horse");
  BOOST_TEST(s.store.schema == "fix");
  BOOST_TEST(s.store.lease.count() == 60);
  BOOST_TEST((s.store.durability == store_durability::power));
  const auto usual = read(rest + "Store=postgres\nStoreConnection=host=db1\nStoreDurability=process\n" + session);
  BOOST_TEST(usual.store.schema == "troupe");
  BOOST_TEST(usual.store.lease.count() == 15);
  BOOST_TEST((usual.store.durability == store_durability::process));
  BOOST_TEST(usual.store.path.empty());
  BOOST_TEST(read(rest + "Store=postgres\nStoreConnection=host=db1\nStoreKeepBytes=2147483648\n" + session).store.keep_bytes == 2147483648u);
}

BOOST_AUTO_TEST_CASE(a_database_without_a_connection_is_an_error_and_a_connection_without_one_a_warning) {
  const std::string rest = acceptor.substr(0, acceptor.find("Store=memory"));
  const std::string session = acceptor.substr(acceptor.find("[SESSION]"));
  const auto said = [&](const std::string& lines) {
    std::string all;
    for (const auto& p : understand_settings(rest + lines + session, "x.cfg").problems) all += to_string(p, "x.cfg") + "\n";
    return all;
  };
  const auto says = [&](const std::string& lines, const std::string& what) {
    const auto all = said(lines);
    BOOST_TEST(all.find(what) != std::string::npos, all);
    BOOST_TEST(all.find("horse") == std::string::npos, all);
  };
  says("Store=postgres\n", "error: Store=postgres without a database; set StoreConnection, for example host=db1");
  says("Store=memory\nStoreConnection=password=horse\n", "warning: StoreConnection=*** is ignored: it is for Store=postgres");
  says("StoreConnection=password=horse\n", "neither FileStorePath nor StorePath is set");
  says("Store=postgres\nStoreConnection=password=horse\nStorePath=x\n", "warning: StorePath=x is ignored");
  says("Store=postgres\nStoreConnection=password=horse\nStoreSchema=" + std::string(64, 'x') + "\n", "has at most 63 bytes");
  says("Store=postgres\nStoreConnection=password=horse\nStoreSchema=pg_fix\n", "StoreSchema=pg_fix: a name that begins with pg_");
  says("Store=postgres\nStoreConnection=password=horse\nStoreLease=1\n", "StoreLease=1: expected");
}

BOOST_AUTO_TEST_CASE(a_connection_that_libpq_cannot_read_is_told_with_its_place_and_not_with_its_password) {
  const std::string rest = acceptor.substr(0, acceptor.find("Store=memory"));
  const std::string session = acceptor.substr(acceptor.find("[SESSION]"));
  const auto line = static_cast<std::size_t>(std::count(rest.begin(), rest.end(), '\n')) + 2;
  const auto problems = [&](const std::string& connection) {
    std::string all;
    for (const auto& p : understand_settings(rest + "Store=postgres\nStoreConnection=" + connection + "\n" + session, "x.cfg").problems) all += to_string(p, "x.cfg") + "\n";
    return all;
  };
  const auto is_wrong = [&](const std::string& connection, const std::string& what) {
    const auto said = problems(connection);
    BOOST_TEST(said.starts_with("x.cfg:" + std::to_string(line) + ":17: error: StoreConnection=***: the connection string of the PostgreSQL store "), said);
    BOOST_TEST(said.find(what) != std::string::npos, said);
    BOOST_TEST(said.find("horse") == std::string::npos, said);
    BOOST_TEST(said.find("battery") == std::string::npos, said);
  };
  is_wrong("host=db1 password=horse battery", "cannot be read: missing");
  is_wrong("hosst=db1 password=horse", "cannot be read: invalid connection option");
  is_wrong("postgresql://troupe:horse@db1:5432/fi%ve", "cannot be read: ");
  is_wrong("host=db1 port=54x2 password=horse", "has a port that is none");
  is_wrong("host=db1 port=0", "has a port that is none");
  is_wrong("host=db1,db2,db3 port=5432,5433", "has 2 ports for 3 hosts");
  for (const std::string good : {"host=db1,db2 port=5432,5433", "host=db1,db2 port=5432", "host=db1,db2 port=,5433", "postgresql://troupe:horse@db1,db2:5433/fix?sslmode=require", "service=fix", "hostaddr=127.0.0.1,127.0.0.2 host=db1 port=1,2"})
    BOOST_TEST(problems(good) == "", good);
  BOOST_TEST(problems("host=" + std::string(1'900, 'x')) == "");  // several hosts, and files for TLS
}

BOOST_AUTO_TEST_CASE(every_default_of_the_table_fits_its_key) {
  for (const auto& key : setting_keys())
    if (!key.standard.empty()) BOOST_TEST(fit_value(key, key.standard).has_value(), key.name);
}

BOOST_AUTO_TEST_CASE(no_name_is_defined_twice) {
  for (const auto& key : setting_keys()) BOOST_TEST(find_unbuilt(key.name) == nullptr, key.name);
  for (const auto& key : unbuilt_keys())
    if (key.name.find('<') == std::string_view::npos) BOOST_TEST(find_unbuilt(key.name) == &key, key.name);
  BOOST_TEST(find_unbuilt("SocketConnectProtocol12") != nullptr);
  BOOST_TEST(find_unbuilt("SocketConnectProtocolX") == nullptr);

  BOOST_TEST(find_key("AppDataDictionary.FIX.4.4").value().version == "FIX.4.4");
  BOOST_TEST(find_key("appdatadictionary.fix.5.0sp2").value().version == "FIX.5.0SP2");
  BOOST_TEST(find_key("AppDataDictionary").value().version == "");
  BOOST_TEST(!find_key("AppDataDictionary.FIX.9.9"));
  BOOST_TEST(!find_key("DataDictionary.FIX.4.4"));
}

BOOST_AUTO_TEST_CASE(a_template_is_no_session) {
  const auto s = read(acceptor + "[SESSION]\nBeginString=FIX.4.2\nTargetCompID=*\nTargetSubID=*\nAcceptorTemplate=Y\nMaxDynamicSessions=7\nDynamicSessionIdle=0\n");
  BOOST_TEST(s.sessions.size() == 1U);
  BOOST_TEST_REQUIRE(s.templates.size() == 1U);
  BOOST_TEST_REQUIRE(s.templates[0].variants.size() == 1U);
  const auto& one = s.templates[0].variants[0];
  BOOST_TEST((one.config.id == troupe::protocol::session_id{"FIX.4.2", "US", "*", ""}));
  BOOST_TEST(one.config.target_sub_id == "*");
  BOOST_TEST(one.max_dynamic_sessions == 7U);
  BOOST_TEST(one.max_dynamic_identities == 10'000U);
  BOOST_TEST(one.dynamic_idle.count() == 0);
}

BOOST_AUTO_TEST_CASE(a_template_of_any_version_is_one_for_each) {
  const std::string any = acceptor.substr(0, acceptor.find("[SESSION]")) + "[SESSION]\nAcceptorTemplate=Y\nBeginString=*\nTargetCompID=*\n";
  auto s = read(any);
  BOOST_TEST_REQUIRE(s.templates[0].variants.size() == 5U);
  BOOST_TEST(s.templates[0].variants[4].config.id.begin_string == "FIX.4.4");
  s = read(any + "DefaultApplVerID=FIX.5.0SP2\n");
  BOOST_TEST_REQUIRE(s.templates[0].variants.size() == 6U);
  BOOST_TEST(s.templates[0].variants[0].config.default_appl_ver_id == "");
  BOOST_TEST(s.templates[0].variants[5].config.id.begin_string == "FIXT.1.1");
  BOOST_TEST(s.templates[0].variants[5].config.default_appl_ver_id == "9");
  BOOST_TEST(all_texts(understand_settings(any + "DataDictionary=x.xml\n", "x.cfg")).find("DataDictionary is of one version") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(dynamic_sessions_makes_a_template_of_default) {
  const std::string head = acceptor.substr(0, acceptor.find("[SESSION]"));
  auto s = read(head + "DynamicSessions=Y\nDynamicQualifier=Y\n");
  BOOST_TEST(s.sessions.empty());
  BOOST_TEST_REQUIRE(s.templates.size() == 1U);
  BOOST_TEST(s.templates[0].variants[0].config.id.sender_comp_id == "US");  // what is set must fit
  BOOST_TEST(s.templates[0].variants[0].config.id.target_comp_id == "*");
  BOOST_TEST(s.templates[0].variants[0].has_own_qualifiers);
  BOOST_TEST(s.templates[0].variants[0].accept.port == 9878);
  s = read(head + "DynamicSessions=Y\n[SESSION]\nAcceptorTemplate=Y\nBeginString=FIX.4.2\nTargetCompID=A\n[SESSION]\nBeginString=FIX.4.2\nTargetCompID=B\n");
  BOOST_TEST(s.sessions.size() == 1U);
  BOOST_TEST_REQUIRE(s.templates.size() == 2U);
  BOOST_TEST(s.templates[0].variants[0].config.id.target_comp_id == "A");  // and it is the last
  BOOST_TEST(read(head + "DynamicSessions=N\n[SESSION]\nBeginString=FIX.4.2\nTargetCompID=B\n").templates.empty());
}

BOOST_AUTO_TEST_CASE(dynamic_session_lets_an_initiator_wait) {
  BOOST_TEST(read(initiator + "DynamicSession=Y\n").sessions[0].waits_for_operator);
  BOOST_TEST(all_texts(understand_settings(acceptor + "DynamicSession=Y\n", "x.cfg")).find("it is for initiators") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_a_template_cannot_be_is_said) {
  const auto says = [](const std::string& text) { return all_texts(understand_settings(text, "x.cfg")); };
  const std::string head = acceptor.substr(0, acceptor.find("[SESSION]"));
  const auto has = [&](const std::string& text, const std::string& part) {
    const auto all = says(text);
    BOOST_TEST(all.find(part) != std::string::npos, all);
  };
  has(head + "[SESSION]\nBeginString=FIX.4.2\nTargetCompID=*\n", "TargetCompID=* stands for any name only where AcceptorTemplate=Y");
  has(head + "[SESSION]\nBeginString=*\nTargetCompID=A\n", "BeginString=* stands for any name only where AcceptorTemplate=Y");
  has(initiator + "AcceptorTemplate=Y\n", "expected ConnectionType=acceptor");
  has(acceptor + "DynamicSessions=Y\n", "DynamicSessions is for [DEFAULT]");
  has(acceptor + "MaxDynamicSessions=5\n", "MaxDynamicSessions is ignored");
  has(acceptor + "MaxDynamicSessions=0\n", "expected a whole number from 1");
  const std::string any = "[SESSION]\nAcceptorTemplate=Y\nBeginString=FIX.4.2\nTargetCompID=*\n";
  has(head + any + "[SESSION]\nAcceptorTemplate=Y\nBeginString=FIX.4.2\nTargetCompID=A\n", "nobody ever gets a session of this template");
  BOOST_TEST(says(head + "[SESSION]\nAcceptorTemplate=Y\nBeginString=FIX.4.2\nTargetCompID=A\n" + any) == "");
}

BOOST_AUTO_TEST_CASE(the_examples_are_clean) {
  for (const char* name : {"acceptor.cfg", "initiator.cfg", "template.cfg"}) {
    const auto result = read_settings(std::string{TROUPE_SOURCE "/docs/examples/"} + name);
    BOOST_TEST(result.value.has_value());
    BOOST_TEST(all_texts(result) == "");
  }
}

BOOST_AUTO_TEST_CASE(the_page_is_what_the_table_says) {
  BOOST_TEST((contents(TROUPE_SOURCE "/docs/settings.md") == describe_settings()), "docs/settings.md is stale: build the target docs");
}

BOOST_AUTO_TEST_CASE(two_sessions_that_would_be_called_the_same_are_refused) {
  const auto r = understand_settings(acceptor + "SessionQualifier=Q\n[SESSION]\nBeginString=FIX.4.4\nTargetCompID=THEM:Q\n", "x.cfg");
  BOOST_TEST(!r.value);
  BOOST_TEST(all_texts(r).find("x.cfg:11:1: error: in commands, events and the status this session is called FIX.4.4:US->THEM:Q, as is the one in line 7") != std::string::npos,
             all_texts(r));
}

BOOST_AUTO_TEST_CASE(what_is_parked_is_no_more_than_may_go_out_at_once) {
  const std::string parking = acceptor + "SubmitsWhileDown=park\n";
  const auto r = understand_settings(parking + "MaxUnwrittenBytes=65536\n", "x.cfg");
  BOOST_TEST(!r.value);
  BOOST_TEST(all_texts(r).find("x.cfg:11:19: error: MaxUnwrittenBytes=65536: what is parked goes out at once, up to MaxParkedBytes (1048576)") != std::string::npos, all_texts(r));
  BOOST_TEST(all_texts(understand_settings(parking + "MaxUnwrittenBytes=65536\nMaxParkedBytes=65537\n", "x.cfg")).find("x.cfg:12:16: error: MaxParkedBytes=65537: ") != std::string::npos);
  BOOST_TEST(understand_settings(parking + "MaxUnwrittenBytes=65536\nMaxParkedBytes=65536\n", "x.cfg").value.has_value());
  BOOST_TEST(understand_settings(acceptor + "MaxUnwrittenBytes=65536\n", "x.cfg").value.has_value());  // nothing is parked
}

// ---------------------------------------------------------------- keys that belong to another one

BOOST_AUTO_TEST_CASE(a_key_without_the_one_it_belongs_to_is_a_warning) {
  struct {
    const char* key;
    const char* partner;
    const char* of;
  } const pairs[] = {{"MaxParkedSubmits=7", "SubmitsWhileDown=park", "SubmitsWhileDown=park"},
                     {"MaxParkedBytes=7000", "SubmitsWhileDown=park", "SubmitsWhileDown=park"},
                     {"MaxParkedAge=7", "SubmitsWhileDown=park", "SubmitsWhileDown=park"},
                     {"CancelOnDisconnectDelay=7", "CancelOnDisconnect=always", "CancelOnDisconnect=disconnect or always"},
                     {"InboundLimitPeriod=7", "InboundLimit=7", "InboundLimit"},
                     {"InboundLimitAction=reject", "InboundLimit=7", "InboundLimit"},
                     {"MaxLatency=7", "CheckLatency=Y", "CheckLatency=Y"},
                     {"TestRequestDelayMultiplier=0.3", "DisableHeartBeatCheck=N", "DisableHeartBeatCheck=N"},
                     {"HeartBeatTimeoutMultiplier=1.5", "DisableHeartBeatCheck=N", "DisableHeartBeatCheck=N"},
                     {"SendLogoutBeforeDisconnectFromTimeout=Y", "DisableHeartBeatCheck=N", "DisableHeartBeatCheck=N"},
                     {"HostSelectionPolicyPriorityStartOverInterval=7", "HostSelectionPolicy=PRIORITY", "HostSelectionPolicy=PRIORITY"},
                     {"ResendSessionLevelRejects=Y", "PersistMessages=Y", "PersistMessages=Y"},
                     {"MessageLogDelimiter=PIPE", "FileLogPath=x", "FileLogPath"}};
  const std::string off = "CheckLatency=N\nDisableHeartBeatCheck=Y\nPersistMessages=N\n";
  for (const auto& p : pairs) {
    const auto alone = understand_settings(initiator + off + p.key + "\n", "x.cfg");
    BOOST_TEST(alone.value.has_value(), p.key);
    const std::string key{p.key, std::string{p.key}.find('=')};
    BOOST_TEST(all_texts(alone) == "x.cfg:15:1: warning: " + key + " is of no use here: it is for " + p.of + ", which is not set\n", all_texts(alone));
    const auto together = understand_settings(initiator + p.key + "\n" + p.partner + "\n", "x.cfg");
    BOOST_TEST(all_texts(together).find("is of no use here") == std::string::npos, all_texts(together));
  }
}

BOOST_AUTO_TEST_CASE(a_key_for_all_sessions_is_of_use_if_one_of_them_has_what_it_belongs_to) {
  const std::string one = "[DEFAULT]\nConnectionType=acceptor\nSocketAcceptPort=9878\nSenderCompID=US\nNonStopSession=Y\nStore=memory\nBeginString=FIX.4.4\nInboundLimitAction=reject\n"
                          "[SESSION]\nTargetCompID=A\n[SESSION]\nTargetCompID=B\n";
  BOOST_TEST(all_texts(understand_settings(one, "x.cfg")) == "x.cfg:8:1: warning: InboundLimitAction is of no use here: it is for InboundLimit, which is not set\n");
  BOOST_TEST(all_texts(understand_settings(one + "InboundLimit=5\n", "x.cfg")).empty());
}

BOOST_AUTO_TEST_CASE(a_switch_that_asks_for_nothing_needs_no_partner) {
  BOOST_TEST(all_texts(understand_settings(initiator + "DisableHeartBeatCheck=Y\nSendLogoutBeforeDisconnectFromTimeout=N\n", "x.cfg")).empty());
}

BOOST_AUTO_TEST_SUITE_END()
