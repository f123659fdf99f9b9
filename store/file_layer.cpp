#include "store/file_layer.hpp"

#include "store/store_advice.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace troupe::store {

namespace {

// Interrupted calls are made again.
template <class Call>
auto patiently(Call call) {
  for (;;)
    if (const auto result = call(); result >= 0 || errno != EINTR) return result;
}

[[noreturn]] void fail(const std::string& path, const char* what) { throw file_failure(path, what, errno); }

}  // namespace

file_failure::file_failure(const std::string& path, const char* what, int error)
    : std::runtime_error(path + ": cannot " + what + ": " + std::strerror(error)), error_(error) {}

std::string told(const file_failure& e) { return std::string{e.what()} + "." + advice_for_errno(e.error()); }

file_handle& file_handle::operator=(file_handle&& other) noexcept {
  if (this == &other) return *this;
  if (fd_ >= 0) ::close(fd_);
  fd_ = other.release();
  return *this;
}
file_handle::~file_handle() {
  if (fd_ >= 0) ::close(fd_);
}
int file_handle::release() { return std::exchange(fd_, -1); }

file_handle file_layer::make(const std::string& path, std::uint64_t size) {
  file_handle file{patiently([&] { return ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600); })};
  if (!file) fail(path, "be made");
  int error = 0;
  do error = ::posix_fallocate(file.get(), 0, static_cast<off_t>(size));
  while (error == EINTR);
  if (error == 0) return file;
  ::unlink(path.c_str());  // what could be had of the blocks is given back
  throw file_failure(path, "be given its space", error);
}

void file_layer::write(int fd, const std::string& path, std::string_view bytes, std::uint64_t at) {
  while (!bytes.empty()) {
    const auto n = patiently([&] { return ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(at)); });
    if (n < 0) fail(path, "be written");
    bytes.remove_prefix(static_cast<std::size_t>(n));
    at += static_cast<std::uint64_t>(n);
  }
}

void file_layer::sync(int fd, const std::string& path) {
  if (::fdatasync(fd) != 0) fail(path, "be synced");
}

void file_layer::sync_folder(const std::string& folder) {
  const file_handle f{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!f || ::fsync(f.get()) != 0) fail(folder, "be synced");
}

void file_layer::truncate(int fd, const std::string& path, std::uint64_t size) {
  if (patiently([&] { return ::ftruncate(fd, static_cast<off_t>(size)); }) != 0) fail(path, "be cut");
}

void file_layer::rename(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) fail(from, "be renamed");
}

void file_layer::remove(const std::string& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) fail(path, "be removed");
}

file_layer& plain_files() {
  static file_layer plain;
  return plain;
}

bool read_exactly(int fd, const std::string& path, char* to, std::size_t size, std::uint64_t at) {
  while (size > 0) {
    const auto n = patiently([&] { return ::pread(fd, to, size, static_cast<off_t>(at)); });
    if (n < 0) fail(path, "be read");
    if (n == 0) return false;
    to += n;
    at += static_cast<std::uint64_t>(n);
    size -= static_cast<std::size_t>(n);
  }
  return true;
}

file_handle open_to_read(const std::string& path) {
  file_handle file{patiently([&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC); })};
  if (!file) fail(path, "be opened");
  return file;
}

std::uint64_t size_of(int fd, const std::string& path) {
  struct stat s {};
  if (::fstat(fd, &s) != 0) fail(path, "be read");
  return static_cast<std::uint64_t>(s.st_size);
}

}  // namespace troupe::store
