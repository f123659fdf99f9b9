// ApplVerID(1128) and DefaultApplVerID(1137): of which application version a message on a FIXT 1.1 session is.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace troupe::protocol {

inline constexpr std::array<std::string_view, 8> application_versions{"FIX.4.0", "FIX.4.1", "FIX.4.2", "FIX.4.3", "FIX.4.4", "FIX.5.0", "FIX.5.0SP1", "FIX.5.0SP2"};

// "9" -> "FIX.5.0SP2"; empty: none that Troupe knows.
[[nodiscard]] constexpr std::string_view application_version(std::string_view appl_ver_id) {
  const bool is_known = appl_ver_id.size() == 1 && appl_ver_id[0] >= '2' && appl_ver_id[0] <= '9';
  return is_known ? application_versions[static_cast<std::size_t>(appl_ver_id[0] - '2')] : std::string_view{};
}

// "FIX.5.0SP2" -> "9"; empty: no such version.
[[nodiscard]] constexpr std::string_view appl_ver_id_of(std::string_view version) {
  constexpr std::string_view ids = "23456789";
  for (std::size_t i = 0; i < application_versions.size(); ++i)
    if (application_versions[i] == version) return ids.substr(i, 1);
  return {};
}

}  // namespace troupe::protocol
