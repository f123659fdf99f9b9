// What the lobby must know of a first message: whether it is a Logon, and of whom.
#pragma once

#include "actors/logon_identity.hpp"

#include <string>
#include <string_view>

namespace troupe::actors {

struct peeked_logon {
  logon_identity who;
  std::string refusal;      // not empty: this is no Logon that could belong to anybody; says why
};

// `frame`: a whole one, as the framer gives it. Values of fields that may hold a password do not get into the refusal.
[[nodiscard]] peeked_logon peek_logon(std::string_view frame);

}  // namespace troupe::actors
