#include "actors/testing/stage.hpp"

#include <stdexcept>

namespace troupe::actors::testing {

using namespace std::chrono_literals;

stage::system_config::system_config() {
  add_message_types<caf::id_block::troupe>();
  set("scheduler.policy", caf::atom("sharing"));
  set("scheduler.max-threads", std::size_t{1});
}

stage::stage(stage_plan plan)
    : plan_(std::move(plan)),
      watch_([this](const session_id& sender) -> const store_history* {
        for (auto* e : {&buyer, &seller})
          for (std::size_t n = 0; n < plan_.sessions && e->was_started(); ++n)
            if (e->id(n) == sender) return &e->history(n);
        return nullptr;
      }),
      buyer(system_, reactors_of(true), plan_of(true)),
      seller(system_, reactors_of(false), plan_of(false)) {
  seller.application().answer = answer_orders;
  clock().fake_net().defaults().delay = plan_.wire_delay;
}

stage::~stage() {
  for (auto* e : {&buyer, &seller})
    if (e->is_running()) e->kill();
}

engine_plan stage::plan_of(bool is_buyer) {
  engine_plan p;
  p.name = is_buyer ? "BUY" : "SELL";
  p.peer = is_buyer ? "SELL" : "BUY";
  p.role = is_buyer ? protocol::role::initiator : protocol::role::acceptor;
  p.sessions = plan_.sessions;
  p.shards = plan_.shards;
  p.has_store_per_session = plan_.has_store_per_session;
  p.change_session = plan_.change_session;
  p.change_engine = plan_.change_engine;
  p.messages = &watch_;
  return p;
}

std::vector<virtual_reactor*> stage::reactors_of(bool is_buyer) {
  const auto each = plan_.shards + 1;
  while (reactors_.size() < 2 * each) {
    if (reactors_.empty()) reactors_.push_back(std::make_unique<virtual_reactor>(system_, plan_.seed));
    else reactors_.push_back(std::make_unique<virtual_reactor>(system_, *reactors_.front()));
    reactors_.back()->set_in_place(plan_.is_in_place);
  }
  std::vector<virtual_reactor*> some;
  for (std::size_t i = 0; i < each; ++i) some.push_back(reactors_[(is_buyer ? 0 : each) + i].get());
  return some;
}

void stage::start() {
  for (auto* e : {&seller, &buyer})
    if (const auto up = e->start(); !up.error.empty()) throw std::runtime_error{up.error};
  if (!run_until([this] { return buyer.are_all_active() && seller.are_all_active(); }, 1min)) throw std::runtime_error{"not logged on: " + what_is_open()};
}

std::size_t stage::run_steps(std::size_t n) {
  for (std::size_t i = 0; i < n; ++i)
    if (!clock().step()) return i;
  return n;
}

void stage::cut() {
  for (const auto& w : net().wires())
    if (w->is_open()) w->cut();
}

void stage::half_open() {
  for (const auto& w : net().wires())
    if (w->is_open()) w->half_open();
}

// ---------------------------------------------------------------- looking

bool stage::settle(protocol::steady_time limit) {
  const auto until = now().steady + limit;
  run();
  while (!what_is_open().empty()) {
    if (now().steady >= until) return false;
    advance(200ms);
  }
  return true;
}

direction stage::direction_of(const staged_engine& from, const staged_engine& to, std::size_t n) {
  return {from.id(n), to.id(n), from.history(n).all(from.id(n)), from.log().all(from.id(n)), to.log().all(to.id(n))};
}

std::string stage::why_not_settled(const staged_engine& from, const staged_engine& to, std::size_t n, const group_status& s, const group_status& peer) {
  const auto who = to_string(from.id(n)) + ": ";
  if (s.group != group_state::Running) return who + "its group is not running: " + s.reason;
  if (s.session.state != protocol::session_state::Active) return who + "is " + std::string{to_string(s.session.state)};
  if (s.session.expected_target != s.session.handled_target) return who + "the application has not handled all";
  if (s.session.next_sender != peer.session.expected_target) return who + "the peer waits for " + std::to_string(peer.session.expected_target.value);
  const auto missing = not_arrived(direction_of(from, to, n));
  return missing.empty() ? std::string{} : who + missing.front() + " has not arrived";
}

std::string stage::what_is_open() {
  if (!buyer.is_running() || !seller.is_running()) return "an engine is not running";
  const auto buys = buyer.status().sessions;
  const auto sells = seller.status().sessions;
  for (std::size_t n = 0; n < plan_.sessions; ++n) {
    if (auto why = why_not_settled(buyer, seller, n, buys[n], sells[n]); !why.empty()) return why;
    if (auto why = why_not_settled(seller, buyer, n, sells[n], buys[n]); !why.empty()) return why;
  }
  if (buyer.in_flight() + seller.in_flight() > 0) return "a submit has no outcome";
  return {};
}

std::vector<std::string> stage::broken_promises() const {
  auto all = watch_.findings();
  const auto add = [&](const std::vector<std::string>& more) { all.insert(all.end(), more.begin(), more.end()); };
  for (std::size_t n = 0; n < plan_.sessions && buyer.was_started() && seller.was_started(); ++n) {
    add(testing::broken_promises(direction_of(buyer, seller, n)));
    add(testing::broken_promises(direction_of(seller, buyer, n)));
  }
  return all;
}

std::string lines(const std::vector<std::string>& findings) {
  std::string text;
  for (const auto& f : findings) text += f + "\n";
  return text;
}

}  // namespace troupe::actors::testing
