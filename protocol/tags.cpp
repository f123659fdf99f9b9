#include "protocol/tags.hpp"

#include <algorithm>
#include <array>

namespace troupe::protocol {
namespace {

// {length tag, data tag}, ascending by data tag.
constexpr std::array<data_field, 83> data_fields{{
    {93, 89}, {90, 91}, {95, 96}, {212, 213}, {348, 349}, {350, 351}, {352, 353}, {354, 355}, {356, 357},
    {358, 359}, {360, 361}, {362, 363}, {364, 365}, {445, 446}, {618, 619}, {621, 622}, {1184, 1185}, {1277, 1278},
    {1280, 1281}, {1282, 1283}, {1397, 1398}, {1401, 1402}, {1403, 1404}, {1468, 1469}, {1525, 1527}, {1578, 1579},
    {1620, 1621}, {1664, 1665}, {1678, 1697}, {1733, 1734}, {1871, 1872}, {1874, 1875}, {2072, 2073}, {2074, 2075},
    {2111, 2112}, {2179, 2180}, {2287, 2288}, {2351, 2352}, {2372, 2371}, {2481, 2482}, {2494, 2493}, {2522, 2521},
    {2637, 2638}, {2651, 2652}, {2665, 2666}, {2715, 2716}, {2718, 2719}, {2721, 2722}, {2797, 2798}, {2802, 2801},
    {2809, 2808}, {2815, 2814}, {40004, 40005}, {40008, 40009}, {40978, 40979}, {40980, 40981}, {40982, 40983},
    {40984, 40985}, {40986, 40987}, {40988, 40989}, {41083, 41084}, {41101, 41102}, {41107, 41108}, {41256, 41257},
    {41320, 41321}, {41324, 41325}, {41458, 41459}, {41476, 41477}, {41482, 41483}, {41653, 41654}, {41710, 41711},
    {41806, 41807}, {41811, 41812}, {41873, 41874}, {41969, 41970}, {42025, 42026}, {42171, 42172}, {42451, 42452},
    {43110, 42486}, {42652, 42653}, {43109, 42684}, {42947, 42948}, {43111, 42982},
}};

// Data tags come in two clusters; a bit per tag answers for the lower one without a search.
constexpr std::uint32_t bitmap_limit = 2816;

constexpr auto make_bitmap() {
  std::array<std::uint64_t, bitmap_limit / 64> bits{};
  for (const data_field& f : data_fields)
    if (f.data_tag < bitmap_limit) bits[f.data_tag / 64] |= std::uint64_t{1} << (f.data_tag % 64);
  return bits;
}
constexpr auto bitmap = make_bitmap();

}  // namespace

data_field find_data_field(std::uint32_t data_tag) {
  const auto* found = std::lower_bound(data_fields.begin(), data_fields.end(), data_tag,
                                       [](const data_field& f, std::uint32_t tag) { return f.data_tag < tag; });
  return found != data_fields.end() && found->data_tag == data_tag ? *found : data_field{};
}

data_field find_length_field(std::uint32_t length_tag) {
  const auto* found =
      std::find_if(data_fields.begin(), data_fields.end(), [&](const data_field& f) { return f.length_tag == length_tag; });
  return found != data_fields.end() ? *found : data_field{};
}

bool is_data_tag(std::uint32_t tag) {
  if (tag < bitmap_limit) return (bitmap[tag / 64] >> (tag % 64) & 1) != 0;
  return tag >= 40'000 && find_data_field(tag).data_tag != 0;
}

}  // namespace troupe::protocol
