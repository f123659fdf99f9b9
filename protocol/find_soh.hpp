// The next end of a field. Values are short: sixteen bytes at a time, inline, are faster than a call of memchr.
#pragma once

#include <cstddef>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace troupe::protocol {

// The first SOH at or behind `at`; npos: none.
[[nodiscard]] inline std::size_t find_soh(std::string_view bytes, std::size_t at) {
#if defined(__SSE2__)
  const __m128i ends = _mm_set1_epi8('\x01');
  for (; at + 16 <= bytes.size(); at += 16) {
    const auto here = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes.data() + at));
    const auto found = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(here, ends)));
    if (found != 0) return at + static_cast<std::size_t>(__builtin_ctz(found));
  }
#endif
  for (; at < bytes.size(); ++at)
    if (bytes[at] == '\x01') return at;
  return std::string_view::npos;
}

}  // namespace troupe::protocol
