#include "apps/demo/venue_process.hpp"

#include "actors/control.hpp"
#include "actors/engine.hpp"
#include "actors/event_log.hpp"
#include "apps/demo/parties.hpp"
#include "apps/demo/switched_store.hpp"
#include "apps/exit_codes.hpp"
#include "store/open_store.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <iostream>
#include <stdexcept>
#include <thread>

extern char** environ;

namespace troupe::demo {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t honest_commits = 50;  // a busy machine makes few and large ones

actors::engine_config config_of(const std::filesystem::path& folder, std::uint16_t port, store_switches& switches, actors::event_sink& events) {
  actors::engine_config c;
  c.stores.push_back({"venue", [folder, &switches]() -> std::shared_ptr<store::message_store> {
                        return switched(store::open_store({store::store_kind::sqlite, (folder / "venue.db").string()}), switches);
                      }, 0});
  actors::session_spec s;
  s.config.id = venue_id;
  s.config.role = protocol::role::acceptor;
  s.store = "venue";
  s.application = actors::hosted([folder](const auto&) { return std::make_unique<venue>(folder / "venue.ledger"); });
  c.sessions.push_back(std::move(s));
  c.listen.push_back({"127.0.0.1", port});
  c.events = &events;
  return c;
}

// One line of what the child says first.
std::string first_line(int from) {
  std::string line;
  while (line.find('\n') == std::string::npos) {
    pollfd waiting{from, POLLIN, 0};
    std::array<char, 256> piece{};
    if (::poll(&waiting, 1, 15'000) <= 0) throw std::runtime_error{"the venue's process says nothing"};
    const auto n = ::read(from, piece.data(), piece.size());
    if (n <= 0) throw std::runtime_error{"the venue's process ended: " + line};
    line.append(piece.data(), static_cast<std::size_t>(n));
  }
  return line.substr(0, line.find('\n'));
}

}  // namespace

int run_venue(const std::filesystem::path& folder, std::uint16_t port, bool is_lying) try {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  store_switches switches;
  if (is_lying) switches.honest = honest_commits;
  actors::log_writer writer{{}, [] { return std::chrono::system_clock::now(); }};
  actors::event_log events{writer, folder / "venue.log", false};
  {
    actors::engine engine{config_of(folder, port, switches, events)};
    const auto up = engine.start();
    if (!up.error.empty()) {
      std::cout << up.error << std::endl;
      return apps::exit_code::not_started;
    }
    const auto control = actors::spawn_control(engine.control(), engine.supervisor(), events);
    caf::anon_send(control, actors::listen{(folder / "venue.sock").string(), 0});
    std::cout << "port " << up.endpoints.front().port << std::endl;
    int which = 0;
    sigwait(&ends, &which);
    engine.stop(5s);
    caf::anon_send_exit(control, caf::exit_reason::user_shutdown);
  }
  writer.flush(1s);
  return apps::exit_code::done;
} catch (const std::exception& e) {
  std::cout << e.what() << std::endl;  // read by the parent
  return apps::exit_code::not_started;
}

void venue_process::start() {
  int pipe[2];
  if (::pipe2(pipe, O_CLOEXEC) != 0) throw std::runtime_error{std::string{"no pipe to the venue's process can be made: "} + std::strerror(errno)};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, pipe[1], STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  // A group of its own: a signal to ours (Ctrl-C, timeout(1), systemd) is our business, and we end the venue in order.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  posix_spawnattr_setpgroup(&attributes, 0);
  std::string self = "/proc/self/exe", command = "demo-venue", where = folder_.string(), port = std::to_string(port_), lying = "--lying";
  std::array<char*, 6> arguments{self.data(), command.data(), where.data(), port.data(), is_lying_ ? lying.data() : nullptr, nullptr};
  const int failed = posix_spawn(&pid_, self.c_str(), &actions, &attributes, arguments.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  ::close(pipe[1]);
  std::string said;
  try {
    if (failed != 0) throw std::runtime_error{"the venue's process cannot be started"};
    said = first_line(pipe[0]);
  } catch (...) {
    ::close(pipe[0]);
    throw;
  }
  ::close(pipe[0]);
  if (!said.starts_with("port ")) throw std::runtime_error{"the venue did not start: " + said};
  port_ = static_cast<std::uint16_t>(std::stoul(said.substr(5)));
}

void venue_process::kill() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

bool venue_process::stop(std::chrono::milliseconds at_most) {
  if (pid_ <= 0) return true;
  ::kill(pid_, SIGTERM);
  for (auto waited = 0ms; waited < at_most; waited += 20ms) {
    if (!is_running()) return true;
    std::this_thread::sleep_for(20ms);
  }
  kill();
  return false;
}

bool venue_process::is_running() {
  if (pid_ <= 0) return false;
  if (::waitpid(pid_, nullptr, WNOHANG) == 0) return true;
  pid_ = -1;
  return false;
}

}  // namespace troupe::demo
