#include "apps/control_client.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace troupe::apps {
namespace {

constexpr int longest_connect_seconds = 10;
constexpr std::size_t longest_answer = 64 * 1024 * 1024;

class connection {
 public:
  explicit connection(const std::filesystem::path& path) : path_(path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const auto& name = path.native();
    if (name.size() >= sizeof address.sun_path) fail("the path is too long for a socket");
    std::memcpy(address.sun_path, name.c_str(), name.size() + 1);
    file_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    // A Unix socket's connect waits for a place in the queue of a process that does not accept: not for ever.
    const timeval patience{longest_connect_seconds, 0};
    if (file_ >= 0) ::setsockopt(file_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (file_ < 0 || ::connect(file_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      const int error = errno;
      if (file_ >= 0) ::close(file_);
      if (error == EAGAIN) fail("does not accept connections: the engine is stuck, or the machine very busy");
      fail(std::string{std::strerror(error)} + ". Is `troupe run` running with these settings?");
    }
  }
  ~connection() { ::close(file_); }
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  void send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const auto n = ::send(file_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0 && (errno == EPIPE || errno == ECONNRESET)) return;  // closed, but there may be an answer that says why
      if (n < 0) fail(std::strerror(errno));
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
  }

  [[nodiscard]] std::string read_line(std::chrono::milliseconds at_most) const {
    std::string line;
    std::array<char, 65536> piece{};
    while (line.find('\n') == std::string::npos) {
      pollfd waiting{file_, POLLIN, 0};
      const int ready = ::poll(&waiting, 1, static_cast<int>(at_most.count()));
      if (ready < 0 && errno == EINTR) continue;
      if (ready == 0) fail("no answer within " + std::to_string(at_most.count()) + " ms: the engine is stuck, or the machine very busy");
      const auto n = ::read(file_, piece.data(), piece.size());
      if (n <= 0) fail("the engine closed the connection without an answer (it is ending, or has too many clients)");
      line.append(piece.data(), static_cast<std::size_t>(n));
      if (line.size() > longest_answer) fail("the answer is too long");
    }
    return line.substr(0, line.find('\n'));
  }

  void wait_for_the_end(std::chrono::milliseconds at_most) const {
    const auto until = std::chrono::steady_clock::now() + at_most;
    std::array<char, 4096> nothing{};
    for (;;) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
      pollfd waiting{file_, POLLIN, 0};
      const int ready = left.count() > 0 ? ::poll(&waiting, 1, static_cast<int>(left.count())) : 0;
      if (ready < 0 && errno == EINTR) continue;
      if (ready <= 0)
        throw not_gone{path_.string() + ": the sessions are down, but the process has not ended within " +
                       std::to_string(at_most.count()) + " ms: look at its event log, or end it by a signal"};
      if (::read(file_, nothing.data(), nothing.size()) <= 0) return;
    }
  }

 private:
  [[noreturn]] void fail(const std::string& why) const { throw no_answer{path_.string() + ": " + why}; }

  std::filesystem::path path_;
  int file_ = -1;
};

}  // namespace

std::string ask(const std::filesystem::path& socket, const std::string& request, std::chrono::milliseconds at_most) {
  const connection c{socket};
  c.send(request + '\n');
  return c.read_line(at_most);
}

std::string ask_until_gone(const std::filesystem::path& socket, const std::string& request, std::chrono::milliseconds at_most,
                           std::chrono::milliseconds to_end, const std::function<bool(const std::string&)>& is_ending) {
  const connection c{socket};
  c.send(request + '\n');
  auto answer = c.read_line(at_most);
  if (is_ending(answer)) c.wait_for_the_end(to_end);
  return answer;
}

}  // namespace troupe::apps
