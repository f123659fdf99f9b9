// A session that is not there until somebody logs on as it: what such a session is made of, and how many there may be.
//
// Names in the identity of a variant may be `*`, which fits any; so may SenderSubID(50) and the like, which are then those of the
// Logon. A session of its own in the configuration wins over every template; of templates the first that fits, in their order.
// docs/decisions/0012-sessions-made-by-their-logon.md says why each bound is there.
#pragma once

#include "actors/logon_identity.hpp"
#include "actors/session_spec.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::actors {

struct session_template {
  // The first that fits is taken. More than one: versions of FIX with dictionaries of their own. All at the same place.
  std::vector<session_spec> variants;
  std::string origin{};  // "the template in line 12", for events; empty: its names say which
  // Not empty: it makes none, and whom it fits is refused with this, so that nobody gets a session of a later template in its place.
  std::string refusal{};
  // At once. When all are there, one that has no link and nothing under way makes room: the one that lost its link first.
  std::size_t max_sessions = 1000;
  // Identities that the store may hold of this template: a peer that invents names can neither fill the disk nor the memory.
  std::size_t max_identities = 10'000;
  // A session without a link ends after this, and its application with it; the store keeps its numbers. 0: never.
  std::chrono::seconds idle{3600};
  // Every link is a session of its own, with qualifier 1, 2, 3 …, the lowest that is free: peers that share a name. Its numbers start
  // at 1 with each Logon, since nobody could say whose they were, and it ends with its link.
  bool has_own_qualifiers = false;
  // Called on the control thread: before the application is made, and when the session has ended. May be empty; must not throw.
  std::function<void(const session_id&)> made;
  std::function<void(const session_id&)> ended;
};

// The variant that fits, or nullptr.
[[nodiscard]] const session_spec* find_variant(const session_template& t, const logon_identity& who);
// Of one that would fit but for a name beside the identity: which. Else empty.
[[nodiscard]] std::string why_not_quite(const session_template& t, const logon_identity& who);
// Whether a session of the store may have been made from it: what it says of sub IDs and locations is not in the store.
[[nodiscard]] bool is_of(const session_template& t, const session_id& id);
// What that variant is for this peer, under this qualifier.
[[nodiscard]] session_spec made_for(const session_template& t, const session_spec& variant, const logon_identity& who, const std::string& qualifier);
// Why that variant makes no session of these names (logon_names.hpp). Empty: they are good ones.
[[nodiscard]] std::string why_no_session(const session_spec& variant, const logon_identity& who);

}  // namespace troupe::actors
