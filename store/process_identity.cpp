#include "store/process_identity.hpp"

#include <unistd.h>

#include <array>
#include <csignal>
#include <cerrno>
#include <fstream>
#include <optional>
#include <sstream>

namespace troupe::store {

namespace {

std::string first_line(const std::string& path) {
  std::ifstream in{path};
  std::string line;
  std::getline(in, line);
  return line;
}

std::string link_at(const std::string& path) {
  std::array<char, 256> target{};
  const auto n = ::readlink(path.c_str(), target.data(), target.size());
  return n > 0 ? std::string(target.data(), static_cast<std::size_t>(n)) : std::string{};
}

// Of proc(5): the third field is the state, the 22nd the start. The second, a name, may hold blanks and brackets.
struct process_stat {
  char state = 0;
  std::uint64_t started = 0;
};

std::optional<process_stat> stat_of(std::uint64_t pid) {
  const auto line = first_line("/proc/" + std::to_string(pid) + "/stat");
  const auto name_end = line.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream fields{line.substr(name_end + 1)};
  process_stat s;
  fields >> s.state;
  std::string skipped;
  for (int field = 4; field < 22; ++field) fields >> skipped;
  fields >> s.started;
  return s;
}

// Empty: there is no proc(5) here.
std::string boot_and_container() {
  const auto boot = first_line("/proc/sys/kernel/random/boot_id"), container = link_at("/proc/self/ns/pid");
  return boot.empty() || container.empty() ? std::string{} : boot + " " + container;
}

}  // namespace

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "unknown host";
}

process_identity this_process() {
  const auto pid = static_cast<std::uint64_t>(::getpid());
  const auto stat = stat_of(pid);
  const auto where = boot_and_container();
  return {pid, stat ? stat->started : 0, where.empty() ? "some boot of " + host_name() : where, host_name(), first_line("/proc/self/comm")};
}

bool is_dead(const process_identity& other) {
  const auto here = boot_and_container();
  if (here.empty() || other.machine != here) return false;
  const auto stat = stat_of(other.pid);
  if (!stat) return ::kill(static_cast<pid_t>(other.pid), 0) != 0 && errno == ESRCH;  // processes of others may be hidden
  return stat->state == 'Z' || stat->state == 'X' || stat->started != other.started;
}

}  // namespace troupe::store
