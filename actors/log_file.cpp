#include "actors/log_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace troupe::actors {

log_file::log_file(std::filesystem::path path) : path_(std::move(path)) {
  std::error_code error;
  if (path_.has_parent_path()) std::filesystem::create_directories(path_.parent_path(), error);
  if (!open())
    throw std::runtime_error("log file " + path_.string() + ": " + why_ + "; expected a file that can be written: check FileLogPath, its owner and its permissions");
}

log_file::~log_file() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

log_file::log_file(log_file&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)), is_in_mid_line_(other.is_in_mid_line_), why_(std::move(other.why_)) {}

bool log_file::open() {
  constexpr mode_t owner_and_group = 0640;
  descriptor_ = ::open(path_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, owner_and_group);
  if (descriptor_ < 0) why_ = std::strerror(errno);
  return descriptor_ >= 0;
}

// Somebody moved or removed the file (log rotation): go on in a new one with the old name.
void log_file::follow_rotation() {
  struct stat ours {};
  struct stat there {};
  const bool is_ours = descriptor_ >= 0 && ::fstat(descriptor_, &ours) == 0 && ::stat(path_.c_str(), &there) == 0 && ours.st_ino == there.st_ino &&
                       ours.st_dev == there.st_dev;
  if (is_ours) return;
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
  is_in_mid_line_ = false;
  open();
}

void log_file::rest() {
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}

bool log_file::append(std::string_view lines) {
  follow_rotation();
  if (descriptor_ < 0) return false;
  if (is_in_mid_line_ && !write_all("\n")) return false;
  is_in_mid_line_ = false;
  return write_all(lines);
}

bool log_file::write_all(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(descriptor_, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      why_ = std::strerror(errno);
      return false;
    }
    bytes.remove_prefix(static_cast<std::size_t>(n));
    is_in_mid_line_ = !bytes.empty();
  }
  return true;
}

}  // namespace troupe::actors
