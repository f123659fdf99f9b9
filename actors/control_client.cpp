#include "actors/control_client.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace troupe::actors {

bool control_client::read_up_to(std::size_t limit) {
  std::array<char, 1024> some;
  while (in.size() < limit) {
    const auto got = line->read(std::span{some}.first(std::min(some.size(), limit - in.size())));
    if (got.status == io_status::would_block) return true;
    if (got.status == io_status::end) return has_ended = true;
    if (got.status != io_status::done) return false;
    in.append(some.data(), got.bytes);
  }
  return true;
}

bool control_client::write_some() {
  while (!is_written()) {
    const std::string_view rest = std::string_view{out}.substr(written);
    const auto went = line->write(std::span{&rest, 1});
    if (went.status == io_status::would_block) return true;
    if (went.status != io_status::done) return false;
    written += went.bytes;
  }
  return true;
}

}  // namespace troupe::actors
