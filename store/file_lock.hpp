// One owner per store file: a lock beside it that names its holder and dies with the process.
#pragma once

#include <optional>
#include <string>

namespace troupe::store {

class file_lock {
 public:
  // Takes `path` + ".lock", creating it. Throws store_error naming the holder's pid, host and program if there is one, or
  // why the file could not be made. A second lock in the same process is refused as well.
  explicit file_lock(const std::string& path);
  ~file_lock();
  file_lock(const file_lock&) = delete;
  file_lock& operator=(const file_lock&) = delete;

 private:
  int file_ = -1;
};

// Who holds the lock of `path`, as it is told ("process 4309 on vm"); nullopt: nobody. Only looks.
[[nodiscard]] std::optional<std::string> holder_of(const std::string& path);

}  // namespace troupe::store
