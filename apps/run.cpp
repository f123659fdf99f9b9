#include "apps/run.hpp"

#include "actors/control.hpp"
#include "actors/engine.hpp"
#include "actors/event_log.hpp"
#include "actors/message_log.hpp"
#include "apps/check.hpp"
#include "apps/engine_of_settings.hpp"
#include "apps/exit_codes.hpp"
#include "apps/status.hpp"

#include <csignal>
#include <ctime>
#include <iostream>

#include <unistd.h>

namespace troupe::apps {
namespace {

using namespace actors;

constexpr int failed_inside = SIGUSR1;       // the engine itself has failed
constexpr int stopped_by_a_client = SIGUSR2;  // of the control socket

// Blocked before any thread starts, so that only `wait` gets them.
class signals {
 public:
  signals() {
    sigemptyset(&set_);
    for (const int s : {SIGINT, SIGTERM, SIGHUP, failed_inside, stopped_by_a_client}) sigaddset(&set_, s);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
  }
  [[nodiscard]] int wait() const {
    int which = 0;
    sigwait(&set_, &which);
    return which;
  }
  // A further SIGINT or SIGTERM ends the process, whatever it does. Within a second it is taken for the first one, passed on by
  // something in between (a shell, timeout(1)).
  static void end_at_once_from_now_on() {
    clock_gettime(CLOCK_MONOTONIC, &first);
    sigset_t ends;
    sigemptyset(&ends);
    for (const int s : {SIGINT, SIGTERM}) {
      std::signal(s, [](int) {
        timespec now{};
        clock_gettime(CLOCK_MONOTONIC, &now);
        if (now.tv_sec - first.tv_sec > 1 || (now.tv_sec > first.tv_sec && now.tv_nsec >= first.tv_nsec)) _exit(exit_code::interrupted);
      });
      sigaddset(&ends, s);
    }
    pthread_sigmask(SIG_UNBLOCK, &ends, nullptr);
  }

 private:
  static inline timespec first{};
  sigset_t set_{};
};

std::vector<message_log_file> message_logs_of(const settings& s) {
  std::vector<message_log_file> files;
  for (const auto& one : s.sessions)
    if (!one.log_directory.empty()) files.push_back({one.config.id, one.log_directory, one.message_log_delimiter});
  return files;
}

// The logs, in the order they depend on one another; what is queued is written when they go.
struct logs {
  explicit logs(const settings& s)
      : writer({s.log.max_queued, s.log.max_queued_bytes}, [] { return std::chrono::system_clock::now(); }),
        events(writer, s.log.directory, s.log.to_screen),
        messages(writer, events, message_logs_of(s)) {}
  ~logs() { writer.flush(std::chrono::seconds{5}); }
  logs(const logs&) = delete;
  logs& operator=(const logs&) = delete;

  log_writer writer;
  event_log events;
  message_log messages;
};

// Without it the sessions run all the same: what is wrong is told as an event.
control_actor open_control(const engine& e, const settings& s, event_sink& events) {
  auto control = spawn_control(e.control(), e.supervisor(), events, {.stop_within = s.stop_timeout}, [] { kill(getpid(), stopped_by_a_client); });
  caf::anon_send(control, listen{s.control_socket.string(), 0});
  return control;
}

int serve(const settings& s, logs& l, const signals& ends) {
  auto config = engine_of(s, l.events, l.messages);
  config.failed = [](const std::string&) { kill(getpid(), failed_inside); };
  engine e{std::move(config)};
  if (const auto up = e.start(); !up.error.empty()) {
    if (!s.log.to_screen) std::cerr << "troupe: " << up.error << '\n';
    return exit_code::not_started;
  }
  const auto control = open_control(e, s, l.events);
  int which = ends.wait();
  for (; which == SIGHUP; which = ends.wait()) l.events.record(severity::info, "hangup-ignored", {}, {});
  if (which == failed_inside) {
    caf::anon_send_exit(control, caf::exit_reason::kill);
    return exit_code::failed;
  }
  signals::end_at_once_from_now_on();
  std::cout << summary(e.stop(s.stop_timeout)) << std::flush;  // after a client's stop: what that has found
  caf::anon_send_exit(control, caf::exit_reason::user_shutdown);
  return exit_code::done;
}

}  // namespace

int run(const std::filesystem::path& file) {
  const auto settings = read_or_complain(file);
  if (!settings) return exit_code::wrong_settings;
  const signals ends;
  std::optional<logs> l;
  try {
    l.emplace(*settings);
  } catch (const std::exception& e) {
    std::cerr << "troupe: " << e.what() << '\n';
    return exit_code::not_started;
  }
  return serve(*settings, *l, ends);
}

}  // namespace troupe::apps
