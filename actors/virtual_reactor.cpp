#include "actors/virtual_reactor.hpp"

#include "actors/fake_network.hpp"
#include "actors/pinned.hpp"
#include "actors/virtual_world.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>

namespace troupe::actors {

using namespace std::chrono_literals;

// ------------------------------------------------------------------ world

virtual_world::virtual_world(std::uint64_t seed)
    : now_{1h, std::chrono::sys_days{std::chrono::year{2026} / 1 / 5} + 12h},
      random_(seed),
      net_(std::make_unique<fake_network>(*this)) {}

virtual_world::~virtual_world() = default;

void virtual_world::schedule(protocol::steady_time at, std::function<void()> what) {
  events_.push_back({at, ++order_, std::move(what)});
  std::push_heap(events_.begin(), events_.end(), is_later);
}

bool virtual_world::step() {
  std::vector<virtual_reactor*> busy;
  std::copy_if(reactors_.begin(), reactors_.end(), std::back_inserter(busy), [](auto* r) { return !r->jobs_.empty(); });
  if (busy.empty()) return false;
  return busy[busy.size() == 1 ? 0 : random_() % busy.size()]->step_here();
}

virtual_reactor* virtual_world::earliest_timer() const {
  virtual_reactor* earliest = nullptr;
  for (auto* r : reactors_) {
    const auto t = r->wheel().next();
    if (t && (!earliest || *t < *earliest->wheel().next())) earliest = r;
  }
  return earliest;
}

bool virtual_world::fire_next(protocol::steady_time limit) {
  auto* reactor = earliest_timer();
  const auto timer = reactor ? reactor->wheel().next() : std::nullopt;
  if (!events_.empty() && (!timer || events_.front().at <= *timer)) {
    if (events_.front().at > limit) return false;
    std::pop_heap(events_.begin(), events_.end(), is_later);
    const auto e = std::move(events_.back());
    events_.pop_back();
    pass_to(e.at);
    e.what();
    return true;
  }
  if (!timer || *timer > limit) return false;
  pass_to(*timer);
  return reactor->fire_timer();
}

void virtual_world::pass_to(protocol::steady_time t) {
  if (t <= now_.steady) return;
  now_.utc += t - now_.steady;
  now_.steady = t;
}

// ------------------------------------------------------------------ reactor

virtual_reactor::virtual_reactor(caf::actor_system& system, std::uint64_t seed)
    : virtual_reactor(system, std::make_shared<virtual_world>(seed)) {}

virtual_reactor::virtual_reactor(caf::actor_system& system, virtual_reactor& neighbour)
    : virtual_reactor(system, neighbour.world_) {}

virtual_reactor::virtual_reactor(caf::actor_system& system, std::shared_ptr<virtual_world> world)
    : reactor(system, world->random()(), world->now().steady), world_(std::move(world)) {
  world_->add(*this);
}

virtual_reactor::~virtual_reactor() {
  end_all();
  drop_timers();
  world_->remove(*this);
  drop_jobs();
}

void virtual_reactor::drop_jobs() {
  for (auto* actor : std::exchange(parked_, {})) caf::intrusive_ptr_release(actor);
  while (!jobs_.empty()) {
    const auto all = std::exchange(jobs_, {});
    for (auto& j : all)
      if (auto* const* actor = std::get_if<caf::resumable*>(&j)) caf::intrusive_ptr_release(*actor);
  }
}

protocol::instant virtual_reactor::now() const {
  return world_->now();
}

network& virtual_reactor::net() {
  return fake_net();
}

fake_network& virtual_reactor::fake_net() {
  return world_->net();
}

void virtual_reactor::post(std::function<void()> work) {
  jobs_.emplace_back(std::move(work));
}

bool virtual_reactor::step() {
  return world_->step();
}

bool virtual_reactor::step_here() {
  const auto j = std::move(jobs_.front());
  jobs_.pop_front();
  if (auto* const* actor = std::get_if<caf::resumable*>(&j)) {
    if (!park(*actor)) run_job(*actor, 1);
  } else {
    const turn t{*this};
    std::get<std::function<void()>>(j)();
  }
  return true;
}

bool virtual_reactor::fire_timer() {
  const turn t{*this};
  return wheel().fire_one(now().steady);
}

void virtual_reactor::run(std::size_t max_steps) {
  while (step()) {
    if (max_steps-- == 0) throw std::runtime_error{"virtual_reactor::run: still busy after the steps it was given"};
  }
}

void virtual_reactor::advance(protocol::steady_time d) {
  run();
  const auto until = now().steady + d;
  while (world_->fire_next(until)) run();
  world_->pass_to(until);
  run();
}

bool virtual_reactor::run_until(const std::function<bool()>& condition, protocol::steady_time limit) {
  run();
  const auto until = now().steady + limit;
  while (!condition()) {
    if (!world_->fire_next(until)) {
      world_->pass_to(until);
      return condition();
    }
    run();
  }
  return true;
}

namespace {

pinned_base* pinned_of(const caf::strong_actor_ptr& actor) {
  return dynamic_cast<pinned_base*>(caf::actor_cast<caf::abstract_actor*>(actor));
}

}  // namespace

bool virtual_reactor::park(caf::resumable* waiting) {
  const auto* actor = dynamic_cast<pinned_base*>(waiting);
  if (!actor || !actor->is_held()) return false;
  parked_.push_back(waiting);
  return true;
}

std::vector<caf::strong_actor_ptr> virtual_reactor::alive() const {
  std::vector<caf::strong_actor_ptr> all;
  for (const auto& weak : spawned_)
    if (auto actor = weak.lock(); actor && !caf::actor_cast<caf::abstract_actor*>(actor)->getf(caf::abstract_actor::is_cleaned_up_flag))
      all.push_back(std::move(actor));
  return all;
}

void virtual_reactor::hold(const caf::strong_actor_ptr& actor) {
  pinned_of(actor)->set_held(true);
}

void virtual_reactor::release(const caf::strong_actor_ptr& actor) {
  pinned_of(actor)->set_held(false);
  const auto is_free = [](caf::resumable* waiting) { return !dynamic_cast<pinned_base*>(waiting)->is_held(); };
  for (auto* waiting : parked_)
    if (is_free(waiting)) jobs_.emplace_back(waiting);
  std::erase_if(parked_, is_free);
}

// What they say while they end goes into mailboxes, and with those it goes.
void virtual_reactor::crash() {
  const bool was_in_place = is_in_place();
  set_in_place(false);
  for (const auto& actor : alive()) pinned_of(actor)->fail_now("killed");
  spawned_.clear();
  drop_jobs();
  drop_timers();
  set_in_place(was_in_place);
}

void virtual_reactor::end_all() {
  for (const auto& actor : alive()) release(actor);
  run();
  while (!spawned_.empty()) {
    const auto all = std::exchange(spawned_, {});
    for (const auto& weak : all) {
      if (const auto actor = weak.lock()) caf::anon_send_exit(actor, caf::exit_reason::kill);
    }
    run();
  }
}

void virtual_reactor::set_utc(protocol::utc_time utc) {
  world_->set_utc(utc);
}

}  // namespace troupe::actors
