// Bytes of a file or of the standard input, unpacked if they are gzip.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace troupe::decode {

enum class source_state : std::uint8_t { bytes, end, failed };

// Blocking; one thread. The descriptor is closed with it, but for the standard input.
class source {
 public:
  // "-": standard input. `is_followed`: the end of the file is not the end. Not open: why() says it.
  source(std::string name, bool is_followed);
  ~source();
  source(const source&) = delete;
  source& operator=(const source&) = delete;

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] bool is_open() const { return descriptor_ >= 0; }
  // Fills `into` anew. failed: why() says it; what was read before counts.
  [[nodiscard]] source_state read(std::string& into);
  [[nodiscard]] const std::string& why() const { return why_; }

  // Of a followed file: its name leads to another file now, or to none, or it has become shorter than what was read.
  [[nodiscard]] bool is_replaced() const;
  [[nodiscard]] bool is_truncated();
  // A regular file, so that there is something to follow.
  [[nodiscard]] bool can_follow() const;

 private:
  class inflater;
  [[nodiscard]] source_state read_raw(std::string& into);
  [[nodiscard]] source_state inflate(std::string& into);
  [[nodiscard]] source_state fail(std::string why);

  std::string name_;
  bool is_followed_;
  int descriptor_ = -1;
  std::string why_;
  bool is_begun_ = false;
  std::string raw_;
  std::unique_ptr<inflater> inflater_;
};

}  // namespace troupe::decode
