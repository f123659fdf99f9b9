#include "actors/connection.hpp"
#include "actors/session_group_class.hpp"

namespace troupe::actors {

// Links are not for it now, and this is why.
std::string_view session_group::why_no_link() const { return state_ == group_state::Stopped ? "stopped by the operator" : to_string(state_); }

bound session_group::on_bind(const bind& b) {
  const auto refuse = [&](std::string_view why) {
    record(severity::warning, "link-refused", b.peer + ": " + std::string{why});
    return bound{false, 0, std::string{why}};
  };
  if (state_ == group_state::Retired) return {false, 0, "it has just ended", true};
  if (is_initiator()) return refuse("this session connects itself");
  if (!around_.spec.allowed.lets_in(b.peer)) return refuse("its address is not one of AllowedRemoteAddresses");
  if (const auto other = what_differs(around_.spec.names, b.who); !other.empty()) return refuse("the session of this name was made for another Logon: " + other);
  if (!may_link()) return refuse(why_no_link());
  if (const auto ticket = seat_.promise(now())) return {true, ticket, {}};
  return refuse(seat_.why_not());
}

// Without a valid ticket the link is let go, which closes it.
void session_group::on_adopt(const adopt& a) {
  const auto let_go = [&](std::string_view why) { record(severity::warning, "link-refused", a.peer + ": it was let in, and " + std::string{why}); };
  if (!may_link()) return let_go("then the session took no link any more: " + std::string{why_no_link()});
  if (!seat_.take(a.ticket, anchor().last_epoch.next(), now())) return let_go("came too late for the place that was kept for it");
  epoch_ = ++anchor().last_epoch;
  peer_ = a.peer;
  sit_down(spawn_connection(home(), epoch_, session_, adopted_link{a.socket, a.unread, a.peer}, link_settings()));
}

void session_group::connect() {
  forget_timer();
  if (!may_link() || seat_.is_taken() || around_.spec.hosts.empty()) return;
  enter_state(group_state::Running, {});
  const auto& where = around_.spec.hosts[host_order_.next(around_.spec.hosts.size())];
  epoch_ = ++anchor().last_epoch;
  peer_ = where.host + ":" + std::to_string(where.port);
  seat_.take(epoch_);
  has_met_peer_ = true;  // until we hear that nobody takes the connection
  deliver(self_, session_, connecting{});
  const auto& s = around_.spec;
  const connect_to place{where.host, where.port, s.connect_timeout, where.source_host, where.source_port, s.socket, s.proxy};
  sit_down(spawn_connection(home(), epoch_, session_, me(), place, link_settings()));
}

connection_settings session_group::link_settings() const {
  connection_settings settings;
  settings.check = around_.spec.config.framing;
  return settings;
}

void session_group::sit_down(connection_actor c) {
  connection_ = std::move(c);
  active_since_.reset();
  ++anchor().connects;
  self_->monitor(connection_);
  deliver(self_, session_, link_owner{epoch_, connection_});
  tell_supervisor();
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
  has_met_peer_ = false;
  if (session_) deliver(self_, session_, link_down{f.epoch, f.reason});
}

void session_group::on_ended(const session_ended& e) {
  if (!is_from_session() || e.epoch != epoch_) return;
  const bool says_more = !e.text.empty() && e.text != to_string(e.why);
  const auto why = says_more ? std::string{to_string(e.why)} + ": " + e.text : std::string{to_string(e.why)};
  record(severity::info, "link-ended", why);
  if (wants_link()) reason_ = why;  // else there is a better one
}

void session_group::link_is_over() {
  connection_ = nullptr;
  seat_.leave(epoch_);
  if (active_since_) {
    back_off_.lasted(now() - *active_since_);
    host_order_.lasted(now() - *active_since_);
  } else if (has_met_peer_) {
    ++failed_logons_;
  }
  active_since_.reset();
  if (state_ == group_state::Stopped) return say_stopped();
  tell_supervisor();
  if (state_ == group_state::OutOfSchedule) return follow_schedule();
  if (!is_initiator() || !may_link()) return;
  const auto most = around_.spec.max_failed_logons;
  if (most > 0 && failed_logons_ >= most)
    return too_many_failed_logons();
  connect_later();
}

// A session that is asked now answers behind its word on why the link ended.
void session_group::too_many_failed_logons() {
  const auto give_up = [this] {
    if (wants_link() && !connection_)
      give_up_on(std::to_string(failed_logons_) + " connections in a row without a logon (MaxFailedLogons), the last: " + reason_);
  };
  if (!session_) return give_up();
  self_->request(session_, caf::infinite, status_of{}).then([give_up](const session_status&) { give_up(); }, [give_up](const caf::error&) { give_up(); });
}

void session_group::connect_later() {
  const auto when = now() + back_off_.next(home().random()());
  enter_state(group_state::Backoff, reason_);
  at(when, [this] { connect(); });
}

}  // namespace troupe::actors
