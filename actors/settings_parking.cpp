// Submits that wait for a logon: what their settings ask of others.
#include "actors/settings_reader.hpp"

namespace troupe::actors {

// All of it goes out in one commit, so that a peer that reads as well as any would be cut by the other bound.
void settings_reader::check_parking(const effective_entries& entries, const session_settings& session) {
  const auto& c = session.config;
  if (!c.park_submits || c.max_parked_bytes <= c.max_unwritten_bytes) return;
  const settings_entry* e = entries.find("MaxParkedBytes");
  if (!e) e = entries.find("MaxUnwrittenBytes");
  error(e->value_at, shown(*e) + ": what is parked goes out at once, up to MaxParkedBytes (" + std::to_string(c.max_parked_bytes) +
                         "), and a peer is cut when it has more than MaxUnwrittenBytes (" + std::to_string(c.max_unwritten_bytes) +
                         ") before it; expected MaxParkedBytes to be at most MaxUnwrittenBytes");
}

void settings_reader::warn_of_parking_in_memory() {
  if (value_.store.kind != store_kind::memory) return;
  for (const session_settings& s : value_.sessions)
    if (s.config.park_submits)
      warning(s.at, "SubmitsWhileDown=park with a store in memory: what waits for a logon is lost when the process ends; set StorePath");
}

}  // namespace troupe::actors
