#include "actors/supervisor_class.hpp"

namespace troupe::actors {

namespace {

using namespace std::chrono_literals;

constexpr steady_time status_limit = 2s;   // a shard that does not answer in this time is reported so
constexpr steady_time parked_limit = 5s;   // for a session that lists what is parked, or drops it, which takes a commit

}  // namespace

// Empty: it can be.
std::string supervisor::why_not_asked(const session_id& id) const {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return "no session " + to_string(id) + " here";
  if (!is_up()) return "the engine is not running";
  const auto& s = sessions_.at(found->second);
  if (s.group) return {};
  return s.last.reason.empty() ? "the session's group is being started" : s.last.reason;
}

// Whoever is asked may die over it, or wait for a store that does not answer.
template <class Answer, class Question>
caf::result<Answer> supervisor::ask_in_time(const session_group_actor& group, Question question, Answer too_late) {
  struct round {
    caf::typed_response_promise<Answer> promise;
    timer_id limit;
  };
  auto open = std::make_shared<round>(round{self_->make_response_promise<Answer>(), {}});
  const auto answer = [this, open](const Answer& a) {
    if (open->limit.value == 0) return;
    forget(open->limit);
    open->promise.deliver(a);
  };
  open->limit = at(control().now().steady + parked_limit, [answer, too_late] { answer(too_late); });
  self_->request(group, caf::infinite, std::move(question)).then(answer, [answer, too_late](const caf::error&) { answer(too_late); });
  return open->promise;
}

caf::result<parked_list> supervisor::pass_on(const list_parked_of& l) {
  if (auto why_not = why_not_asked(l.id); !why_not.empty()) return parked_list{std::move(why_not), {}};
  return ask_in_time<parked_list>(sessions_.at(by_id_.at(l.id)).group, l.what, {"the session does not answer; try again", {}});
}

caf::result<command_result> supervisor::pass_on(const command_to& c) {
  const auto found = by_id_.find(c.id);
  if (c.what.what == operator_command::logon && found != by_id_.end() && is_up()) revive(found->second);
  if (auto why_not = why_not_asked(c.id); !why_not.empty()) return command_result{false, std::move(why_not)};
  auto& s = sessions_.at(found->second);
  if (c.what.what == operator_command::drop_parked)
    return ask_in_time<command_result>(s.group, c.what, {false, "it is not known yet whether they are dropped: the session or its store does not answer; `troupe parked` lists what is there"});
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
  for (const auto& s : stores_) {
    add("store " + s.spec->name, s.again);
    if (s.is_opening) all.push_back("store " + s.spec->name + " is being opened again: " + s.again.last_reason());
  }
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
