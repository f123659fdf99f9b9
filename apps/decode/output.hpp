// The standard output, written in large pieces.
#pragma once

#include <cstddef>
#include <string>

namespace troupe::decode {

class output {
 public:
  // Append here.
  [[nodiscard]] std::string& text() { return text_; }
  // Writes if there is much; true: go on. False for ever once nobody reads, or the write failed.
  bool offer() { return text_.size() < much ? is_good() : flush(); }
  bool flush();
  [[nodiscard]] bool is_good() const { return error_ == 0; }
  // 0; EPIPE: nobody reads any more, which is no failure.
  [[nodiscard]] int error() const { return error_; }

 private:
  static constexpr std::size_t much = 64 * 1024;
  std::string text_;
  int error_ = 0;
};

}  // namespace troupe::decode
