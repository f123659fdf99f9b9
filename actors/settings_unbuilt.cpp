// Names that other engines know, and what becomes of them here. Names and defaults are facts; the reasons are ours.
#include "actors/settings_table.hpp"

#include <algorithm>
#include <array>

namespace troupe::actors {
namespace {

constexpr auto ignored = unbuilt_policy::ignored;
constexpr auto refused = unbuilt_policy::refused;

constexpr std::string_view no_tls = "TLS is not built yet: the connection would be in the clear";
constexpr std::string_view no_such_store = "this database is not built as a store yet: numbers would start anew; use FileStorePath or StorePath";
constexpr std::string_view no_such_log = "logs go to files; use FileLogPath";
constexpr std::string_view not_yet = "not built yet";
constexpr std::string_view no_proxy = "proxies are not built yet: the connection would go out directly";

constexpr std::array unbuilt = {
    // -- session windows
    unbuilt_key{"ResetSeqTime", refused, "", "a reset while logged on is not built yet; StartTime and EndTime at this time log out, reset and log on again"},
    // -- TLS
    unbuilt_key{"CertificateRevocationListDirectory", refused, "", no_tls},
    unbuilt_key{"CertificateRevocationListFile", refused, "", no_tls},
    unbuilt_key{"CertificateVerifyLevel", refused, "0", no_tls},
    unbuilt_key{"CertificationAuthoritiesDirectory", refused, "", no_tls},
    unbuilt_key{"CertificationAuthoritiesFile", refused, "", no_tls},
    unbuilt_key{"CipherSuites", refused, "", no_tls},
    unbuilt_key{"ClientCertificateFile", refused, "", no_tls},
    unbuilt_key{"ClientCertificateKeyFile", refused, "", no_tls},
    unbuilt_key{"EnabledProtocols", refused, "", no_tls},
    unbuilt_key{"EndpointIdentificationAlgorithm", refused, "", no_tls},
    unbuilt_key{"KeyManagerFactoryAlgorithm", refused, "", no_tls},
    unbuilt_key{"KeyStoreType", refused, "", no_tls},
    unbuilt_key{"NeedClientAuth", refused, "N", no_tls},
    unbuilt_key{"ServerCertificateFile", refused, "", no_tls},
    unbuilt_key{"ServerCertificateKeyFile", refused, "", no_tls},
    unbuilt_key{"SNIHostName", refused, "", no_tls},
    unbuilt_key{"SocketCABytes", refused, "", no_tls},
    unbuilt_key{"SocketCAFile", refused, "", no_tls},
    unbuilt_key{"SocketCertificateBytes", refused, "", no_tls},
    unbuilt_key{"SocketCertificateFile", refused, "", no_tls},
    unbuilt_key{"SocketInsecureSkipVerify", refused, "N", no_tls},
    unbuilt_key{"SocketKeyStore", refused, "", no_tls},
    unbuilt_key{"SocketKeyStorePassword", refused, "", no_tls},
    unbuilt_key{"SocketMinimumTLSVersion", refused, "", no_tls},
    unbuilt_key{"SocketPrivateKeyBytes", refused, "", no_tls},
    unbuilt_key{"SocketPrivateKeyFile", refused, "", no_tls},
    unbuilt_key{"SocketServerName", refused, "", no_tls},
    unbuilt_key{"SocketTrustStore", refused, "", no_tls},
    unbuilt_key{"SocketTrustStorePassword", refused, "", no_tls},
    unbuilt_key{"SocketUseSSL", refused, "N", no_tls},
    unbuilt_key{"SSLCACertificate", refused, "", no_tls},
    unbuilt_key{"SSLCertificate", refused, "", no_tls},
    unbuilt_key{"SSLCertificatePassword", refused, "", no_tls},
    unbuilt_key{"SSLCheckCertificateRevocation", refused, "", no_tls},
    unbuilt_key{"SSLCipherSuite", refused, "", no_tls},
    unbuilt_key{"SSLEnable", refused, "N", no_tls},
    unbuilt_key{"SSLProtocol", refused, "", no_tls},
    unbuilt_key{"SSLProtocols", refused, "", no_tls},
    unbuilt_key{"SSLRequireClientCertificate", refused, "N", no_tls},
    unbuilt_key{"SSLServerName", refused, "", no_tls},
    unbuilt_key{"SSLValidateCertificates", refused, "", no_tls},
    unbuilt_key{"TLSCipherSuites", refused, "", no_tls},
    unbuilt_key{"TrustManagerFactoryAlgorithm", refused, "", no_tls},
    unbuilt_key{"TrustStoreType", refused, "", no_tls},
    unbuilt_key{"UseSNI", refused, "N", no_tls},
    // -- who may connect
    unbuilt_key{"AcceptorTemplate", refused, "N", "sessions made on demand are not built yet; write a [SESSION] for each"},
    unbuilt_key{"AllowedRemoteAddresses", refused, "", "addresses are not checked yet: everybody could connect; use a firewall and remove the key"},
    unbuilt_key{"DynamicQualifier", refused, "N", "sessions made on demand are not built yet; write a [SESSION] for each"},
    unbuilt_key{"DynamicSession", refused, "N", "sessions made on demand are not built yet; write a [SESSION] for each"},
    unbuilt_key{"DynamicSessions", refused, "N", "sessions made on demand are not built yet; write a [SESSION] for each"},
    // -- way out
    unbuilt_key{"ProxyDomain", refused, "", no_proxy},
    unbuilt_key{"ProxyHost", refused, "", no_proxy},
    unbuilt_key{"ProxyPassword", refused, "", no_proxy},
    unbuilt_key{"ProxyPort", refused, "", no_proxy},
    unbuilt_key{"ProxyType", refused, "", no_proxy},
    unbuilt_key{"ProxyUser", refused, "", no_proxy},
    unbuilt_key{"ProxyVersion", refused, "", no_proxy},
    unbuilt_key{"ProxyWorkstation", refused, "", no_proxy},
    unbuilt_key{"SocketAcceptProtocol", refused, "TCP", "only TCP is built"},
    unbuilt_key{"SocketConnectProtocol", refused, "TCP", "only TCP is built"},
    unbuilt_key{"SocketConnectProtocol<n>", refused, "TCP", "only TCP is built"},
    unbuilt_key{"SocketConnectSourceHost", refused, "", "a source address cannot be chosen yet: the peer would see another one"},
    unbuilt_key{"SocketConnectSourcePort", refused, "", "a source address cannot be chosen yet: the peer would see another one"},
    unbuilt_key{"SocketIgnoreProxy", ignored, "", "proxies are not used anyway"},
    unbuilt_key{"SocketLocalHost", refused, "", "a source address cannot be chosen yet: the peer would see another one"},
    unbuilt_key{"SocketLocalPort", refused, "", "a source address cannot be chosen yet: the peer would see another one"},
    unbuilt_key{"UseTCPProxy", refused, "N", no_proxy},
    // -- numbers
    unbuilt_key{"RefreshOnLogon", refused, "N", "not built yet, and it changes sequence numbers"},
    // -- store
    unbuilt_key{"FileStoreMaxCachedMsgs", ignored, "", "it belongs to a store of another engine"},
    unbuilt_key{"JdbcConnectionIdleTimeout", refused, "", no_such_store},
    unbuilt_key{"JdbcConnectionKeepaliveTime", refused, "", no_such_store},
    unbuilt_key{"JdbcConnectionTestQuery", refused, "", no_such_store},
    unbuilt_key{"JdbcConnectionTimeout", refused, "", no_such_store},
    unbuilt_key{"JdbcDataSourceName", refused, "", no_such_store},
    unbuilt_key{"JdbcDriver", refused, "", no_such_store},
    unbuilt_key{"JdbcMaxActiveConnection", refused, "", no_such_store},
    unbuilt_key{"JdbcMaxConnectionLifeTime", refused, "", no_such_store},
    unbuilt_key{"JdbcMinIdleConnection", refused, "", no_such_store},
    unbuilt_key{"JdbcPassword", refused, "", no_such_store},
    unbuilt_key{"JdbcSessionIdDefaultPropertyValue", refused, "", no_such_store},
    unbuilt_key{"JdbcStoreMessagesTableName", refused, "", no_such_store},
    unbuilt_key{"JdbcStoreSessionsTableName", refused, "", no_such_store},
    unbuilt_key{"JdbcURL", refused, "", no_such_store},
    unbuilt_key{"JdbcUser", refused, "", no_such_store},
    unbuilt_key{"MongoStoreConnection", refused, "", no_such_store},
    unbuilt_key{"MongoStoreDatabase", refused, "", no_such_store},
    unbuilt_key{"MongoStoreReplicaSet", refused, "", no_such_store},
    unbuilt_key{"MySQLStoreDatabase", refused, "", no_such_store},
    unbuilt_key{"MySQLStoreHost", refused, "", no_such_store},
    unbuilt_key{"MySQLStorePassword", refused, "", no_such_store},
    unbuilt_key{"MySQLStorePort", refused, "", no_such_store},
    unbuilt_key{"MySQLStoreUseConnectionPool", refused, "", no_such_store},
    unbuilt_key{"MySQLStoreUser", refused, "", no_such_store},
    unbuilt_key{"OdbcStoreConnectionString", refused, "", no_such_store},
    unbuilt_key{"OdbcStorePassword", refused, "", no_such_store},
    unbuilt_key{"OdbcStoreUser", refused, "", no_such_store},
    unbuilt_key{"PostgreSQLStoreDatabase", refused, "", no_such_store},
    unbuilt_key{"PostgreSQLStoreHost", refused, "", no_such_store},
    unbuilt_key{"PostgreSQLStorePassword", refused, "", no_such_store},
    unbuilt_key{"PostgreSQLStorePort", refused, "", no_such_store},
    unbuilt_key{"PostgreSQLStoreUseConnectionPool", refused, "", no_such_store},
    unbuilt_key{"PostgreSQLStoreUser", refused, "", no_such_store},
    unbuilt_key{"SQLStoreConnMaxLifetime", refused, "", no_such_store},
    unbuilt_key{"SQLStoreDataSourceName", refused, "", no_such_store},
    unbuilt_key{"SQLStoreDriver", refused, "", no_such_store},
    unbuilt_key{"SQLStoreMessagesTableName", refused, "", no_such_store},
    unbuilt_key{"SQLStoreSessionsTableName", refused, "", no_such_store},
    // -- logs
    unbuilt_key{"FileIncludeMilliseconds", ignored, "Y", "the message log holds every message with its time"},
    unbuilt_key{"FileIncludeTimeStampForMessages", ignored, "Y", "the message log holds every message with its time"},
    unbuilt_key{"FileLogBackupPath", ignored, "N", "messages go to the message log only"},
    unbuilt_key{"FileLogHeartbeats", ignored, "Y", "the message log holds every message with its time"},
    unbuilt_key{"JdbcLogEventTable", ignored, "", no_such_log},
    unbuilt_key{"JdbcLogHeartBeats", ignored, "", no_such_log},
    unbuilt_key{"JdbcLogIncomingTable", ignored, "", no_such_log},
    unbuilt_key{"JdbcLogOutgoingTable", ignored, "", no_such_log},
    unbuilt_key{"LogMessageWhenSessionNotFound", ignored, "N", "messages go to the message log only"},
    unbuilt_key{"MongoLogConnection", ignored, "", no_such_log},
    unbuilt_key{"MongoLogDatabase", ignored, "", no_such_log},
    unbuilt_key{"MongoLogReplicaSet", ignored, "", no_such_log},
    unbuilt_key{"MySQLLogDatabase", ignored, "", no_such_log},
    unbuilt_key{"MySQLLogEventTable", ignored, "", no_such_log},
    unbuilt_key{"MySQLLogHost", ignored, "", no_such_log},
    unbuilt_key{"MySQLLogIncomingTable", ignored, "", no_such_log},
    unbuilt_key{"MySQLLogOutgoingTable", ignored, "", no_such_log},
    unbuilt_key{"MySQLLogPassword", ignored, "", no_such_log},
    unbuilt_key{"MySQLLogPort", ignored, "", no_such_log},
    unbuilt_key{"MySQLLogUseConnectionPool", ignored, "", no_such_log},
    unbuilt_key{"MySQLLogUser", ignored, "", no_such_log},
    unbuilt_key{"OdbcLogConnectionString", ignored, "", no_such_log},
    unbuilt_key{"OdbcLogEventTable", ignored, "", no_such_log},
    unbuilt_key{"OdbcLogIncomingTable", ignored, "", no_such_log},
    unbuilt_key{"OdbcLogOutgoingTable", ignored, "", no_such_log},
    unbuilt_key{"OdbcLogPassword", ignored, "", no_such_log},
    unbuilt_key{"OdbcLogUser", ignored, "", no_such_log},
    unbuilt_key{"PostgreSQLLogDatabase", ignored, "", no_such_log},
    unbuilt_key{"PostgreSQLLogEventTable", ignored, "", no_such_log},
    unbuilt_key{"PostgreSQLLogHost", ignored, "", no_such_log},
    unbuilt_key{"PostgreSQLLogIncomingTable", ignored, "", no_such_log},
    unbuilt_key{"PostgreSQLLogOutgoingTable", ignored, "", no_such_log},
    unbuilt_key{"PostgreSQLLogPassword", ignored, "", no_such_log},
    unbuilt_key{"PostgreSQLLogPort", ignored, "", no_such_log},
    unbuilt_key{"PostgreSQLLogUseConnectionPool", ignored, "", no_such_log},
    unbuilt_key{"PostgreSQLLogUser", ignored, "", no_such_log},
    unbuilt_key{"PostgresSQLLogEventTable", ignored, "", no_such_log},
    unbuilt_key{"PostgresSQLLogIncomingTable", ignored, "", no_such_log},
    unbuilt_key{"PostgresSQLLogOutgoingTable", ignored, "", no_such_log},
    unbuilt_key{"RedactFieldsInLogs", refused, "", "only passwords are masked: the fields named here would be readable in the log"},
    unbuilt_key{"RedactionLogText", ignored, "", "masked values are always written as ***"},
    unbuilt_key{"ScreenLogShowHeartBeats", ignored, "N", "messages go to the message log only"},
    unbuilt_key{"ScreenLogShowIncoming", ignored, "N", "messages go to the message log only"},
    unbuilt_key{"ScreenLogShowOutgoing", ignored, "N", "messages go to the message log only"},
    unbuilt_key{"SLF4JLogEventCategory", ignored, "", no_such_log},
    unbuilt_key{"SLF4JLogHeartbeats", ignored, "", no_such_log},
    unbuilt_key{"SLF4JLogIncomingMessageCategory", ignored, "", no_such_log},
    unbuilt_key{"SLF4JLogOutgoingMessageCategory", ignored, "", no_such_log},
    unbuilt_key{"SLF4JLogPrependSessionID", ignored, "", no_such_log},
    unbuilt_key{"SQLLogConnMaxLifetime", ignored, "", no_such_log},
    unbuilt_key{"SQLLogDataSourceName", ignored, "", no_such_log},
    unbuilt_key{"SQLLogDriver", ignored, "", no_such_log},
    // -- validation
    unbuilt_key{"PreserveMessageFieldsOrder", ignored, "Y", "fields always keep the order they were written in"},
    unbuilt_key{"RejectMessageOnUnhandledException", ignored, "", "an application that fails is restarted, and is given the message again"},
    unbuilt_key{"ValidateChecksum", ignored, "Y", "BodyLength and CheckSum are always checked"},
    unbuilt_key{"ValidateLengthAndChecksum", ignored, "Y", "BodyLength and CheckSum are always checked"},
    // -- session
    unbuilt_key{"CmeEnhancedResend", ignored, "N", not_yet},
    unbuilt_key{"Encoding", ignored, "", "bytes are passed on as they are"},
    // -- sockets
    unbuilt_key{"HostSelectionPolicy", ignored, "", not_yet},
    unbuilt_key{"HostSelectionPolicyPriorityStartOverInterval", ignored, "", not_yet},
    unbuilt_key{"SocketConnectTimeout", ignored, "", not_yet},
    unbuilt_key{"SocketKeepAlive", ignored, "", not_yet},
    unbuilt_key{"SocketLinger", ignored, "", not_yet},
    unbuilt_key{"SocketNodelay", ignored, "Y", "TCP_NODELAY is always set"},
    unbuilt_key{"SocketOobInline", ignored, "", not_yet},
    unbuilt_key{"SocketReceiveBufferSize", ignored, "", not_yet},
    unbuilt_key{"SocketReceiveTimeout", ignored, "", not_yet},
    unbuilt_key{"SocketReuseAddress", ignored, "Y", "SO_REUSEADDR is always set"},
    unbuilt_key{"SocketSendBufferSize", ignored, "", not_yet},
    unbuilt_key{"SocketSendTimeout", ignored, "", not_yet},
    unbuilt_key{"SocketSynchronousWrites", ignored, "", not_yet},
    unbuilt_key{"SocketSynchronousWriteTimeout", ignored, "", not_yet},
    unbuilt_key{"SocketTcpNoDelay", ignored, "Y", "TCP_NODELAY is always set"},
    unbuilt_key{"SocketTimeout", ignored, "", not_yet},
    unbuilt_key{"SocketTrafficClass", ignored, "", not_yet},
    // -- process
    unbuilt_key{"ContinueInitializationOnError", ignored, "N", "a session that cannot be set up stops the start"},
    unbuilt_key{"HttpAcceptPort", ignored, "", "there is no web page; use `troupe status`"},
    unbuilt_key{"InChanCapacity", ignored, "", "it belongs to the inside of another engine; see docs/limits.md for our bounds"},
    unbuilt_key{"MaxScheduledWriteRequests", ignored, "", "it belongs to the inside of another engine; see docs/limits.md for our bounds"},
};

// "LogonTag<n>" stands for LogonTag1, LogonTag2 …; "AppDataDictionary.<v>" for any version.
bool fits(std::string_view pattern, std::string_view name) {
  const auto open = pattern.find('<');
  if (open == std::string_view::npos) return equal_ignoring_case(pattern, name);
  if (name.size() <= open || !equal_ignoring_case(pattern.substr(0, open), name.substr(0, open))) return false;
  const auto rest = name.substr(open);
  return pattern.substr(open) == "<v>" || rest.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

std::span<const unbuilt_key> unbuilt_keys() { return unbuilt; }

const unbuilt_key* find_unbuilt(std::string_view name) {
  const auto it = std::find_if(unbuilt.begin(), unbuilt.end(), [&](const unbuilt_key& k) { return fits(k.name, name); });
  return it == unbuilt.end() ? nullptr : &*it;
}

}  // namespace troupe::actors
