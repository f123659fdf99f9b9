#include "actors/session_group.hpp"

#include "actors/connection.hpp"
#include "actors/deliver.hpp"
#include "actors/heartbeat_timer.hpp"
#include "actors/link_seat.hpp"
#include "actors/live_session.hpp"

#include <map>

namespace troupe::actors {

std::string_view to_string(group_state state) {
  switch (state) {
    case group_state::Starting: return "Starting";
    case group_state::Running: return "Running";
    case group_state::Backoff: return "Backoff";
    case group_state::OutOfSchedule: return "OutOfSchedule";
    case group_state::Stopped: return "Stopped";
    case group_state::NeedsOperator: return "NeedsOperator";
  }
  return "?";
}

namespace {

class session_group {
 public:
  using handle_type = session_group_actor;
  using pointer = pinned<handle_type::base>*;
  static constexpr const char* name = "group";

  session_group(pointer self, group_surroundings around)
      : self_(self),
        around_(std::move(around)),
        state_(around_.spec.starts_enabled ? group_state::Starting : group_state::Stopped),
        policy_(around_.restarts),
        back_off_(around_.spec.back_off) {}
  ~session_group();
  session_group(const session_group&) = delete;
  session_group& operator=(const session_group&) = delete;
  handle_type::behavior_type make_behavior();

 private:
  // ---- the session actor
  void start_session();
  void end_session();
  void on_down(const caf::down_msg& d);
  void session_failed(const std::string& reason);
  void on_ready(const session_ready& r);
  void on_status(const session_status& s);
  void on_note(const session_note& n);
  void start_timer_actor();
  void replace_store(store_actor s);
  void replace_application(const application_replaced& r);

  // ---- links
  [[nodiscard]] bool may_link() const { return is_ready_ && wants_link(); }
  [[nodiscard]] bool wants_link() const { return state_ != group_state::Stopped && state_ != group_state::NeedsOperator; }
  [[nodiscard]] bound on_bind(const bind& b);
  void on_adopt(const adopt& a);
  void connect();
  void sit_down(connection_actor c);
  void cut_link(protocol::end_reason why);
  void on_connect_failed(const connect_failed& f);
  void on_ended(const session_ended& e);
  void link_is_over();
  void connect_later();

  // ---- submits from outside
  void on_submit(const submit& s);
  void on_outcomes(const outcomes& o);
  void settle_open_submits();
  void on_token(submit_token token, std::optional<seq_num> number);
  void settled();
  void answer(const submit_outcome& o);
  void on_ask_token(const ask_token& a);

  // ---- operator
  [[nodiscard]] command_result on_command(const command& c);
  [[nodiscard]] command_result log_on();
  [[nodiscard]] command_result log_out(const std::string& text);
  [[nodiscard]] command_result reset_numbers();
  [[nodiscard]] command_result disconnect();
  [[nodiscard]] command_result fail_session();
  [[nodiscard]] group_status status(const session_status& s) const;
  void give_up_on(const std::string& reason);

  // ---- small words
  [[nodiscard]] reactor& home() const { return *self_->home_reactor(); }
  [[nodiscard]] steady_time now() const { return home().now().steady; }
  [[nodiscard]] const session_id& id() const { return around_.spec.config.id; }
  [[nodiscard]] bool is_initiator() const { return around_.spec.config.role == protocol::role::initiator; }
  [[nodiscard]] handle_type me() const { return handle_type{self_}; }
  [[nodiscard]] bool is_from_session() const { return session_ && self_->current_sender() == session_; }
  [[nodiscard]] session_anchor& anchor() const { return *around_.anchor; }
  void enter_state(group_state s, std::string reason);
  void record(severity s, std::string_view code, std::string_view text) const;
  template <class F>
  void at(steady_time when, F then);
  void forget_timer();
  template <class Child>
  void end_child(Child& child);

  pointer self_;
  group_surroundings around_;
  group_state state_;
  std::string reason_;

