#include "actors/acceptor.hpp"

#include "actors/deliver.hpp"
#include "actors/link.hpp"
#include "actors/pinned.hpp"

#include <memory>
#include <string>
#include <utility>

namespace troupe::actors {
namespace {

class acceptor {
 public:
  using handle_type = acceptor_actor;
  using pointer = pinned<acceptor_actor::base>*;
  static constexpr const char* name = "acceptor";

  acceptor(pointer self, std::vector<lobby_actor> lobbies, event_sink* events)
      : self_(self), lobbies_(std::move(lobbies)), events_(*events) {}

  acceptor_actor::behavior_type make_behavior() {
    return {[this](const listen& m) { return open(m); }, [this](stop_listening) { listeners_.clear(); }};
  }

 private:
  listening open(const listen& where) {
    auto result = self_->home_reactor()->net().listen(
        *self_->home_reactor(), {where.host, where.port, where.options},
        [keep = self_->keep_alive(), self = self_, this, has_header = where.has_proxy_header, place = where.place](accepted a) {
          self->enter([&] { hand_over(std::move(a), has_header, place); });
        },
        [keep = self_->keep_alive(), self = self_, this](const std::string& text) {
          self->enter([&] { events_.record(severity::warning, "accept-paused", {}, text); });
        });
    if (!result.on) {
      events_.record(severity::error, "listen-failed", {}, result.error);
      return {0, result.error};
    }
    const auto port = result.on->port();
    events_.record(severity::info, "listening", {}, (where.host.empty() ? "0.0.0.0" : where.host) + ":" + std::to_string(port));
    listeners_.push_back(std::move(result.on));
    return {port, {}};
  }

  void hand_over(accepted a, bool has_proxy_header, place_number place) {
    const auto& lobby = lobbies_[next_++ % lobbies_.size()];
    deliver(self_, lobby, accepted_link{std::move(a.socket), std::move(a.peer), self_->home_reactor()->now().steady, has_proxy_header, place});
  }

  pointer self_;
  std::vector<lobby_actor> lobbies_;
  event_sink& events_;
  std::vector<std::unique_ptr<listener>> listeners_;
  std::size_t next_ = 0;
};

}  // namespace

acceptor_actor spawn_acceptor(reactor& home, std::vector<lobby_actor> lobbies, event_sink& events) {
  return home.spawn<acceptor>(std::move(lobbies), &events);
}

}  // namespace troupe::actors
