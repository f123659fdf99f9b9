// What an operator reads when a settings file is wrong: the exact text, with its place.
#include "actors/settings_table.hpp"

#include <boost/test/unit_test.hpp>

using namespace troupe::actors;

namespace {

std::string problems(const std::string& text) {
  std::string out;
  for (const auto& p : understand_settings(text, "x.cfg").problems) out += to_string(p, "x.cfg") + "\n";
  return out;
}

// What is added stands in [SESSION] from line 9 on.
std::string acceptor(const std::string& more) {
  return problems(
      "[DEFAULT]\nConnectionType=acceptor\nSocketAcceptPort=9878\nSenderCompID=US\nNonStopSession=Y\nStore=memory\n"
      "[SESSION]\nBeginString=FIX.4.4\nTargetCompID=THEM\n" + more);
}
std::string initiator(const std::string& more) {
  return problems(
      "[DEFAULT]\nConnectionType=initiator\nHeartBtInt=30\nSenderCompID=US\nNonStopSession=Y\nStore=memory\n"
      "[SESSION]\nBeginString=FIX.4.4\nTargetCompID=THEM\n" + more);
}

void is(const std::string& found, const std::string& expected) { BOOST_TEST(found == expected); }

}  // namespace

BOOST_AUTO_TEST_SUITE(settings_texts)

BOOST_AUTO_TEST_CASE(values) {
  is(acceptor("LogonTimeout=soon\n"), "x.cfg:10:14: error: LogonTimeout=soon: expected a whole number of seconds from 1 to 86400\n");
  is(acceptor("LogonTimeout = 0\n"), "x.cfg:10:16: error: LogonTimeout=0: expected a whole number of seconds from 1 to 86400\n");
  is(acceptor("LogonTimeout=10 # seconds\n"),
     "x.cfg:10:14: error: LogonTimeout=10 # seconds: expected a whole number of seconds from 1 to 86400; a comment needs a line of its own\n");
  is(acceptor("ResetOnLogon=yes\n"), "x.cfg:10:14: error: ResetOnLogon=yes: expected Y or N\n");
  is(acceptor("SocketAcceptPort=70000\n"), "x.cfg:10:18: error: SocketAcceptPort=70000: expected a whole number from 0 to 65535\n");
  is(acceptor("MaxHeldBytes=99999999999999999999\n"),
     "x.cfg:10:14: error: MaxHeldBytes=99999999999999999999: expected a whole number of bytes from 0 to 1073741824\n");
  is(acceptor("SessionQualifier=\n"), "x.cfg:10:1: error: SessionQualifier=: an acceptor cannot tell two sessions with the same names apart; remove it\n"
     "x.cfg:10:18: error: SessionQualifier=: expected some text: up to 256 characters, none of them a control character\n");
  is(acceptor("HeartBeatTimeoutMultiplier=nan\n"), "x.cfg:10:28: error: HeartBeatTimeoutMultiplier=nan: expected a number from 0 to 100\n");
}

BOOST_AUTO_TEST_CASE(choices) {
  is(acceptor("Application=trader\n"), "x.cfg:10:13: error: Application=trader: expected executor or echo\n");
  is(acceptor("ConnectionType=Acceptor\n"), "x.cfg:10:16: error: ConnectionType=Acceptor: expected initiator or acceptor\n");
  is(acceptor("BeginString=FIX.5.0\n"),
     "x.cfg:10:1: warning: BeginString is given twice in this section, first in line 8; the last one counts, remove the other\n"
     "x.cfg:10:13: error: BeginString=FIX.5.0: FIX 5.0 and later run on FIXT: set BeginString=FIXT.1.1 and DefaultApplVerID=FIX.5.0\n");
}

BOOST_AUTO_TEST_CASE(names) {
  is(acceptor("LogonTimout=10\n"), "x.cfg:10:1: error: key 'LogonTimout' is not known; did you mean LogonTimeout?\n");
  is(acceptor("Completely=different\n"), "x.cfg:10:1: error: key 'Completely' is not known; docs/settings.md lists all keys\n");
  is(acceptor("StratTime=10\n"), "x.cfg:10:1: error: key 'StratTime' is not known; did you mean StartTime?\n");
}

