#include "apps/demo/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <string_view>

namespace troupe::demo {
namespace {

void put(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto n = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
    if (n <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

winsize size_now() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) size = {24, 80, 0, 0};
  return size;
}

}  // namespace

bool terminal::is_one() { return ::isatty(STDIN_FILENO) != 0 && ::isatty(STDOUT_FILENO) != 0; }

terminal::terminal() {
  ::tcgetattr(STDIN_FILENO, &before_);
  termios keys = before_;
  keys.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
  ::tcsetattr(STDIN_FILENO, TCSANOW, &keys);
  put("\x1b[?1049h\x1b[?25l");  // another screen, no cursor
}

terminal::~terminal() {
  put("\x1b[?25h\x1b[?1049l");
  ::tcsetattr(STDIN_FILENO, TCSANOW, &before_);
}

void terminal::show(const std::string& screen) const {
  std::string bytes = "\x1b[H";
  for (const char c : screen)
    if (c == '\n') bytes += "\x1b[K\n";
    else bytes += c;
  put(bytes + "\x1b[J");
}

std::size_t terminal::columns() const { return size_now().ws_col; }
std::size_t terminal::rows() const { return size_now().ws_row > 1 ? size_now().ws_row - 1U : 1U; }

}  // namespace troupe::demo
