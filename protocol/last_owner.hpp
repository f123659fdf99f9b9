// Whether a shared object has come back: all other owners have let go of it, for ever.
#pragma once

#include <atomic>
#include <memory>

namespace troupe::protocol {

// If true, whatever the others did with the object, on whatever thread, happened before this returned: it may be written to.
// There must be no weak_ptr to it, and no other thread may copy `owner` itself.
template <class T>
[[nodiscard]] bool is_last_owner(const std::shared_ptr<T>& owner) {
  if (owner.use_count() != 1) return false;
#if defined(__SANITIZE_THREAD__)
  // ThreadSanitizer knows no fences; it sees the same order through the count, which a copy changes.
  const std::shared_ptr<T> seen = owner;
#else
  std::atomic_thread_fence(std::memory_order_acquire);  // meets the release with which the last other owner counted down
#endif
  return true;
}

}  // namespace troupe::protocol
