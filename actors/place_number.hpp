// Which of its places an engine listens at: a number in engine_config::listen. A port would not do: 0 is another one each time.
#pragma once

#include <compare>
#include <cstddef>

namespace troupe::actors {

struct place_number {
  std::size_t value = 0;
  auto operator<=>(const place_number&) const = default;
};

}  // namespace troupe::actors