  session_actor session_;
  timer_actor timer_;
  bool is_ready_ = false;  // the present session has said so
  restart_policy policy_;
  session_status status_;

  connection_actor connection_;
  connection_epoch epoch_{};
  link_seat seat_;
  std::string peer_;
  std::optional<steady_time> active_since_;  // of this link
  unsigned failed_logons_ = 0;               // links in a row that never were logged on
  back_off back_off_;
  std::size_t host_ = 0;

  timer_id pending_;  // the next restart or connect, whichever it is
  std::optional<steady_time> retry_at_;

  std::size_t unsettled_ = 0;                  // questions to the store that are open
  std::map<std::uint64_t, seq_num> settled_;   // tokens that were found
};

session_group::~session_group() {
  forget_timer();
  for (const auto& child : {caf::actor_cast<caf::strong_actor_ptr>(session_), caf::actor_cast<caf::strong_actor_ptr>(timer_),
                            caf::actor_cast<caf::strong_actor_ptr>(connection_)})
    if (child) caf::anon_send_exit(caf::actor_cast<caf::actor>(child), caf::exit_reason::kill);
}

session_group::handle_type::behavior_type session_group::make_behavior() {
  self_->set_down_handler([this](caf::scheduled_actor*, const caf::down_msg& d) { on_down(d); });
  anchor().in_flight = anchor().open_submits.size();
  anchor().set_group(me());
  if (state_ == group_state::Starting) start_session();
  return {
      [this](const bind& b) { return on_bind(b); },
      [this](const adopt& a) { on_adopt(a); },
      [this](const unbind& u) { seat_.give_back(u.ticket); },
      [this](const command& c) { return on_command(c); },
      [this](status_of) -> caf::result<group_status> {
        if (!session_) return status(status_);
        auto promise = self_->make_response_promise<group_status>();
        self_->request(session_, caf::infinite, status_of{})
            .then([this, promise](const session_status& s) mutable { promise.deliver(status(s)); },
                  [this, promise](const caf::error&) mutable { promise.deliver(status(status_)); });
        return promise;
      },
      [this](const submit& s) { on_submit(s); },
      [this](const session_ready& r) { on_ready(r); },
      [this](const session_status& s) { on_status(s); },
      [this](const session_ended& e) { on_ended(e); },
      [this](const session_note& n) { on_note(n); },
      [this](const connect_failed& f) { on_connect_failed(f); },
      [this](const application_replaced& r) { replace_application(r); },
      [this](const outcomes& o) { on_outcomes(o); },
      [this](const ask_token& a) { on_ask_token(a); },
      [this](store_lost) { replace_store(store_actor{}); },
      [this](const store_replaced& s) { replace_store(s.store); },
      [this](const halt& h) { give_up_on(h.reason); },
  };
}

// ---------------------------------------------------------------- the session actor

void session_group::start_session() {
  forget_timer();
  if (session_ || !around_.store) return;
  session_ = spawn_session(home(), {around_.spec.config, around_.store, around_.application, me(), around_.messages});
  self_->monitor(session_);
  start_timer_actor();
}

void session_group::start_timer_actor() {
  timer_ = spawn_heartbeat_timer(home(), session_);
  self_->monitor(timer_);
  deliver(self_, session_, timer_owner{timer_});
}

void session_group::end_session() {
  is_ready_ = false;
  end_child(timer_);
  end_child(session_);
  status_ = {};
}

void session_group::on_down(const caf::down_msg& d) {
  if (session_ && d.source == session_.address()) return session_failed(reason_text(d.reason));
  if (connection_ && d.source == connection_.address()) return link_is_over();
  if (!timer_ || d.source != timer_.address()) return;
  record(severity::warning, "timer-restarted", reason_text(d.reason));
  start_timer_actor();
}

// Its link dies with it; the next incarnation begins where the store and the application are.
void session_group::session_failed(const std::string& reason) {
  session_ = nullptr;
  cut_link(protocol::end_reason::link_lost);
  end_session();
  ++anchor().restarts;
  record(severity::error, "session-failed", reason);
  if (!wants_link()) return;
  const auto decision = policy_.failed(now());
  if (const auto* never = std::get_if<give_up>(&decision)) return give_up_on(never->reason + ", the last one: " + reason);
  enter_state(group_state::Starting, reason);
  const auto when = std::get<restart_at>(decision).when;
  if (when <= now()) return start_session();
  at(when, [this] { start_session(); });
}

void session_group::on_ready(const session_ready& r) {
  if (!is_from_session()) return;
  is_ready_ = true;
  status_.incarnation = r.incarnation;
  settle_open_submits();
  if (!wants_link()) return;
  enter_state(group_state::Running, {});
  if (is_initiator()) connect();
}

void session_group::on_status(const session_status& s) {
  if (!is_from_session()) return;
  status_ = s;
  if (s.state != protocol::session_state::Active || active_since_) return;
  active_since_ = now();
  failed_logons_ = 0;
  record(severity::info, "logged-on", peer_);
}

void session_group::on_note(const session_note& n) {
  if (!is_from_session()) return;
  record(n.needs_operator ? severity::error : severity::info, n.code, n.text);
  if (n.needs_operator) give_up_on(n.text);
}

// The operator's word is needed: nothing happens by itself any more.
void session_group::give_up_on(const std::string& reason) {
  forget_timer();
  cut_link(protocol::end_reason::link_lost);
  enter_state(group_state::NeedsOperator, reason);
}

void session_group::replace_store(store_actor s) {
  around_.store = std::move(s);
  cut_link(protocol::end_reason::link_lost);
  end_session();
  if (!wants_link()) return;
  enter_state(group_state::Starting, around_.store ? "" : "the store is gone");
  start_session();
}

void session_group::replace_application(const application_replaced& r) {
  around_.application = r.application;
  if (session_) deliver(self_, session_, r);
}

// ---------------------------------------------------------------- links

bound session_group::on_bind(const bind& b) {
  const auto refuse = [&](std::string_view why) {
    record(severity::warning, "link-refused", b.peer + ": " + std::string{why});
    return bound{false, 0, std::string{why}};
  };
  if (is_initiator()) return refuse("this session connects itself");
  if (!may_link()) return refuse(state_ == group_state::Stopped ? "stopped by the operator" : to_string(state_));
  if (const auto ticket = seat_.promise(now())) return {true, ticket, {}};
  return refuse(seat_.why_not());
}

// Without a valid ticket the link is let go, which closes it.
void session_group::on_adopt(const adopt& a) {
  if (!may_link() || !seat_.take(a.ticket, anchor().last_epoch.next(), now())) return;
  epoch_ = ++anchor().last_epoch;
  peer_ = a.peer;
  sit_down(spawn_connection(home(), epoch_, session_, adopted_link{a.socket, a.unread, a.peer}));
}

void session_group::connect() {
  forget_timer();
  if (!may_link() || seat_.is_taken() || around_.spec.hosts.empty()) return;
  enter_state(group_state::Running, {});
  const auto& where = around_.spec.hosts[host_++ % around_.spec.hosts.size()];
  epoch_ = ++anchor().last_epoch;
  peer_ = where.host + ":" + std::to_string(where.port);
  seat_.take(epoch_);
  deliver(self_, session_, connecting{});
  sit_down(spawn_connection(home(), epoch_, session_, me(), connect_to{where.host, where.port, around_.spec.connect_timeout}));
}

void session_group::sit_down(connection_actor c) {
  connection_ = std::move(c);
  active_since_.reset();
  ++anchor().connects;
  self_->monitor(connection_);
  deliver(self_, session_, link_owner{epoch_, connection_});
}

// The place is free at once: whatever the old connection still does, it does under its own epoch.
void session_group::cut_link(protocol::end_reason why) {
  if (!connection_) return;
  deliver(self_, connection_, abort_link{epoch_, why});
  self_->demonitor(connection_.address());
  connection_ = nullptr;
  seat_.leave(epoch_);
}

void session_group::on_connect_failed(const connect_failed& f) {
  if (f.epoch != epoch_) return;
  if (wants_link()) reason_ = f.reason;
  record(severity::warning, "connect-failed", f.reason);
  if (session_) deliver(self_, session_, link_down{f.epoch, f.reason});
}

void session_group::on_ended(const session_ended& e) {
  if (!is_from_session() || e.epoch != epoch_) return;
  const auto why = e.text.empty() ? std::string{to_string(e.why)} : std::string{to_string(e.why)} + ": " + e.text;
  record(severity::info, "link-ended", why);
  if (wants_link()) reason_ = why;  // else there is a better one
}

void session_group::link_is_over() {
  connection_ = nullptr;
  seat_.leave(epoch_);
  if (active_since_) back_off_.lasted(now() - *active_since_);
  else ++failed_logons_;
  active_since_.reset();
  if (state_ == group_state::Stopped) return enter_state(group_state::Stopped, reason_);
  if (!is_initiator() || !may_link()) return;
  const auto most = around_.spec.max_failed_logons;
  if (most > 0 && failed_logons_ >= most)
    return enter_state(group_state::Stopped, std::to_string(failed_logons_) + " attempts in a row without a logon, the last: " + reason_);
  connect_later();
}

void session_group::connect_later() {
  const auto when = now() + back_off_.next(home().random()());
  enter_state(group_state::Backoff, reason_);
  at(when, [this] { connect(); });
}

// ---------------------------------------------------------------- submits from outside

void session_group::on_submit(const submit& s) {
  if (!anchor().open_submits.add(s)) {
    --anchor().in_flight;
    const submit_outcome twice{s.token, seq_num{}, protocol::action::refusal::malformed};
    return deliver(self_, around_.application, outcomes{id(), {twice}});
  }
  if (is_ready_ && unsettled_ == 0) return deliver(self_, session_, s);
  if (!session_ && !wants_link()) answer({s.token, seq_num{}, protocol::action::refusal::not_logged_on});
}

void session_group::on_outcomes(const outcomes& o) {
  for (const auto& one : o.list)
    if (anchor().open_submits.answered(one.token)) --anchor().in_flight;
}

void session_group::answer(const submit_outcome& o) {
  on_outcomes({id(), {o}});
  deliver(self_, around_.application, outcomes{id(), {o}});
}

// An older incarnation may have committed some of them and taken the answer to its grave.
void session_group::settle_open_submits() {
  settled_.clear();
  const auto open = anchor().open_submits.open();
  unsettled_ = open.size();
  for (const auto& s : open) {
    const auto incarnation = status_.incarnation;
    const auto is_current = [this, incarnation] { return is_ready_ && status_.incarnation == incarnation; };
    self_->request(around_.store, caf::infinite, find_token{id(), s.token})
        .then(
            [this, is_current, token = s.token](const token_found& f) {
              if (is_current()) on_token(token, f.number);
            },
            [](const caf::error&) {});  // the store is gone: another incarnation will ask
  }
}

void session_group::on_token(submit_token token, std::optional<seq_num> number) {
  if (number) settled_[token.value] = *number;
  if (--unsettled_ == 0) settled();
}

void session_group::settled() {
  for (const auto& s : anchor().open_submits.open()) {
    const auto found = settled_.find(s.token.value);
    if (found != settled_.end()) answer({s.token, found->second, std::nullopt});
    else deliver(self_, session_, s);
  }
  settled_.clear();
}

void session_group::on_ask_token(const ask_token& a) {
  if (!around_.store) return a.answer(std::nullopt);
  self_->request(around_.store, caf::infinite, find_token{id(), a.token})
      .then([answer = a.answer](const token_found& f) { answer(f); }, [answer = a.answer](const caf::error&) { answer(std::nullopt); });
}

// ---------------------------------------------------------------- operator

command_result session_group::on_command(const command& c) {
  record(severity::info, "operator-command", c.text);
  switch (c.what) {
    case operator_command::logon: return log_on();
    case operator_command::logout:
    case operator_command::stop: return log_out(c.text);
    case operator_command::reset: return reset_numbers();
    case operator_command::disconnect: return disconnect();
    case operator_command::fail: return fail_session();
  }
  return {false, "unknown command"};
}

command_result session_group::log_on() {
  if (wants_link() && seat_.is_taken()) return {false, "already connected"};
  policy_.forgive();
  back_off_.reset();
  failed_logons_ = 0;
  enter_state(group_state::Starting, {});
  if (!session_) {
    start_session();
    return {true, "starting"};
  }
  if (!is_ready_) return {true, "starting"};
  enter_state(group_state::Running, {});
  if (is_initiator()) connect();
  return {true, is_initiator() ? "connecting" : "waiting for the peer"};
}

command_result session_group::log_out(const std::string& text) {
  forget_timer();
  enter_state(group_state::Stopped, "stopped by the operator");
  if (!connection_) return {true, "stopped"};
  if (session_) deliver(self_, session_, logout_request{text});
  else cut_link(protocol::end_reason::our_logout);
  return {true, "logging out"};
}

command_result session_group::reset_numbers() {
  if (!is_ready_) return {false, "the session is not running: " + reason_};
  deliver(self_, session_, reset_request{});
  return {true, "reset requested"};
}

command_result session_group::disconnect() {
  if (!connection_) return {false, "not connected"};
  deliver(self_, connection_, abort_link{epoch_, protocol::end_reason::link_lost});
  return {true, "cut"};
}

command_result session_group::fail_session() {
  if (!session_) return {false, "the session is not running: " + reason_};
  self_->send_exit(session_, caf::exit_reason::user_shutdown);
  return {true, "the session actor is told to end"};
}

group_status session_group::status(const session_status& s) const {
  return {.id = id(),
          .role = around_.spec.config.role,
          .group = state_,
          .session = s,
          .peer = seat_.is_taken() ? peer_ : std::string{},
          .reason = reason_,
          .restarts = anchor().restarts,
          .connects = anchor().connects,
          .messages_in = s.messages_in,
          .messages_out = s.messages_out,
          .retry_at = retry_at_};
}

// ---------------------------------------------------------------- small words

void session_group::enter_state(group_state s, std::string reason) {
  const bool is_new = s != state_;
  state_ = s;
  reason_ = std::move(reason);
  if (s == group_state::NeedsOperator && is_new) record(severity::error, "needs-operator", reason_);
  if (is_new || s == group_state::Stopped) deliver(self_, around_.supervisor, group_changed{id(), s, reason_, static_cast<bool>(connection_)});
}

void session_group::record(severity s, std::string_view code, std::string_view text) const {
  if (around_.events) around_.events->record(s, code, to_string(id()), text);
}

template <class F>
void session_group::at(steady_time when, F then) {
  forget_timer();
  retry_at_ = when;
  pending_ = home().start_timer(when, [keep = self_->keep_alive(), self = self_, this, then] {
    self->enter([&] {
      pending_ = {};
      retry_at_.reset();
      then();
    });
  });
}

void session_group::forget_timer() {
  if (pending_.value != 0) home().cancel_timer(pending_);
  pending_ = {};
  retry_at_.reset();
}

template <class Child>
void session_group::end_child(Child& child) {
  if (!child) return;
  self_->demonitor(child.address());
  self_->send_exit(child, caf::exit_reason::kill);
  child = Child{};
}

}  // namespace

session_group_actor spawn_group(reactor& home, group_surroundings around) { return home.spawn<session_group>(std::move(around)); }

}  // namespace troupe::actors
