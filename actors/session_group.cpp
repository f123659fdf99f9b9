#include "actors/event_codes.hpp"
#include "actors/heartbeat_timer.hpp"
#include "actors/live_session.hpp"
#include "actors/session_group_class.hpp"

namespace troupe::actors {

std::string_view to_string(group_state state) {
  switch (state) {
    case group_state::Starting: return "Starting";
    case group_state::Running: return "Running";
    case group_state::Backoff: return "Backoff";
    case group_state::OutOfSchedule: return "OutOfSchedule";
    case group_state::Stopped: return "Stopped";
    case group_state::NeedsOperator: return "NeedsOperator";
    case group_state::Retired: return "Retired";
  }
  return "?";
}

session_group::~session_group() {
  forget_timer();
  forget_end();
  if (reset_.value != 0) home().cancel_timer(reset_);
  for (const auto& child : {caf::actor_cast<caf::strong_actor_ptr>(session_), caf::actor_cast<caf::strong_actor_ptr>(timer_),
                            caf::actor_cast<caf::strong_actor_ptr>(connection_)})
    if (child) caf::anon_send_exit(caf::actor_cast<caf::actor>(child), caf::exit_reason::kill);
}

session_group::handle_type::behavior_type session_group::make_behavior() {
  self_->set_down_handler([this](caf::scheduled_actor*, const caf::down_msg& d) { on_down(d); });
  if (wants_session()) start_session();
  if (around_.spec.reset_time) watch_next_reset(utc_now());
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
      [this](submits_wait) { take_submits(); },
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
      [this](retire) { return on_retire(); },
      [this](const list_parked& l) { return list(l); },
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
  if (!wants_session()) return state_ == group_state::OutOfSchedule ? follow_schedule() : say_stopped();
  const auto decision = policy_.failed(now());
  if (const auto* never = std::get_if<give_up>(&decision)) return give_up_on(never->reason + ", the last one: " + reason);
  go_on_starting(reason);
  const auto when = std::get<restart_at>(decision).when;
  if (when <= now()) return start_session();
  at(when, [this] { start_session(); });
}

void session_group::on_ready(const session_ready& r) {
  if (!is_from_session()) return;
  is_ready_ = true;
  status_.incarnation = r.incarnation;
  settle_open_submits();
  if (wants_link() || state_ == group_state::OutOfSchedule) follow_schedule();
}

void session_group::on_status(const session_status& s) {
  if (!is_from_session()) return;
  status_ = s;
  if (s.state != protocol::session_state::Active || active_since_) return;
  active_since_ = now();
  was_logged_on_ = true;
  failed_logons_ = 0;
  record(severity::info, "logged-on", peer_);
}

void session_group::on_note(const session_note& n) {
  if (!is_from_session()) return;
  const auto* known = find_event(n.code);
  record(n.needs_operator ? severity::error : known ? known->usual : severity::info, n.code, n.text);
  if (!is_ready_) reason_ = n.text;  // why it takes so long
  if (n.needs_operator) give_up_on(n.text);
}

// The operator's word is needed: nothing happens by itself any more.
void session_group::give_up_on(const std::string& reason) {
  forget_timer();
  forget_end();
  cut_link(protocol::end_reason::link_lost);
  enter_state(group_state::NeedsOperator, reason);
}

void session_group::replace_store(store_actor s) {
  around_.store = std::move(s);
  cut_link(protocol::end_reason::link_lost);
  end_session();
  if (!wants_session()) return state_ == group_state::OutOfSchedule ? follow_schedule() : say_stopped();
  go_on_starting(around_.store ? "" : "the store is gone");
  start_session();
}

// One that is only there to park stays what it is.
void session_group::go_on_starting(const std::string& reason) {
  if (wants_link()) enter_state(group_state::Starting, reason);
  else say_stopped();
}

void session_group::replace_application(const application_replaced& r) {
  around_.application = r.application;
  if (session_) deliver(self_, session_, r);
}

// ---------------------------------------------------------------- small words

void session_group::enter_state(group_state s, std::string reason) {
  const bool is_new = s != state_;
  state_ = s;
  reason_ = std::move(reason);
  if (s == group_state::NeedsOperator && is_new) record(severity::error, "needs-operator", reason_);
  if (is_new || s == group_state::Stopped) tell_supervisor();
}

void session_group::tell_supervisor() {
  deliver(self_, around_.supervisor, group_changed{id(), state_, reason_, static_cast<bool>(connection_), was_logged_on_});
}

// Who waits for the end of the link hears of it, however it ended.
void session_group::say_stopped() {
  if (state_ == group_state::Stopped) enter_state(group_state::Stopped, reason_);
}

void session_group::record(severity s, std::string_view code, std::string_view text) const {
  if (around_.events) around_.events->record(s, code, to_string(id()), text);
}

void session_group::forget_timer() {
  if (pending_.value != 0) home().cancel_timer(pending_);
  pending_ = {};
  retry_at_.reset();
}

session_group_actor spawn_group(reactor& home, group_surroundings around) { return home.spawn<session_group>(std::move(around)); }

}  // namespace troupe::actors
