#include "actors/session_anchors.hpp"

#include "actors/engine_config.hpp"

#include <set>
#include <stdexcept>

namespace troupe::actors {

std::shared_ptr<session_anchor> session_anchors::at(const session_id& id) const {
  const std::lock_guard lock{shared_->mutex};
  const auto found = shared_->by_id.find(id);
  if (found == shared_->by_id.end()) throw std::out_of_range{"there is no session " + to_string(id)};
  return found->second;
}

bool session_anchors::has(const session_id& id) const {
  const std::lock_guard lock{shared_->mutex};
  return shared_->by_id.contains(id);
}

std::vector<std::shared_ptr<session_anchor>> session_anchors::all() const {
  const std::lock_guard lock{shared_->mutex};
  std::vector<std::shared_ptr<session_anchor>> anchors;
  for (const auto& [id, anchor] : shared_->by_id) anchors.push_back(anchor);
  return anchors;
}

bool session_anchors::add(const session_id& id, const session_spec& of) {
  auto anchor = std::make_shared<session_anchor>();
  anchor->id = id;
  anchor->max_in_flight = of.max_in_flight;
  anchor->max_in_flight_bytes = of.max_in_flight_bytes;
  const std::lock_guard lock{shared_->mutex};
  return shared_->by_id.emplace(id, std::move(anchor)).second;
}

void session_anchors::remove(const session_id& id) {
  const std::lock_guard lock{shared_->mutex};
  shared_->by_id.erase(id);
}

session_anchors make_anchors(const engine_config& config) {
  std::set<std::string> stores;
  for (const auto& s : config.stores)
    if (!stores.insert(s.name).second) throw std::invalid_argument{"store " + s.name + " is configured twice"};
  const auto check = [&](const session_spec& s, const std::string& name, bool is_open = true) {
    if (s.place && s.place->value >= config.listen.size()) throw std::invalid_argument{name + " accepts at a place that engine_config::listen does not have: " + std::to_string(s.place->value)};
    if (!stores.contains(s.store)) throw std::invalid_argument{name + ": there is no store '" + s.store + "'"};
    if (is_open && !s.application) throw std::invalid_argument{name + " has no application"};
  };
  session_anchors anchors;
  for (const auto& s : config.sessions) {
    check(s, to_string(s.config.id));
    if (!anchors.add(s.config.id, s)) throw std::invalid_argument{to_string(s.config.id) + " is configured twice"};
  }
  for (const auto& t : config.session_templates)
    for (const auto& s : t.variants) {
      const auto name = "the template " + to_string(s.config.id);
      check(s, name, t.refusal.empty());
      if (s.config.role != protocol::role::acceptor) throw std::invalid_argument{name + " is no acceptor: nobody could log on"};
      if (t.max_sessions == 0 || t.max_identities == 0) throw std::invalid_argument{name + " allows no session"};
    }
  return anchors;
}

}  // namespace troupe::actors
