// What a commit survives.
#pragma once

namespace troupe::store {

enum class durability : unsigned char {
  process,  // the end of the process, kill -9 included: the kernel has the bytes, nobody waits for the disk
  power,    // the end of the machine: the disk has said that it has them. Such a store blocks, and is detached
};

[[nodiscard]] constexpr const char* to_text(durability d) { return d == durability::power ? "power" : "process"; }

}  // namespace troupe::store
