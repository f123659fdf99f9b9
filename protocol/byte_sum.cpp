#include "protocol/byte_sum.hpp"

#include <cstddef>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace troupe::protocol {
namespace {

std::uint32_t sum_of(const char* bytes, std::size_t from, std::size_t to) {
  std::uint32_t sum = 0;
  for (; from < to; ++from) sum += static_cast<unsigned char>(bytes[from]);
  return sum;
}

bool is_begin(const char* bytes) { return bytes[0] == '\x01' && bytes[1] == '8' && bytes[2] == '='; }

#if defined(__SSE2__)

constexpr std::size_t block = 16;

__m128i load(const char* bytes) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes)); }

std::uint32_t horizontal_sum(__m128i sums) {
  return static_cast<std::uint32_t>(_mm_cvtsi128_si32(_mm_add_epi64(sums, _mm_unpackhi_epi64(sums, sums))));
}

#endif

}  // namespace

std::uint32_t byte_sum(std::string_view bytes) {
  std::size_t at = 0;
  std::uint32_t sum = 0;
#if defined(__SSE2__)
  __m128i sums = _mm_setzero_si128();
  for (; at + block <= bytes.size(); at += block)
    sums = _mm_add_epi64(sums, _mm_sad_epu8(load(bytes.data() + at), _mm_setzero_si128()));
  sum = horizontal_sum(sums);
#endif
  return sum + sum_of(bytes.data(), at, bytes.size());
}

frame_scan scan_frame(std::string_view bytes) {
  frame_scan scan;
  std::size_t at = 0;
#if defined(__SSE2__)
  const __m128i soh = _mm_set1_epi8('\x01'), eight = _mm_set1_epi8('8'), equals = _mm_set1_epi8('=');
  __m128i sums = _mm_setzero_si128(), begins = _mm_setzero_si128();
  for (; at + block + 2 <= bytes.size(); at += block) {
    const char* const here = bytes.data() + at;
    const __m128i now = load(here);
    sums = _mm_add_epi64(sums, _mm_sad_epu8(now, _mm_setzero_si128()));
    const __m128i pair = _mm_and_si128(_mm_cmpeq_epi8(now, soh), _mm_cmpeq_epi8(load(here + 1), eight));
    begins = _mm_or_si128(begins, _mm_and_si128(pair, _mm_cmpeq_epi8(load(here + 2), equals)));
  }
  scan.sum = horizontal_sum(sums);
  scan.has_inner_begin = _mm_movemask_epi8(begins) != 0;
#endif
  scan.sum += sum_of(bytes.data(), at, bytes.size());
  for (; at + 3 <= bytes.size(); ++at) scan.has_inner_begin |= is_begin(bytes.data() + at);
  return scan;
}

}  // namespace troupe::protocol
