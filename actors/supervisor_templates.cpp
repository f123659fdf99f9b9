#include "actors/supervisor_class.hpp"

#include <algorithm>

namespace troupe::actors {

namespace {

using namespace std::chrono_literals;

constexpr steady_time patience_with_strangers = 30s;  // a session that nobody has logged on to; longer than a link waits in the lobby
constexpr steady_time look_again = 10s;               // at a session that could not end because something was under way
constexpr unsigned most_tries = 3;                    // to make room for one Logon

template <class Logon>
void answer(Logon& w, std::string why_not) {
  w.answer.deliver(session_made{w.asked.who.id, {}, std::move(why_not)});
}

}  // namespace

// ---------------------------------------------------------------- making

caf::result<session_made> supervisor::make_for(const make_session& m) {
  auto promise = self_->make_response_promise<session_made>();
  make({m, promise});
  return promise;
}

void supervisor::make(waiting_logon w) {
  const auto& who = w.asked.who;
  if (!is_up()) return answer(w, "the engine is stopping");
  if (const auto found = by_id_.find(who.id); found != by_id_.end()) return wait_for(found->second, std::move(w));
  std::string close_to;  // the first that would fit, but for a sub ID or a location
  for (auto& t : templates_) {
    if (!accepts_at(t.spec->variants.front(), w.asked.place)) continue;
    const auto* variant = find_variant(*t.spec, who);
    if (!variant && close_to.empty()) close_to = why_not_quite(*t.spec, who);
    if (!variant) continue;
    if (!t.spec->refusal.empty()) return answer(w, t.spec->refusal);
    if (!variant->allowed.lets_in(w.asked.peer)) return answer(w, "its address is not one of AllowedRemoteAddresses");
    if (auto why = why_no_session(*variant, who); !why.empty()) return answer(w, std::move(why));
    auto id = who.id;
    if (t.spec->has_own_qualifiers) id.qualifier = free_qualifier(id);
    return make_from(t, *variant, id, std::move(w));
  }
  answer(w, "no such session here, and " + (close_to.empty() ? "no template for it" : close_to));
}

// It is there: configured, or made for an earlier Logon.
void supervisor::wait_for(seat_number n, waiting_logon w) {
  auto& s = sessions_.at(n);
  if (!accepts_at(*s.spec, w.asked.place)) return answer(w, "this session is at another port (SocketAcceptPort)");
  const bool may_come = s.made.from && (s.made.is_retiring || s.last.state == group_state::Starting);
  if (may_come) return s.made.waiting.push_back(std::move(w));
  if (s.spec->config.role != protocol::role::acceptor) return answer(w, "this session connects itself");
  if (!s.group) return answer(w, s.last.reason.empty() ? "its group is being started" : s.last.reason);
  w.answer.deliver(session_made{s.spec->config.id, s.group, {}});
}

void supervisor::make_from(template_seat& t, const session_spec& variant, const session_id& id, waiting_logon w) {
  const bool is_known = around_.anchors.has(id);
  if (!is_known && t.known >= t.spec->max_identities)
    return answer(w, "the store holds " + std::to_string(t.known) + " sessions of this template, and no more are allowed (MaxDynamicIdentities)");
  if (t.live >= t.spec->max_sessions) return make_room(t, std::move(w));
  auto spec = std::make_shared<const session_spec>(made_for(*t.spec, variant, w.asked.who, id.qualifier));
  if (!is_known) around_.anchors.add(id, *spec);
  count(id, &t);
  ++t.live;
  const auto n = seat(std::move(spec));
  auto& made = sessions_.at(n).made;
  made.from = &t;
  made.down_since = control().now().steady;
  record(severity::info, "session-made", &id, "for " + w.asked.peer);
  made.waiting.push_back(std::move(w));
  if (t.spec->made) t.spec->made(id);
  put_up_application(n);
  put_up_group(n);
  wait_idly(n);
}

// Who lost his link first goes first. One that has something under way goes to the end of the row.
void supervisor::make_room(template_seat& t, waiting_logon w) {
  const auto may_go = [&](const session_seat& s) {
    const bool is_waiting = s.last.state == group_state::Running || s.last.state == group_state::OutOfSchedule;
    return s.made.from == &t && s.group && is_waiting && !s.made.is_retiring && s.made.waiting.empty() && s.made.down_since;
  };
  auto oldest = sessions_.end();
  for (auto at = sessions_.begin(); at != sessions_.end(); ++at)
    if (may_go(at->second) && (oldest == sessions_.end() || at->second.made.down_since < oldest->second.made.down_since)) oldest = at;
  if (oldest == sessions_.end() || w.tries >= most_tries)
    return answer(w, "all " + std::to_string(t.live) + " sessions of this template are in use (MaxDynamicSessions)");
  ++w.tries;
  retire_session(oldest->first, [this, w] { make(w); });
}

// As many at most as there are sessions of this template.
std::string supervisor::free_qualifier(session_id id) const {
  for (std::size_t n = 1;; ++n) {
    id.qualifier = std::to_string(n);
    if (!by_id_.contains(id)) return id.qualifier;
  }
}

// Its identities count, and references to them can be had, before they come again.
void supervisor::know_stored_sessions(const std::string& store, store::message_store& opened) {
  if (templates_.empty()) return;
  for (const auto& s : opened.sessions())
    for (auto& t : templates_) {
      if (t.spec->variants.front().store != store || !is_of(*t.spec, s.id)) continue;
      if (around_.anchors.add(s.id, t.spec->variants.front())) count(s.id, &t);
      break;
    }
}

// The store does not say of which template an identity is, if names fit several; its Logon does. nullptr: of none any more.
void supervisor::count(const session_id& id, template_seat* t) {
  auto& counted_for = around_.anchors.at(id)->counted_for;
  if (counted_for) --templates_[*counted_for].known;
  counted_for.reset();
  if (!t) return;
  counted_for = static_cast<std::size_t>(t - templates_.data());
  ++t->known;
}

// ---------------------------------------------------------------- with and without a link

void supervisor::follow_link(seat_number n, const group_changed& g) {
  auto& s = sessions_.at(n);
  s.made.was_logged_on = s.made.was_logged_on || g.was_logged_on;
  s.made.had_link = s.made.had_link || g.has_link;
  if (g.has_link) {
    s.made.down_since.reset();
    forget(s.made.idle);
  } else if (!s.made.down_since) {
    s.made.down_since = control().now().steady;
    wait_idly(n);
  }
  if (g.state != group_state::Starting) answer_waiting(s);
}

// Its group can say yes or no now.
void supervisor::answer_waiting(session_seat& s) {
  if (s.made.is_retiring) return;
  for (auto& w : std::exchange(s.made.waiting, {})) w.answer.deliver(session_made{s.spec->config.id, s.group, s.group ? std::string{} : s.last.reason});
}

// ---------------------------------------------------------------- ending

// How long it may be without a link; nothing: for ever.
std::optional<steady_time> supervisor::patience_with(const session_seat& s) const {
  const auto& t = *s.made.from->spec;
  if (!s.made.had_link) return patience_with_strangers;
  if (!s.made.was_logged_on || t.has_own_qualifiers) return steady_time{};
  return t.idle.count() > 0 ? std::optional<steady_time>{t.idle} : std::nullopt;
}

void supervisor::wait_idly(seat_number n, bool was_refused) {
  auto& s = sessions_.at(n);
  forget(s.made.idle);
  if (s.made.is_retiring) return;  // the answer to that comes first
  const auto patience = patience_with(s);
  if (!patience) return;
  s.made.idle = at(control().now().steady + (was_refused ? std::max(*patience, look_again) : *patience), [this, n] {
    const auto found = sessions_.find(n);
    if (found == sessions_.end()) return;
    found->second.made.idle = {};
    retire_session(n, [] {});
  });
}

// `then` is called whether it ended or not.
void supervisor::retire_session(seat_number n, std::function<void()> then) {
  auto& s = sessions_.at(n);
  if (!s.group || s.made.is_retiring || !is_up()) return wait_idly(n, true), then();
  s.made.is_retiring = true;
  forget(s.made.idle);
  self_->request(s.group, caf::infinite, retire{})
      .then(
          [this, n, then](const retired& r) {
            on_retired(n, r);
            then();
          },
          [this, n, then](const caf::error&) {
            on_retired(n, {});
            then();
          });
}

void supervisor::on_retired(seat_number n, const retired& r) {
  auto& s = sessions_.at(n);
  s.made.is_retiring = false;
  if (r.is_done && is_up()) return remove_seat(n, r.incarnation);
  if (r.is_done) return let_go(s.group), look_whether_out();
  if (s.made.down_since) {
    s.made.down_since = control().now().steady;
    wait_idly(n, true);
  }
  if (s.last.state != group_state::Starting) answer_waiting(s);
}

void supervisor::remove_seat(seat_number n, session_incarnation last) {
  auto s = std::move(sessions_.extract(n).mapped());
  const auto& id = s.spec->config.id;
  by_id_.erase(id);
  --s.made.from->live;
  if (is_published(s))
    for (const auto& lobby : lobbies_) deliver(self_, lobby, withdraw{id});
  forget(s.made.idle);
  s.application_again.cancel(control());
  s.group_again.cancel(control());
  let_go(s.group);
  let_go(s.application);
  record(severity::info, "session-retired", &id, s.made.was_logged_on ? "no link" : "nobody logged on");
  if (s.made.from->spec->ended) s.made.from->spec->ended(id);
  forget_if_unused(s, last);
  for (auto& w : s.made.waiting) make(std::move(w));
}

// A stranger leaves nothing behind.
void supervisor::forget_if_unused(const session_seat& s, session_incarnation last) {
  const auto& store = stores_[s.store].actor;
  if (!store) return;
  self_->request(store, caf::infinite, forget_unused{s.spec->config.id, last})
      .then(
          [this, id = s.spec->config.id](const forgotten& f) {
            if (!f.is_done || find(id) || !around_.anchors.has(id)) return;
            count(id, nullptr);
            around_.anchors.remove(id);
          },
          [](const caf::error&) {});
}

}  // namespace troupe::actors
