// Where an initiator connects and by way of what, and who may share a port.
#include "actors/settings_reader.hpp"

#include <algorithm>
#include <map>
#include <optional>

namespace troupe::actors {
namespace {

// Where a listener is, as far as it can be told without looking a name up.
struct listening_address {
  explicit listening_address(const std::string& host) : is_localhost(equal_ignoring_case(host, "localhost")), literal(parse_address(host.empty() ? "0.0.0.0" : host)) {}
  bool is_localhost;
  std::optional<ip_address> literal;

  // Takes the place of all others of its kind; :: of both kinds.
  [[nodiscard]] bool holds(const listening_address& other) const {
    if (literal == parse_address("::")) return true;
    const bool is_other_ipv4 = other.is_localhost || (other.literal && actors::is_ipv4(*other.literal));
    return literal == parse_address("0.0.0.0") && is_other_ipv4;
  }
  [[nodiscard]] bool is_localhosts() const { return is_localhost || literal == parse_address("127.0.0.1") || literal == parse_address("::1"); }
};

bool do_overlap(const std::string& one, const std::string& two) {
  const listening_address a{one}, b{two};
  if (a.is_localhost || b.is_localhost) return (a.is_localhosts() && b.is_localhosts()) || a.holds(b) || b.holds(a);
  if (!a.literal || !b.literal) return equal_ignoring_case(one, two) || a.holds(b) || b.holds(a);
  return a.literal == b.literal || a.holds(b) || b.holds(a);
}

std::string shown_host(const std::string& host) { return host.empty() ? "every address (0.0.0.0)" : host; }

std::optional<proxy_kind> kind_of(const proxy_setting& p) {
  struct {
    std::string_view type, version;
    proxy_kind kind;
  } constexpr kinds[] = {{"http", "", proxy_kind::http_1_1}, {"http", "1.0", proxy_kind::http_1_0}, {"http", "1.1", proxy_kind::http_1_1}, {"socks", "", proxy_kind::socks_5},
                         {"socks", "4", proxy_kind::socks_4}, {"socks", "4a", proxy_kind::socks_4a}, {"socks", "5", proxy_kind::socks_5}};
  for (const auto& k : kinds)
    if (k.type == p.type && k.version == p.version) return k.kind;
  return std::nullopt;
}

bool is_written_as_ipv4(std::string_view host) { return host.find(':') == std::string_view::npos && parse_address(host); }

// What is said for all hosts holds for one that has nothing of its own, or has it from [DEFAULT] when the other is the [SESSION]'s.
bool is_for_all(const effective_entries& entries, const std::string& for_all, const std::string& for_one) {
  const settings_entry* all = entries.find(for_all);
  const settings_entry* one = entries.find(for_one);
  return all && (!one || (entries.is_own(*all) && !entries.is_own(*one)));
}

const settings_entry* first_of(const effective_entries& entries, std::initializer_list<const char*> keys) {
  for (const char* key : keys)
    if (const settings_entry* e = entries.find(key)) return e;
  return nullptr;
}

}  // namespace

void settings_reader::check_hosts(const effective_entries& entries, session_settings& session) {
  auto& list = session.connect;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const std::string number = i == 0 ? "" : std::to_string(i);
    const settings_entry* host = entries.find("SocketConnectHost" + number);
    const settings_entry* port = entries.find("SocketConnectPort" + number);
    if (host && !port) error(host->key_at, host->key + " has no SocketConnectPort" + number);
    if (port && !host) error(port->key_at, port->key + " has no SocketConnectHost" + number);
    if (!port && !host && i > 0) error(entries.session().at, "SocketConnectHost" + number + " is missing, but a later one is there; number them without a gap");
    if (is_for_all(entries, "SocketLocalHost", "SocketConnectSourceHost" + number)) list[i].source_host = session.source.host;
    if (is_for_all(entries, "SocketLocalPort", "SocketConnectSourcePort" + number)) list[i].source_port = session.source.port;
  }
  if (!entries.has("SocketConnectHost") && !entries.has("SocketConnectPort"))
    error(entries.session().at, "SocketConnectHost and SocketConnectPort are missing; an initiator needs to know where to connect");
}

