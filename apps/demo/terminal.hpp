// A terminal that shows a whole screen and gives single keys, put back as it was when this goes.
#pragma once

#include <termios.h>

#include <string>

namespace troupe::demo {

class terminal {
 public:
  terminal();
  ~terminal();
  terminal(const terminal&) = delete;
  terminal& operator=(const terminal&) = delete;

  // Both ends are one.
  [[nodiscard]] static bool is_one();
  void show(const std::string& screen) const;
  [[nodiscard]] std::size_t columns() const;
  [[nodiscard]] std::size_t rows() const;

 private:
  termios before_{};
};

}  // namespace troupe::demo
