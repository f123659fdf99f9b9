// The acceptor of the demo, in a process of its own, so that it can be killed.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>

namespace troupe::demo {

// What the process does (a subcommand that nobody sees): an engine on `folder`, until SIGTERM, or until its parent is gone. Port 0: any.
// With `is_lying` its store soon says that commits are stored which are not. Returns the exit code.
[[nodiscard]] int run_venue(const std::filesystem::path& folder, std::uint16_t port, bool is_lying);

// That process, seen from the demo. Ended with it.
class venue_process {
 public:
  venue_process(std::filesystem::path folder, bool is_lying) : folder_(std::move(folder)), is_lying_(is_lying) {}
  ~venue_process() { kill(); }
  venue_process(const venue_process&) = delete;
  venue_process& operator=(const venue_process&) = delete;

  // On the port it had before, if it had one. Throws std::runtime_error if it does not come up.
  void start();
  void kill();  // SIGKILL
  // SIGTERM; false: it had to be killed.
  bool stop(std::chrono::milliseconds at_most);
  [[nodiscard]] bool is_running();  // false also after it died by itself
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] std::filesystem::path control_socket() const { return folder_ / "venue.sock"; }

 private:
  std::filesystem::path folder_;
  bool is_lying_;
  std::uint16_t port_ = 0;
  pid_t pid_ = -1;
};

}  // namespace troupe::demo
