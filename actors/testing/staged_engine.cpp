#include "actors/testing/staged_engine.hpp"

#include "actors/pinned.hpp"

#include <algorithm>
#include <stdexcept>

namespace troupe::actors::testing {

using namespace std::chrono_literals;

std::string_view to_string(part p) {
  switch (p) {
    case part::session: return "session";
    case part::timer: return "heartbeat_timer";
    case part::connection: return "connection";
    case part::application: return "application";
    case part::group: return "group";
    case part::store: return "store";
    case part::lobby: return "lobby";
    case part::acceptor: return "acceptor";
    case part::supervisor: return "supervisor";
  }
  return "?";
}

staged_engine::staged_engine(caf::actor_system& system, std::vector<virtual_reactor*> reactors, engine_plan plan)
    : system_(system), reactors_(std::move(reactors)), plan_(std::move(plan)) {
  const auto count = plan_.has_store_per_session ? plan_.sessions : plan_.shards;
  for (std::size_t i = 0; i < count; ++i) disks_.emplace_back(plan_.name + "-" + std::to_string(i));
}

staged_engine::~staged_engine() {
  if (is_running()) kill();
}

// ---------------------------------------------------------------- configuration

session_id staged_engine::id(std::size_t n) const {
  const auto number = plan_.sessions == 1 ? std::string{} : std::to_string(n + 1);
  return {"FIX.4.2", plan_.name + number, plan_.peer + number, ""};
}

session_spec staged_engine::spec(std::size_t n) const {
  session_spec s;
  s.config.id = id(n);
  s.config.role = plan_.role;
  s.store = disk_of(n).faults->name();
  s.back_off = {.base = 1s, .cap = 8s, .growth = 2, .jitter = 0.2, .stable_after = 30s};
  if (plan_.role == protocol::role::initiator) s.hosts = {{"venue", plan_.port}};
  s.application = recording(log_, plan_of_applications_);
  if (plan_.change_session) plan_.change_session(s);
  return s;
}

engine_config staged_engine::config() {
  engine_config c;
  c.reactors = plan_.shards;
  for (std::size_t i = 0; i < disks_.size(); ++i)
    c.stores.push_back({disks_[i].faults->name(), [d = disks_[i]] { return open_faulty(d.file, d.faults, d.history); }, i % plan_.shards});
  for (std::size_t n = 0; n < plan_.sessions; ++n) c.sessions.push_back(spec(n));
  if (plan_.role == protocol::role::acceptor) c.listen = {{"", plan_.port}};
  c.events = &events_;
  c.messages = plan_.messages;
  if (plan_.change_engine) plan_.change_engine(c);
  return c;
}

// ---------------------------------------------------------------- life

template <class Answer, class Question>
Answer staged_engine::ask(Question q) const {
  if (!supervisor_) throw std::logic_error{plan_.name + " is not running"};
  caf::scoped_actor self{system_};
  auto request = self->request(supervisor_, caf::infinite, std::move(q));
  auto& reactor = *reactors_.front();
  reactor.run();
  if (!reactor.run_until([&] { return !self->mailbox().empty(); }, 2min)) throw std::runtime_error{"the supervisor of " + plan_.name + " does not answer"};
  Answer answer{};
  request.receive([&](Answer& a) { answer = std::move(a); }, [&](const caf::error& e) { throw std::runtime_error{"no answer: " + reason_text(e)}; });
  return answer;
}

started staged_engine::start() {
  if (is_running()) throw std::logic_error{plan_.name + " is running already"};
  auto c = config();
  anchors_ = make_anchors(c);
  supervisor_ = spawn_supervisor(*reactors_.front(), {std::move(c), {reactors_.begin() + 1, reactors_.end()}, anchors_});
  return ask<started>(actors::start{});
}

stopped staged_engine::stop(protocol::steady_time within) {
  const auto s = ask<stopped>(actors::stop{within});
  caf::anon_send_exit(supervisor_, caf::exit_reason::user_shutdown);
  supervisor_ = nullptr;
  reactors_.front()->run();
  return s;
}

void staged_engine::kill() {
  for (auto& d : disks_) d.faults->end_life();
  plan_of_applications_->end_life();
  supervisor_ = nullptr;
  for (auto* r : reactors_) r->crash();
  for (auto* r : reactors_) r->crash();  // what the first said to the others while it ended
}

// ---------------------------------------------------------------- trade

submit_result staged_engine::order(const std::string& cl_ord_id, std::size_t n) {
  const std::string soh(1, '\1');
  auto reference = session(n);
  return reference.submit({"D", "", "11=" + cl_ord_id + soh + "21=1" + soh + "55=TEST" + soh + "54=1" + soh + "60=20260105-12:00:00" + soh + "38=1" + soh + "40=1" + soh},
                          token_of(cl_ord_id));
}

command_result staged_engine::tell(operator_command what, const session_id& of) { return ask<command_result>(command_to{of, {what, {}}}); }

parked_list staged_engine::parked(std::size_t n) const { return ask<parked_list>(list_parked_of{id(n), {}}); }

command_result staged_engine::drop_parked(std::optional<submit_token> token, std::size_t n) {
  return ask<command_result>(command_to{id(n), {operator_command::drop_parked, {}, token}});
}

// ---------------------------------------------------------------- hurt

caf::strong_actor_ptr staged_engine::find(part p, std::size_t n) const {
  if (p < part::store) return find(p, to_string(id(n)));
  return find(p, p == part::store ? disk_of(n).faults->name() : std::string{});
}

// `about`: empty for parts that are nobody's in particular.
caf::strong_actor_ptr staged_engine::find(part p, const std::string& about) const {
  caf::strong_actor_ptr newest;
  for (const auto* r : reactors_)
    for (auto& actor : r->alive()) {
      const auto* pinned = dynamic_cast<pinned_base*>(caf::actor_cast<caf::abstract_actor*>(actor));
      if (pinned && pinned->kind() == to_string(p) && (p > part::store || pinned->about() == about)) newest = actor;
    }
  return newest;
}

bool staged_engine::crash_newest(const caf::strong_actor_ptr& actor, const std::string& reason) {
  const bool has_begun = actor && caf::actor_cast<caf::abstract_actor*>(actor)->getf(caf::abstract_actor::is_initialized_flag);
  if (!has_begun) return false;
  auto* pinned = dynamic_cast<pinned_base*>(caf::actor_cast<caf::abstract_actor*>(actor));
  const reactor::turn t{*pinned->home_reactor()};
  pinned->fail_now(reason);
  return true;
}

virtual_reactor& staged_engine::home_of(const caf::strong_actor_ptr& actor) {
  return dynamic_cast<virtual_reactor&>(*dynamic_cast<pinned_base*>(caf::actor_cast<caf::abstract_actor*>(actor))->home_reactor());
}

bool staged_engine::hold_newest(const caf::strong_actor_ptr& actor) {
  if (actor) home_of(actor).hold(actor);
  return static_cast<bool>(actor);
}

void staged_engine::release_newest(const caf::strong_actor_ptr& actor) {
  if (actor) home_of(actor).release(actor);
}

// ---------------------------------------------------------------- look

engine_status staged_engine::status() const { return ask<engine_status>(status_of_all{}); }

bool staged_engine::are_all_active() const {
  const auto all = status().sessions;
  return std::all_of(all.begin(), all.end(), [](const auto& s) { return s.session.state == protocol::session_state::Active; });
}

protocol::session_snapshot staged_engine::durable(std::size_t n) const {
  for (const auto& s : disk_of(n).file->sessions())
    if (s.id == id(n)) return s.snapshot;
  return {};
}

std::vector<store::stored_session> staged_engine::stored_sessions() const {
  std::vector<store::stored_session> all;
  for (const auto& d : disks_)
    for (auto& s : d.file->sessions()) all.push_back(std::move(s));
  return all;
}

std::size_t staged_engine::in_flight() const {
  std::size_t sum = 0;
  for (const auto& anchor : anchors_.all()) sum += anchor->in_flight.load();
  return sum;
}

}  // namespace troupe::actors::testing
