#include "apps/store_place.hpp"

#include "actors/control_request.hpp"
#include "apps/check.hpp"
#include "apps/terminal_text.hpp"
#include "store/store_view.hpp"

#include <algorithm>
#include <iostream>
#include <variant>

namespace troupe::apps {

namespace {

store::store_kind kind_of(actors::store_kind k) {
  switch (k) {
    case actors::store_kind::memory: return store::store_kind::memory;
    case actors::store_kind::journal: return store::store_kind::journal;
    case actors::store_kind::postgres: return store::store_kind::postgres;
    case actors::store_kind::sqlite: break;
  }
  return store::store_kind::sqlite;
}

}  // namespace

store::store_settings opened_as(const actors::store_settings& s) {
  store::store_settings open;
  open.kind = kind_of(s.kind);
  open.path = s.path.string();
  open.durability = s.durability == actors::store_durability::power ? store::durability::power : store::durability::process;
  open.keep = {s.keep_numberings, s.keep_time, s.keep_bytes, s.archive.string()};
  open.connection = s.connection;
  open.schema = s.schema;
  open.lease = s.lease;
  return open;
}

std::optional<bool> store_place::fills_damaged(const protocol::session_id& id) const {
  if (!settings) return std::nullopt;
  const auto found = std::find_if(settings->sessions.begin(), settings->sessions.end(), [&](const auto& s) { return s.config.id == id; });
  return found == settings->sessions.end() ? std::nullopt : std::optional{found->config.fill_damaged_records};
}

store_place place_of(const store_question& q) {
  if (q.file.empty() && q.store.empty()) throw cannot{exit_code::wrong_usage, "name the settings FILE, or --store"};
  store_place place;
  if (!q.file.empty()) {
    place.settings = read_or_complain(q.file);
    if (!place.settings) throw cannot{exit_code::wrong_settings, {}};
    place.store = opened_as(place.settings->store);
  }
  if (!q.store.empty()) {
    place.store.kind = store::kind_at(q.store.string());
    place.store.path = q.store.string();
  }
  if (place.store.kind == store::store_kind::memory) throw cannot{exit_code::unreadable, q.file.string() + ": its store is in memory, and ends with its engine: there is nothing to look into. Set StorePath"};
  return place;
}

protocol::session_id session_meant(const std::string& wanted, const std::vector<protocol::session_id>& known) {
  const auto found = actors::find_session(wanted, known);
  if (const auto* wrong = std::get_if<actors::wrong_request>(&found)) throw cannot{exit_code::refused, wrong->text};
  return std::get<protocol::session_id>(found);
}

void complain(const std::string& text) { std::cerr << "troupe: " << printable(text) << '\n'; }

}  // namespace troupe::apps
