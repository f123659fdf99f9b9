// What keys have in common: two names of one value, and keys that only one side has.
#include "actors/settings_reader.hpp"

#include <algorithm>

namespace troupe::actors {
namespace {

using T = settings_target;

constexpr std::array values = {
    shared_value{{"SocketConnectTimeout", "SocketTimeout"}, [](T a, T b) { return a.session.connect_timeout == b.session.connect_timeout; }},
    shared_value{{"SocketAcceptAddress", "SocketAcceptHost"}, [](T a, T b) { return a.session.accept.host == b.session.accept.host; }},
    shared_value{{"SocketNodelay", "SocketTcpNoDelay"}, [](T a, T b) { return a.session.socket.no_delay == b.session.socket.no_delay; }},
    shared_value{{"SendNextExpectedMsgSeqNum", "EnableNextExpectedMsgSeqNum"}, [](T a, T b) { return a.session.config.use_next_expected == b.session.config.use_next_expected; }},
    shared_value{{"ResendRequestChunkSize", "MaxMessagesInResendRequest"}, [](T a, T b) { return a.session.config.resend_chunk == b.session.config.resend_chunk; }},
    shared_value{{"FileStoreSync", "StoreDurability"}, [](T a, T b) { return a.process.store.durability == b.process.store.durability; }},
    shared_value{{"FileStorePath", "StorePath"}},
    shared_value{{"MillisecondsInTimeStamp", "TimestampPrecision"}},
};

constexpr std::string_view of_initiators[] = {
    "SocketConnectHost", "SocketConnectPort", "HostSelectionPolicy", "HostSelectionPolicyPriorityStartOverInterval", "SocketConnectSourceHost", "SocketConnectSourcePort",
    "SocketLocalHost", "SocketLocalPort", "SocketConnectTimeout", "SocketTimeout", "ProxyType", "ProxyVersion", "ProxyHost", "ProxyPort", "ProxyUser", "ProxyPassword",
    "ReconnectInterval", "ReconnectJitter", "ReconnectMaxInterval", "MaxFailedLogons", "SendResetSeqNumFlag"};
constexpr std::string_view of_acceptors[] = {"SocketAcceptPort", "SocketAcceptAddress", "SocketAcceptHost", "AllowedRemoteAddresses", "UseTCPProxy", "HeartBtIntOverride"};

bool is_one_of(std::span<const std::string_view> names, std::string_view name) { return std::find(names.begin(), names.end(), name) != names.end(); }

const shared_value* shared_value_of(const setting_key& key) {
  const auto* const it = std::find_if(values.begin(), values.end(), [&](const shared_value& v) { return !v.other(key.name).empty(); });
  return it == values.end() ? nullptr : it;
}

// The settings that hold nothing but this.
struct alone {
  explicit alone(const settings_entry& e) {
    const auto& key = *find_key(e.key)->key;
    if (const auto value = fit_value(key, e.value)) key.fill(target(), *value);
  }
  settings_target target() { return {process, session}; }
  settings process;
  session_settings session;
};

bool does_fit(const settings_entry& e) { return fit_value(*find_key(e.key)->key, e.value).has_value(); }

}  // namespace

std::span<const shared_value> shared_values() { return values; }

std::optional<protocol::role> side_of(const setting_key& key) {
  if (is_one_of(of_initiators, key.name)) return protocol::role::initiator;
  if (is_one_of(of_acceptors, key.name)) return protocol::role::acceptor;
  return std::nullopt;
}

bool is_overruled(const effective_entries& entries, const settings_entry& e, const setting_key& key) {
  const auto* const value = shared_value_of(key);
  const settings_entry* other = value ? entries.find(value->other(key.name)) : nullptr;
  if (!other) return false;
  const bool is_own = entries.is_own(e), is_other_own = entries.is_own(*other);
  return is_own == is_other_own ? !value->is_same && key.name == value->names[0] : is_other_own;
}

void settings_reader::check_shared_values(const settings_section& section) {
  for (const shared_value& value : values) {
    const settings_entry* a = find_in(&section, value.names[0]);
    const settings_entry* b = find_in(&section, value.names[1]);
    if (!a || !b || !value.is_same || !does_fit(*a) || !does_fit(*b)) continue;
    alone one{*a}, two{*b};
    if (value.is_same(one.target(), two.target())) continue;
    const auto& [first, second] = std::minmax(*a, *b, [](const auto& x, const auto& y) { return x.key_at < y.key_at; });
    error(second.key_at, shown(second) + ": " + shown(first) + " in line " + std::to_string(first.key_at.line) +
                             " is another name of the same, and says otherwise; remove one of them");
  }
}

// What stands in a [SESSION] and is of the other side. [DEFAULT] may be for both.
void settings_reader::check_sides(const effective_entries& entries, const session_settings& session) {
  if (!entries.has("ConnectionType")) return;
  const bool is_initiator = session.config.role == protocol::role::initiator;
  for (const settings_entry& e : entries.session().entries) {
    const auto found = find_key(e.key);
    const auto side = found ? side_of(*found->key) : std::nullopt;
    if (!side || *side == session.config.role || equal_ignoring_case(e.value, found->key->standard)) continue;
    warning(e.key_at, e.key + " is ignored: it is for " + (is_initiator ? "acceptors, and this session is an initiator" : "initiators, and this session is an acceptor"));
  }
}

}  // namespace troupe::actors
