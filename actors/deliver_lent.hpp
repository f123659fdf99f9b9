// A message that its sender would like to have back.
#pragma once

#include "actors/deliver.hpp"

#include <utility>

namespace troupe::actors {

// As `deliver`, of a message that may be used again: true if it was taken in place, and is the caller's as before; false if it is gone.
template <class Self, class Handle, class T>
[[nodiscard]] bool deliver_lent(Self* self, const Handle& target, T& message) {
  if (!target) return false;
  auto* here = self->home_reactor();
  if (here && detail::deliver_in_place(*here, target, caf::strong_actor_ptr{self->ctrl()}, message)) return true;
  self->send(target, std::move(message));
  return false;
}

}  // namespace troupe::actors
