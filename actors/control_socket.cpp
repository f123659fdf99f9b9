#include "actors/control_socket.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace troupe::actors {
namespace {

constexpr int backlog = 32;
constexpr std::size_t longest_path = sizeof(sockaddr_un::sun_path) - 1;

std::string text_of(int error) { return std::generic_category().message(error); }

[[noreturn]] void fail(const std::filesystem::path& path, const std::string& why) {
  throw std::runtime_error{"control socket " + path.string() + ": " + why};
}

sockaddr_un address_of(const std::filesystem::path& path) {
  sockaddr_un a{};
  a.sun_family = AF_UNIX;
  std::memcpy(a.sun_path, path.c_str(), path.native().size());
  return a;
}

class file_descriptor {
 public:
  explicit file_descriptor(int value) : value_(value) {}
  ~file_descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  file_descriptor(const file_descriptor&) = delete;
  file_descriptor& operator=(const file_descriptor&) = delete;
  [[nodiscard]] int get() const { return value_; }
  [[nodiscard]] int release() { return std::exchange(value_, -1); }

 private:
  int value_;
};

// Held between looking at what is there and listening: two processes must not both take over from a dead one, and one that
// is bound but does not listen yet looks dead.
class folder_lock {
 public:
  explicit folder_lock(const std::filesystem::path& socket) : folder_(::open(folder_of(socket).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    if (folder_.get() < 0) {
      const int error = errno;
      fail(socket, "its folder cannot be opened: " + text_of(error) + "; make it, or set ControlSocket to another place");
    }
    if (::flock(folder_.get(), LOCK_EX | LOCK_NB) != 0) throw busy_folder{"control socket " + socket.string() + ": another process locks its folder; set ControlSocket to another place"};
  }

 private:
  static std::filesystem::path folder_of(const std::filesystem::path& p) { return p.has_parent_path() ? p.parent_path() : std::filesystem::path{"."}; }
  file_descriptor folder_;
};

// Nothing if nobody listens there.
std::string who_listens(const std::filesystem::path& path) {
  const file_descriptor probe{::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  const auto where = address_of(path);
  if (::connect(probe.get(), reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0)
    return errno == ECONNREFUSED || errno == ENOENT ? "" : errno == EAGAIN ? "a process" : "a process (" + text_of(errno) + ")";
  ucred owner{};
  socklen_t size = sizeof owner;
  const bool is_known = ::getsockopt(probe.get(), SOL_SOCKET, SO_PEERCRED, &owner, &size) == 0 && owner.pid > 0;
  return is_known ? "process " + std::to_string(owner.pid) : "a process";
}

void remove_what_a_dead_process_left(const std::filesystem::path& path) {
  struct stat there {};
  if (::lstat(path.c_str(), &there) != 0) return;
  if (!S_ISSOCK(there.st_mode)) fail(path, "there is something else of this name, no socket; move it away, or set ControlSocket to another place");
  if (const auto who = who_listens(path); !who.empty())
    fail(path, who + " listens there already; stop it, or set ControlSocket to another place");
  if (::unlink(path.c_str()) != 0) fail(path, "cannot remove what a dead process left: " + text_of(errno) + "; remove it by hand");
}

}  // namespace

control_socket::control_socket(std::filesystem::path path) : path_(std::move(path)) {
  if (path_.empty()) fail(path_, "has no path; set ControlSocket");
  if (path_.native().size() > longest_path)
    fail(path_, "the path has " + std::to_string(path_.native().size()) + " bytes, a Unix socket takes " + std::to_string(longest_path) +
                    "; set ControlSocket to a shorter one");
  const folder_lock lock{path_};
  remove_what_a_dead_process_left(path_);
  open();
}

// The mode is set before the file is there: bind takes it over from the socket.
void control_socket::open() {
  file_descriptor made{::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  const auto where = address_of(path_);
  if (made.get() < 0 || ::fchmod(made.get(), S_IRUSR | S_IWUSR) != 0 ||
      ::bind(made.get(), reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0)
    fail(path_, "cannot be made: " + text_of(errno) + "; see that the folder may be written, or set ControlSocket to another place");
  struct stat file {};
  if (::listen(made.get(), backlog) != 0 || ::lstat(path_.c_str(), &file) != 0) fail(path_, "cannot listen: " + text_of(errno));
  device_ = file.st_dev;
  number_ = file.st_ino;
  descriptor_ = made.release();
}

control_socket::~control_socket() {
  if (descriptor_ < 0) return;
  struct stat file {};
  if (::lstat(path_.c_str(), &file) == 0 && file.st_dev == device_ && file.st_ino == number_) ::unlink(path_.c_str());
  ::close(descriptor_);
}

}  // namespace troupe::actors
