#include "actors/settings_table.hpp"

#include "actors/durations.hpp"
#include "protocol/appl_version.hpp"
#include "protocol/field_text.hpp"
#include "protocol/outgoing_tags.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace troupe::actors {
namespace {

using T = settings_target;
using V = const setting_value&;

constexpr auto session = key_scope::session;
constexpr auto process = key_scope::process;
constexpr auto indexed = key_scope::indexed;
constexpr auto versioned = key_scope::versioned;
constexpr std::int64_t one_day = 86'400;
constexpr std::size_t longest_text = 256;
constexpr std::size_t longest_path = 4'095;
constexpr std::int64_t gigabyte = 1'024 * 1'024 * 1'024;

// A key may allow more.
std::size_t longest(const setting_key& key) { return key.most > 0 ? static_cast<std::size_t>(key.most) : longest_text; }

std::size_t size(V v) { return static_cast<std::size_t>(v.number); }
unsigned count(V v) { return static_cast<unsigned>(v.number); }
std::uint16_t port(V v) { return static_cast<std::uint16_t>(v.number); }

protocol::utc_precision precision_of(std::string_view text) {
  constexpr std::string_view letters = "0369";
  const char first = text == "MICROS" || text == "Microsecond" ? '6' : text.starts_with('S') ? '0' : text.starts_with('M') ? '3' : text.starts_with('N') ? '9' : text.front();
  return static_cast<protocol::utc_precision>(3 * letters.find(first));
}

window_settings& window_at(T t, unsigned index) {
  auto& all = t.session.times.windows;
  if (all.size() <= index) all.resize(index + 1);
  return all[index];
}

// A zone behind one time is that of all of them.
void set_time(std::optional<std::chrono::seconds>& to, T t, V v) {
  to = std::chrono::seconds{v.number};
  if (!v.zone.empty()) t.session.times.zone = v.zone;
}

std::set<unsigned> days_of(unsigned bits) {
  std::set<unsigned> days;
  for (unsigned day = 0; day < 7; ++day)
    if ((bits >> day & 1U) != 0) days.insert(day);
  return days;
}

host_setting& connect_at(T t, unsigned index) {
  if (t.session.connect.size() <= index) t.session.connect.resize(index + 1);
  return t.session.connect[index];
}

void loosen_framing(T t, protocol::frame_check check) { t.session.config.framing = std::max(t.session.config.framing, check); }

using kind = value_kind;

constexpr std::array keys = {
    // -- whose file it is
    setting_key{"SettingsDialect", "", kind::choice, session, "cpp", 0, 0, "cpp j go n",
                "Whose defaults hold for keys that are not set: QuickFIX C++ (cpp), QuickFIX/J (j), QuickFIX/Go (go) or QuickFIX/n (n); see below where they differ. "
                "Of a session, so that sessions of two engines can move into one file.",
                [](T t, V v) { t.session.dialect = *dialect_of(v.text); }},

    // -- who talks to whom
    setting_key{"ConnectionType", "cpp j n", kind::choice, session, "", 0, 0, "initiator acceptor", "Who connects: an initiator calls, an acceptor is called.",
                [](T t, V v) { t.session.config.role = v.text == "initiator" ? protocol::role::initiator : protocol::role::acceptor; }},
    setting_key{"BeginString", "cpp j go n", kind::choice, session, "", 0, 0, "FIX.4.0 FIX.4.1 FIX.4.2 FIX.4.3 FIX.4.4 FIXT.1.1 *", "BeginString(8) of the session. All versions are held to the same scenarios, docs/conformance.md. *: any, with AcceptorTemplate=Y only.",
                [](T t, V v) { t.session.config.id.begin_string = v.text; }},
    setting_key{"DefaultApplVerID", "cpp j go n", kind::choice, session, "", 0, 0, "FIX.4.0 FIX.4.1 FIX.4.2 FIX.4.3 FIX.4.4 FIX.5.0 FIX.5.0SP1 FIX.5.0SP2 2 3 4 5 6 7 8 9",
                "With BeginString=FIXT.1.1: of which version messages are that do not say so themselves, by name or as in DefaultApplVerID(1137).",
                [](T t, V v) { t.session.config.default_appl_ver_id = v.text.size() == 1 ? v.text : protocol::appl_ver_id_of(v.text); }},
    setting_key{"SenderCompID", "cpp j go n", kind::text, session, "", 0, 0, "", "SenderCompID(49) of what we send: our name.",
                [](T t, V v) { t.session.config.id.sender_comp_id = v.text; }},
    setting_key{"TargetCompID", "cpp j go n", kind::text, session, "", 0, 0, "", "TargetCompID(56) of what we send: the peer's name.",
                [](T t, V v) { t.session.config.id.target_comp_id = v.text; }},
    setting_key{"SessionQualifier", "cpp j go n", kind::text, session, "", 0, 0, "",
                "Tells two initiators with the same names apart; it never goes out on the wire. Not for acceptors.",
                [](T t, V v) { t.session.config.id.qualifier = v.text; }},
    setting_key{"Application", "", kind::choice, session, "executor", 0, 0, "executor echo",
                "What `troupe run` does with application messages: `executor` fills every NewOrderSingle, `echo` sends orders back.",
                [](T t, V v) { t.session.application = v.text == "echo" ? application_kind::echo : application_kind::executor; }},

    // -- sessions made by their Logon
    setting_key{"AcceptorTemplate", "j", kind::flag, session, "N", 0, 0, "",
                "Y: not a session, but what sessions are made of when somebody logs on who has none. BeginString, SenderCompID and TargetCompID may be *, which fits any; "
                "SenderSubID, SenderLocationID, TargetSubID and TargetLocationID must fit where they are set, and are those of the Logon where they are *. "
                "A [SESSION] of its own wins; of templates the first in the file that fits.",
                [](T t, V v) { t.session.is_template = v.flag; }},
    setting_key{"DynamicSessions", "go", kind::flag, process, "N", 0, 0, "",
                "Y, in [DEFAULT]: [DEFAULT] itself is a template, the last one; BeginString, SenderCompID and TargetCompID that it does not set are *.",
                [](T t, V v) { t.process.accepts_anybody = v.flag; }},
    setting_key{"DynamicQualifier", "go", kind::flag, session, "N", 0, 0, "",
                "Y: every connection of a template is a session of its own, with the qualifier 1, 2, 3 …, the lowest that is free; its numbers start at 1 with each Logon, "
                "as with ResetOnLogon=Y, and it ends with its connection. Sessions with a [SESSION] of their own are not concerned.",
                [](T t, V v) { t.session.has_own_qualifiers = v.flag; }},
    setting_key{"MaxDynamicSessions", "", kind::number, session, "1000", 1, 100'000, "",
                "Sessions of a template at once. One more takes the place of the one that lost its connection first and has nothing under way; if all are in use it is refused.",
                [](T t, V v) { t.session.max_dynamic_sessions = size(v); }},
    setting_key{"MaxDynamicIdentities", "", kind::number, session, "10000", 1, 1'000'000, "",
                "Identities that the store may hold of a template; further ones are refused, known ones are not. Who was refused does not count.",
                [](T t, V v) { t.session.max_dynamic_identities = size(v); }},
    setting_key{"DynamicSessionIdle", "", kind::seconds, session, "3600", 0, 31 * one_day, "",
                "A session of a template ends when it was without a connection for so long; its numbers stay in the store, and it goes on when its peer comes again. 0: never.",
                [](T t, V v) { t.session.dynamic_idle = std::chrono::seconds{v.number}; }},
    setting_key{"DynamicSession", "j", kind::flag, session, "N", 0, 0, "",
                "Y: an initiator does not connect by itself: it begins stopped, until `troupe logon`, or the program, says that it may.",
                [](T t, V v) { t.session.waits_for_operator = v.flag; }},

    // -- network
    setting_key{"SocketConnectHost", "cpp j go n", kind::text, indexed, "", 0, 0, "",
                "Where an initiator connects. SocketConnectHost1, SocketConnectHost2 … are tried in turn when it fails.",
                [](T t, V v) { connect_at(t, v.index).host = v.text; }},
    setting_key{"SocketConnectPort", "cpp j go n", kind::number, indexed, "", 1, 65'535, "", "The port that goes with SocketConnectHost, with the same number behind it.",
                [](T t, V v) { connect_at(t, v.index).port = port(v); }},
    setting_key{"HostSelectionPolicy", "cpp", kind::choice, session, "ROUNDROBIN", 0, 0, "ROUNDROBIN PRIORITY",
                "Which of several hosts comes next. ROUNDROBIN: the one behind the last one tried, also if that one had worked. PRIORITY: the same, but from the first again "
                "after a connection that held: one that was logged on for HostSelectionPolicyPriorityStartOverInterval or longer.",
                [](T t, V v) { t.session.host_order.policy = v.text == "PRIORITY" ? host_policy::priority : host_policy::round_robin; }},
    setting_key{"HostSelectionPolicyPriorityStartOverInterval", "cpp", kind::seconds, session, "120", 1, one_day, "", "See HostSelectionPolicy.",
                [](T t, V v) { t.session.host_order.start_over = std::chrono::seconds{v.number}; }},
    setting_key{"SocketConnectSourceHost", "cpp", kind::text, indexed, "", 0, 0, "",
                "The address of this machine from which SocketConnectHost, with the same number behind it, is called. Not set: what the system chooses.",
                [](T t, V v) { connect_at(t, v.index).source_host = v.text; }},
    setting_key{"SocketConnectSourcePort", "cpp", kind::number, indexed, "", 0, 65'535, "", "The port to call from. Not set or 0: what the system chooses.",
                [](T t, V v) { connect_at(t, v.index).source_port = port(v); }},
    setting_key{"SocketLocalHost", "j", kind::text, session, "", 0, 0, "", "SocketConnectSourceHost for every host that has none of its own.",
                [](T t, V v) { t.session.source.host = v.text; }},
    setting_key{"SocketLocalPort", "j", kind::number, session, "", 0, 65'535, "", "SocketConnectSourcePort for every host that has none of its own.",
                [](T t, V v) { t.session.source.port = port(v); }},
    setting_key{"SocketConnectTimeout", "j", kind::seconds, session, "10", 1, 3'600, "",
                "How long an attempt to connect may take, the dialogue with a proxy included; and before that, by itself, looking up the name. Of a name with several addresses the "
                "next attempt begins behind the one that has not answered.",
                [](T t, V v) { t.session.connect_timeout = std::chrono::seconds{v.number}; }},
    setting_key{"SocketTimeout", "go", kind::duration, session, "", 0, 3'600, "",
                "The same, as a number of seconds or as QuickFIX/Go writes it: 30s, 1m30s. 0, no limit there, is ten minutes here.",
                [](T t, V v) { t.session.connect_timeout = v.number == 0 ? std::chrono::minutes{10} : std::chrono::milliseconds{v.number}; }},
    setting_key{"ProxyType", "j go", kind::choice, session, "", 0, 0, "http socks",
                "An initiator connects by way of a proxy: `http` asks for a tunnel with CONNECT, `socks` speaks SOCKS. The proxy looks up the names of hosts. "
                "Needs ProxyHost and ProxyPort.",
                [](T t, V v) { t.session.proxy.type = v.text; }},
    setting_key{"ProxyVersion", "j", kind::choice, session, "", 0, 0, "1.0 1.1 4 4a 5",
                "Of HTTP, 1.0 or 1.1; of SOCKS, 4 (IPv4 addresses only), 4a or 5. Not set: 1.1, 5.",
                [](T t, V v) { t.session.proxy.version = v.text; }},
    setting_key{"ProxyHost", "j go", kind::text, session, "", 0, 0, "", "Where the proxy is.",
                [](T t, V v) { t.session.proxy.proxy.host = v.text; }},
    setting_key{"ProxyPort", "j go", kind::number, session, "", 1, 65'535, "", "Its port.",
                [](T t, V v) { t.session.proxy.proxy.port = port(v); }},
    setting_key{"ProxyUser", "j go", kind::text, session, "", 0, 0, "",
                "Who we are to the proxy: for HTTP with ProxyPassword by Basic, for SOCKS 5 with ProxyPassword, for SOCKS 4 and 4a the user alone.",
                [](T t, V v) { t.session.proxy.proxy.user = v.text; }},
    setting_key{"ProxyPassword", "j go", kind::text, session, "", 0, 0, "", "See ProxyUser. It is never logged; HTTP and SOCKS send it in the clear.",
                [](T t, V v) { t.session.proxy.proxy.password = v.text; }},
    setting_key{"SocketAcceptPort", "cpp j go n", kind::number, session, "", 0, 65'535, "",
                "Where an acceptor listens; sessions may share a port. A session, and a template, is at its own port (and SocketAcceptAddress) only: who logs on to it at "
                "another one is closed, event lobby-refused. 0 lets the system choose a port, which the event log then names; those that say 0 share it.",
                [](T t, V v) { t.session.accept.port = port(v); }},
    setting_key{"SocketAcceptAddress", "j", kind::text, session, "", 0, 0, "", "The local address to listen on. Not set: all of them.",
                [](T t, V v) { t.session.accept.host = v.text; }},
    setting_key{"SocketAcceptHost", "go n", kind::text, session, "", 0, 0, "", "Another name for SocketAcceptAddress.",
                [](T t, V v) { t.session.accept.host = v.text; }},
    setting_key{"AllowedRemoteAddresses", "cpp j", kind::addresses, session, "", 0, 0, "",
                "Who may connect to this session, or get one of this template: addresses, or networks as 192.0.2.0/24. Others are closed without a word before their Logon counts (events lobby-refused and "
                "link-refused). Names are not looked up. Not set: everybody.",
                [](T t, V v) { t.session.allowed_remote_addresses = parse_address_list(v.text).list; }},
    setting_key{"UseTCPProxy", "go", kind::flag, session, "N", 0, 0, "",
                "Y: what connects to this port is a load balancer, which says who the peer is by the PROXY protocol, version 1 or 2, before the first message; AllowedRemoteAddresses "
                "and the logs go by that. Who connects without it is closed. The same for all sessions of a port.",
                [](T t, V v) { t.session.use_tcp_proxy = v.flag; }},
    setting_key{"SocketNodelay", "cpp n", kind::flag, session, "Y", 0, 0, "",
                "Y: TCP_NODELAY, small messages go out at once; N waits to fill packets. The default of QuickFIX C++ is N. This and the following socket options hold for the "
                "connection; an acceptor's are those of its port, so sessions that share one have the options of the first.",
                [](T t, V v) { t.session.socket.no_delay = v.flag; }},
    setting_key{"SocketTcpNoDelay", "j", kind::flag, session, "", 0, 0, "", "Another name for SocketNodelay.",
                [](T t, V v) { t.session.socket.no_delay = v.flag; }},
    setting_key{"SocketKeepAlive", "j", kind::flag, session, "N", 0, 0, "", "Y: SO_KEEPALIVE. The system probes a silent peer, usually after two hours; HeartBtInt is sooner.",
                [](T t, V v) { t.session.socket.keep_alive = v.flag; }},
    setting_key{"SocketLinger", "j", kind::seconds, session, "", -1, 3'600, "",
                "How long a connection that we close is kept to get its last bytes out, while nobody waits for it. 0: it is reset at once, and unsent bytes are lost. Not set or -1: 2 seconds.",
                [](T t, V v) { t.session.socket.linger = v.number < 0 ? std::nullopt : std::optional{std::chrono::seconds{v.number}}; }},
    setting_key{"SocketOobInline", "j", kind::flag, session, "N", 0, 0, "", "Y: SO_OOBINLINE, urgent bytes are read with the others. N: they are dropped; FIX has none.",
                [](T t, V v) { t.session.socket.oob_inline = v.flag; }},
    setting_key{"SocketReceiveBufferSize", "cpp j n", kind::bytes, session, "0", 0, gigabyte, "", "SO_RCVBUF; the system may give less. 0: its own size, which adapts.",
                [](T t, V v) { t.session.socket.receive_buffer = static_cast<int>(v.number); }},
    setting_key{"SocketSendBufferSize", "cpp j n", kind::bytes, session, "0", 0, gigabyte, "", "SO_SNDBUF, likewise.",
                [](T t, V v) { t.session.socket.send_buffer = static_cast<int>(v.number); }},
    setting_key{"SocketReuseAddress", "cpp j", kind::flag, session, "Y", 0, 0, "",
                "Y: SO_REUSEADDR where an address is bound: a port can be listened on again while old connections of it time out.",
                [](T t, V v) { t.session.socket.reuse_address = v.flag; }},
    setting_key{"SocketTrafficClass", "j", kind::octet, session, "", 0, 255, "", "The type of service, or traffic class, of the packets we send. Not set: the system's.",
                [](T t, V v) { t.session.socket.traffic_class = static_cast<std::uint8_t>(v.number); }},
    setting_key{"ReconnectInterval", "cpp j go n", kind::waits, session, "30", 0, one_day, "",
                "How long an initiator waits before it tries to connect again. Several waits, as in QuickFIX/J, are for the first, the second … failure, and the last for all "
                "further ones. A connection that was logged on for 30 seconds begins anew.",
                [](T t, V v) { t.session.reconnect_waits = *parse_waits(v.text); }},
    setting_key{"ReconnectJitter", "", kind::number, session, "20", 0, 100, "",
                "By up to so many percent each wait is shorter, at random, so that sessions that lost one host do not come back in one instant.",
                [](T t, V v) { t.session.reconnect_jitter = count(v); }},
    setting_key{"ReconnectMaxInterval", "", kind::seconds, session, "", 1, one_day, "",
                "If longer than ReconnectInterval, or the last of its waits, that wait doubles after each failure until it is this long. Not set: it stays.",
                [](T t, V v) { t.session.reconnect_max_interval = std::chrono::seconds{v.number}; }},
    setting_key{"MaxFailedLogons", "", kind::number, session, "0", 0, 1'000'000, "",
                "After so many refused or unanswered Logons in a row an initiator needs the operator. Connections that nobody takes do not count. 0: it goes on for ever.",
                [](T t, V v) { t.session.max_failed_logons = count(v); }},

    // -- schedule
    setting_key{"NonStopSession", "cpp j n", kind::flag, session, "N", 0, 0, "", "Y: always open, and numbers never start anew by themselves. The other keys of the schedule are ignored.",
                [](T t, V v) { t.session.times.is_non_stop = v.flag; }},
    setting_key{"StartTime", "cpp j go n", kind::time, indexed, "", 0, 0, "",
                "When a session opens, and its numbers start at 1: every day, or with StartDay every week. Equal to EndTime: one period follows the other without a break. "
                "StartTime1, EndTime1, Weekdays1 … are further windows. Not set: always open, as with NonStopSession=Y.",
                [](T t, V v) { set_time(window_at(t, v.index).start, t, v); }},
    setting_key{"EndTime", "cpp j go n", kind::time, indexed, "", 0, 0, "",
                "When it closes: the peer gets a Logout(5), and nobody logs on until it opens again. At or before StartTime: of the next day.",
                [](T t, V v) { set_time(window_at(t, v.index).end, t, v); }},
    setting_key{"StartDay", "cpp j go n", kind::day, indexed, "", 0, 0, "", "With EndDay: one period a week, from StartTime of this day on.",
                [](T t, V v) { window_at(t, v.index).start_day = std::chrono::weekday{count(v)}; }},
    setting_key{"EndDay", "cpp j go n", kind::day, indexed, "", 0, 0, "", "See StartDay.",
                [](T t, V v) { window_at(t, v.index).end_day = std::chrono::weekday{count(v)}; }},
    setting_key{"Weekdays", "j go n", kind::days, indexed, "", 0, 0, "", "Days on which the window begins, Mon,Tue,Wed for instance. Not with StartDay. Not set: every day.",
                [](T t, V v) { window_at(t, v.index).weekdays = days_of(count(v)); }},
    setting_key{"TimeZone", "j go n", kind::text, session, "", 0, 0, "", "Zone of these times by its IANA name, America/New_York for instance; a time may also have it behind it. Not set: UTC.",
                [](T t, V v) { t.session.times.zone = v.text; }},
    setting_key{"UseLocalTime", "cpp n", kind::flag, session, "N", 0, 0, "", "Y: these times are of the zone of this machine.",
                [](T t, V v) { t.session.times.is_in_local_time = v.flag; }},
    setting_key{"LogonTime", "cpp", kind::time, session, "", 0, 0, "", "When within the open time the session logs on. Not set: StartTime.",
                [](T t, V v) { set_time(t.session.times.logon.start, t, v); }},
    setting_key{"LogoutTime", "cpp", kind::time, session, "", 0, 0, "", "When it logs out again; the period goes on to EndTime. Not set: EndTime.",
                [](T t, V v) { set_time(t.session.times.logon.end, t, v); }},
    setting_key{"LogonDay", "cpp", kind::day, session, "", 0, 0, "", "With LogoutDay: LogonTime is of this day. Not set: StartDay.",
                [](T t, V v) { t.session.times.logon.start_day = std::chrono::weekday{count(v)}; }},
    setting_key{"LogoutDay", "cpp", kind::day, session, "", 0, 0, "", "See LogonDay. Not set: EndDay.",
                [](T t, V v) { t.session.times.logon.end_day = std::chrono::weekday{count(v)}; }},
    setting_key{"HolidaysFile", "", kind::path, session, "", 0, 0, "",
                "Days on which no window begins: a file with a day a line, 2026-12-25, in the zone of the session; what is behind # is a comment.",
                [](T t, V v) { t.session.times.holidays = v.text; }},

    setting_key{"ResetSeqTime", "go", kind::time, session, "", 0, 0, "",
                "Every day at this time a session that is logged on sends a Logon(A) with ResetSeqNumFlag(141)=Y: numbers start at 1, and the connection stays. One that is "
                "not logged on then resets nothing. From FIX.4.1 on. Not set: never.",
                [](T t, V v) { set_time(t.session.times.reset, t, v); }},

    // -- session
    setting_key{"HeartBtInt", "cpp j go n", kind::seconds, session, "", 0, one_day, "", "HeartBtInt(108) that an initiator proposes; an acceptor takes the peer's. 0: no heartbeats, and nobody minds silence.",
                [](T t, V v) { t.session.config.heart_bt_int = std::chrono::seconds{v.number}; }},
    setting_key{"LogonTimeout", "cpp j go n", kind::seconds, session, "10", 1, one_day, "", "How long to wait for the peer's Logon.",
                [](T t, V v) { t.session.config.logon_timeout = std::chrono::seconds{v.number}; }},
    setting_key{"LogoutTimeout", "cpp j go n", kind::seconds, session, "2", 1, one_day, "", "How long to wait for the answer to our Logout before we disconnect.",
                [](T t, V v) { t.session.config.logout_timeout = std::chrono::seconds{v.number}; }},
    setting_key{"TestRequestDelayMultiplier", "j", kind::real, session, "0.2", 0, 100, "",
                "TestRequest(1) when nothing came for HeartBtInt × (1 + this).",
                [](T t, V v) { t.session.config.test_request_factor = 1 + v.real; }},
    setting_key{"HeartBeatTimeoutMultiplier", "j", kind::real, session, "1.4", 0, 100, "",
                "Disconnect when nothing came for HeartBtInt × (1 + this). Must be greater than TestRequestDelayMultiplier.",
                [](T t, V v) { t.session.config.disconnect_factor = 1 + v.real; }},
    setting_key{"HeartBtIntOverride", "go", kind::flag, session, "N", 0, 0, "", "An acceptor answers a Logon with its own HeartBtInt, and goes by that, whatever the peer proposed.",
                [](T t, V v) { t.session.config.override_heart_bt_int = v.flag; }},
    setting_key{"DisableHeartBeatCheck", "j", kind::flag, session, "N", 0, 0, "", "The peer may be silent as long as it likes: no TestRequest(1), no disconnect.",
                [](T t, V v) { t.session.config.check_silence = !v.flag; }},
    setting_key{"SendLogoutBeforeDisconnectFromTimeout", "n", kind::flag, session, "N", 0, 0, "", "A peer that has fallen silent gets a Logout(5) before it is disconnected.",
                [](T t, V v) { t.session.config.logout_at_silence = v.flag; }},
    setting_key{"ResetOnLogon", "cpp j go n", kind::flag, session, "N", 0, 0, "", "Both sequence numbers start at 1 with every Logon.",
                [](T t, V v) { t.session.config.reset_on_logon = v.flag; }},
    setting_key{"ResetOnLogout", "cpp j go n", kind::flag, session, "N", 0, 0, "", "Both sequence numbers start at 1 after a Logout.",
                [](T t, V v) { t.session.config.reset_on_logout = v.flag; }},
    setting_key{"ResetOnDisconnect", "cpp j go n", kind::flag, session, "N", 0, 0, "", "Both sequence numbers start at 1 after every disconnect.",
                [](T t, V v) { t.session.config.reset_on_disconnect = v.flag; }},
    setting_key{"SendResetSeqNumFlag", "cpp", kind::flag, session, "N", 0, 0, "", "An initiator always logs on with ResetSeqNumFlag(141)=Y.",
                [](T t, V v) { t.session.config.send_reset_flag = v.flag; }},
    setting_key{"RejectMessageOnUnhandledException", "j", kind::flag, session, "N", 0, 0, "",
                "Y: a message that the application throws on is answered with a BusinessMessageReject(j), 380=4, and counted. N: the application is made again, and the message "
                "delivered again, marked; QuickFIX/J drops it and asks for it again.",
                [](T t, V v) { t.session.rejects_what_application_throws = v.flag; }},
    setting_key{"ResetOnError", "j", kind::flag, session, "N", 0, 0, "",
                "A message that would be rejected ends the session with a Logout(5), and both numbers start at 1; the next Logon says so with ResetSeqNumFlag(141)=Y.",
                [](T t, V v) { t.session.config.reset_on_error = v.flag; }},
    setting_key{"DisconnectOnError", "j", kind::flag, session, "N", 0, 0, "", "A message that would be rejected ends the connection instead, without a Reject(3).",
                [](T t, V v) { t.session.config.disconnect_on_error = v.flag; }},

    // -- Logon
    setting_key{"LogonTag", "j", kind::field, indexed, "", 0, 0, "",
                "A further field of our Logon(A), 553=trader for instance; LogonTag1, LogonTag2 … are further ones. They are kept out of logs and store.",
                [](T t, V v) { (t.session.config.logon_fields += v.text) += '\x01'; }},
    setting_key{"SendNextExpectedMsgSeqNum", "cpp", kind::flag, session, "N", 0, 0, "",
                "NextExpectedMsgSeqNum(789) in Logon(A): each side sends what the other has missed without being asked. Both sides must do so; from FIX.4.4 on.",
                [](T t, V v) { t.session.config.use_next_expected = v.flag; }},
    setting_key{"EnableNextExpectedMsgSeqNum", "j go", kind::flag, session, "N", 0, 0, "", "Another name for SendNextExpectedMsgSeqNum.",
                [](T t, V v) { t.session.config.use_next_expected = v.flag; }},
    setting_key{"TestMessageIndicator", "", kind::flag, session, "", 0, 0, "",
                "TestMessageIndicator(464) of our Logon(A), from FIX.4.3 on; a peer that does not say the same is refused. Not set: not sent, and not looked at.",
                [](T t, V v) { t.session.config.is_test = v.flag; }},

    // -- header
    setting_key{"SenderSubID", "j go n", kind::text, session, "", 0, 0, "",
                "SenderSubID(50) of what we send, unless the application sets its own. It is no part of the session's identity, as in QuickFIX C++.",
                [](T t, V v) { t.session.config.sender_sub_id = v.text; }},
    setting_key{"SenderLocationID", "j go n", kind::text, session, "", 0, 0, "", "SenderLocationID(142) of what we send, as SenderSubID; from FIX.4.1 on.",
                [](T t, V v) { t.session.config.sender_location_id = v.text; }},
    setting_key{"TargetSubID", "j go n", kind::text, session, "", 0, 0, "", "TargetSubID(57) of what we send, as SenderSubID.",
                [](T t, V v) { t.session.config.target_sub_id = v.text; }},
    setting_key{"TargetLocationID", "j go n", kind::text, session, "", 0, 0, "", "TargetLocationID(143) of what we send, as SenderSubID; from FIX.4.1 on.",
                [](T t, V v) { t.session.config.target_location_id = v.text; }},
    setting_key{"EnableLastMsgSeqNumProcessed", "j go n", kind::flag, session, "N", 0, 0, "",
                "LastMsgSeqNumProcessed(369) in everything we send: the number of the last message that came in its turn. From FIX.4.2 on.",
                [](T t, V v) { t.session.config.send_last_processed = v.flag; }},
    setting_key{"MillisecondsInTimeStamp", "cpp", kind::flag, session, "", 0, 0, "", "N: SendingTime(52) has whole seconds. TimestampPrecision wins.",
                [](T t, V v) { t.session.config.time_precision = v.flag ? std::nullopt : std::optional{protocol::utc_precision::seconds}; }},
    setting_key{"TimestampPrecision", "cpp j go n", kind::choice, session, "", 0, 0, "0 3 6 9 SECONDS MILLIS MICROS NANOS Second Millisecond Microsecond Nanosecond",
                "Digits of a second in SendingTime(52) and OrigSendingTime(122). Not set: 3 from FIX.4.2 on, 0 before.",
                [](T t, V v) { t.session.config.time_precision = precision_of(v.text); }},
    setting_key{"AllowPosDup", "j", kind::flag, session, "N", 0, 0, "",
                "The application may send messages with PossDupFlag(43) and OrigSendingTime(122) of its own. N: such a message is refused, where QuickFIX/J takes the two fields out.",
                [](T t, V v) { t.session.config.allow_poss_dup = v.flag; }},

    // -- checks
    setting_key{"CheckCompID", "cpp j", kind::flag, session, "Y", 0, 0, "", "Refuse messages whose CompIDs are not those of the session.",
                [](T t, V v) { t.session.config.check_comp_id = v.flag; }},
    setting_key{"CheckLatency", "cpp j go n", kind::flag, session, "Y", 0, 0, "", "Refuse messages whose SendingTime(52) is off by more than MaxLatency.",
                [](T t, V v) { t.session.config.check_latency = v.flag; }},
    setting_key{"MaxLatency", "cpp j go n", kind::seconds, session, "120", 1, one_day, "", "See CheckLatency.",
                [](T t, V v) { t.session.config.max_latency = std::chrono::seconds{v.number}; }},
    setting_key{"RequiresOrigSendingTime", "j n", kind::flag, session, "Y", 0, 0, "", "Reject possible duplicates that lack OrigSendingTime(122).",
                [](T t, V v) { t.session.config.require_orig_sending_time = v.flag; }},

    setting_key{"ValidateSequenceNumbers", "j", kind::flag, session, "Y", 0, 0, "",
                "N: messages are taken as they come and counted; MsgSeqNum(34) is not looked at, and no gap is seen. Only for peers that cannot number.",
                [](T t, V v) { t.session.config.check_numbers = v.flag; }},
    setting_key{"ValidateLengthAndChecksum", "cpp n", kind::flag, session, "Y", 0, 0, "",
                "N: a message may have a wrong CheckSum(10), and a BodyLength(9) that leads nowhere; then it ends with the first field of three digits and tag 10. "
                "What goes wrong on the way is no longer noticed: only for peers that cannot count.",
                [](T t, V v) { loosen_framing(t, v.flag ? protocol::frame_check::length_and_sum : protocol::frame_check::neither); }},
    setting_key{"ValidateChecksum", "j", kind::flag, session, "Y", 0, 0, "", "N: a message may have a wrong CheckSum(10); its BodyLength(9) must be right.",
                [](T t, V v) { loosen_framing(t, v.flag ? protocol::frame_check::length_and_sum : protocol::frame_check::length); }},
    setting_key{"RejectGarbledMessage", "j", kind::flag, session, "N", 0, 0, "",
                "A message with a wrong BodyLength(9) or CheckSum(10) that has a readable MsgSeqNum(34) gets a Reject(3), against the standard. Its number is not counted: it stays missing and is asked for.",
                [](T t, V v) { t.session.config.reject_garbled = v.flag; }},

    // -- recovery
    setting_key{"ResendRequestChunkSize", "j go", kind::number, session, "0", 0, 1'000'000'000, "",
                "A ResendRequest(2) of ours asks for so many messages, and when they are there for the next. 0: for all that are missing.",
                [](T t, V v) { t.session.config.resend_chunk = static_cast<std::uint64_t>(v.number); }},
    setting_key{"MaxMessagesInResendRequest", "n", kind::number, session, "0", 0, 1'000'000'000, "", "Another name for ResendRequestChunkSize.",
                [](T t, V v) { t.session.config.resend_chunk = static_cast<std::uint64_t>(v.number); }},
    setting_key{"ClosedResendInterval", "j", kind::flag, session, "N", 0, 0, "",
                "A ResendRequest(2) of ours says by EndSeqNo(16) where the gap ends, instead of 0 (999999 before FIX.4.2) for all.",
                [](T t, V v) { t.session.config.close_resend_request = v.flag; }},
    setting_key{"SendRedundantResendRequests", "cpp j n", kind::flag, session, "N", 0, 0, "", "Every message that comes ahead of a gap asks for the gap again.",
                [](T t, V v) { t.session.config.ask_redundantly = v.flag; }},
    setting_key{"IgnorePossDupResendRequests", "n", kind::flag, session, "N", 0, 0, "",
                "A ResendRequest(2) with PossDupFlag(43)=Y is counted and not served, even when it comes in its turn. One that was seen before is never served.",
                [](T t, V v) { t.session.config.serve_replayed_requests = !v.flag; }},
    setting_key{"PersistMessages", "cpp j go n", kind::flag, session, "Y", 0, 0, "",
                "N: a ResendRequest(2) is answered with gap fills only. Messages are stored all the same, since the application's recovery rests on them.",
                [](T t, V v) { t.session.config.resend_messages = v.flag; }},
    setting_key{"ResendSessionLevelRejects", "n", kind::flag, session, "N", 0, 0, "", "Reject(3) is sent again to a peer that asks for it; N: it is gap-filled.",
                [](T t, V v) { t.session.config.resend_rejects = v.flag; }},
    setting_key{"ForceResendWhenCorruptedStore", "j", kind::flag, session, "N", 0, 0, "",
                "What the store has lost or cannot vouch for is gap-filled. N: the replay stops in front of it, and the session needs the operator.",
                [](T t, V v) { t.session.config.fill_damaged_records = v.flag; }},

    setting_key{"FillGapBeforeLogout", "", kind::flag, session, "N", 0, 0, "",
                "A Logout(5) that comes ahead of a gap waits until the gap is filled. N: it is answered at once, and the next Logon(A) shows the gap again.",
                [](T t, V v) { t.session.config.fill_gap_before_logout = v.flag; }},

    // -- validation
    setting_key{"UseDataDictionary", "cpp j n", kind::flag, session, "Y", 0, 0, "",
                "Check messages against a dictionary: DataDictionary, or the one of BeginString that comes with Troupe. N: only their structure is checked.",
                [](T t, V v) { t.session.use_data_dictionary = v.flag; }},
    setting_key{"DataDictionary", "cpp j go n", kind::path, session, "", 0, 0, "",
                "A dictionary in the QuickFIX XML schema, of a counterparty for instance. Not set: the one of BeginString that comes with Troupe.",
                [](T t, V v) { t.session.data_dictionary.file = v.text; }},
    setting_key{"TransportDataDictionary", "cpp j go n", kind::path, session, "", 0, 0, "",
                "With BeginString=FIXT.1.1, instead of DataDictionary: header, trailer and session messages. Not set: FIXT11.xml, which comes with Troupe.",
                [](T t, V v) { t.session.transport_dictionary.file = v.text; }},
    setting_key{"AppDataDictionary", "cpp j go n", kind::path, versioned, "", 0, 0, "",
                "With BeginString=FIXT.1.1: application messages of DefaultApplVerID. Not set: the one of that version that comes with Troupe. With a version behind it, "
                "AppDataDictionary.FIX.5.0 for instance: messages that say by ApplVerID(1128), or a peer that says by DefaultApplVerID(1137), that they are of that one; "
                "without it they are rejected.",
                [](T t, V v) { (v.version.empty() ? t.session.application_dictionary : t.session.application_dictionaries[std::string{v.version}]).file = v.text; }},
    setting_key{"ValidateIncomingMessage", "j", kind::flag, session, "Y", 0, 0, "", "N: the same as UseDataDictionary=N, in the words of QuickFIX/J.",
                [](T t, V v) { t.session.use_data_dictionary = t.session.use_data_dictionary && v.flag; }},
    setting_key{"ValidateFieldsOutOfOrder", "cpp j go n", kind::flag, session, "Y", 0, 0, "", "Reject header, body and trailer fields that are not in this order.",
                [](T t, V v) { t.session.config.validation.allow_disorder = !v.flag; }},
    setting_key{"ValidateFieldsHaveValues", "cpp j go n", kind::flag, session, "Y", 0, 0, "", "Reject fields without a value.",
                [](T t, V v) { t.session.config.validation.allow_empty_values = !v.flag; }},
    setting_key{"ValidateUserDefinedFields", "cpp j go n", kind::flag, session, "Y", 0, 0, "",
                "Reject fields with tags of 5000 and above that the dictionary does not define, or not for their message.",
                [](T t, V v) { t.session.config.validation.allow_user_defined = !v.flag; }},
    setting_key{"AllowUnknownMsgFields", "cpp j go n", kind::flag, session, "N", 0, 0, "",
                "Take fields with tags below 5000 that the dictionary does not define, or not for their message.",
                [](T t, V v) { t.session.config.validation.allow_unknown_fields = v.flag; }},
    setting_key{"AllowUnknownEnumValues", "j n", kind::flag, session, "N", 0, 0, "", "Take values that the enumeration of their field does not have.",
                [](T t, V v) { t.session.config.validation.allow_unknown_values = v.flag; }},
    setting_key{"ValidateUnorderedGroupFields", "j", kind::flag, session, "Y", 0, 0, "",
                "Reject fields of a group's entry that are not in the order of the dictionary.",
                [](T t, V v) { t.session.config.validation.allow_unordered_groups = !v.flag; }},
    setting_key{"FirstFieldInGroupIsDelimiter", "j", kind::flag, session, "N", 0, 0, "",
                "With ValidateUnorderedGroupFields=N: entries of a group begin with the field that comes first, whatever the dictionary says.",
                [](T t, V v) { t.session.config.validation.first_is_delimiter = v.flag; }},
    setting_key{"ValidateConditionalFields", "", kind::flag, session, "N", 0, 0, "",
                "Reject messages that have a field of an optional component, but not what that component requires: an Instrument without Symbol(55), for instance.",
                [](T t, V v) { t.session.config.validation.check_conditional = v.flag; }},
    setting_key{"RejectInvalidMessage", "j go", kind::flag, session, "Y", 0, 0, "",
                "N: what the dictionary objects to is reported (event invalid-tolerated) and goes on its way all the same.",
                [](T t, V v) { t.session.config.reject_invalid = v.flag; }},

    setting_key{"DeliverInvalidMessages", "", kind::flag, session, "N", 0, 0, "",
                "Y: an application message that would be rejected goes to the application instead, marked with what is wrong with it (message_info::invalid), so that no fill vanishes in a Reject(3).",
                [](T t, V v) { t.session.config.deliver_invalid = v.flag; }},

    // -- while the session is down
    setting_key{"SubmitsWhileDown", "", kind::choice, session, "refuse", 0, 0, "refuse park",
                "What becomes of what the application submits while the session is not logged on. `park`: it is kept in the store without a number and sent behind the next logon, "
                "in one commit, once the peer has what it missed: a TestRequest(1) goes first.",
                [](T t, V v) { t.session.config.park_submits = v.text == "park"; }},
    setting_key{"MaxParkedSubmits", "", kind::number, session, "1000", 1, 10'000, "", "So many may wait for a logon; further ones are refused.",
                [](T t, V v) { t.session.config.max_parked_submits = size(v); }},
    setting_key{"MaxParkedBytes", "", kind::bytes, session, "1048576", 1'024, 4 * 1'024 * 1'024, "", "Bytes of such submits; at most MaxUnwrittenBytes, since they go out at once.",
                [](T t, V v) { t.session.config.max_parked_bytes = size(v); }},
    setting_key{"MaxParkedAge", "", kind::seconds, session, "0", 0, 30 * one_day, "", "A submit that has waited for longer is refused at the logon instead of sent. 0: never.",
                [](T t, V v) { t.session.config.max_parked_age = std::chrono::seconds{v.number}; }},
    setting_key{"CancelOnDisconnect", "", kind::choice, session, "never", 0, 0, "never disconnect always",
                "When the application is told to cancel the orders of this session (application::cancel_orders): after a connection that ended without Logout(5), or also after one; and after a start "
                "of a process that ended while the session was up, unless the peer logs on in time. A session that a Logon made is cancelled only while the process lives.",
                [](T t, V v) { t.session.config.cancel_orders = v.text == "never" ? protocol::cancel_rule::never : v.text == "always" ? protocol::cancel_rule::always : protocol::cancel_rule::disconnect; }},
    setting_key{"CancelOnDisconnectDelay", "", kind::seconds, session, "0", 0, one_day, "", "So long the session may take to be logged on again before that.",
                [](T t, V v) { t.session.config.cancel_delay = std::chrono::seconds{v.number}; }},

    // -- bounds of a session
    setting_key{"InboundLimit", "", kind::number, session, "0", 0, 10'000'000, "",
                "So many application messages are taken in InboundLimitPeriod, evenly, or all of them at once after a rest; possible duplicates do not count. 0: as many as come.",
                [](T t, V v) { t.session.config.inbound_limit = count(v); }},
    setting_key{"InboundLimitPeriod", "", kind::number, session, "1000", 1, 3'600'000, "", "Milliseconds; see InboundLimit.",
                [](T t, V v) { t.session.config.inbound_period = std::chrono::milliseconds{v.number}; }},
    setting_key{"InboundLimitAction", "", kind::choice, session, "delay", 0, 0, "delay reject logout",
                "What becomes of more: `delay`: they are read later; `reject`: BusinessMessageReject(j), until FIX.4.1 Reject(3); `logout`: the session ends with a Logout(5).",
                [](T t, V v) { t.session.config.beyond_limit = v.text == "reject" ? protocol::throttle_action::reject : v.text == "logout" ? protocol::throttle_action::logout : protocol::throttle_action::delay; }},
    setting_key{"MaxResendSpan", "", kind::number, session, "0", 0, 1'000'000'000, "", "A ResendRequest(2), or NextExpectedMsgSeqNum(789), for more messages gets a Reject(3) that says so. 0: any is served.",
                [](T t, V v) { t.session.config.max_resend_span = static_cast<std::uint64_t>(v.number); }},
    setting_key{"ResendRate", "", kind::number, session, "0", 0, 10'000'000, "", "Messages a second that are sent again at most; new ones wait behind them. 0: as fast as the peer reads.",
                [](T t, V v) { t.session.config.resend_rate = count(v); }},
    setting_key{"MaxRepeatedResends", "", kind::number, session, "10", 1, 1'000'000, "", "The same ResendRequest(2) more often than this in a row ends the session with a Logout(5): the peer goes in circles.",
                [](T t, V v) { t.session.config.max_repeated_resends = count(v); }},
    setting_key{"MaxWaitingResends", "", kind::number, session, "8", 0, 10'000, "", "ResendRequests(2) that wait while another is served; more are dropped.",
                [](T t, V v) { t.session.config.max_waiting_resends = size(v); }},
    setting_key{"MaxHeldMessages", "", kind::number, session, "10000", 0, 10'000'000, "",
                "Messages kept that came ahead of a gap; later ones are dropped and asked for again.",
                [](T t, V v) { t.session.config.max_held_messages = size(v); }},
    setting_key{"MaxHeldBytes", "", kind::bytes, session, "16777216", 0, gigabyte, "", "Bytes of such messages.",
                [](T t, V v) { t.session.config.max_held_bytes = size(v); }},
    setting_key{"GapTimeout", "", kind::seconds, session, "30", 1, one_day, "", "A gap that is still open after this time is asked for again.",
                [](T t, V v) { t.session.config.gap_timeout = std::chrono::seconds{v.number}; }},
    setting_key{"MaxGapRequests", "", kind::number, session, "3", 1, 1'000, "", "After so many requests for the same gap the session needs the operator.",
                [](T t, V v) { t.session.config.max_gap_requests = count(v); }},
    setting_key{"ReplayPageRecords", "", kind::number, session, "256", 1, 1'000'000, "", "Stored messages read at a time to answer a ResendRequest.",
                [](T t, V v) { t.session.config.replay_page_records = size(v); }},
    setting_key{"ReplayPageBytes", "", kind::bytes, session, "262144", 1'024, gigabyte, "", "Bytes read at a time to answer a ResendRequest.",
                [](T t, V v) { t.session.config.replay_page_bytes = size(v); }},
    setting_key{"ReplayLowWater", "", kind::bytes, session, "65536", 0, gigabyte, "", "The next page is read when fewer bytes than this wait to be written.",
                [](T t, V v) { t.session.config.replay_low_water = size(v); }},
    setting_key{"MaxUnhandledMessages", "", kind::number, session, "1024", 1, 10'000'000, "",
                "Messages that the application was given and has not handled; beyond it reading pauses.",
                [](T t, V v) { t.session.config.max_unhandled_messages = size(v); }},
    setting_key{"MaxUnhandledBytes", "", kind::bytes, session, "4194304", 1'024, gigabyte, "", "Bytes of such messages.",
                [](T t, V v) { t.session.config.max_unhandled_bytes = size(v); }},
    setting_key{"MaxUncommittedBytes", "", kind::bytes, session, "4194304", 1'024, gigabyte, "", "Bytes on their way to the store; beyond it submits are refused.",
                [](T t, V v) { t.session.config.max_uncommitted_bytes = size(v); }},
    setting_key{"MaxUnwrittenBytes", "", kind::bytes, session, "16777216", 1'024, gigabyte, "", "Bytes that the peer does not take; beyond it the peer is cut.",
                [](T t, V v) { t.session.config.max_unwritten_bytes = size(v); }},

    // -- store
    setting_key{"Store", "", kind::choice, process, "", 0, 0, "sqlite journal postgres memory",
                "Where sequence numbers and sent messages live (docs/store.md). Not set: sqlite if StorePath or FileStorePath is set, memory otherwise (with a warning).",
                [](T t, V v) {
                  auto& of = t.process.store.kind;
                  of = v.text == "memory" ? store_kind::memory : v.text == "journal" ? store_kind::journal : v.text == "postgres" ? store_kind::postgres : store_kind::sqlite;
                }},
    setting_key{"FileStorePath", "cpp j go n", kind::path, process, "", 0, 0, "", "The directory of the store; its file is troupe.db there, its folder troupe.journal. It is made if it does not exist.",
                [](T t, V v) { t.process.store.path = std::filesystem::path{v.text} / "troupe.db"; }},
    setting_key{"StorePath", "", kind::path, process, "", 0, 0, "", "The file of the store, with Store=journal its folder. Wins over FileStorePath.",
                [](T t, V v) { t.process.store.path = v.text; }},
    setting_key{"FileStoreSync", "j go", kind::flag, process, "", 0, 0, "", "Y is StoreDurability=power in other words, N StoreDurability=process.",
                [](T t, V v) { t.process.store.durability = v.flag ? store_durability::power : store_durability::process; }},
    setting_key{"StoreDurability", "", kind::choice, process, "process", 0, 0, "process power",
                "What a commit survives: the end of the process, kill -9 included (`process`), or the end of the machine as well (`power`): nothing is sent "
                "before the disk has it, for all sessions that wait at a time in one commit. With Store=postgres the default is `power`. See docs/store.md.",
                [](T t, V v) { t.process.store.durability = v.text == "power" ? store_durability::power : store_durability::process; }},
    setting_key{"StoreKeepNumberings", "", kind::number, process, "1", 0, 100'000, "",
                "Of so many numberings that are over (a reset has begun the next one) the messages are kept, for each session; those of the present one always are.",
                [](T t, V v) { t.process.store.keep_numberings = static_cast<unsigned>(v.number); }},
    setting_key{"StoreKeepTime", "", kind::seconds, process, "0", 0, 100 * 366 * one_day, "",
                "Messages of a numbering go so long after its last one, if they did not go before. 0: however long.",
                [](T t, V v) { t.process.store.keep_time = std::chrono::seconds{v.number}; }},
    setting_key{"StoreKeepBytes", "", kind::bytes, process, "0", 0, 1'024 * 1'024 * gigabyte, "",
                "When the store is larger, messages of numberings that are over go, the oldest first. 0: however large. With Store=postgres the messages count, with 160 bytes more for each.",
                [](T t, V v) { t.process.store.keep_bytes = static_cast<std::uint64_t>(v.number); }},
    setting_key{"StoreArchivePath", "", kind::path, process, "", 0, 0, "",
                "A folder in which messages are written before they go from the store: a file for each numbering, of messages as they went out, a line each. It is made if "
                "it does not exist.",
                [](T t, V v) { t.process.store.archive = v.text; }},
    setting_key{"StoreConnection", "", kind::text, process, "", 0, 2'000, "",
                "With Store=postgres: the database, as a connection string or URI of libpq (`host=db1 dbname=fix user=troupe`). It is never shown: it may "
                "hold a password, for which `~/.pgpass` is the better place.",
                [](T t, V v) { t.process.store.connection = v.text; }},
    setting_key{"StoreSchema", "", kind::text, process, "troupe", 0, 0, "",
                "With Store=postgres: the schema of the tables, made if it does not exist. Each engine that runs at the same time needs one of its own.",
                [](T t, V v) { t.process.store.schema = v.text; }},
    setting_key{"StoreLease", "", kind::seconds, process, "15", 3, 3600, "",
                "With Store=postgres: after so long without a sign of the engine that owns the schema another one may take it over.",
                [](T t, V v) { t.process.store.lease = std::chrono::seconds{v.number}; }},

    // -- logs
    setting_key{"FileLogPath", "cpp j go n", kind::path, session, "", 0, 0, "",
                "The directory of the message logs (one per session) and, in [DEFAULT], of the event log. Not set: no files.",
                [](T t, V v) { t.session.log_directory = v.text; }},
    setting_key{"MessageLogDelimiter", "", kind::choice, session, "SOH", 0, 0, "SOH PIPE", "What stands between the fields in a message log: the byte 0x01 or `|`.",
                [](T t, V v) { t.session.message_log_delimiter = v.text == "PIPE" ? '|' : '\x01'; }},
    setting_key{"ScreenLogShowEvents", "cpp j", kind::flag, process, "Y", 0, 0, "", "Events also go to the standard error output.",
                [](T t, V v) { t.process.log.to_screen = v.flag; }},
    setting_key{"LogMaxQueued", "", kind::number, process, "65536", 16, 10'000'000, "",
                "Lines that may wait for a slow disk; more are dropped, counted and reported.",
                [](T t, V v) { t.process.log.max_queued = size(v); }},
    setting_key{"LogMaxQueuedBytes", "", kind::bytes, process, "67108864", 65'536, 16 * gigabyte, "", "Bytes of such lines.",
                [](T t, V v) { t.process.log.max_queued_bytes = size(v); }},

    // -- the process
    setting_key{"ControlSocket", "", kind::path, process, "", 0, 0, "",
                "The Unix socket of `troupe status` and the other live commands. Not set: the store's path, or else the settings file's, with `.sock` behind it.",
                [](T t, V v) { t.process.control_socket = v.text; }},
    setting_key{"LobbyTimeout", "", kind::seconds, process, "10", 1, 3'600, "", "How long an accepted connection may take until its first message is complete.",
                [](T t, V v) { t.process.lobby.timeout = std::chrono::seconds{v.number}; }},
    setting_key{"LobbyMaxBytes", "", kind::bytes, process, "8192", 256, 16 * 1'024 * 1'024, "", "How many bytes that first message may have.",
                [](T t, V v) { t.process.lobby.max_bytes = size(v); }},
    setting_key{"LobbyMaxSockets", "", kind::number, process, "1000", 1, 1'000'000, "", "How many connections may be that far; further ones are closed at once.",
                [](T t, V v) { t.process.lobby.max_sockets = size(v); }},
    setting_key{"RestartIntensity", "", kind::number, process, "5", 1, 1'000'000, "", "So many restarts of a session within RestartPeriod and it needs the operator.",
                [](T t, V v) { t.process.restart.intensity = count(v); }},
    setting_key{"RestartPeriod", "", kind::seconds, process, "60", 1, one_day, "", "See RestartIntensity.",
                [](T t, V v) { t.process.restart.period = std::chrono::seconds{v.number}; }},
    setting_key{"ContinueInitializationOnError", "j", kind::flag, process, "N", 0, 0, "",
                "Y: a session or template whose [SESSION] has an error, or whose dictionary cannot be used, is left out, with an event (session-left-out) and a problem in `troupe status`, and the rest starts; no other template makes a session in its place. "
                "A port that cannot be had is a problem there, too, and tried again until it can. An error in [DEFAULT], or a store that cannot be had, still stops the start.",
                [](T t, V v) { t.process.continues_on_error = v.flag; }},
    setting_key{"StopTimeout", "", kind::seconds, process, "10", 1, 3'600, "", "How long SIGTERM waits for Logouts to be answered before the process ends anyway.",
                [](T t, V v) { t.process.stop_timeout = std::chrono::seconds{v.number}; }},
};

std::string_view without_digits(std::string_view name) {
  while (!name.empty() && name.back() >= '0' && name.back() <= '9') name.remove_suffix(1);
  return name;
}

// An index as it is counted: "1", "2" …, no "0", no "01".
std::optional<unsigned> index_of(std::string_view digits) {
  unsigned index = 0;
  if (digits.empty() || digits.front() == '0' || digits.size() > 3) return std::nullopt;
  std::from_chars(digits.data(), digits.data() + digits.size(), index);
  return index;
}

// Text that goes into messages, files and logs; a control character in it would end a field or a line.
bool is_plain(std::string_view text, std::size_t longest) {
  const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
  return !text.empty() && text.size() <= longest && std::none_of(text.begin(), text.end(), is_control);
}

// A field of a body: no tag that the session stamps itself, none of the header.
bool is_body_field(std::string_view text) {
  const auto head = protocol::read_field_tag(text, 0);
  return is_plain(text, longest_path) && head.tag != 0 && head.value != 0 && head.value < text.size() && !protocol::is_stamped_tag(head.tag) && !protocol::is_header_tag(head.tag);
}

// All of it a number; a plus sign may stand in front, as Java and Go allow.
template <class N>
std::optional<N> whole(std::string_view text) {
  N n{};
  if (text.size() > 1 && text.front() == '+' && text[1] != '-') text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return n;
}

bool is_one_of(std::string_view text, std::string_view choices) {
  while (!choices.empty()) {
    const auto blank = choices.find(' ');
    if (text == choices.substr(0, blank)) return true;
    choices.remove_prefix(blank == std::string_view::npos ? choices.size() : blank + 1);
  }
  return false;
}

// "A", "A or B", "A, B or C"
std::string listed(std::string_view choices) {
  std::string out;
  while (!choices.empty()) {
    const auto blank = choices.find(' ');
    const bool is_last = blank == std::string_view::npos;
    if (!out.empty()) out += is_last ? " or " : ", ";
    out += choices.substr(0, blank);
    choices.remove_prefix(is_last ? choices.size() : blank + 1);
  }
  return out;
}

// One or two digits, and what is behind them.
std::optional<std::int64_t> take_two(std::string_view& text, std::int64_t below) {
  const auto digits = std::min<std::size_t>(std::min(text.find_first_not_of("0123456789"), text.size()), 2);
  const auto n = whole<std::int64_t>(text.substr(0, digits));
  text.remove_prefix(digits);
  return n && *n < below ? n : std::nullopt;
}

// Exactly two, behind a colon.
std::optional<std::int64_t> take_sixtieth(std::string_view& text) {
  if (text.size() < 3 || text[0] != ':' || !protocol::is_digit(text[2])) return std::nullopt;
  text.remove_prefix(1);
  return take_two(text, 60);
}

// As QuickFIX C++ allows; a schedule does not go by it.
void skip_fraction(std::string_view& text) {
  const auto digits = text.starts_with('.') ? std::min(text.find_first_not_of("0123456789", 1), text.size()) : 0;
  if (digits > 1 && digits <= 10) text.remove_prefix(digits);
}

// HH:MM:SS, and a blank and the name of a zone behind it or not.
std::optional<setting_value> fit_time(setting_value value) {
  auto rest = value.text;
  const auto hours = take_two(rest, 24);
  const auto minutes = take_sixtieth(rest), seconds = take_sixtieth(rest);
  if (!hours || !minutes || !seconds) return std::nullopt;
  skip_fraction(rest);
  value.number = *hours * 3600 + *minutes * 60 + *seconds;
  if (rest.empty()) return value;
  value.zone = rest.substr(1);
  return rest.front() == ' ' && is_plain(value.zone, longest_text) ? std::optional{value} : std::nullopt;
}

// At least two letters of its name.
std::optional<unsigned> day_of(std::string_view text) {
  constexpr std::array<std::string_view, 7> names{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
  for (unsigned day = 0; day < names.size(); ++day)
    if (text.size() >= 2 && text.size() <= names[day].size() && equal_ignoring_case(text, names[day].substr(0, text.size()))) return day;
  return std::nullopt;
}

std::optional<setting_value> fit_days(setting_value value, bool are_several) {
  std::string_view rest = value.text;
  for (bool is_first = true; is_first || !rest.empty(); is_first = false) {
    const auto comma = are_several ? std::min(rest.find(','), rest.size()) : rest.size();
    auto name = rest.substr(0, comma);
    while (name.starts_with(' ')) name.remove_prefix(1);
    while (name.ends_with(' ')) name.remove_suffix(1);
    const auto day = day_of(name);
    if (!day) return std::nullopt;
    value.number = are_several ? value.number | std::int64_t{1} << *day : std::int64_t{*day};
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return value;
}

std::optional<setting_value> fit_number(const setting_key& key, setting_value value) {
  const auto n = whole<std::int64_t>(value.text);
  if (!n || *n < key.least || *n > key.most) return std::nullopt;
  value.number = *n;
  return value;
}

// A plain number, or a duration as in QuickFIX/Go that is whole seconds.
std::optional<setting_value> fit_seconds(const setting_key& key, setting_value value) {
  if (const auto plain = fit_number(key, value)) return plain;
  const auto duration = parse_duration(value.text);
  if (!duration || *duration < std::chrono::seconds{key.least} || *duration > std::chrono::seconds{key.most}) return std::nullopt;
  const auto seconds = std::chrono::floor<std::chrono::seconds>(*duration);
  value.number = seconds.count();
  return seconds == *duration ? std::optional{value} : std::nullopt;
}

// The same, to the millisecond: what is shorter is not nothing.
std::optional<setting_value> fit_duration(const setting_key& key, setting_value value) {
  const auto time = parse_duration(value.text);
  if (!time || *time < std::chrono::seconds{key.least} || *time > std::chrono::seconds{key.most}) return std::nullopt;
  value.number = std::chrono::ceil<std::chrono::milliseconds>(*time).count();
  return value;
}

// "24", "IPTOS_LOWDELAY,IPTOS_THROUGHPUT"
std::optional<std::uint8_t> traffic_class_of(std::string_view text) {
  struct {
    std::string_view name;
    unsigned bit;
  } constexpr classes[] = {{"IPTOS_LOWCOST", 2}, {"IPTOS_RELIABILITY", 4}, {"IPTOS_THROUGHPUT", 8}, {"IPTOS_LOWDELAY", 16}};
  if (const auto n = whole<std::uint8_t>(text)) return n;
  unsigned bits = 0;
  for (bool is_last = false; !is_last;) {
    const auto end = text.find_first_of(",|");
    is_last = end == std::string_view::npos;
    const auto* const named = std::find_if(std::begin(classes), std::end(classes), [&](const auto& c) { return c.name == text.substr(0, end); });
    if (named == std::end(classes)) return std::nullopt;
    bits |= named->bit;
    text.remove_prefix(is_last ? text.size() : end + 1);
  }
  return static_cast<std::uint8_t>(bits);
}

std::optional<setting_value> fit_octet(setting_value value) {
  const auto octet = traffic_class_of(value.text);
  if (!octet) return std::nullopt;
  value.number = *octet;
  return value;
}

std::optional<setting_value> fit_real(const setting_key& key, setting_value value) {
  const auto n = whole<double>(value.text);
  if (!n || !std::isfinite(*n) || *n < static_cast<double>(key.least) || *n > static_cast<double>(key.most)) return std::nullopt;
  value.real = *n;
  return value;
}

}  // namespace

std::span<const setting_key> setting_keys() { return keys; }

std::optional<found_key> find_key(std::string_view name) {
  const auto find = [](std::string_view wanted) {
    return std::find_if(keys.begin(), keys.end(), [&](const setting_key& k) { return equal_ignoring_case(k.name, wanted); });
  };
  if (const auto it = find(name); it != keys.end()) return found_key{&*it, 0};
  for (const auto version : protocol::application_versions) {
    if (name.size() <= version.size() + 1 || !equal_ignoring_case(name.substr(name.size() - version.size() - 1), "." + std::string{version})) continue;
    const auto it = find(name.substr(0, name.size() - version.size() - 1));
    if (it != keys.end() && it->scope == versioned) return found_key{&*it, 0, version};
  }
  const std::string_view stem = without_digits(name);
  const auto it = find(stem);
  const auto index = index_of(name.substr(stem.size()));
  if (it == keys.end() || it->scope != indexed || !index) return std::nullopt;
  return found_key{&*it, *index};
}

std::optional<setting_value> fit_value(const setting_key& key, std::string_view text) {
  setting_value value{text};
  switch (key.kind) {
    case value_kind::text: return is_plain(text, longest(key)) ? std::optional{value} : std::nullopt;
    case value_kind::path: return is_plain(text, longest_path) ? std::optional{value} : std::nullopt;
    case value_kind::flag: value.flag = text == "Y" || text == "y"; return is_one_of(text, "Y N y n") ? std::optional{value} : std::nullopt;
    case value_kind::choice: return is_one_of(text, key.choices) ? std::optional{value} : std::nullopt;
    case value_kind::number:
    case value_kind::bytes: return fit_number(key, value);
    case value_kind::seconds: return fit_seconds(key, value);
    case value_kind::real: return fit_real(key, value);
    case value_kind::time: return fit_time(value);
    case value_kind::day: return fit_days(value, false);
    case value_kind::days: return fit_days(value, true);
    case value_kind::field: return is_body_field(text) ? std::optional{value} : std::nullopt;
    case value_kind::duration: return fit_duration(key, value);
    case value_kind::waits: return parse_waits(text) ? std::optional{value} : std::nullopt;
    case value_kind::addresses: return !parse_address_list(text).wrong ? std::optional{value} : std::nullopt;
    case value_kind::octet: return fit_octet(value);
  }
  return std::nullopt;
}

std::string expectation(const setting_key& key) {
  const std::string range = " from " + std::to_string(key.least) + " to " + std::to_string(key.most);
  switch (key.kind) {
    case value_kind::text: return "some text: up to " + std::to_string(longest(key)) + " characters, none of them a control character";
    case value_kind::path: return "a path";
    case value_kind::flag: return "Y or N";
    case value_kind::choice: return listed(key.choices);
    case value_kind::number: return "a whole number" + range;
    case value_kind::seconds: return "a whole number of seconds" + range;
    case value_kind::bytes: return "a whole number of bytes" + range;
    case value_kind::real: return "a number" + range;
    case value_kind::time: return "a time as HH:MM:SS, with a time zone behind it or not: 17:00:00 America/New_York";
    case value_kind::day: return "a day of the week, Mon or Monday for instance";
    case value_kind::days: return "days of the week, Mon,Tue,Wed for instance";
    case value_kind::field: return "a field of the body as TAG=value, 553=trader for instance";
    case value_kind::duration: return "a number of seconds, or a time as 1m30s or 300ms," + range + " seconds";
    case value_kind::waits: return "a whole number of seconds, or a time as 1m30s, or several as 5;10;3x30 (5, 10, 30, 30, 30), up to a day each";
    case value_kind::addresses: return "addresses or networks with commas between: 192.0.2.7,198.51.100.0/24,2001:db8::/32";
    case value_kind::octet: return "a number from 0 to 255, or names with commas between: IPTOS_LOWDELAY, IPTOS_THROUGHPUT, IPTOS_RELIABILITY, IPTOS_LOWCOST";
  }
  return {};
}

}  // namespace troupe::actors
