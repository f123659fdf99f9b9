#include "apps/end_of_run.hpp"

#include "apps/exit_codes.hpp"

#include <cstring>
#include <ctime>

#include <unistd.h>

namespace troupe::apps {
namespace {

// They only wake `wait`: what happened is in the flags, since anybody can send a signal, and two of a kind may arrive as one.
constexpr int wake_for_failure = SIGUSR1;
constexpr int wake_for_client = SIGUSR2;

timespec first_signal{};

void end_unless_it_is_the_first_passed_on(int) {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  if (now.tv_sec - first_signal.tv_sec > 1 || (now.tv_sec > first_signal.tv_sec && now.tv_nsec >= first_signal.tv_nsec)) _exit(exit_code::interrupted);
}

std::string name_and_sender(const siginfo_t& s) {
  return std::string{"SIG"} + sigabbrev_np(s.si_signo) + " from process " + std::to_string(s.si_pid);
}

}  // namespace

end_of_run::end_of_run() {
  sigemptyset(&set_);
  for (const int s : {SIGINT, SIGTERM, SIGHUP, wake_for_failure, wake_for_client}) sigaddset(&set_, s);
  pthread_sigmask(SIG_BLOCK, &set_, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a file as large as `ulimit -f` allows is a full disk, which stalls a store and ends nobody
}

void end_of_run::stopped_by_a_client() {
  is_stopped_by_a_client_ = true;
  ::kill(::getpid(), wake_for_client);
}

void end_of_run::engine_failed(const std::string& reason) {
  {
    const std::lock_guard lock{mutex_};
    reason_ = reason;
  }
  is_failed_ = true;
  ::kill(::getpid(), wake_for_failure);
}

end_of_run::cause end_of_run::wait(actors::event_sink& events) {
  for (;;) {
    siginfo_t came{};
    const int which = ::sigwaitinfo(&set_, &came);
    if (is_failed_) return cause::failure;
    if (is_stopped_by_a_client_) return cause::client;
    if (which == SIGINT || which == SIGTERM) return cause::signal;
    if (which == SIGHUP) events.record(actors::severity::info, "hangup-ignored", {}, {});
    else if (which > 0) events.record(actors::severity::info, "signal-ignored", {}, name_and_sender(came));
  }
}

std::string end_of_run::why_it_failed() const {
  const std::lock_guard lock{mutex_};
  return reason_;
}

void end_of_run::further_signals_end_at_once() {
  clock_gettime(CLOCK_MONOTONIC, &first_signal);
  sigset_t ends;
  sigemptyset(&ends);
  for (const int s : {SIGINT, SIGTERM}) {
    std::signal(s, end_unless_it_is_the_first_passed_on);
    sigaddset(&ends, s);
  }
  pthread_sigmask(SIG_UNBLOCK, &ends, nullptr);
}

}  // namespace troupe::apps
