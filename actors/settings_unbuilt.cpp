// Names that other engines know, and what becomes of them here. Names and defaults are facts; the reasons are ours.
#include "actors/settings_table.hpp"

#include <algorithm>
#include <array>

namespace troupe::actors {
namespace {

constexpr auto ignored = unbuilt_policy::ignored;
constexpr auto refused = unbuilt_policy::refused;
constexpr auto later = unbuilt_fate::later;

constexpr std::string_view no_tls = "TLS is not built yet: the connection would be in the clear";
constexpr std::string_view no_such_store = "this database is not built as a store yet: numbers would start anew; use FileStorePath or StorePath";
constexpr std::string_view no_jdbc = "JDBC is of Java, and numbers would start anew; use FileStorePath or StorePath";
constexpr std::string_view no_such_log = "logs go to files; use FileLogPath";
constexpr std::string_view no_ntlm = "NTLM is not built: we log on to an HTTP proxy by Basic; ask for that, or for SOCKS 5";

constexpr std::array unbuilt = {
    // -- TLS
    unbuilt_key{"CertificateRevocationListDirectory", "cpp", refused, "", no_tls, later},
    unbuilt_key{"CertificateRevocationListFile", "cpp", refused, "", no_tls, later},
    unbuilt_key{"CertificateVerifyLevel", "cpp", refused, "0", no_tls, later},
    unbuilt_key{"CertificationAuthoritiesDirectory", "cpp", refused, "", no_tls, later},
    unbuilt_key{"CertificationAuthoritiesFile", "cpp", refused, "", no_tls, later},
    unbuilt_key{"CipherSuites", "j", refused, "", no_tls, later},
    unbuilt_key{"ClientCertificateFile", "cpp", refused, "", no_tls, later},
    unbuilt_key{"ClientCertificateKeyFile", "cpp", refused, "", no_tls, later},
    unbuilt_key{"EnabledProtocols", "j", refused, "", no_tls, later},
    unbuilt_key{"EndpointIdentificationAlgorithm", "j", refused, "", no_tls, later},
    unbuilt_key{"KeyManagerFactoryAlgorithm", "j", refused, "", no_tls, later},
    unbuilt_key{"KeyStoreType", "j", refused, "", no_tls, later},
    unbuilt_key{"NeedClientAuth", "j", refused, "N", no_tls, later},
    unbuilt_key{"ServerCertificateFile", "cpp", refused, "", no_tls, later},
    unbuilt_key{"ServerCertificateKeyFile", "cpp", refused, "", no_tls, later},
    unbuilt_key{"SNIHostName", "j", refused, "", no_tls, later},
    unbuilt_key{"SocketCABytes", "go", refused, "", no_tls, later},
    unbuilt_key{"SocketCAFile", "go", refused, "", no_tls, later},
    unbuilt_key{"SocketCertificateBytes", "go", refused, "", no_tls, later},
    unbuilt_key{"SocketCertificateFile", "go", refused, "", no_tls, later},
    unbuilt_key{"SocketInsecureSkipVerify", "go", refused, "N", no_tls, later},
    unbuilt_key{"SocketKeyStore", "j", refused, "", no_tls, later},
    unbuilt_key{"SocketKeyStorePassword", "j", refused, "", no_tls, later},
    unbuilt_key{"SocketMinimumTLSVersion", "go", refused, "", no_tls, later},
    unbuilt_key{"SocketPrivateKeyBytes", "go", refused, "", no_tls, later},
    unbuilt_key{"SocketPrivateKeyFile", "go", refused, "", no_tls, later},
    unbuilt_key{"SocketServerName", "go", refused, "", no_tls, later},
    unbuilt_key{"SocketTrustStore", "j", refused, "", no_tls, later},
    unbuilt_key{"SocketTrustStorePassword", "j", refused, "", no_tls, later},
    unbuilt_key{"SocketUseSSL", "j go", refused, "N", no_tls, later},
    unbuilt_key{"SSLCACertificate", "n", refused, "", no_tls, later},
    unbuilt_key{"SSLCertificate", "n", refused, "", no_tls, later},
    unbuilt_key{"SSLCertificatePassword", "n", refused, "", no_tls, later},
    unbuilt_key{"SSLCheckCertificateRevocation", "n", refused, "", no_tls, later},
    unbuilt_key{"SSLCipherSuite", "cpp", refused, "", no_tls, later},
    unbuilt_key{"SSLEnable", "n", refused, "N", no_tls, later},
    unbuilt_key{"SSLProtocol", "cpp", refused, "", no_tls, later},
    unbuilt_key{"SSLProtocols", "n", refused, "", no_tls, later},
    unbuilt_key{"SSLRequireClientCertificate", "n", refused, "N", no_tls, later},
    unbuilt_key{"SSLServerName", "n", refused, "", no_tls, later},
    unbuilt_key{"SSLValidateCertificates", "n", refused, "", no_tls, later},
    unbuilt_key{"TLSCipherSuites", "cpp", refused, "", no_tls, later},
    unbuilt_key{"TrustManagerFactoryAlgorithm", "j", refused, "", no_tls, later},
    unbuilt_key{"TrustStoreType", "j", refused, "", no_tls, later},
    unbuilt_key{"UseSNI", "j", refused, "N", no_tls, later},
    // -- way out
    unbuilt_key{"ProxyDomain", "j", refused, "", no_ntlm},
    unbuilt_key{"ProxyWorkstation", "j", refused, "", no_ntlm},
    unbuilt_key{"SocketAcceptProtocol", "j", refused, "TCP", "VM_PIPE joins sessions inside one Java process; here they meet by TCP"},
    unbuilt_key{"SocketConnectProtocol", "j", refused, "TCP", "VM_PIPE joins sessions inside one Java process; here they meet by TCP"},
    unbuilt_key{"SocketConnectProtocol<n>", "j", refused, "TCP", "VM_PIPE joins sessions inside one Java process; here they meet by TCP"},
    unbuilt_key{"SocketIgnoreProxy", "n", ignored, "Y", "the proxy that the system is set up for is never used; if there must be one, set ProxyType, ProxyHost and ProxyPort"},
    // -- numbers
    unbuilt_key{"RefreshOnLogon", "cpp j go n", ignored, "N", "a store belongs to one process as long as that runs, so there is never anything newer in it; after a restart it is read"},
    // -- store
    unbuilt_key{"FileStoreMaxCachedMsgs", "j", ignored, "", "it belongs to a store of another engine"},
    unbuilt_key{"JdbcConnectionIdleTimeout", "j", refused, "", no_jdbc},
    unbuilt_key{"JdbcConnectionKeepaliveTime", "j", refused, "", no_jdbc},
    unbuilt_key{"JdbcConnectionTestQuery", "j", refused, "", no_jdbc},
    unbuilt_key{"JdbcConnectionTimeout", "j", refused, "", no_jdbc},
    unbuilt_key{"JdbcDataSourceName", "j", refused, "", no_jdbc},
    unbuilt_key{"JdbcDriver", "j", refused, "", no_jdbc},
    unbuilt_key{"JdbcMaxActiveConnection", "j", refused, "", no_jdbc},
    unbuilt_key{"JdbcMaxConnectionLifeTime", "j", refused, "", no_jdbc},
    unbuilt_key{"JdbcMinIdleConnection", "j", refused, "", no_jdbc},
    unbuilt_key{"JdbcPassword", "j", refused, "", no_jdbc},
    unbuilt_key{"JdbcSessionIdDefaultPropertyValue", "j", refused, "", no_jdbc},
    unbuilt_key{"JdbcStoreMessagesTableName", "j", refused, "", no_jdbc},
    unbuilt_key{"JdbcStoreSessionsTableName", "j", refused, "", no_jdbc},
    unbuilt_key{"JdbcURL", "j", refused, "", no_jdbc},
    unbuilt_key{"JdbcUser", "j", refused, "", no_jdbc},
    unbuilt_key{"MongoStoreConnection", "go", refused, "", no_such_store, later},
    unbuilt_key{"MongoStoreDatabase", "go", refused, "", no_such_store, later},
    unbuilt_key{"MongoStoreReplicaSet", "go", refused, "", no_such_store, later},
    unbuilt_key{"MySQLStoreDatabase", "cpp", refused, "", no_such_store, later},
    unbuilt_key{"MySQLStoreHost", "cpp", refused, "", no_such_store, later},
    unbuilt_key{"MySQLStorePassword", "cpp", refused, "", no_such_store, later},
    unbuilt_key{"MySQLStorePort", "cpp", refused, "", no_such_store, later},
    unbuilt_key{"MySQLStoreUseConnectionPool", "cpp", refused, "", no_such_store, later},
    unbuilt_key{"MySQLStoreUser", "cpp", refused, "", no_such_store, later},
    unbuilt_key{"OdbcStoreConnectionString", "cpp", refused, "", no_such_store, later},
    unbuilt_key{"OdbcStorePassword", "cpp", refused, "", no_such_store, later},
    unbuilt_key{"OdbcStoreUser", "cpp", refused, "", no_such_store, later},
    unbuilt_key{"PostgreSQLStoreDatabase", "cpp", refused, "", no_such_store, later},
    unbuilt_key{"PostgreSQLStoreHost", "cpp", refused, "", no_such_store, later},
    unbuilt_key{"PostgreSQLStorePassword", "cpp", refused, "", no_such_store, later},
    unbuilt_key{"PostgreSQLStorePort", "cpp", refused, "", no_such_store, later},
    unbuilt_key{"PostgreSQLStoreUseConnectionPool", "cpp", refused, "", no_such_store, later},
    unbuilt_key{"PostgreSQLStoreUser", "cpp", refused, "", no_such_store, later},
    unbuilt_key{"SQLStoreConnMaxLifetime", "go", refused, "", no_such_store, later},
    unbuilt_key{"SQLStoreDataSourceName", "go", refused, "", no_such_store, later},
    unbuilt_key{"SQLStoreDriver", "go", refused, "", no_such_store, later},
    unbuilt_key{"SQLStoreMessagesTableName", "go", refused, "", no_such_store, later},
    unbuilt_key{"SQLStoreSessionsTableName", "go", refused, "", no_such_store, later},
    // -- logs
    unbuilt_key{"FileIncludeMilliseconds", "j", ignored, "Y", "the message log holds every message with its time"},
    unbuilt_key{"FileIncludeTimeStampForMessages", "j", ignored, "Y", "the message log holds every message with its time"},
    unbuilt_key{"FileLogBackupPath", "cpp", ignored, "N", "messages go to the message log only"},
    unbuilt_key{"FileLogHeartbeats", "j", ignored, "Y", "the message log holds every message with its time"},
    unbuilt_key{"JdbcLogEventTable", "j", ignored, "", no_such_log},
    unbuilt_key{"JdbcLogHeartBeats", "j", ignored, "", no_such_log},
    unbuilt_key{"JdbcLogIncomingTable", "j", ignored, "", no_such_log},
    unbuilt_key{"JdbcLogOutgoingTable", "j", ignored, "", no_such_log},
    unbuilt_key{"LogMessageWhenSessionNotFound", "j", ignored, "N", "the event lobby-refused names who came; the message itself may hold a password, and is not logged"},
    unbuilt_key{"MongoLogConnection", "go", ignored, "", no_such_log},
    unbuilt_key{"MongoLogDatabase", "go", ignored, "", no_such_log},
    unbuilt_key{"MongoLogReplicaSet", "go", ignored, "", no_such_log},
    unbuilt_key{"MySQLLogDatabase", "cpp", ignored, "", no_such_log},
    unbuilt_key{"MySQLLogEventTable", "cpp", ignored, "", no_such_log},
    unbuilt_key{"MySQLLogHost", "cpp", ignored, "", no_such_log},
    unbuilt_key{"MySQLLogIncomingTable", "cpp", ignored, "", no_such_log},
    unbuilt_key{"MySQLLogOutgoingTable", "cpp", ignored, "", no_such_log},
    unbuilt_key{"MySQLLogPassword", "cpp", ignored, "", no_such_log},
    unbuilt_key{"MySQLLogPort", "cpp", ignored, "", no_such_log},
    unbuilt_key{"MySQLLogUseConnectionPool", "cpp", ignored, "", no_such_log},
    unbuilt_key{"MySQLLogUser", "cpp", ignored, "", no_such_log},
    unbuilt_key{"OdbcLogConnectionString", "cpp", ignored, "", no_such_log},
    unbuilt_key{"OdbcLogEventTable", "cpp", ignored, "", no_such_log},
    unbuilt_key{"OdbcLogIncomingTable", "cpp", ignored, "", no_such_log},
    unbuilt_key{"OdbcLogOutgoingTable", "cpp", ignored, "", no_such_log},
    unbuilt_key{"OdbcLogPassword", "cpp", ignored, "", no_such_log},
    unbuilt_key{"OdbcLogUser", "cpp", ignored, "", no_such_log},
    unbuilt_key{"PostgreSQLLogDatabase", "cpp", ignored, "", no_such_log},
    unbuilt_key{"PostgreSQLLogEventTable", "cpp", ignored, "", no_such_log},
    unbuilt_key{"PostgreSQLLogHost", "cpp", ignored, "", no_such_log},
    unbuilt_key{"PostgreSQLLogIncomingTable", "cpp", ignored, "", no_such_log},
    unbuilt_key{"PostgreSQLLogOutgoingTable", "cpp", ignored, "", no_such_log},
    unbuilt_key{"PostgreSQLLogPassword", "cpp", ignored, "", no_such_log},
    unbuilt_key{"PostgreSQLLogPort", "cpp", ignored, "", no_such_log},
    unbuilt_key{"PostgreSQLLogUseConnectionPool", "cpp", ignored, "", no_such_log},
    unbuilt_key{"PostgreSQLLogUser", "cpp", ignored, "", no_such_log},
    unbuilt_key{"PostgresSQLLogEventTable", "cpp", ignored, "", no_such_log},
    unbuilt_key{"PostgresSQLLogIncomingTable", "cpp", ignored, "", no_such_log},
    unbuilt_key{"PostgresSQLLogOutgoingTable", "cpp", ignored, "", no_such_log},
    unbuilt_key{"RedactFieldsInLogs", "n", refused, "", "only passwords are masked: the fields named here would be readable in the log", later},
    unbuilt_key{"RedactionLogText", "n", ignored, "", "masked values are always written as ***"},
    unbuilt_key{"ScreenLogShowHeartBeats", "j", ignored, "N", "messages go to the message log only"},
    unbuilt_key{"ScreenLogShowIncoming", "cpp j", ignored, "N", "messages go to the message log only"},
    unbuilt_key{"ScreenLogShowOutgoing", "cpp j", ignored, "N", "messages go to the message log only"},
    unbuilt_key{"SLF4JLogEventCategory", "j", ignored, "", no_such_log},
    unbuilt_key{"SLF4JLogHeartbeats", "j", ignored, "", no_such_log},
    unbuilt_key{"SLF4JLogIncomingMessageCategory", "j", ignored, "", no_such_log},
    unbuilt_key{"SLF4JLogOutgoingMessageCategory", "j", ignored, "", no_such_log},
    unbuilt_key{"SLF4JLogPrependSessionID", "j", ignored, "", no_such_log},
    unbuilt_key{"SQLLogConnMaxLifetime", "go", ignored, "", no_such_log},
    unbuilt_key{"SQLLogDataSourceName", "go", ignored, "", no_such_log},
    unbuilt_key{"SQLLogDriver", "go", ignored, "", no_such_log},
    // -- validation
    unbuilt_key{"PreserveMessageFieldsOrder", "cpp", ignored, "Y", "fields always keep the order they were written in"},
    // -- session
    unbuilt_key{"CmeEnhancedResend", "n", ignored, "N", "requests in pieces and gap fills beyond EndSeqNo(16) work as always; not built: to take the next number from NextExpectedMsgSeqNum(789) of a Logout(5), `troupe reset` instead", later},
    unbuilt_key{"Encoding", "n", ignored, "", "text is passed on byte by byte, in whatever encoding it is; the application reads and writes it"},
    // -- sockets
    unbuilt_key{"SocketReceiveTimeout", "n", ignored, "0 -1", "no read ever waits: a silent peer is bounded by HeartBtInt, LogonTimeout and LogoutTimeout"},
    unbuilt_key{"SocketSendTimeout", "n", ignored, "0 -1", "no write ever waits: a peer that does not read is cut at MaxUnwrittenBytes"},
    unbuilt_key{"SocketSynchronousWrites", "j", ignored, "N", "no write ever waits: a peer that does not read is cut at MaxUnwrittenBytes"},
    unbuilt_key{"SocketSynchronousWriteTimeout", "j", ignored, "", "no write ever waits: a peer that does not read is cut at MaxUnwrittenBytes"},
    // -- process
    unbuilt_key{"HttpAcceptPort", "cpp", ignored, "", "there is no web page; use `troupe status`"},
    unbuilt_key{"InChanCapacity", "go", ignored, "", "it belongs to the inside of another engine; see docs/limits.md for our bounds"},
    unbuilt_key{"MaxScheduledWriteRequests", "j", ignored, "", "it belongs to the inside of another engine; see docs/limits.md for our bounds"},
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
