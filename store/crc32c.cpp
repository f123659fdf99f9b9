#include "store/crc32c.hpp"

#include <array>
#include <cstring>

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

namespace troupe::store {

namespace {

constexpr std::uint32_t reflected_polynomial = 0x82F63B78u;

constexpr std::array<std::uint32_t, 256> make_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1u) ? reflected_polynomial : 0u);
    table[i] = value;
  }
  return table;
}
constexpr auto table = make_table();

// Of each upper byte of the table, where it stands: all of them differ.
constexpr std::array<std::uint8_t, 256> make_places() {
  std::array<std::uint8_t, 256> places{};
  for (std::uint32_t i = 0; i < 256; ++i) places[table[i] >> 24] = static_cast<std::uint8_t>(i);
  return places;
}
constexpr auto place_of_upper_byte = make_places();

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) std::uint32_t by_instruction(std::string_view bytes, std::uint32_t seed) {
  std::uint64_t crc = static_cast<std::uint32_t>(~seed);
  for (; bytes.size() >= 8; bytes.remove_prefix(8)) {
    std::uint64_t word;
    std::memcpy(&word, bytes.data(), 8);
    crc = _mm_crc32_u64(crc, word);
  }
  auto rest = static_cast<std::uint32_t>(crc);
  for (const char c : bytes) rest = _mm_crc32_u8(rest, static_cast<unsigned char>(c));
  return ~rest;
}
const bool has_instruction = __builtin_cpu_supports("sse4.2") != 0;
#endif

}  // namespace

std::uint32_t crc32c_by_table(std::string_view bytes, std::uint32_t seed) {
  std::uint32_t crc = ~seed;
  for (const char c : bytes) crc = (crc >> 8) ^ table[(crc ^ static_cast<unsigned char>(c)) & 0xFFu];
  return ~crc;
}

std::uint32_t crc32c_seed(std::string_view bytes, std::uint32_t crc) {
  std::uint32_t state = ~crc;
  for (auto at = bytes.rbegin(); at != bytes.rend(); ++at) {
    const std::uint32_t place = place_of_upper_byte[state >> 24];
    state = (state ^ table[place]) << 8 | (place ^ static_cast<unsigned char>(*at));
  }
  return ~state;
}

std::uint32_t crc32c(std::string_view bytes, std::uint32_t seed) {
#if defined(__x86_64__)
  if (has_instruction) return by_instruction(bytes, seed);
#endif
  return crc32c_by_table(bytes, seed);
}

}  // namespace troupe::store
