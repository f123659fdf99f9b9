#include "actors/supervisor_class.hpp"

#include <algorithm>

namespace troupe::actors {

namespace {

using namespace std::chrono_literals;

constexpr steady_time ready_limit = 5s;    // sessions that do not load in this time are not waited for: the rest is to trade

no_events nothing_to_say;

}  // namespace

supervisor::handle_type::behavior_type supervisor::make_behavior() {
  self_->set_down_handler([this](caf::scheduled_actor*, const caf::down_msg& d) {
    const auto found = watched_.find(d.source.id());
    if (found == watched_.end()) return;
    const auto then = std::move(found->second);
    watched_.erase(found);
    then(reason_text(d.reason));
  });
  return {
      [this](const actors::start&) { return start_all(); },
      [this](const actors::stop& s) { return stop_all(s); },
      [this](const command_to& c) { return pass_on(c); },
      [this](const list_parked_of& l) { return pass_on(l); },
      [this](const status_of_all&) { return status_of_everything(); },
      [this](const group_changed& g) { on_group_changed(g); },
      [this](const make_session& m) { return make_for(m); },
  };
}

// ---------------------------------------------------------------- start

caf::result<started> supervisor::start_all() {
  if (phase_ != phase::idle) return started{{}, "an engine starts once; make another one"};
  phase_ = phase::loading;
  start_promise_ = self_->make_response_promise<started>();
  auto promise = start_promise_;
  make_seats();
  try {
    open_all_stores();
  } catch (const std::exception& e) {
    fail_start(e.what());
    return promise;
  }
  put_up_door();
  for (const auto& [n, s] : sessions_) put_up_application(n);
  for (const auto& [n, s] : sessions_)
    if (s.spec->config.role == protocol::role::acceptor) put_up_group(n);
  limit_ = at(control().now().steady + ready_limit, [this] {
    limit_ = {};
    if (phase_ == phase::loading) begin_listening();
  });
  look_whether_loaded();
  return promise;
}

void supervisor::make_seats() {
  const auto& c = around_.config;
  for (const auto& s : c.stores) stores_.push_back({&s, {}, second_chances{c.restarts}});
  for (const auto& s : c.sessions) seat(std::make_shared<const session_spec>(s));
  for (const auto& s : c.session_templates) templates_.push_back({&s});
  for (const auto& e : c.listen) ports_.push_back({e, second_chances{c.restarts}});
}

supervisor::seat_number supervisor::seat(std::shared_ptr<const session_spec> spec) {
  const auto& c = around_.config;
  const auto store = std::find_if(c.stores.begin(), c.stores.end(), [&](const auto& t) { return t.name == spec->store; });
  const auto& id = spec->config.id;
  by_id_[id] = next_seat_;
  sessions_.emplace(next_seat_, session_seat{.spec = spec,
                                             .store = static_cast<std::size_t>(store - c.stores.begin()),
                                             .anchor = around_.anchors.at(id),
                                             .application = {},
                                             .group = {},
                                             .application_again = second_chances{c.restarts},
                                             .group_again = second_chances{c.restarts},
                                             .last = {id, group_state::Starting, {}, false, false},
                                             .made = {}});
  return next_seat_++;
}

// All or none: a store that somebody else owns is a mistake to be told at the start.
void supervisor::open_all_stores() {
  std::vector<std::shared_ptr<store::message_store>> opened;
  for (const auto& s : stores_) {
    opened.push_back(s.spec->open());
    know_stored_sessions(s.spec->name, *opened.back());
  }
  for (std::size_t i = 0; i < stores_.size(); ++i) put_up(stores_[i], std::move(opened[i]));
}

// An acceptor is open when its sessions can answer a Logon.
void supervisor::look_whether_loaded() {
  if (phase_ != phase::loading) return;
  const bool is_waiting = std::any_of(sessions_.begin(), sessions_.end(), [](const auto& seat) {
    const session_seat& s = seat.second;
    return !s.made.from && s.spec->config.role == protocol::role::acceptor && s.last.state == group_state::Starting && !s.group_again.has_given_up();
  });
  if (!is_waiting) begin_listening();
}

void supervisor::begin_listening() {
  forget(limit_);
  phase_ = phase::listening;
  listen_from(0);
}

void supervisor::connect_initiators() {
  if (phase_ != phase::listening) return;
  phase_ = phase::running;
  for (const auto& [n, s] : sessions_)
    if (s.spec->config.role == protocol::role::initiator) put_up_group(n);
  record(severity::info, "engine-started", nullptr, std::to_string(sessions_.size()) + " sessions");
  start_promise_.deliver(started{listening_, {}});
}

void supervisor::fail_start(const std::string& error) {
  if (phase_ != phase::loading && phase_ != phase::listening) return;
  record(severity::error, "engine-not-started", nullptr, error);
  end_everything();
  start_promise_.deliver(started{{}, error});
}

// ---------------------------------------------------------------- small words

supervisor::session_seat* supervisor::find(const session_id& id) {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &sessions_.at(found->second);
}

void supervisor::record(severity s, std::string_view code, const session_id* id, std::string_view text) const {
  around_.config.events->record(s, code, id ? to_string(*id) : std::string{}, text);
}

supervisor_actor spawn_supervisor(reactor& control, supervisor_surroundings around) {
  if (!around.config.events) around.config.events = &nothing_to_say;
  return control.spawn<supervisor>(std::move(around));
}

}  // namespace troupe::actors
