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

// NumInGroup fields below 5000, FIX 4.0 to 5.0 SP2.
constexpr std::array<std::uint16_t, 209> group_counts{
    33, 73, 78, 82, 85, 124, 136, 146, 199, 215, 232, 267, 268, 295, 296, 382, 384, 386, 398, 420, 428, 453, 454,
    457, 473, 510, 518, 534, 539, 552, 555, 558, 576, 580, 604, 627, 670, 683, 702, 711, 735, 753, 756, 768, 778,
    781, 801, 802, 804, 806, 809, 816, 862, 864, 870, 887, 897, 936, 938, 948, 952, 957, 981, 984, 1016, 1018, 1052,
    1058, 1062, 1116, 1120, 1141, 1158, 1165, 1175, 1177, 1201, 1205, 1218, 1232, 1234, 1235, 1236, 1237, 1239,
    1286, 1292, 1296, 1309, 1310, 1311, 1312, 1334, 1342, 1351, 1362, 1370, 1387, 1413, 1414, 1445, 1461, 1475,
    1483, 1491, 1494, 1499, 1508, 1514, 1516, 1519, 1529, 1534, 1540, 1559, 1562, 1566, 1569, 1572, 1582, 1586,
    1610, 1618, 1624, 1630, 1636, 1643, 1647, 1656, 1657, 1661, 1668, 1669, 1671, 1676, 1677, 1694, 1700, 1703,
    1707, 1772, 1773, 1777, 1789, 1791, 1793, 1795, 1812, 1829, 1838, 1841, 1844, 1855, 1861, 1868, 1889, 1890,
    1892, 1907, 1908, 1918, 1919, 1920, 1971, 1976, 1981, 2045, 2053, 2056, 2059, 2076, 2080, 2104, 2113, 2218,
    2250, 2253, 2254, 2258, 2304, 2308, 2312, 2345, 2428, 2433, 2474, 2529, 2545, 2548, 2550, 2558, 2560, 2580,
    2593, 2633, 2639, 2653, 2668, 2691, 2706, 2709, 2734, 2746, 2772, 2781, 2845, 2849, 2864, 2871,
};

constexpr bool is_formatted(std::uint32_t tag) {
  return tag == tag::MsgSeqNum || tag == tag::PossDupFlag || tag == tag::PossResend || tag == tag::SendingTime || tag == tag::OrigSendingTime;
}

constexpr std::array<std::uint8_t, tabled_tags> make_tag_kinds() {
  std::array<std::uint8_t, tabled_tags> kinds{};
  const auto add = [&](std::uint32_t tag, std::uint8_t kind) {
    if (tag < tabled_tags) kinds[tag] = static_cast<std::uint8_t>(kinds[tag] | kind);
  };
  for (const data_field& f : data_fields) add(f.data_tag, tag_kind::data), add(f.length_tag, tag_kind::length);
  for (const std::uint32_t tag : group_counts) add(tag, tag_kind::group);
  add(0, tag_kind::invalid);
  for (std::uint32_t tag = 0; tag < tabled_tags; ++tag) {
    if (is_header_tag(tag)) add(tag, tag_kind::header);
    if (is_trailer_tag(tag)) add(tag, tag_kind::trailer);
    if (is_formatted(tag)) add(tag, tag_kind::formatted);
    if (tag >= low_tags) add(tag, tag_kind::high);
  }
  return kinds;
}

}  // namespace

constinit const std::array<std::uint8_t, tabled_tags> tag_kinds = make_tag_kinds();

std::uint8_t kinds_of_high_tag(std::uint32_t tag) {
  std::uint8_t kinds = tag >= 5000 ? tag_kind::high | tag_kind::group : tag_kind::high;
  if (tag < 40'000) return kinds;
  if (find_data_field(tag).data_tag != 0) kinds |= tag_kind::data;
  if (find_length_field(tag).data_tag != 0) kinds |= tag_kind::length;
  return kinds;
}

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

}  // namespace troupe::protocol
