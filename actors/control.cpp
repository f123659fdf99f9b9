#include "actors/control.hpp"

#include "actors/control_client.hpp"
#include "actors/control_request.hpp"
#include "actors/control_socket.hpp"
#include "actors/parked_json.hpp"
#include "actors/pinned.hpp"
#include "actors/status_json.hpp"

#include <nlohmann/json.hpp>

#include <unistd.h>

#include <exception>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace troupe::actors {
namespace {

constexpr int tries_at_a_busy_folder = 200;
constexpr std::chrono::milliseconds pause_at_a_busy_folder{10};

std::string line_of(const nlohmann::ordered_json& answer) {
  nlohmann::ordered_json j{{"done", true}};
  j.update(answer);
  return j.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n';
}

class control {
 public:
  using handle_type = control_actor;
  using pointer = pinned<control_actor::base>*;
  static constexpr const char* name = "control";

  control(pointer self, supervisor_actor supervisor, event_sink* events, control_limits limits, std::function<void()> stopped)
      : self_(self), supervisor_(std::move(supervisor)), events_(*events), limits_(limits), stopped_(std::move(stopped)) {}
  ~control() {
    for (auto& [number, c] : clients_) home().cancel_timer(c.patience);
  }
  control(const control&) = delete;
  control& operator=(const control&) = delete;

  control_actor::behavior_type make_behavior() {
    return {[this](const listen& l) {
              auto promise = self_->make_response_promise<listening>();
              open(l.host, promise, tries_at_a_busy_folder);
              return promise;
            },
            [this](stop_listening) { close(); }};
  }

 private:
  using client_number = std::uint64_t;

  // ---- the socket
  void open(const std::string& path, caf::typed_response_promise<listening> promise, int tries);
  void serve(const std::string& path);
  void refuse(caf::typed_response_promise<listening>& promise, const std::string& why);
  void close();

  // ---- clients come and go
  void take(link_ptr link);
  void be_patient(client_number number, control_client& c);
  void drop(client_number number);

  // ---- one turn of one client
  void on_readable(client_number number);
  void on_writable(client_number number);
  void look_for_a_line(client_number number);
  void answer(client_number number, std::string text, bool is_last = false);
  void write_on(client_number number, control_client& c);

  // ---- what it asks
  void ask(client_number number, const status_of_all& s);
  void ask(client_number number, const wanted_command& c);
  void ask(client_number number, const wanted_parked& p);
  void ask(client_number number, const stop& s);
  void ask(client_number number, const wrong_request& w) { answer(number, answer_line(false, w.text)); }
  template <class F>
  void find_session_then(client_number number, std::string wanted, F then);
  [[nodiscard]] std::string status_line(const engine_status& s) const;
  template <class Answer, class Question, class F>
  void ask_supervisor(client_number number, Question question, F then);

  [[nodiscard]] reactor& home() const { return *self_->home_reactor(); }
  [[nodiscard]] control_client* find(client_number number) {
    const auto found = clients_.find(number);
    return found == clients_.end() ? nullptr : &found->second;
  }

