#include "actors/supervisor_class.hpp"

namespace troupe::actors {

namespace {

using namespace std::chrono_literals;

constexpr steady_time status_limit = 2s;   // a shard that does not answer in this time is reported so

}  // namespace

caf::result<command_result> supervisor::pass_on(const command_to& c) {
  const auto found = by_id_.find(c.id);
  if (found == by_id_.end()) return command_result{false, "no session " + to_string(c.id) + " here"};
  if (!is_up()) return command_result{false, "the engine is not running"};
  if (c.what.what == operator_command::logon) revive(found->second);
  auto& s = sessions_.at(found->second);
  if (!s.group) return command_result{false, s.last.reason.empty() ? "the session's group is being started" : s.last.reason};
  auto promise = self_->make_response_promise<command_result>();
  self_->request(s.group, caf::infinite, c.what)
      .then([promise](command_result& r) mutable { promise.deliver(std::move(r)); },
            [promise](const caf::error& e) mutable { promise.deliver(command_result{false, reason_text(e)}); });
  return promise;
}

// The operator has looked at it: what had failed too often gets another try.
void supervisor::revive(seat_number n) {
  auto& s = sessions_.at(n);
  auto& store = stores_[s.store];
  if (store.again.has_given_up()) {
    store.again.forgive();
    reopen(s.store);
  }
  if (s.application_again.has_given_up()) {
    s.application_again.forgive();
    put_up_application(n);
  }
  if (s.group_again.has_given_up()) {
    s.group_again.forgive();
    put_up_group(n);
  }
  if (!door_again_.has_given_up() || acceptor_) return;
  door_again_.forgive();
  put_up_door();
  listen_from(0);
}

caf::result<engine_status> supervisor::status_of_everything() {
  auto round = std::make_shared<status_round>();
  round->promise = self_->make_response_promise<engine_status>();
  round->answer.endpoints = listening_;
  round->answer.problems = problems();
  for (const auto& [n, s] : sessions_) round->answer.sessions.push_back(without_answer(s, s.group ? "its shard does not answer" : s.last.reason));
  round->open = 1;
  for (std::size_t i = 0; const auto& [n, s] : sessions_) {
    const auto place = i++;
    if (!s.group) continue;
    ++round->open;
    const auto one_less = [this, round] {
      if (round->open > 0 && --round->open == 0) finish(round);
    };
    self_->request(s.group, caf::infinite, status_of{})
        .then(
            [round, place, one_less](group_status& g) {
              round->answer.sessions[place] = std::move(g);
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
  auto all = around_.config.left_out;
  const auto add = [&](const std::string& what, const second_chances& c) {
    if (c.has_given_up()) all.push_back(what + " is given up: " + c.why_not());
    else if (c.is_pending()) all.push_back(what + " is started again: " + c.last_reason());
  };
  for (const auto& s : stores_) add("store " + s.spec->name, s.again);
  for (const auto& [n, s] : sessions_) {
    add("application of " + to_string(s.spec->config.id), s.application_again);
    add("group of " + to_string(s.spec->config.id), s.group_again);
  }
  add("acceptor", door_again_);
  for (const auto& l : listening_)
    if (!l.error.empty()) all.push_back(l.error + "; it is tried again by itself");
  return all;
}

}  // namespace troupe::actors
