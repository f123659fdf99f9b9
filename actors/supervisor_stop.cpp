#include "actors/supervisor_class.hpp"

#include <algorithm>

namespace troupe::actors {

namespace {

using namespace std::chrono_literals;

constexpr steady_time last_words = 1s;     // for the numbers of sessions that are cut, from a shard that does not answer
constexpr steady_time drain_pause = 10ms;  // between two looks whether all that was delivered is handled

}  // namespace

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
  for (auto& [n, seat] : sessions_)
    if (seat.group) self_->request(seat.group, caf::infinite, command{operator_command::stop, {}}).then([](const command_result&) {}, [](const caf::error&) {});
  limit_ = at(control().now().steady + s.within, [this] {
    limit_ = {};
    time_is_over();
  });
  look_whether_out();
  return promise;
}

// Their links are over, or time is.
void supervisor::look_whether_out() {
  if (phase_ != phase::stopping || step_ != stop_step::logging_out) return;
  const auto is_out = [](const session_seat& s) {
    return !s.group || ((s.last.state == group_state::Stopped || s.last.state == group_state::NeedsOperator) && !s.last.has_link);
  };
  result_.cut = static_cast<std::size_t>(std::count_if(sessions_.begin(), sessions_.end(), [&](const auto& seat) { return !is_out(seat.second); }));
  if (result_.cut > 0 && !is_late_) return;
  step_ = stop_step::handling;
  look_whether_handled();
}

// A shard that does not answer now is not waited for.
void supervisor::time_is_over() {
  is_late_ = true;
  if (step_ == stop_step::handling) return write_down();
  if (step_ == stop_step::writing) return;
  limit_ = at(control().now().steady + last_words, [this] {
    limit_ = {};
    if (step_ == stop_step::handling) write_down();
  });
  look_whether_out();
}

// What was delivered is to be handled, so that it need not be delivered again, marked, at the next start.
void supervisor::look_whether_handled() {
  if (step_ != stop_step::handling) return;
  auto open = std::make_shared<std::pair<std::size_t, bool>>(1, true);
  result_.sessions.clear();
  const auto one_less = [this, open] {
    if (--open->first > 0 || step_ != stop_step::handling) return;
    if (open->second || is_late_) return write_down();
    at(control().now().steady + drain_pause, [this] { look_whether_handled(); });
  };
  for (const auto& [n, s] : sessions_) {
    if (!s.group) continue;
    ++open->first;
    self_->request(s.group, caf::infinite, status_of{})
        .then(
            [this, open, one_less](const group_status& g) {
              if (step_ == stop_step::handling) result_.sessions.push_back(g);
              if (g.group != group_state::NeedsOperator && g.session.handled_target != g.session.expected_target) open->second = false;
              one_less();
            },
            [one_less](const caf::error&) { one_less(); });
  }
  one_less();
}

// A question for no token is answered behind all commits that are under way, also while others have to wait. However long that takes: what was said to be stored is to be.
void supervisor::write_down() {
  step_ = stop_step::writing;
  for (auto& [n, s] : sessions_) {
    let_go(s.group);
    s.anchor->close();
  }
  auto open = std::make_shared<std::size_t>(1);
  const auto one_less = [this, open] {
    if (--*open > 0) return;
    end_everything();
    report_end();
  };
  for (const auto& s : stores_) {
    if (!s.actor) continue;
    ++*open;
    self_->request(s.actor, caf::infinite, find_token{{}, submit_token{}})
        .then([one_less](const token_found&) { one_less(); }, [one_less](const caf::error&) { one_less(); });
  }
  one_less();
}

void supervisor::report_end() {
  std::sort(result_.sessions.begin(), result_.sessions.end(), [this](const auto& a, const auto& b) { return by_id_.at(a.id) < by_id_.at(b.id); });
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
  for (auto& [n, s] : sessions_) {
    s.application_again.cancel(control());
    s.group_again.cancel(control());
    forget(s.made.idle);
  }
  take_down_door();
  for (auto& [n, s] : sessions_) {
    let_go(s.group);
    let_go(s.application);
    s.anchor->close();
  }
  for (auto& s : stores_) let_go(s.actor);
}

}  // namespace troupe::actors