BOOST_AUTO_TEST_CASE(lines_and_sections) {
  is(acceptor("just words\n"), "x.cfg:10:1: error: 'just words' is neither a section nor key=value; a comment starts with '#'\n");
  is(acceptor("[DEFAUL]\nCompletely=different\n"), "x.cfg:10:1: error: section [DEFAUL] is not known; expected [DEFAULT] or [SESSION]\n");
  is(acceptor("[DEFAULT]\n"), "x.cfg:10:1: error: a second [DEFAULT], the first is in line 1; expected one: put the keys together\n");
  is(acceptor("LogonTimeout=1\nlogontimeout=2\n"),
     "x.cfg:11:1: warning: logontimeout is given twice in this section, first in line 10; the last one counts, remove the other\n");
  is(problems("A=b\n"), "x.cfg:1:1: error: 'A' stands in front of the first section; put it below [DEFAULT] or [SESSION]\n");
  is(problems("[DEFAULT]\n"), "x.cfg: error: there is no [SESSION]; expected at least one\n");
  is(problems("[DEFAULT]\nLogonTimeout=1\nLogonTimeout=2\n"), "x.cfg: error: there is no [SESSION]; expected at least one\n"
     "x.cfg:3:1: warning: LogonTimeout is given twice in this section, first in line 2; the last one counts, remove the other\n");
  is(problems(""), "x.cfg: error: there is no [SESSION]; expected at least one\n");
}

BOOST_AUTO_TEST_CASE(what_is_missing) {
  is(problems("[SESSION]\nStore=memory\n"),
     "x.cfg:1:1: error: ConnectionType is missing; set it in this [SESSION] or in [DEFAULT]\n"
     "x.cfg:1:1: error: BeginString is missing; set it in this [SESSION] or in [DEFAULT]\n"
     "x.cfg:1:1: error: SenderCompID is missing; set it in this [SESSION] or in [DEFAULT]\n"
     "x.cfg:1:1: error: TargetCompID is missing; set it in this [SESSION] or in [DEFAULT]\n");
  is(initiator(""), "x.cfg:7:1: error: SocketConnectHost and SocketConnectPort are missing; an initiator needs to know where to connect\n");
  is(initiator("SocketConnectHost=a\n"), "x.cfg:10:1: error: SocketConnectHost has no SocketConnectPort\n");
  is(initiator("SocketConnectHost=a\nSocketConnectPort=1\nSocketConnectHost2=b\nSocketConnectPort2=2\n"),
     "x.cfg:7:1: error: SocketConnectHost1 is missing, but a later one is there; number them without a gap\n");
  is(problems("[SESSION]\nConnectionType=acceptor\nSenderCompID=A\nTargetCompID=B\nBeginString=FIX.4.2\nStore=memory\n"),
     "x.cfg:1:1: error: SocketAcceptPort is missing; an acceptor needs to know where to listen\n");
}

BOOST_AUTO_TEST_CASE(one_identity_twice) {
  is(acceptor("[SESSION]\nBeginString=FIX.4.4\nTargetCompID=THEM\n"),
     "x.cfg:10:1: error: this session has the same BeginString, SenderCompID, TargetCompID and SessionQualifier as the one in line 7; "
     "an identity must be unique\n");
}