  pointer self_;
  supervisor_actor supervisor_;
  event_sink& events_;
  control_limits limits_;
  std::function<void()> stopped_;
  std::unique_ptr<control_listener> listener_;
  std::map<client_number, control_client> clients_;
  client_number last_number_ = 0;
};

// ---------------------------------------------------------------- the socket

void control::open(const std::string& path, caf::typed_response_promise<listening> promise, int tries) {
  try {
    serve(path);
    promise.deliver(listening{});
  } catch (const busy_folder& e) {
    if (tries <= 1) return refuse(promise, e.what());
    home().start_timer(home().now().steady + pause_at_a_busy_folder, [keep = self_->keep_alive(), self = self_, this, path, promise, tries] {
      self->enter([&] { open(path, promise, tries - 1); });
    });
  } catch (const std::exception& e) {
    refuse(promise, e.what());
  }
}

void control::serve(const std::string& path) {
  listener_ = serve_control(home(), std::make_shared<control_socket>(path), [keep = self_->keep_alive(), self = self_, this](link_ptr client) {
    self->enter([&] { take(std::move(client)); });
  });
  events_.record(severity::info, "control-open", {}, path);
}

void control::refuse(caf::typed_response_promise<listening>& promise, const std::string& why) {
  events_.record(severity::warning, "control-failed", {}, why);
  promise.deliver(listening{0, why});
}

void control::close() {
  listener_.reset();
  while (!clients_.empty()) drop(clients_.begin()->first);
}

// ---------------------------------------------------------------- clients come and go

void control::take(link_ptr link) {
  const auto number = ++last_number_;
  auto line = link->attach(home());
  if (clients_.size() >= limits_.clients) {
    const auto text = answer_line(false, "too many clients at once, at most " + std::to_string(limits_.clients) + "; try again");
    const std::string_view all = text;
    (void)line->write(std::span{&all, 1});
    return line->close_gently();
  }
  auto& c = clients_[number];
  c.line = std::move(line);
  const auto enter = [keep = self_->keep_alive(), self = self_](auto f) { return [keep, self, f] { self->enter(f); }; };
  c.line->on_readable(enter([this, number] { on_readable(number); }));
  c.line->on_writable(enter([this, number] { on_writable(number); }));
  be_patient(number, c);
  c.line->await_readable();
}

void control::be_patient(client_number number, control_client& c) {
  home().cancel_timer(c.patience);
  c.patience = home().start_timer(home().now().steady + limits_.idle,
                                  [keep = self_->keep_alive(), self = self_, this, number] { self->enter([&] { drop(number); }); });
}

void control::drop(client_number number) {
  const auto found = clients_.find(number);
  if (found == clients_.end()) return;
  home().cancel_timer(found->second.patience);
  clients_.erase(found);
}

// ---------------------------------------------------------------- one turn of one client

void control::on_readable(client_number number) {
  auto* c = find(number);
  if (!c || c->state != control_client_state::reading) return;
  if (!c->read_up_to(limits_.request_bytes)) return drop(number);
  look_for_a_line(number);
}

void control::look_for_a_line(client_number number) {
  auto& c = clients_.at(number);
  const auto end = c.in.find('\n');
  if (end == std::string::npos) {
    if (c.has_ended) return drop(number);
    if (c.in.size() < limits_.request_bytes) return c.line->await_readable();
    return answer(number, answer_line(false, "a request is one line of at most " + std::to_string(limits_.request_bytes) + " bytes"), true);
  }
  c.state = control_client_state::asking;
  home().cancel_timer(c.patience);
  const auto request = read_request(std::string_view{c.in}.substr(0, end), limits_.stop_within);
  c.in.erase(0, end + 1);
  std::visit([&](const auto& r) { ask(number, r); }, request);
}

void control::answer(client_number number, std::string text, bool is_last) {
  auto* c = find(number);
  if (!c) return;
  c->state = control_client_state::writing;
  c->out = std::move(text);
  c->written = 0;
  c->is_last_answer = is_last;
  be_patient(number, *c);
  write_on(number, *c);
}

void control::on_writable(client_number number) {
  auto* c = find(number);
  if (c && c->state == control_client_state::writing) write_on(number, *c);
}

// The next line is looked for in a turn of its own: who sends a hundred requests at once waits behind the others.
void control::write_on(client_number number, control_client& c) {
  if (!c.write_some()) return drop(number);
  if (!c.is_written()) return c.line->await_writable();
  if (c.is_last_answer || (c.has_ended && !c.has_line())) {
    c.line->close_gently();
    return drop(number);
  }
  c.state = control_client_state::reading;
  if (!c.has_line()) return c.line->await_readable();
  home().post([keep = self_->keep_alive(), self = self_, this, number] {
    self->enter([&] {
      if (find(number)) look_for_a_line(number);
    });
  });
}

// ---------------------------------------------------------------- what it asks

template <class Answer, class Question, class F>
void control::ask_supervisor(client_number number, Question question, F then) {
  self_->request(supervisor_, caf::infinite, std::move(question))
      .then([then](const Answer& a) { then(a); },
            [this, number](const caf::error& e) { answer(number, answer_line(false, "the supervisor does not answer: " + reason_text(e)), true); });
}

void control::ask(client_number number, const status_of_all& s) {
  ask_supervisor<engine_status>(number, s, [this, number](const engine_status& e) {
    answer(number, status_line(e));
  });
}

std::string control::status_line(const engine_status& s) const {
  nlohmann::ordered_json j{{"pid", ::getpid()}};
  j.update(to_json(s, home().now().steady));
  return line_of(j);
}

template <class F>
void control::find_session_then(client_number number, std::string wanted, F then) {
  ask_supervisor<engine_status>(number, status_of_all{}, [this, number, wanted = std::move(wanted), then](const engine_status& s) {
    std::vector<session_id> known;
    for (const auto& g : s.sessions) known.push_back(g.id);
    const auto found = find_session(wanted, known);
    if (const auto* wrong = std::get_if<wrong_request>(&found)) return ask(number, *wrong);
    then(std::get<session_id>(found));
  });
}

void control::ask(client_number number, const wanted_command& c) {
  find_session_then(number, c.session, [this, number, what = c.what](const session_id& id) {
    ask_supervisor<command_result>(number, command_to{id, what}, [this, number](const command_result& r) { answer(number, answer_line(r.is_done, r.text)); });
  });
}

void control::ask(client_number number, const wanted_parked& p) {
  find_session_then(number, p.session, [this, number, what = p.what](const session_id& id) {
    ask_supervisor<parked_list>(number, list_parked_of{id, what}, [this, number, id](const parked_list& l) {
      answer(number, l.refusal.empty() ? line_of(to_json(id, l.page, l.is_last, home().now().utc)) : answer_line(false, l.refusal));
    });
  });
}

void control::ask(client_number number, const stop& s) {
  ask_supervisor<stopped>(number, s, [this, number](const stopped& how) {
    answer(number, answer_line(true, how.cut == 0 ? "stopped" : "stopped; " + std::to_string(how.cut) + " sessions were cut"));
    if (stopped_) stopped_();
  });
}

}  // namespace

control_actor spawn_control(reactor& home, supervisor_actor supervisor, event_sink& events, control_limits limits, std::function<void()> stopped) {
  return home.spawn<control>(std::move(supervisor), &events, limits, std::move(stopped));
}

}  // namespace troupe::actors
