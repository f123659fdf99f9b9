// Names and values are facts, from the documentation of the four engines, and from what they do where it is silent.
#include "actors/settings_table.hpp"

#include <algorithm>
#include <array>

namespace troupe::actors {
namespace {

constexpr std::array<std::string_view, 4> names{"cpp", "j", "go", "n"};

constexpr std::array differing{
    // C++, Go and n wait 1.2 times HeartBtInt, and have no key for it.
    dialect_default{settings_dialect::j, "TestRequestDelayMultiplier", "0.5", {}},
    dialect_default{settings_dialect::j, "SocketConnectTimeout", "60", {}},
    // Go has no dictionaries of its own, and no key for it: what is not named is not checked.
    dialect_default{settings_dialect::go, "UseDataDictionary", "N", "a dictionary is named"},
};

}  // namespace

std::optional<settings_dialect> dialect_of(std::string_view name) {
  const auto it = std::find(names.begin(), names.end(), name);
  return it == names.end() ? std::nullopt : std::optional{static_cast<settings_dialect>(it - names.begin())};
}

std::string_view to_string(settings_dialect dialect) { return names[static_cast<std::size_t>(dialect)]; }

std::span<const dialect_default> dialect_defaults() { return differing; }

std::string_view default_of(const setting_key& key, settings_dialect dialect) {
  const auto it = std::find_if(differing.begin(), differing.end(), [&](const dialect_default& d) { return d.dialect == dialect && d.key == key.name; });
  return it == differing.end() ? key.standard : it->standard;
}

}  // namespace troupe::actors