BOOST_AUTO_TEST_CASE(windows) {
  const std::string session = "[SESSION]\nConnectionType=acceptor\nSenderCompID=A\nTargetCompID=B\nBeginString=FIX.4.2\nStore=memory\nSocketAcceptPort=1\n";
  const std::string hours = session + "StartTime=08:00:00\nEndTime=17:00:00\n";
  is(problems(hours), "");
  is(problems(hours + "Weekdays=Mon,tuesday, We\nTimeZone=America/New_York\nLogonTime=08:30:00\n"), "");
  is(problems(session + "StartTime=8:00\nEndTime=24:00:00\n"),
     "x.cfg:8:11: error: StartTime=8:00: expected a time as HH:MM:SS, with a time zone behind it or not: 17:00:00 America/New_York\n"
     "x.cfg:9:9: error: EndTime=24:00:00: expected a time as HH:MM:SS, with a time zone behind it or not: 17:00:00 America/New_York\n");
  is(problems(session + "StartTime=08:00:00\n"), "x.cfg:8:1: error: StartTime without EndTime\n");
  is(problems(hours + "StartDay=Sun\n"), "x.cfg:10:1: error: StartDay without EndDay\n");
  is(problems(session + "Weekdays=Mon\n"), "x.cfg:8:1: error: Weekdays without StartTime and EndTime\n");
  is(problems(hours + "Weekdays=Mon,Xyz\n"), "x.cfg:10:10: error: Weekdays=Mon,Xyz: expected days of the week, Mon,Tue,Wed for instance\n");
  is(problems(hours + "StartDay=Sun\nEndDay=Fri\nWeekdays=Mon\n"),
     "x.cfg:10:1: error: StartDay and Weekdays: a window comes once a week or on certain days; remove one\n");
  is(problems(hours + "TimeZone=Mars/Olympus\n"),
     "x.cfg:10:10: error: the time zone Mars/Olympus is not known here; expected a name of the IANA database as America/New_York, Europe/London or UTC (package tzdata)\n");
  is(problems(hours + "TimeZone=Europe/London\nUseLocalTime=Y\n"), "x.cfg:10:1: error: UseLocalTime=Y and a time zone, Europe/London: remove one\n");
  is(problems(hours + "StartTime1=16:00:00\nEndTime1=18:00:00\n"), "x.cfg:8:11: error: two windows overlap: one begins 2026-06-29 16:00:00 UTC before another has ended\n");
  is(problems(session + "LogonTime=08:00:00\n"), "x.cfg:8:1: error: LogonTime without StartTime and EndTime\n");
  is(problems(hours + "HolidaysFile=none.txt\n"), "x.cfg:10:14: error: none.txt: cannot be read: No such file or directory; expected a file with a day a line, 2026-12-25\n");
  is(problems(session + "StartDay=mon\nNonStopSession=Y\n"), "");
}

BOOST_AUTO_TEST_CASE(fields_that_cannot_be_sent) {
  is(acceptor("LogonTag=me\n"), "x.cfg:10:10: error: LogonTag=***: expected a field of the body as TAG=value, 553=trader for instance\n");
  for (const char* wrong : {"34=1", "8=FIX.4.4", "115=FUND", "0=a", "553=", "=a"})
    is(acceptor(std::string{"LogonTag2="} + wrong + "\n"), "x.cfg:10:11: error: LogonTag2=***: expected a field of the body as TAG=value, 553=trader for instance\n");
  is(acceptor("SendNextExpectedMsgSeqNum=Y\n"), "");
  const std::string old = "[SESSION]\nConnectionType=acceptor\nSocketAcceptPort=1\nSenderCompID=US\nTargetCompID=THEM\nNonStopSession=Y\nStore=memory\nBeginString=FIX.4.0\n";
  is(problems(old + "SendNextExpectedMsgSeqNum=Y\nSenderLocationID=L\nTestMessageIndicator=N\nEnableLastMsgSeqNumProcessed=N\n"),
     "x.cfg:9:27: error: SendNextExpectedMsgSeqNum=Y: NextExpectedMsgSeqNum(789) came with FIX.4.4, and this session has FIX.4.0; remove it\n"
     "x.cfg:10:18: error: SenderLocationID=L: SenderLocationID(142) came with FIX.4.1, and this session has FIX.4.0; remove it\n"
     "x.cfg:11:22: error: TestMessageIndicator=N: TestMessageIndicator(464) came with FIX.4.3, and this session has FIX.4.0; remove it\n");
}

