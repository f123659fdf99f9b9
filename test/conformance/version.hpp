// The versions that a transcript is played in (FIXT 1.1 with each of its three), and what differs between them as a rule: the rest a
// transcript says itself.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace troupe::test {

struct fix_version {
  std::string_view name;          // as transcripts and the page write it: "4.2", "5.0SP1"
  std::string_view begin_string;  // BeginString(8)
  std::string_view appl_ver_id;   // DefaultApplVerID(1137); empty: FIX 4.x

  [[nodiscard]] bool is_fixt() const { return !appl_ver_id.empty(); }
  [[nodiscard]] bool is_before_4_2() const { return begin_string == "FIX.4.0" || begin_string == "FIX.4.1"; }
};

inline constexpr std::array<fix_version, 8> fix_versions{{{"4.0", "FIX.4.0", ""},
                                                          {"4.1", "FIX.4.1", ""},
                                                          {"4.2", "FIX.4.2", ""},
                                                          {"4.3", "FIX.4.3", ""},
                                                          {"4.4", "FIX.4.4", ""},
                                                          {"5.0", "FIXT.1.1", "7"},
                                                          {"5.0SP1", "FIXT.1.1", "8"},
                                                          {"5.0SP2", "FIXT.1.1", "9"}}};

}  // namespace troupe::test
