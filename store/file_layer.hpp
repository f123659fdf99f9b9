// The calls by which a journal touches the disk, in one place: so that a test can refuse any of them, or see what was synced.
//
// Each throws file_failure with the path and the reason; nothing is retried here. Thread: any, one call at a time for each file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace troupe::store {

class file_failure : public std::runtime_error {
 public:
  file_failure(const std::string& path, const char* what, int error);
  [[nodiscard]] int error() const { return error_; }  // errno

 private:
  int error_;
};

// What happened, and what to do about it.
[[nodiscard]] std::string told(const file_failure& e);

// A descriptor with ownership.
class file_handle {
 public:
  file_handle() = default;
  explicit file_handle(int fd) : fd_(fd) {}
  file_handle(file_handle&& other) noexcept : fd_(other.release()) {}
  file_handle& operator=(file_handle&& other) noexcept;
  ~file_handle();
  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] explicit operator bool() const { return fd_ >= 0; }
  int release();

 private:
  int fd_ = -1;
};

class file_layer {
 public:
  virtual ~file_layer() = default;

  // A new file (an old one of that name is emptied) with all its blocks allocated: writing into it cannot fail for want of space.
  // Zeros all through.
  [[nodiscard]] virtual file_handle make(const std::string& path, std::uint64_t size);
  virtual void write(int fd, const std::string& path, std::string_view bytes, std::uint64_t at);
  // What was written is on the disk, through a mapping of this file, too.
  virtual void sync(int fd, const std::string& path);
  // The names in a folder are on the disk.
  virtual void sync_folder(const std::string& folder);
  virtual void truncate(int fd, const std::string& path, std::uint64_t size);
  virtual void rename(const std::string& from, const std::string& to);
  virtual void remove(const std::string& path);  // one that is not there is no failure
};

// The one that is used where no other is given.
[[nodiscard]] file_layer& plain_files();

// Reads exactly so many bytes; false: the file ends before. Throws file_failure.
[[nodiscard]] bool read_exactly(int fd, const std::string& path, char* to, std::size_t size, std::uint64_t at);
[[nodiscard]] file_handle open_to_read(const std::string& path);
[[nodiscard]] std::uint64_t size_of(int fd, const std::string& path);

}  // namespace troupe::store
