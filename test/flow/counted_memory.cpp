#include "test/flow/counted_memory.hpp"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <malloc.h>
#include <new>

namespace {

std::atomic<std::size_t> taken{0};
std::atomic<std::size_t> most{0};

void* take(std::size_t size) {
  void* const memory = std::malloc(std::max<std::size_t>(size, 1));
  if (!memory) throw std::bad_alloc{};
  const auto now = taken.fetch_add(malloc_usable_size(memory)) + malloc_usable_size(memory);
  for (auto known = most.load(); now > known && !most.compare_exchange_weak(known, now);) {
  }
  return memory;
}

void give(void* memory) {
  if (memory) taken.fetch_sub(malloc_usable_size(memory));
  std::free(memory);
}

}  // namespace

// Not inline: GCC takes a malloc and a free that it sees for a mismatch.
[[gnu::noinline]] void* operator new(std::size_t size) { return take(size); }
[[gnu::noinline]] void operator delete(void* memory) noexcept { give(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { give(memory); }

namespace troupe::test {

memory_watch::memory_watch() : begin_(taken.load()) { most.store(begin_); }
std::size_t memory_watch::peak() const { return most.load() - begin_; }
std::size_t memory_watch::now() const { return std::max(taken.load(), begin_) - begin_; }

}  // namespace troupe::test
