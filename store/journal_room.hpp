// Segments ahead of need: a file with all its blocks, mapped, so that the next one is there when the present one is full.
//
// Made on a background thread. Whether it could be made is told to whoever takes it, not earlier.
#pragma once

#include "store/background.hpp"
#include "store/file_layer.hpp"

#include <cstdint>
#include <future>
#include <string>

namespace troupe::store::journal {

// A file that is mapped, to write.
struct room {
  std::string path;
  file_handle file;
  char* bytes = nullptr;
  std::uint64_t capacity = 0;

  room() = default;
  room(room&& other) noexcept;
  room& operator=(room&& other) noexcept;
  ~room();
};

// `waits_for_disk`: its zeros are on the disk, too, so that a sync of what is written into it later has to write that, and nothing else.
// Throws file_failure.
[[nodiscard]] room make_room(file_layer& files, const std::string& path, std::uint64_t size, bool waits_for_disk);

class rooms {
 public:
  rooms(file_layer& files, background& thread, std::string folder, std::uint64_t size, bool waits_for_disk);
  ~rooms();  // what was not taken is removed
  rooms(const rooms&) = delete;
  rooms& operator=(const rooms&) = delete;

  void prepare();
  // Waits until it is made. Throws file_failure; then the next call has it made anew. A larger one than usual is made at once.
  [[nodiscard]] room take(std::uint64_t at_least);

 private:
  [[nodiscard]] std::string next_path();

  file_layer& files_;
  background& thread_;
  std::string folder_;
  std::uint64_t size_;
  bool waits_for_disk_;
  std::uint64_t made_ = 0;
  std::future<room> next_;
};

}  // namespace troupe::store::journal
