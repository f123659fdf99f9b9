// Kills a process that loads this in front of the C library when it is about to change the disk for the TROUPE_KILLED_AT-th time. Without that it counts, and
// writes how often it was into the file TROUPE_CALLS_INTO.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>

namespace {

std::atomic<long> calls{0};

void before_a_change() {
  static const char* const at = std::getenv("TROUPE_KILLED_AT");
  if (++calls; at != nullptr && calls == std::atol(at)) ::raise(SIGKILL);
}

struct teller {
  ~teller() {
    const char* const into = std::getenv("TROUPE_CALLS_INTO");
    if (into == nullptr) return;
    if (std::FILE* const file = std::fopen(into, "w")) {
      std::fprintf(file, "%ld", calls.load());
      std::fclose(file);
    }
  }
} told_at_the_end;

template <class F>
F of_system(const char* name) {
  return reinterpret_cast<F>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" {

ssize_t pwrite64(int fd, const void* bytes, size_t size, off64_t at) {
  static const auto next = of_system<decltype(&::pwrite64)>("pwrite64");
  before_a_change();
  return next(fd, bytes, size, at);
}
ssize_t pwrite(int fd, const void* bytes, size_t size, off_t at) {
  static const auto next = of_system<decltype(&::pwrite)>("pwrite");
  before_a_change();
  return next(fd, bytes, size, at);
}
int ftruncate(int fd, off_t size) noexcept {
  static const auto next = of_system<int (*)(int, off_t)>("ftruncate");
  before_a_change();
  return next(fd, size);
}
int fsync(int fd) {
  static const auto next = of_system<decltype(&::fsync)>("fsync");
  before_a_change();
  return next(fd);
}
int fdatasync(int fd) {
  static const auto next = of_system<decltype(&::fdatasync)>("fdatasync");
  before_a_change();
  return next(fd);
}
int unlink(const char* path) noexcept {
  static const auto next = of_system<int (*)(const char*)>("unlink");
  before_a_change();
  return next(path);
}
int rename(const char* from, const char* to) noexcept {
  static const auto next = of_system<int (*)(const char*, const char*)>("rename");
  before_a_change();
  return next(from, to);
}

}  // extern "C"