// A proxy that is half described would be passed by.
void settings_reader::check_proxy(const effective_entries& entries, session_settings& session) {
  auto& p = session.proxy;
  const settings_entry* type = entries.find("ProxyType");
  if (!type) {
    const auto* part = first_of(entries, {"ProxyHost", "ProxyPort", "ProxyVersion", "ProxyUser", "ProxyPassword"});
    if (part) error(part->key_at, part->key + " without ProxyType: set it to http or socks, or remove " + part->key + " to connect directly");
    return;
  }
  for (const char* key : {"ProxyHost", "ProxyPort"})
    if (!entries.has(key)) error(type->key_at, "ProxyType without " + std::string{key});
  const auto kind = kind_of(p);
  if (!kind) {
    if (const settings_entry* e = entries.find("ProxyVersion"))
      error(e->value_at, "ProxyVersion=" + p.version + ": expected " + (p.type == "http" ? "1.0 or 1.1" : "4, 4a or 5") + " with ProxyType=" + p.type);
    return;
  }
  p.proxy.kind = *kind;
  check_proxy_user(entries, p.proxy);
  if (*kind != proxy_kind::socks_4) return;
  for (const auto& where : session.connect)
    if (!where.host.empty() && !is_written_as_ipv4(where.host)) error(type->value_at, "ProxyVersion=4 reaches IPv4 addresses only, and SocketConnectHost is " + where.host.substr(0, 80) + "; use 4a or 5");
}

void settings_reader::check_proxy_user(const effective_entries& entries, const proxy_settings& proxy) {
  const settings_entry* user = entries.find("ProxyUser");
  const settings_entry* password = entries.find("ProxyPassword");
  const bool is_socks_4 = proxy.kind == proxy_kind::socks_4 || proxy.kind == proxy_kind::socks_4a;
  const bool is_http = proxy.kind == proxy_kind::http_1_0 || proxy.kind == proxy_kind::http_1_1;
  if (password && !user) error(password->key_at, "ProxyPassword without ProxyUser");
  if (password && is_socks_4) warning(password->key_at, "ProxyPassword is ignored: SOCKS 4 and 4a have no passwords");
  if (user && is_http && proxy.user.find(':') != std::string::npos) error(user->value_at, "ProxyUser: with ProxyType=http it may have no colon");
  for (const settings_entry* e : {user, password})
    if (e && e->value.size() > 255) error(e->value_at, e->key + ": expected at most 255 bytes");
}

// Whose a connection is, is known too late for what is done to it when it comes.
void settings_reader::check_shared_ports(const std::vector<effective_entries>& entries) {
  std::map<network_address, const session_settings*> first;
  for (const effective_entries& e : entries) {
    auto* const s = find_read(e.session().at);
    if (!s || s->config.role != protocol::role::acceptor) continue;
    const auto [it, is_first] = first.emplace(s->accept, s);
    if (!is_first) {
      share_port(e, *it->second, *s);
      continue;
    }
    for (const auto& [place, other] : first)
      if (place.port == s->accept.port && place.port != 0 && place != s->accept && do_overlap(place.host, s->accept.host)) {
        check_overlap(e, *other, *s);
        break;
      }
  }
}

// The kernel gives a port once: an address and one that holds it cannot both have it.
void settings_reader::check_overlap(const effective_entries& entries, const session_settings& first, const session_settings& session) {
  const auto* e = first_of(entries, {"SocketAcceptAddress", "SocketAcceptHost"});
  if (!e || !entries.is_own(*e)) e = entries.find("SocketAcceptPort");
  error(e ? e->key_at : session.at, "this session listens on port " + std::to_string(session.accept.port) + " of " + shown_host(session.accept.host) + ", and the one in line " + std::to_string(first.at.line) +
                                        " on that of " + shown_host(first.accept.host) + ": only one of them can have it; write the same SocketAcceptAddress for both, or another port");
}

void settings_reader::share_port(const effective_entries& entries, const session_settings& first, session_settings& session) {
  const auto line = std::to_string(first.at.line);
  const auto shares = "this session shares its port with the one in line " + line;
  const settings_entry* header = entries.find("UseTCPProxy");
  if (session.use_tcp_proxy != first.use_tcp_proxy)
    error(header ? header->value_at : session.at, "UseTCPProxy=" + std::string{session.use_tcp_proxy ? "Y" : "N"} + ": " + shares + ", which has it otherwise; set it for both, or give one of them another port");
  if (session.socket != first.socket) warning(session.at, shares + "; its socket options are ignored, and those of line " + line + " hold");
  session.socket = first.socket;
}

// What was read of the section there; of a template the first variant, whose port it is.
session_settings* settings_reader::find_read(text_position at) {
  for (session_settings& s : value_.sessions)
    if (s.at == at) return &s;
  for (template_settings& t : value_.templates)
    if (t.variants.front().at == at) return &t.variants.front();
  return nullptr;
}

}  // namespace troupe::actors
