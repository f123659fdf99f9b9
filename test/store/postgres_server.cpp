#include "test/store/postgres_server.hpp"

#include <arpa/inet.h>
#include <grp.h>
#include <libpq-fe.h>
#include <netinet/in.h>
#include <poll.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>

namespace troupe::test {

namespace {

namespace fs = std::filesystem;

constexpr int patience_ms = 60'000;
constexpr int pause_ms = 10;

// The server refuses to run as root.
const passwd* unprivileged_user() {
  if (::geteuid() != 0) return nullptr;
  const auto* user = ::getpwnam("postgres");
  return user ? user : ::getpwnam("nobody");
}

// Runs a program as that user; what it says goes to `log`.
pid_t spawn(const std::vector<std::string>& command, const std::string& log) {
  const auto* user = unprivileged_user();
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child != 0) return child;
  const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0666);
  ::dup2(out, 1);
  ::dup2(out, 2);
  if (user && (::setgroups(0, nullptr) != 0 || ::setgid(user->pw_gid) != 0 || ::setuid(user->pw_uid) != 0)) ::_exit(97);
  ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
  if (::getppid() != parent) ::_exit(98);
  std::vector<char*> words;
  words.reserve(command.size() + 1);
  for (const auto& word : command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  ::execv(words[0], words.data());
  ::_exit(99);
}

std::string read_all(const std::string& path) {
  std::ifstream in{path};
  return {std::istreambuf_iterator<char>{in}, {}};
}

std::uint16_t free_port() {
  const int s = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof at;
  const bool is_known = ::bind(s, reinterpret_cast<sockaddr*>(&at), size) == 0 && ::getsockname(s, reinterpret_cast<sockaddr*>(&at), &size) == 0;
  ::close(s);
  if (!is_known) throw std::runtime_error("there is no free port on 127.0.0.1");
  return ntohs(at.sin_port);
}

}  // namespace

std::string postgres_programs() {
  if (const char* told = std::getenv("TROUPE_POSTGRES_BIN")) return fs::exists(fs::path{told} / "postgres") ? told : "";
  std::error_code none;
  std::pair<int, std::string> newest{0, {}};
  for (const auto& version : fs::directory_iterator{"/usr/lib/postgresql", none})
    if (fs::exists(version.path() / "bin" / "postgres"))
      newest = std::max(newest, {std::atoi(version.path().filename().c_str()), (version.path() / "bin").string()});
  return newest.second;
}

postgres_server::postgres_server() {
  make_cluster();
  start();
}

postgres_server::~postgres_server() { stop_at_once(); }

// `guarded` needs a password, for tests of what is told about one.
void postgres_server::make_cluster() const {
  if (const auto* user = unprivileged_user(); user && ::chown(folder_.path().c_str(), user->pw_uid, user->pw_gid) != 0)
    throw std::runtime_error("cannot give " + folder_.path().string() + " to " + user->pw_name);
  int status = 0;
  ::waitpid(spawn({postgres_programs() + "/initdb", "-D", folder_.file("data"), "-U", "troupe", "-A", "trust", "-N", "-E", "UTF8", "--locale=C"}, folder_.file("log")),
            &status, 0);
  if (status != 0) throw std::runtime_error("initdb failed: " + log());
  std::ofstream{folder_.file("data/pg_hba.conf")} << "host all guarded 127.0.0.1/32 scram-sha-256\nlocal all all trust\nhost all all 127.0.0.1/32 trust\n";
}

void postgres_server::start() {
  for (int tries = 0;; ++tries) {
    if (tries == 0 && port_ == 0) port_ = free_port();
    server_ = spawn({postgres_programs() + "/postgres", "-D", folder_.file("data"), "-k", folder_.path().string(), "-p", std::to_string(port_), "-c", "listen_addresses=127.0.0.1",
                     "-c", "fsync=off", "-c", "autovacuum=off", "-c", "shared_buffers=16MB", "-c", "dynamic_shared_memory_type=mmap"},
                    folder_.file("log"));
    try {
      return wait_until_up();
    } catch (const std::runtime_error&) {
      if (tries == 3) throw;
      stop_at_once();
      if (tries > 0) port_ = free_port();  // somebody was faster
    }
  }
}

void postgres_server::wait_until_up() {
  for (int waited = 0; waited < patience_ms; waited += pause_ms) {
    if (PQping(connection().c_str()) == PQPING_OK) return;
    if (::waitpid(server_, nullptr, WNOHANG) == server_) {
      server_ = -1;
      break;
    }
    ::poll(nullptr, 0, pause_ms);
  }
  throw std::runtime_error("the server does not start: " + log());
}

void postgres_server::stop_at_once() {
  if (server_ <= 0) return;
  asker_.reset();
  ::kill(server_, SIGQUIT);
  ::waitpid(server_, nullptr, 0);
  server_ = -1;
}

std::string postgres_server::log() const { return read_all(folder_.file("log")); }

std::vector<std::string> postgres_server::ask(const std::string& sql) const {
  if (!asker_ || PQstatus(asker_.get()) != CONNECTION_OK) asker_.reset(PQconnectdb(connection().c_str()));
  if (PQstatus(asker_.get()) != CONNECTION_OK) throw std::runtime_error(PQerrorMessage(asker_.get()));
  const std::unique_ptr<PGresult, void (*)(PGresult*)> r{PQexec(asker_.get(), sql.c_str()), &PQclear};
  if (const auto status = PQresultStatus(r.get()); status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
    throw std::runtime_error(sql + ": " + PQerrorMessage(asker_.get()));
  std::vector<std::string> rows;
  for (int row = 0; row < PQntuples(r.get()); ++row) {
    auto& line = rows.emplace_back();
    for (int column = 0; column < PQnfields(r.get()); ++column) line += (column > 0 ? "|" : "") + std::string{PQgetvalue(r.get(), row, column)};
  }
  return rows;
}

}  // namespace troupe::test
