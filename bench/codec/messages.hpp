// The messages that codecs are measured with: FIX.4.4, valid by its dictionary, the same for every codec. For C++14, too.
#pragma once

#include <string>

namespace troupe {
namespace bench {

// Whole frames, BodyLength and CheckSum true.
std::string new_order_single();                      // 170 bytes: an order as a venue sees most of them, no group
std::string execution_report();                      // a partial fill with a group of two parties
std::string market_data_snapshot_full_refresh();     // 20 entries

}  // namespace bench
}  // namespace troupe
