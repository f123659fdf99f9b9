// A log file that outlives trouble: it is made when it is missing, opened again when it was moved away, and a disk that is full
// costs lines, which are counted, never an exception.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace troupe::actors {

class log_file {
 public:
  // Opens, and makes the directories above it. Throws std::runtime_error that says which file, why, and what to do.
  explicit log_file(std::filesystem::path path);
  ~log_file();
  log_file(log_file&& other) noexcept;
  log_file& operator=(log_file&&) = delete;

  // Appends whole lines. False: they are lost, and why() says why.
  bool append(std::string_view lines);
  // Closes it until the next line comes.
  void rest();
  [[nodiscard]] const std::string& why() const { return why_; }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  bool open();
  void follow_rotation();
  bool write_all(std::string_view bytes);

  std::filesystem::path path_;
  int descriptor_ = -1;
  bool is_in_mid_line_ = false;  // a write was cut short: the next one starts a new line
  std::string why_;
};

}  // namespace troupe::actors
