// Comparing short texts without a call: what every message is asked, such as BeginString(8) and CompIDs, is a few characters long.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace troupe::protocol {

namespace detail {

// Both ends, which may overlap; there are at least as many characters as Word has bytes, and at most twice as many.
template <class Word>
[[nodiscard]] inline bool are_ends_equal(const char* a, const char* b, std::size_t size) {
  const auto word = [](const char* at) {
    Word bytes;
    std::memcpy(&bytes, at, sizeof bytes);
    return bytes;
  };
  const std::size_t last = size - sizeof(Word);
  return word(a) == word(b) && word(a + last) == word(b + last);
}

}  // namespace detail

[[nodiscard]] inline bool is_same_text(std::string_view a, std::string_view b) {
  const std::size_t size = a.size();
  if (size != b.size()) return false;
  if (size - 4 < 4) return detail::are_ends_equal<std::uint32_t>(a.data(), b.data(), size);
  if (size - 8 <= 8) return detail::are_ends_equal<std::uint64_t>(a.data(), b.data(), size);
  return a == b;
}

}  // namespace troupe::protocol
