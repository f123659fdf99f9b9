// Hands a message to an actor, at once if that cannot be told from sending it: the one place that decides.
//
// In place only if both live on this reactor, and the target is initialised, alive, has an empty mailbox and no handler on the
// stack; then nothing waits that could be overtaken and nothing is re-entered. Otherwise the message is sent. So messages of
// one sender to one receiver keep their order, and causes come before effects, whichever way they take.
#pragma once

#include "actors/caf.hpp"
#include "actors/pinned.hpp"
#include "actors/reactor.hpp"

#include <type_traits>
#include <utility>

namespace troupe::actors {

// Nested deeper than this, messages are sent: a long chain of actors must not use up the stack.
inline constexpr std::size_t max_nesting = 24;

namespace detail {

template <class Handle, class T>
bool deliver_in_place(reactor& here, const Handle& target, const caf::strong_actor_ptr& sender, T& message) {
  if (!here.is_in_place() || here.depth() >= max_nesting) return false;
  auto* actor = here.find_pinned(caf::actor_cast<caf::abstract_actor*>(target));
  if (!actor || actor->home_reactor() != &here || !actor->is_ready()) return false;
  const reactor::turn nested{here};
  const auto keep = actor->keep_alive();
  auto from = sender;
  caf::mailbox_element_view<T> element{std::move(from), caf::make_message_id(), caf::no_stages, message};
  return actor->handle_now(element);
}

}  // namespace detail

// From a handler (or an entered callback) of `self`, an actor pinned to some reactor.
template <class Self, class Handle, class T>
void deliver(Self* self, const Handle& target, T message) {
  static_assert(std::is_same_v<T, std::decay_t<T>>);
  if (!target) return;
  auto* here = self->home_reactor();
  if (here && detail::deliver_in_place(*here, target, caf::strong_actor_ptr{self->ctrl()}, message)) return;
  self->send(target, std::move(message));
}

// From a callback on the reactor's own thread that belongs to no actor.
template <class Handle, class T>
void deliver_from(reactor& here, const Handle& target, T message) {
  if (!target) return;
  if (detail::deliver_in_place(here, target, nullptr, message)) return;
  caf::anon_send(target, std::move(message));
}

}  // namespace troupe::actors
