#include "actors/supervisor.hpp"

#include <set>
#include <stdexcept>

namespace troupe::actors {

session_anchors make_anchors(const engine_config& config) {
  std::set<std::string> stores;
  for (const auto& s : config.stores)
    if (!stores.insert(s.name).second) throw std::invalid_argument{"store " + s.name + " is configured twice"};
  session_anchors anchors;
  for (const auto& s : config.sessions) {
    const auto& id = s.config.id;
    if (!stores.contains(s.store)) throw std::invalid_argument{to_string(id) + ": there is no store '" + s.store + "'"};
    if (!s.application) throw std::invalid_argument{to_string(id) + " has no application"};
    auto anchor = std::make_shared<session_anchor>();
    anchor->id = id;
    anchor->max_in_flight = s.max_in_flight;
    anchor->max_in_flight_bytes = s.max_in_flight_bytes;
    if (!anchors.emplace(id, std::move(anchor)).second) throw std::invalid_argument{to_string(id) + " is configured twice"};
  }
  return anchors;
}

}  // namespace troupe::actors
