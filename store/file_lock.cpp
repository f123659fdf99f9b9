#include "store/file_lock.hpp"

#include "store/message_store.hpp"
#include "store/process_identity.hpp"
#include "store/store_advice.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace troupe::store {

namespace {

// An "open file description" lock: held by this descriptor, not by the process, so that a second open in the same process
// is refused too, and released by the kernel however the process ends. 0, or errno.
int try_lock(int file) {
  struct flock range {};
  range.l_type = F_WRLCK;
  range.l_whence = SEEK_SET;
  return ::fcntl(file, F_OFD_SETLK, &range) == 0 ? 0 : errno;
}

std::string read_all(int file) {
  std::array<char, 512> text{};
  const auto n = ::pread(file, text.data(), text.size() - 1, 0);
  std::string holder = n > 0 ? std::string(text.data(), static_cast<std::size_t>(n)) : std::string{};
  while (!holder.empty() && holder.back() == '\n') holder.pop_back();
  return holder.empty() ? "an unknown process" : holder;
}

// Locks of a network file system are not to be trusted, and SQLite's write-ahead log cannot work on one at all.
constexpr const char* local_disk = " A store belongs on a local disk: network file systems do not keep its locks.";

std::string refusal(const std::string& path, int error, const std::string& holder) {
  if (error != EAGAIN && error != EACCES) return path + ".lock: this file system cannot lock files: " + std::strerror(error) + "." + local_disk;
  const bool is_elsewhere = holder.find(" on ") != std::string::npos && !holder.ends_with(" on " + host_name());
  return path + ": in use by " + holder + ". A store has one owner: stop that process, or name another path." + (is_elsewhere ? local_disk : "");
}

}  // namespace

file_lock::file_lock(const std::string& path) {
  const std::string name = path + ".lock";
  file_ = ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file_ < 0)
    throw store_error(name + ": cannot make the lock file: " + std::strerror(errno) + "." + advice_for_errno(errno));
  if (const int error = try_lock(file_); error != 0) {
    const std::string holder = read_all(file_);
    ::close(file_);
    throw store_error(refusal(path, error, holder));
  }
  const std::string holder = "process " + std::to_string(::getpid()) + " on " + host_name() + "\n";
  if (::ftruncate(file_, 0) != 0 || ::pwrite(file_, holder.data(), holder.size(), 0) < 0) {
    // Only the name of the holder is missing then; the lock itself is held.
  }
}

file_lock::~file_lock() { ::close(file_); }

std::optional<std::string> holder_of(const std::string& path) {
  const int file = ::open((path + ".lock").c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return std::nullopt;
  struct flock range {};
  range.l_type = F_WRLCK;
  range.l_whence = SEEK_SET;
  const bool is_held = ::fcntl(file, F_OFD_GETLK, &range) == 0 && range.l_type != F_UNLCK;
  auto holder = is_held ? std::optional{read_all(file)} : std::nullopt;
  ::close(file);
  return holder;
}

}  // namespace troupe::store
