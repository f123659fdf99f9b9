// What ends `troupe run`: SIGTERM or SIGINT, a client of the control socket, or the engine's own failure.
#pragma once

#include "actors/events.hpp"

#include <atomic>
#include <csignal>
#include <mutex>
#include <string>

namespace troupe::apps {

class end_of_run {
 public:
  enum class cause : unsigned char { signal, client, failure };

  // Blocks the signals in this thread and in those that it starts; SIGPIPE and SIGXFSZ are ignored. Lives longer than the engine.
  end_of_run();
  end_of_run(const end_of_run&) = delete;
  end_of_run& operator=(const end_of_run&) = delete;

  // From any thread.
  void stopped_by_a_client();
  void engine_failed(const std::string& reason);

  // Returns when one of the causes is there. SIGHUP, and SIGUSR1 and SIGUSR2 of others, are recorded and nothing more.
  [[nodiscard]] cause wait(actors::event_sink& events);
  [[nodiscard]] std::string why_it_failed() const;

  // From now on a further SIGINT or SIGTERM ends the process, whatever it does. Within a second it is taken for the first one,
  // passed on by something in between (a shell, timeout(1)).
  static void further_signals_end_at_once();

 private:
  sigset_t set_{};
  std::atomic<bool> is_stopped_by_a_client_{false};
  std::atomic<bool> is_failed_{false};
  mutable std::mutex mutex_;
  std::string reason_;
};

}  // namespace troupe::apps
