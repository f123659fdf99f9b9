#include "apps/decode/output.hpp"

#include <unistd.h>

#include <cerrno>
#include <string_view>

namespace troupe::decode {

bool output::flush() {
  std::string_view rest = text_;
  while (!rest.empty() && is_good()) {
    const ssize_t n = ::write(STDOUT_FILENO, rest.data(), rest.size());
    if (n >= 0)
      rest.remove_prefix(static_cast<std::size_t>(n));
    else if (errno != EINTR)
      error_ = errno;
  }
  text_.clear();
  return is_good();
}

}  // namespace troupe::decode
