// Any bytes through `troupe decode`: found, cut, validated and printed in every way. The first two bytes choose how the input is
// split into reads and how it is printed. However it is split, the same messages are found; what is printed as JSON is JSON.
#include "apps/decode/decoder.hpp"
#include "apps/decode/message_finder.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace troupe::decode;

void require(bool holds) {
  if (!holds) std::abort();
}

struct cut {
  std::uint64_t line, column, offset;
  std::string bytes, separator;
  bool operator==(const cut&) const = default;
};

// Reads of 1 to `most` bytes.
template <class Found>
void find(std::string_view text, std::size_t most, std::size_t limit, Found found) {
  message_finder finder{limit};
  std::size_t step = 1;
  const auto take = [&](bool is_all) {
    for (auto what = finder.next(is_all); what != message_finder::outcome::need_more; what = finder.next(is_all)) found(what, finder.found());
  };
  while (!text.empty()) {
    finder.append(text.substr(0, step));
    take(false);
    text.remove_prefix(std::min(step, text.size()));
    step = step * 7 % most + 1;
  }
  take(true);
}

std::vector<cut> cuts(std::string_view text, std::size_t most) {
  std::vector<cut> all;
  find(text, most, message_finder::default_limit, [&](auto what, const found_message& m) {
    require(what == message_finder::outcome::message);
    require(text.substr(m.offset, m.bytes.size()) == m.bytes && !m.bytes.empty());
    all.push_back({m.line, m.column, m.offset, std::string{m.bytes}, std::string{m.separator}});
  });
  return all;
}

// A small limit: nothing is found twice, nothing is longer.
void check_limit(std::string_view text, std::size_t most) {
  constexpr std::size_t limit = 64;
  std::uint64_t end = 0;
  find(text, most, limit, [&](auto what, const found_message& m) {
    require(m.offset >= end && m.bytes.size() <= limit);
    end = m.offset + (what == message_finder::outcome::message ? m.bytes.size() : limit);
  });
}

options look_of(unsigned bits) {
  options chosen;
  chosen.is_short = bits % 4 == 1;
  chosen.is_json = bits % 4 >= 2;
  chosen.validates = bits % 4 == 3;
  chosen.is_strict = (bits & 4U) != 0;
  chosen.shows_secrets = (bits & 8U) != 0;
  chosen.sums_up = (bits & 16U) != 0;
  return chosen;
}

shelf& all_dictionaries() {
  static const int is_set = ::setenv("TROUPE_DICTIONARIES", TROUPE_DICTIONARIES, 1);
  require(is_set == 0);
  static shelf books;
  return books;
}

void print(std::string_view text, unsigned bits) {
  const options chosen = look_of(bits);
  output out;
  decoder all{chosen, all_dictionaries(), out, {}, {}, plain_style};
  find(text, 4096, message_finder::default_limit, [&](auto, const found_message& m) { all.take("input", m); });
  all.finish();
  for (const unsigned char c : out.text()) require(c >= ' ' || c == '\n');
  if (!chosen.is_json || chosen.sums_up) return out.text().clear();
  std::istringstream lines{out.text()};
  for (std::string line; std::getline(lines, line);) require(nlohmann::json::accept(line));
  out.text().clear();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view text{reinterpret_cast<const char*>(data) + 2, size - 2};
  const std::size_t most = data[0] + std::size_t{1};
  require(cuts(text, most) == cuts(text, 1U << 20U));
  check_limit(text, most);
  print(text, data[1]);
  return 0;
}
