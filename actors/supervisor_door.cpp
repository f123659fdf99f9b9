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

}  // namespace

void supervisor::put_up_door() {
  if (where_.empty()) return;
  for (auto* home : around_.shards) {
    const auto maker = templates_.empty() ? session_maker{} : session_maker{handle_type{self_}};
    lobbies_.push_back(spawn_lobby(*home, *around_.config.events, lobby_limits_for(around_.config), maker));
    watch(lobbies_.back(), [this](const std::string& why) { door_failed("lobby", why); });
  }
  for (const auto& [n, s] : sessions_)
    if (s.group && s.spec->config.role == protocol::role::acceptor && is_published(s))
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
  self_->request(acceptor_, caf::infinite, listen{where_[index].host, where_[index].port, where_[index].options, where_[index].has_proxy_header})
      .then(
          [this, index](const listening& l) {
            if (!l.error.empty()) return door_failed("acceptor", l.error);
            listening_.push_back(l);
            relisten(index + 1);
          },
          [](const caf::error&) {});  // it died: its `down` comes, too
}

}  // namespace troupe::actors
