#include "actors/supervisor.hpp"

#include "actors/acceptor.hpp"
#include "actors/deliver.hpp"
#include "actors/lobby.hpp"
#include "actors/second_chances.hpp"
#include "actors/session_group.hpp"
#include "actors/store_keeper.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>
#include <unordered_map>

namespace troupe::actors {

namespace {

using namespace std::chrono_literals;

constexpr steady_time ready_limit = 5s;    // sessions that do not load in this time are not waited for: the rest is to trade
constexpr steady_time status_limit = 2s;   // a shard that does not answer in this time is reported so
constexpr steady_time drain_pause = 10ms;  // between two looks whether all that was delivered is handled

class supervisor {
 public:
  using handle_type = supervisor_actor;
  using pointer = pinned<handle_type::base>*;
  static constexpr const char* name = "supervisor";

  supervisor(pointer self, supervisor_surroundings around)
      : self_(self), around_(std::move(around)), door_again_(around_.config.restarts), where_(around_.config.listen) {}
  ~supervisor() { end_everything(); }
  supervisor(const supervisor&) = delete;
  supervisor& operator=(const supervisor&) = delete;
  handle_type::behavior_type make_behavior();

 private:
  enum class phase : std::uint8_t { idle, loading, listening, running, stopping, ended };

  struct store_seat {
    const store_spec* spec = nullptr;
    store_actor actor;
    second_chances again;
  };
  struct session_seat {
    const session_spec* spec = nullptr;
    std::size_t store = 0;
    std::shared_ptr<session_anchor> anchor;
    application_actor application;
    session_group_actor group;
    second_chances application_again;
    second_chances group_again;
    group_changed last;  // what the group said last
    [[nodiscard]] const std::string& store_name() const { return spec->store; }
  };
  struct status_round {
    caf::typed_response_promise<engine_status> promise;
    engine_status answer;
    std::size_t open = 0;
    timer_id limit;
  };

  // ---- start
  caf::result<started> start_all();
  void open_all_stores();
  void make_seats();
  void look_whether_loaded();
  void begin_listening();
  void listen_at(std::size_t index);
  void connect_initiators();
  void fail_start(const std::string& error);

  // ---- stores
  void put_up(store_seat& s, std::shared_ptr<store::message_store> opened);
  void store_failed(std::size_t index, const std::string& reason);
  void reopen(std::size_t index);
  template <class F>
  void for_each_session_of(std::size_t store, F what);

  // ---- applications and groups
  void put_up_application(std::size_t index);
  void application_failed(std::size_t index, const std::string& reason);
  void put_up_group(std::size_t index);
  void group_failed(std::size_t index, const std::string& reason);
  void on_group_changed(const group_changed& g);

  // ---- the door: lobbies and acceptor
  void put_up_door();
  void take_down_door();
  void door_failed(const std::string& what, const std::string& reason);
  void relisten(std::size_t index);

  // ---- operator
  caf::result<command_result> pass_on(const command_to& c);
  void revive(std::size_t index);
  caf::result<engine_status> status_of_everything();
  void finish(const std::shared_ptr<status_round>& round);
  [[nodiscard]] group_status without_answer(const session_seat& s, const std::string& reason) const;
  [[nodiscard]] std::vector<std::string> problems() const;

  // ---- stop
  caf::result<stopped> stop_all(const actors::stop& s);
  void look_whether_out();
  void look_whether_handled();
  void flush_stores();
  void end_everything();
  void report_end();

  // ---- small words
  [[nodiscard]] reactor& control() const { return *self_->home_reactor(); }
  [[nodiscard]] reactor& shard(std::size_t n) const { return *around_.shards[n % around_.shards.size()]; }
  [[nodiscard]] reactor& home_of(const session_seat& s) const { return shard(stores_[s.store].spec->reactor); }
  [[nodiscard]] bool is_up() const { return phase_ != phase::idle && phase_ != phase::stopping && phase_ != phase::ended; }
  [[nodiscard]] session_seat* find(const session_id& id);
  void record(severity s, std::string_view code, const session_id* id, std::string_view text) const;
  template <class Handle, class F>
  void watch(const Handle& child, F when_down);
  template <class Handle>
  void let_go(Handle& child);
  template <class F>
  timer_id at(steady_time when, F then);
  void forget(timer_id& t) {
    if (t.value != 0) control().cancel_timer(t);
    t = {};
  }

