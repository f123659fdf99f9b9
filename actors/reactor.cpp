#include "actors/reactor.hpp"

#include "actors/pinned.hpp"

#include <utility>

namespace troupe::actors {

reactor::reactor(caf::actor_system& system, std::uint64_t seed, protocol::steady_time now)
    : caf::execution_unit(&system), home_(&system, *this), random_(seed), wheel_(now) {}

reactor::~reactor() = default;

timer_id reactor::start_timer(protocol::steady_time deadline, timer_wheel::callback then) {
  const auto earliest = wheel_.next();
  const auto id = wheel_.add(deadline, std::move(then));
  if (!earliest || deadline < *earliest) timer_added(deadline);
  return id;
}

pinned_base* reactor::find_pinned(caf::abstract_actor* actor) {
  auto& known = known_[actor->id() % known_.size()];
  if (known.id != actor->id()) known = {actor->id(), dynamic_cast<pinned_base*>(actor)};
  return known.actor;
}

void reactor::call_at_turn_end(pinned_base& actor) {
  turn_ends_.push_back({actor.keep_alive(), &actor});
  if (depth_ == 0) post([this] { end_turn(); });
}

void reactor::exec_later(caf::resumable* job) {
  system().scheduler().enqueue(job);
}

void reactor::run_job(caf::resumable* job, std::size_t throughput) {
  const turn t{*this};
  switch (job->resume(this, throughput)) {
    case caf::resumable::resume_later: push(job); break;
    case caf::resumable::shutdown_execution_unit: break;
    default: caf::intrusive_ptr_release(job);
  }
}

// Actors that have done something at the end of a turn may have caused more of it; a few rounds belong to the turn, the
// rest waits until others had theirs.
void reactor::end_turn() {
  for (int round = 0; round < 8 && !turn_ends_.empty(); ++round) {
    ending_.swap(turn_ends_);
    for (auto& e : ending_) e.actor->turn_ended();
    ending_.clear();
  }
  if (!turn_ends_.empty()) post([this] { turn{*this}; });
}

}  // namespace troupe::actors
