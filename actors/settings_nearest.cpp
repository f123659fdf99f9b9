// "Did you mean": the known key that differs least from what was written.
#include "actors/settings_table.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

namespace troupe::actors {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Insertions, deletions, replacements and swaps of neighbours that lead from a to b.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
  std::iota(above.begin(), above.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool is_same = lower(a[i - 1]) == lower(b[j - 1]);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (is_same ? 0 : 1)});
      if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1])) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, above);
    std::swap(above, row);
  }
  return above[b.size()];
}

struct candidate {
  std::string_view name;
  std::size_t distance;
};

void consider(candidate& best, std::string_view name, std::string_view wanted) {
  const std::size_t longer = std::max(name.size(), wanted.size()), shorter = std::min(name.size(), wanted.size());
  if (longer - shorter >= best.distance) return;  // at least so many insertions
  const std::size_t d = distance(name, wanted);
  if (d < best.distance) best = {name, d};
}

}  // namespace

std::string_view nearest_key(std::string_view name) {
  constexpr std::size_t longest = 64;  // no key is longer; bounds the work for a line of rubbish
  if (name.size() > longest) return {};
  candidate best{{}, std::max<std::size_t>(2, name.size() / 3) + 1};
  for (const setting_key& key : setting_keys()) consider(best, key.name, name);
  for (const unbuilt_key& key : unbuilt_keys()) consider(best, key.name, name);
  return best.name;
}

}  // namespace troupe::actors
