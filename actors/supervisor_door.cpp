#include "actors/acceptor.hpp"
#include "actors/lobby.hpp"
#include "actors/supervisor_class.hpp"

#include <algorithm>

namespace troupe::actors {
namespace {

// Whose message it is, a lobby learns by reading it.
lobby_limits lobby_limits_for(const engine_config& config) {
  auto limits = config.lobby;
  for (const auto& s : config.sessions) limits.check = std::max(limits.check, s.config.framing);
  for (const auto& t : config.session_templates)
    for (const auto& v : t.variants) limits.check = std::max(limits.check, v.config.framing);
  return limits;
}

// Whom no list lets in does not get as far as a Logon. A template that is left out lets nobody in.
who_may_come who_may_come_to(const engine_config& config, place_number place) {
  who_may_come lists;
  bool is_open = false;
  const auto add = [&](const session_spec& s) {
    if (s.config.role != protocol::role::acceptor || !accepts_at(s, place)) return;
    is_open = is_open || s.allowed.empty();
    if (std::find(lists.begin(), lists.end(), s.allowed) == lists.end()) lists.push_back(s.allowed);
  };
  for (const auto& s : config.sessions) add(s);
  for (const auto& t : config.session_templates)
    if (t.refusal.empty()) std::for_each(t.variants.begin(), t.variants.end(), add);
  return is_open ? who_may_come{} : lists;
}

std::vector<who_may_come> who_may_come_everywhere(const engine_config& config) {
  std::vector<who_may_come> places;
  for (std::size_t n = 0; n < config.listen.size(); ++n) places.push_back(who_may_come_to(config, {n}));
  return places;
}

}  // namespace

void supervisor::put_up_door() {
  if (ports_.empty()) return;
  for (auto* home : around_.shards) {
    const auto maker = templates_.empty() ? session_maker{} : session_maker{handle_type{self_}};
    lobbies_.push_back(spawn_lobby(*home, *around_.config.events, lobby_limits_for(around_.config), maker, who_may_come_everywhere(around_.config)));
    watch(lobbies_.back(), [this](const std::string& why) { door_failed("lobby", why); });
  }
  for (const auto& [n, s] : sessions_)
    if (s.group && s.spec->config.role == protocol::role::acceptor && is_published(s))
      for (const auto& lobby : lobbies_) deliver(self_, lobby, publish{s.spec->config.id, s.group, s.spec->place});
  acceptor_ = spawn_acceptor(control(), lobbies_, *around_.config.events);
  watch(acceptor_, [this](const std::string& why) { door_failed("acceptor", why); });
}

void supervisor::take_down_door() {
  let_go(acceptor_);
  for (auto& lobby : lobbies_) let_go(lobby);
  lobbies_.clear();
  listening_.clear();
  for (auto& p : ports_) p.again.cancel(control());
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
    listen_from(0);
  });
  if (!goes_on) record(severity::error, "acceptor-given-up", nullptr, door_again_.why_not());
}

// One port after the other; behind the last one the engine is up, if it was about to start.
void supervisor::listen_from(std::size_t index) {
  if (index == ports_.size()) return connect_initiators();
  ask_to_listen(index, [this, index](const listening& l) {
    if (!l.error.empty() && !around_.config.starts_without_ports) return cannot_listen(index, l.error);
    listening_.push_back(l);
    if (!l.error.empty()) cannot_listen(index, l.error);
    listen_from(index + 1);
  });
}

void supervisor::cannot_listen(std::size_t index, const std::string& why) {
  if (around_.config.starts_without_ports) return ports_[index].again.not_started(self_, why, around_.config.restarts, [this, index] { try_port(index); });
  phase_ == phase::listening ? fail_start(why) : door_failed("acceptor", why);
}

void supervisor::try_port(std::size_t index) {
  ask_to_listen(index, [this, index](const listening& l) {
    listening_[index] = l;
    l.error.empty() ? ports_[index].again.started() : cannot_listen(index, l.error);
  });
}

// An answer of an acceptor that is gone is none. That it died, its `down` says.
template <class F>
void supervisor::ask_to_listen(std::size_t index, F then) {
  if (!is_up() || !acceptor_) return;
  const auto& where = ports_[index].where;
  self_->request(acceptor_, caf::infinite, listen{where.host, where.port, where.options, where.has_proxy_header, {index}})
      .then(
          [this, index, then, asked = acceptor_.id()](const listening& l) {
            if (!acceptor_ || acceptor_.id() != asked) return;
            if (l.error.empty()) ports_[index].where.port = l.port;
            then(l);
          },
          [](const caf::error&) {});
}

}  // namespace troupe::actors