BOOST_AUTO_TEST_CASE(keys_that_are_not_built_yet) {
  is(acceptor("SocketUseSSL=Y\n"),
     "x.cfg:10:1: error: SocketUseSSL=Y is refused: TLS is not built yet: the connection would be in the clear (only N is possible)\n");
  is(acceptor("SocketUseSSL=N\nUseDataDictionary=N\nPersistMessages=Y\n"), "");
  is(acceptor("SocketKeyStorePassword=secret\n"),
     "x.cfg:10:1: error: SocketKeyStorePassword=*** is refused: TLS is not built yet: the connection would be in the clear\n");
  is(acceptor("ProxyDomain=D\n"),
     "x.cfg:10:1: error: ProxyDomain=D is refused: NTLM is not built: we log on to an HTTP proxy by Basic; ask for that, or for SOCKS 5\n");
  is(acceptor("SocketSendTimeout=5\n[SESSION]\nBeginString=FIX.4.2\nTargetCompID=X\nSocketSendTimeout=6\n"),
     "x.cfg:10:1: warning: SocketSendTimeout is ignored: no write ever waits: a peer that does not read is cut at MaxUnwrittenBytes (and 1 more like this)\n");
  const std::string in_memory = "StoreDurability=power with a store in memory, which survives nothing; set StorePath\n";
  is(acceptor("StoreDurability=power\n"), "x.cfg:10:17: error: " + in_memory);
  is(acceptor("Store=memory\nStoreKeepTime=3600\n"), "x.cfg:11:15: warning: StoreKeepTime=3600 says nothing to a store in memory, which keeps what it has room for\n");
  is(acceptor("StorePath=x.db\nStore=sqlite\nStoreDurability=power\nFileStoreSync=N\n"),
     "x.cfg:13:1: error: FileStoreSync=N: StoreDurability=power in line 12 is another name of the same, and says otherwise; remove one of them\n");
  is(acceptor("BeginString=FIXT.1.1\n"),
     "x.cfg:10:1: warning: BeginString is given twice in this section, first in line 8; the last one counts, remove the other\n"
     "x.cfg:10:13: error: DefaultApplVerID is missing; with BeginString=FIXT.1.1 it says of which version messages are, FIX.5.0SP2 for instance\n");
  is(acceptor("DefaultApplVerID=FIX.5.0SP9\n"),
     "x.cfg:10:1: warning: DefaultApplVerID is ignored: it is for BeginString=FIXT.1.1, and this session has FIX.4.4\n"
     "x.cfg:10:18: error: DefaultApplVerID=FIX.5.0SP9: expected FIX.4.0, FIX.4.1, FIX.4.2, FIX.4.3, FIX.4.4, FIX.5.0, FIX.5.0SP1, FIX.5.0SP2, 2, 3, 4, 5, 6, 7, 8 or 9\n");
  is(acceptor("AppDataDictionary.FIX.5.0=x.xml\n"),
     "x.cfg:10:1: warning: AppDataDictionary.FIX.5.0 is ignored: it is for BeginString=FIXT.1.1, and this session has FIX.4.4\n");
}

BOOST_AUTO_TEST_CASE(keys_of_the_process) {
  is(acceptor("RestartPeriod=5\n[SESSION]\nBeginString=FIX.4.2\nTargetCompID=X\n"),
     "x.cfg:10:1: error: RestartPeriod=5: holds for the whole process, but another session has none; set it once in [DEFAULT]\n");
}

BOOST_AUTO_TEST_CASE(bounds_that_depend_on_each_other) {
  is(initiator("SocketConnectHost=a\nSocketConnectPort=1\nReconnectInterval=60\nReconnectMaxInterval=30\n"),
     "x.cfg:13:22: error: ReconnectMaxInterval=30: expected at least ReconnectInterval, 60 seconds\n");
  is(acceptor("TestRequestDelayMultiplier=2\n"),
     "x.cfg:10:28: error: TestRequestDelayMultiplier=2: expected HeartBeatTimeoutMultiplier to be greater than TestRequestDelayMultiplier\n");
}

BOOST_AUTO_TEST_CASE(files_that_cannot_be_read) {
  const auto missing = read_settings("/nowhere/at/all.cfg");
  BOOST_TEST(!missing.value);
  is(to_string(missing.problems.at(0), "/nowhere/at/all.cfg"),
     "/nowhere/at/all.cfg: error: cannot be read: No such file or directory; expected a settings file");
  is(to_string(read_settings("/tmp").problems.at(0), "/tmp"), "/tmp: error: is a directory; expected a settings file");
}

BOOST_AUTO_TEST_CASE(the_page_tells_what_may_come_from_what_never_applies) {
  const auto page = describe_settings();
  const auto later = page.find("### Not built yet"), never = page.find("### Do not apply");
  BOOST_REQUIRE(later < never);
  BOOST_REQUIRE(never != std::string::npos);
  for (const unbuilt_key& key : unbuilt_keys()) {
    const auto at = page.find("\n| `" + std::string{key.name} + "` |", later);
    BOOST_TEST((at != std::string::npos && (at < never) == (key.fate == unbuilt_fate::later)), key.name);
    const bool says_yet = key.reason.find(" yet") != std::string_view::npos;
    BOOST_TEST((!says_yet || key.fate == unbuilt_fate::later), key.name << " is said to be not there yet, and never to come");
  }
  BOOST_TEST(page.find("`SocketUseSSL`") < never);
  BOOST_TEST(page.find("`HttpAcceptPort`") > never);
}

BOOST_AUTO_TEST_SUITE_END()
