// What this process has taken from the heap, and the most it had at once: every `new` of the test binary is counted.
#pragma once

#include <cstddef>

namespace troupe::test {

// The most that was taken at once since it was made, beyond what was there then. One at a time.
class memory_watch {
 public:
  memory_watch();
  [[nodiscard]] std::size_t peak() const;  // bytes
  [[nodiscard]] std::size_t now() const;

 private:
  std::size_t begin_;
};

}  // namespace troupe::test
