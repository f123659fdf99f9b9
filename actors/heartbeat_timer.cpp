#include "actors/heartbeat_timer.hpp"

#include "actors/deliver.hpp"

#include <optional>
#include <utility>

namespace troupe::actors {
namespace {

// Sessions move their deadline with nearly every message, mostly into the future: then the wheel is left alone, and only
// looked at again when it fires early.
class heartbeat_timer {
 public:
  using handle_type = timer_actor;
  using pointer = pinned<timer_actor::base>*;
  static constexpr const char* name = "heartbeat_timer";

  heartbeat_timer(pointer self, session_actor client) : self_(self), client_(std::move(client)) {}
  ~heartbeat_timer() { stop(); }
  heartbeat_timer(const heartbeat_timer&) = delete;
  heartbeat_timer& operator=(const heartbeat_timer&) = delete;

  [[nodiscard]] std::string about() const { return actors::about(client_); }
  timer_actor::behavior_type make_behavior() {
    return {[this](const arm& m) { set(m.deadline); }, [this](disarm) { deadline_.reset(); }};
  }

 private:
  void set(steady_time deadline) {
    deadline_ = deadline;
    if (fires_at_ && *fires_at_ <= deadline) return;
    stop();
    start(deadline);
  }
  void start(steady_time at) {
    fires_at_ = at;
    timer_ = self_->home_reactor()->start_timer(at, [keep = self_->keep_alive(), this] { self_->enter([this] { fired(); }); });
  }
  void stop() {
    if (fires_at_) self_->home_reactor()->cancel_timer(timer_);
    fires_at_.reset();
  }
  void fired() {
    fires_at_.reset();
    if (!deadline_) return;
    if (self_->home_reactor()->now().steady < *deadline_) return start(*deadline_);
    deadline_.reset();
    deliver(self_, client_, tick{});
  }

  pointer self_;
  session_actor client_;
  std::optional<steady_time> deadline_;
  std::optional<steady_time> fires_at_;
  timer_id timer_;
};

}  // namespace

timer_actor spawn_heartbeat_timer(reactor& home, session_actor client) {
  return home.spawn<heartbeat_timer>(std::move(client));
}

}  // namespace troupe::actors