  pointer self_;
  supervisor_surroundings around_;
  phase phase_ = phase::idle;
  std::vector<store_seat> stores_;
  std::vector<session_seat> sessions_;
  std::map<session_id, std::size_t> by_id_;
  std::unordered_map<caf::actor_id, std::function<void(const std::string& reason)>> watched_;

  std::vector<lobby_actor> lobbies_;
  acceptor_actor acceptor_;
  second_chances door_again_;
  std::vector<endpoint> where_;        // with the ports that were found, so that a new acceptor takes the same
  std::vector<listening> listening_;

  caf::typed_response_promise<started> start_promise_;
  std::vector<caf::typed_response_promise<stopped>> stop_promises_;  // of everybody who asked, also while it stops
  timer_id limit_;  // of loading, or of the stop
  bool is_late_ = false;
  std::size_t unflushed_ = 0;
  stopped result_;
};

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
      [this](const status_of_all&) { return status_of_everything(); },
      [this](const group_changed& g) { on_group_changed(g); },
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
  for (std::size_t i = 0; i < sessions_.size(); ++i) put_up_application(i);
  for (std::size_t i = 0; i < sessions_.size(); ++i)
    if (sessions_[i].spec->config.role == protocol::role::acceptor) put_up_group(i);
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
  for (const auto& s : c.sessions) {
    const auto store = std::find_if(c.stores.begin(), c.stores.end(), [&](const auto& t) { return t.name == s.store; });
    by_id_[s.config.id] = sessions_.size();
    sessions_.push_back({.spec = &s,
                         .store = static_cast<std::size_t>(store - c.stores.begin()),
                         .anchor = around_.anchors.at(s.config.id),
                         .application = {},
                         .group = {},
                         .application_again = second_chances{c.restarts},
                         .group_again = second_chances{c.restarts},
                         .last = {s.config.id, group_state::Starting, {}, false}});
  }
}

// All or none: a store that somebody else owns is a mistake to be told at the start.
void supervisor::open_all_stores() {
  std::vector<std::shared_ptr<store::message_store>> opened;
  for (const auto& s : stores_) opened.push_back(s.spec->open());
  for (std::size_t i = 0; i < stores_.size(); ++i) put_up(stores_[i], std::move(opened[i]));
}

// An acceptor is open when its sessions can answer a Logon.
void supervisor::look_whether_loaded() {
  if (phase_ != phase::loading) return;
  const bool is_waiting = std::any_of(sessions_.begin(), sessions_.end(), [](const session_seat& s) {
    return s.spec->config.role == protocol::role::acceptor && s.last.state == group_state::Starting && !s.group_again.has_given_up();
  });
  if (!is_waiting) begin_listening();
}

void supervisor::begin_listening() {
  forget(limit_);
  phase_ = phase::listening;
  listen_at(0);
}

void supervisor::listen_at(std::size_t index) {
  if (phase_ != phase::listening) return;
  if (index == where_.size()) return connect_initiators();
  self_->request(acceptor_, caf::infinite, listen{where_[index].host, where_[index].port})
      .then(
          [this, index](const listening& l) {
            if (!l.error.empty()) return fail_start(l.error);
            where_[index].port = l.port;
            listening_.push_back(l);
            listen_at(index + 1);
          },
          [this](const caf::error& e) { fail_start("the acceptor died while it was started: " + reason_text(e)); });
}

void supervisor::connect_initiators() {
  if (phase_ != phase::listening) return;
  phase_ = phase::running;
  for (std::size_t i = 0; i < sessions_.size(); ++i)
    if (sessions_[i].spec->config.role == protocol::role::initiator) put_up_group(i);
  record(severity::info, "engine-started", nullptr, std::to_string(sessions_.size()) + " sessions");
  start_promise_.deliver(started{listening_, {}});
}

void supervisor::fail_start(const std::string& error) {
  if (phase_ != phase::loading && phase_ != phase::listening) return;
  record(severity::error, "engine-not-started", nullptr, error);
  end_everything();
  start_promise_.deliver(started{{}, error});
}

// ---------------------------------------------------------------- stores

void supervisor::put_up(store_seat& s, std::shared_ptr<store::message_store> opened) {
  s.actor = spawn_store(shard(s.spec->reactor), std::move(opened), true);
  watch(s.actor, [this, index = static_cast<std::size_t>(&s - stores_.data())](const std::string& why) { store_failed(index, why); });
}

template <class F>
void supervisor::for_each_session_of(std::size_t store, F what) {
  for (auto& s : sessions_)
    if (s.store == store) what(s);
}

void supervisor::store_failed(std::size_t index, const std::string& reason) {
  auto& s = stores_[index];
  s.actor = nullptr;
  record(severity::error, "store-failed", nullptr, s.spec->name + ": " + reason);
  for_each_session_of(index, [&](session_seat& seat) {
    if (seat.group) deliver(self_, seat.group, store_lost{});
  });
  if (!is_up() || s.again.failed(self_, reason, [this, index] { reopen(index); })) return;
  for_each_session_of(index, [&](session_seat& seat) {
    if (seat.group) deliver(self_, seat.group, halt{"store " + s.spec->name + ": " + s.again.why_not()});
  });
}

void supervisor::reopen(std::size_t index) {
  if (!is_up() || stores_[index].actor) return;
  auto& s = stores_[index];
  try {
    put_up(s, s.spec->open());
  } catch (const std::exception& e) {
    record(severity::error, "store-failed", nullptr, s.spec->name + ": " + e.what());
    return s.again.not_started(self_, e.what(), around_.config.restarts, [this, index] { reopen(index); });
  }
  s.again.started();
  record(severity::info, "store-reopened", nullptr, stores_[index].spec->name);
  for_each_session_of(index, [&](session_seat& seat) {
    if (seat.group) deliver(self_, seat.group, store_replaced{stores_[index].actor});
  });
}

// ---------------------------------------------------------------- applications and groups

void supervisor::put_up_application(std::size_t index) {
  auto& s = sessions_[index];
  if (!is_up() || s.application) return;
  try {
    s.application = s.spec->application(home_of(s), session_reference{s.anchor});
  } catch (const std::exception& e) {
    return application_failed(index, e.what());
  }
  watch(s.application, [this, index](const std::string& why) {
    sessions_[index].application = nullptr;
    application_failed(index, why);
  });
  if (s.group) deliver(self_, s.group, application_replaced{s.application});
}

void supervisor::application_failed(std::size_t index, const std::string& reason) {
  auto& s = sessions_[index];
  record(severity::error, "application-failed", &s.spec->config.id, reason);
  if (!is_up() || s.application_again.failed(self_, reason, [this, index] { put_up_application(index); })) return;
  if (s.group) deliver(self_, s.group, halt{"application: " + s.application_again.why_not()});
}

void supervisor::put_up_group(std::size_t index) {
  auto& s = sessions_[index];
  if (!is_up() || s.group) return;
  s.group = spawn_group(home_of(s), {*s.spec, around_.config.restarts, s.anchor, stores_[s.store].actor, s.application,
                                     handle_type{self_}, around_.config.events, around_.config.messages});
  s.anchor->set_group(s.group);
  watch(s.group, [this, index](const std::string& why) { group_failed(index, why); });
  if (s.application_again.has_given_up()) deliver(self_, s.group, halt{"application: " + s.application_again.why_not()});
  if (stores_[s.store].again.has_given_up()) deliver(self_, s.group, halt{"store " + s.store_name() + ": " + stores_[s.store].again.why_not()});
  if (s.spec->config.role != protocol::role::acceptor) return;
  for (const auto& lobby : lobbies_) deliver(self_, lobby, publish{s.spec->config.id, s.group});
}

void supervisor::group_failed(std::size_t index, const std::string& reason) {
  auto& s = sessions_[index];
  s.group = nullptr;
  s.anchor->group_ended();
  s.last.has_link = false;
  record(severity::error, "group-failed", &s.spec->config.id, reason);
  if (!is_up()) return look_whether_out();
  if (s.group_again.failed(self_, reason, [this, index] { put_up_group(index); })) return;
  s.last = {s.spec->config.id, group_state::NeedsOperator, "group: " + s.group_again.why_not(), false};
  record(severity::error, "needs-operator", &s.spec->config.id, s.last.reason);
  look_whether_loaded();
}

void supervisor::on_group_changed(const group_changed& g) {
  auto* s = find(g.id);
  if (!s || self_->current_sender() != s->group) return;
  s->last = g;
  look_whether_loaded();
  look_whether_out();
}

// ---------------------------------------------------------------- the door

void supervisor::put_up_door() {
  if (where_.empty()) return;
  for (auto* home : around_.shards) {
    lobbies_.push_back(spawn_lobby(*home, *around_.config.events, around_.config.lobby));
    watch(lobbies_.back(), [this](const std::string& why) { door_failed("lobby", why); });
  }
  for (const auto& s : sessions_)
    if (s.group && s.spec->config.role == protocol::role::acceptor)
      for (const auto& lobby : lobbies_) deliver(self_, lobby, publish{s.spec->config.id, s.group});
  acceptor_ = spawn_acceptor(control(), lobbies_, *around_.config.events);
  watch(acceptor_, [this](const std::string& why) { door_failed("acceptor", why); });
}

void supervisor::take_down_door() {
  let_go(acceptor_);
  for (auto& lobby : lobbies_) let_go(lobby);
  lobbies_.clear();
  listening_.clear();
}

// An acceptor keeps the lobbies it was made with: they go and come together.
void supervisor::door_failed(const std::string& what, const std::string& reason) {
  record(severity::error, "acceptor-failed", nullptr, what + ": " + reason);
  take_down_door();
  if (phase_ == phase::loading || phase_ == phase::listening) return fail_start(what + ": " + reason);
  if (!is_up()) return;
  const bool goes_on = door_again_.failed(self_, reason, [this] {
    if (!is_up() || acceptor_) return;
    put_up_door();
    relisten(0);
  });
  if (!goes_on) record(severity::error, "acceptor-given-up", nullptr, door_again_.why_not());
}

void supervisor::relisten(std::size_t index) {
  if (!is_up() || !acceptor_ || index == where_.size()) return;
  self_->request(acceptor_, caf::infinite, listen{where_[index].host, where_[index].port})
      .then(
          [this, index](const listening& l) {
            if (!l.error.empty()) return door_failed("acceptor", l.error);
            listening_.push_back(l);
            relisten(index + 1);
          },
          [](const caf::error&) {});  // it died: its `down` comes, too
}

// ---------------------------------------------------------------- operator

caf::result<command_result> supervisor::pass_on(const command_to& c) {
  const auto found = by_id_.find(c.id);
  if (found == by_id_.end()) return command_result{false, "no session " + to_string(c.id) + " here"};
  if (!is_up()) return command_result{false, "the engine is not running"};
  if (c.what.what == operator_command::logon) revive(found->second);
  auto& s = sessions_[found->second];
  if (!s.group) return command_result{false, s.last.reason.empty() ? "the session's group is being started" : s.last.reason};
  auto promise = self_->make_response_promise<command_result>();
  self_->request(s.group, caf::infinite, c.what)
      .then([promise](command_result& r) mutable { promise.deliver(std::move(r)); },
            [promise](const caf::error& e) mutable { promise.deliver(command_result{false, reason_text(e)}); });
  return promise;
}

// The operator has looked at it: what had failed too often gets another try.
void supervisor::revive(std::size_t index) {
  auto& s = sessions_[index];
  auto& store = stores_[s.store];
  if (store.again.has_given_up()) {
    store.again.forgive();
    reopen(s.store);
  }
  if (s.application_again.has_given_up()) {
    s.application_again.forgive();
    put_up_application(index);
  }
  if (s.group_again.has_given_up()) {
    s.group_again.forgive();
    put_up_group(index);
  }
  if (!door_again_.has_given_up() || acceptor_) return;
  door_again_.forgive();
  put_up_door();
  relisten(0);
}

caf::result<engine_status> supervisor::status_of_everything() {
  auto round = std::make_shared<status_round>();
  round->promise = self_->make_response_promise<engine_status>();
  round->answer.endpoints = listening_;
  round->answer.problems = problems();
  for (const auto& s : sessions_) round->answer.sessions.push_back(without_answer(s, s.group ? "its shard does not answer" : s.last.reason));
  round->open = 1;
  for (std::size_t i = 0; i < sessions_.size(); ++i) {
    if (!sessions_[i].group) continue;
    ++round->open;
    const auto one_less = [this, round] {
      if (round->open > 0 && --round->open == 0) finish(round);
    };
    self_->request(sessions_[i].group, caf::infinite, status_of{})
        .then(
            [round, i, one_less](group_status& g) {
              round->answer.sessions[i] = std::move(g);
              one_less();
            },
            [one_less](const caf::error&) { one_less(); });
  }
  round->limit = at(control().now().steady + status_limit, [this, round] {
    round->limit = {};
    if (std::exchange(round->open, 0) > 0) finish(round);
  });
  auto promise = round->promise;
  if (--round->open == 0) finish(round);
  return promise;
}

void supervisor::finish(const std::shared_ptr<status_round>& round) {
  forget(round->limit);
  round->promise.deliver(round->answer);
}

group_status supervisor::without_answer(const session_seat& s, const std::string& reason) const {
  group_status g;
  g.id = s.spec->config.id;
  g.role = s.spec->config.role;
  g.group = s.last.state;
  g.reason = reason;
  return g;
}

std::vector<std::string> supervisor::problems() const {
  std::vector<std::string> all;
  const auto add = [&](const std::string& what, const second_chances& c) {
    if (c.has_given_up()) all.push_back(what + " is given up: " + c.why_not());
    else if (c.is_pending()) all.push_back(what + " is started again: " + c.last_reason());
  };
  for (const auto& s : stores_) add("store " + s.spec->name, s.again);
  for (const auto& s : sessions_) {
    add("application of " + to_string(s.spec->config.id), s.application_again);
    add("group of " + to_string(s.spec->config.id), s.group_again);
  }
  add("acceptor", door_again_);
  return all;
}

// ---------------------------------------------------------------- stop

caf::result<stopped> supervisor::stop_all(const actors::stop& s) {
  auto promise = self_->make_response_promise<stopped>();
  stop_promises_.push_back(promise);
  if (phase_ == phase::stopping) return promise;
  if (phase_ == phase::ended) {
    promise.deliver(result_);
    stop_promises_.pop_back();
    return promise;
  }
  if (phase_ == phase::idle) {
    report_end();
    return promise;
  }
  if (phase_ != phase::running) fail_start("it was stopped while it was starting");
  if (phase_ == phase::ended) {
    report_end();
    return promise;
  }
  phase_ = phase::stopping;
  record(severity::info, "engine-stopping", nullptr, {});
  take_down_door();
  for (auto& seat : sessions_)
    if (seat.group) self_->request(seat.group, caf::infinite, command{operator_command::stop, {}}).then([](const command_result&) {}, [](const caf::error&) {});
  limit_ = at(control().now().steady + s.within, [this] {
    limit_ = {};
    is_late_ = true;
    look_whether_out();
  });
  look_whether_out();
  return promise;
}

// Their links are over, or time is.
void supervisor::look_whether_out() {
  if (phase_ != phase::stopping || unflushed_ > 0) return;
  const auto is_out = [](const session_seat& s) {
    return !s.group || ((s.last.state == group_state::Stopped || s.last.state == group_state::NeedsOperator) && !s.last.has_link);
  };
  const auto still_in = static_cast<std::size_t>(std::count_if(sessions_.begin(), sessions_.end(), [&](const auto& s) { return !is_out(s); }));
  if (still_in > 0 && !is_late_) return;
  result_.cut = still_in;
  unflushed_ = 1;
  look_whether_handled();
}

// What was delivered is to be handled, so that it need not be delivered again, marked, at the next start.
void supervisor::look_whether_handled() {
  if (is_late_) return flush_stores();
  auto open = std::make_shared<std::pair<std::size_t, bool>>(1, true);
  result_.sessions.clear();
  const auto one_less = [this, open] {
    if (--open->first > 0) return;
    if (open->second || is_late_) return flush_stores();
    at(control().now().steady + drain_pause, [this] { look_whether_handled(); });
  };
  for (const auto& s : sessions_) {
    if (!s.group) continue;
    ++open->first;
    self_->request(s.group, caf::infinite, status_of{})
        .then(
            [this, open, one_less](const group_status& g) {
              result_.sessions.push_back(g);
              if (g.group != group_state::NeedsOperator && g.session.handled_target != g.session.expected_target) open->second = false;
              one_less();
            },
            [one_less](const caf::error&) { one_less(); });
  }
  one_less();
}

// A question comes behind all commits that are under way.
void supervisor::flush_stores() {
  for (auto& s : sessions_) {
    let_go(s.group);
    s.anchor->set_group(session_group_actor{});
  }
  const auto one_less = [this] {
    if (--unflushed_ > 0) return;
    end_everything();
    report_end();
  };
  for (const auto& s : stores_) {
    if (!s.actor) continue;
    ++unflushed_;
    self_->request(s.actor, caf::infinite, find_token{{}, submit_token{1}})
        .then([one_less](const token_found&) { one_less(); }, [one_less](const caf::error&) { one_less(); });
  }
  one_less();
}

void supervisor::report_end() {
  if (phase_ == phase::ended || phase_ == phase::idle) {
    record(severity::info, "engine-stopped", nullptr, result_.cut == 0 ? "" : std::to_string(result_.cut) + " sessions were cut");
    phase_ = phase::ended;
  }
  for (auto& p : std::exchange(stop_promises_, {})) p.deliver(result_);
}

void supervisor::end_everything() {
  phase_ = phase::ended;
  forget(limit_);
  door_again_.cancel(control());
  for (auto& s : stores_) s.again.cancel(control());
  for (auto& s : sessions_) {
    s.application_again.cancel(control());
    s.group_again.cancel(control());
  }
  take_down_door();
  for (auto& s : sessions_) {
    let_go(s.group);
    let_go(s.application);
    s.anchor->set_group(session_group_actor{});
  }
  for (auto& s : stores_) let_go(s.actor);
}

// ---------------------------------------------------------------- small words

supervisor::session_seat* supervisor::find(const session_id& id) {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &sessions_[found->second];
}

void supervisor::record(severity s, std::string_view code, const session_id* id, std::string_view text) const {
  around_.config.events->record(s, code, id ? to_string(*id) : std::string{}, text);
}

template <class Handle, class F>
void supervisor::watch(const Handle& child, F when_down) {
  watched_[child.id()] = std::move(when_down);
  self_->monitor(child);
}

template <class Handle>
void supervisor::let_go(Handle& child) {
  if (!child) return;
  watched_.erase(child.id());
  self_->demonitor(child.address());
  caf::anon_send_exit(caf::actor_cast<caf::actor>(child), caf::exit_reason::user_shutdown);
  child = Handle{};
}

template <class F>
timer_id supervisor::at(steady_time when, F then) {
  return control().start_timer(when, [keep = self_->keep_alive(), self = self_, then] { self->enter(then); });
}

no_events nothing_to_say;

}  // namespace

session_anchors make_anchors(const engine_config& config) {
  std::set<std::string> stores;
  for (const auto& s : config.stores)
    if (!stores.insert(s.name).second) throw std::invalid_argument{"store " + s.name + " is configured twice"};
  session_anchors anchors;
  for (const auto& s : config.sessions) {
    const auto& id = s.config.id;
    if (!stores.contains(s.store)) throw std::invalid_argument{to_string(id) + ": there is no store '" + s.store + "'"};
    if (!s.application) throw std::invalid_argument{to_string(id) + " has no application"};
    auto anchor = std::make_shared<session_anchor>();
    anchor->id = id;
    anchor->max_in_flight = s.max_in_flight;
    anchor->max_in_flight_bytes = s.max_in_flight_bytes;
    if (!anchors.emplace(id, std::move(anchor)).second) throw std::invalid_argument{to_string(id) + " is configured twice"};
  }
  return anchors;
}

supervisor_actor spawn_supervisor(reactor& control, supervisor_surroundings around) {
  if (!around.config.events) around.config.events = &nothing_to_say;
  return control.spawn<supervisor>(std::move(around));
}

}  // namespace troupe::actors
