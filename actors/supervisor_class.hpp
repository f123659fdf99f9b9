// Private: the supervisor's class, in parts: start (supervisor.cpp), stores, applications and groups (supervisor_children.cpp), lobbies
// and acceptor (supervisor_door.cpp), sessions made by their Logon (supervisor_templates.cpp), the operator's questions and commands
// (supervisor_operator.cpp), stop (supervisor_stop.cpp).
#pragma once

#include "actors/deliver.hpp"
#include "actors/second_chances.hpp"
#include "actors/supervisor.hpp"
#include "store/background.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace troupe::actors {

class supervisor {
 public:
  using handle_type = supervisor_actor;
  using pointer = pinned<handle_type::base>*;
  static constexpr const char* name = "supervisor";

  supervisor(pointer self, supervisor_surroundings around)
      : self_(self), around_(std::move(around)), door_again_(around_.config.restarts) {}
  ~supervisor() { end_everything(); }
  supervisor(const supervisor&) = delete;
  supervisor& operator=(const supervisor&) = delete;
  handle_type::behavior_type make_behavior();

 private:
  enum class phase : std::uint8_t { idle, loading, listening, running, stopping, ended };

  enum class stop_step : std::uint8_t { logging_out, handling, writing };

  struct store_seat {
    const store_spec* spec = nullptr;
    store_actor actor;
    second_chances again;
    bool is_opening = false;  // on another thread
  };
  struct opened_store {
    std::shared_ptr<store::message_store> store;  // nullptr: it could not be opened
    std::string why_not;
  };
  struct port_seat {
    endpoint where;  // with the port that was found, so that a new acceptor takes the same
    second_chances again;
  };
  using seat_number = std::size_t;  // never used twice
  struct template_seat {
    const session_template* spec = nullptr;
    std::size_t live = 0;   // sessions that are there now
    std::size_t known = 0;  // identities, in the store or about to be
  };
  // A Logon that waits for its session.
  struct waiting_logon {
    make_session asked;
    caf::typed_response_promise<session_made> answer;
    unsigned tries = 0;  // to make room for it
  };
  // Of a session that was made from a template: how long it has been without a link, and who waits for it.
  struct made_session {
    template_seat* from = nullptr;  // nullptr: it was configured
    bool is_retiring = false;
    bool had_link = false;
    bool was_logged_on = false;
    std::optional<steady_time> down_since;
    timer_id idle;
    std::vector<waiting_logon> waiting;
  };
  struct session_seat {
    std::shared_ptr<const session_spec> spec;
    std::size_t store = 0;
    std::shared_ptr<session_anchor> anchor;
    application_actor application;
    session_group_actor group;
    second_chances application_again;
    second_chances group_again;
    group_changed last;  // what the group said last
    made_session made;
    [[nodiscard]] const std::string& store_name() const { return spec->store; }
  };
  struct status_round {
    caf::typed_response_promise<engine_status> promise;
    engine_status answer;
    std::size_t open = 0;
    timer_id limit;
  };

  // ---- start
  caf::result<started> start_all();
  void open_all_stores();
  void make_seats();
  void look_whether_loaded();
  void begin_listening();
  void connect_initiators();
  void fail_start(const std::string& error);

  // ---- stores
  void put_up(store_seat& s, std::shared_ptr<store::message_store> opened);
  void store_failed(std::size_t index, const std::string& reason);
  void reopen(std::size_t index);
  [[nodiscard]] static opened_store tried(const store_spec& spec);
  void open_elsewhere(std::size_t index);
  void on_opened(std::size_t index, opened_store opened);
  template <class F>
  void for_each_session_of(std::size_t store, F what);

  // ---- applications and groups
  void put_up_application(seat_number n);
  void application_failed(seat_number n, const std::string& reason);
  void put_up_group(seat_number n);
  void group_failed(seat_number n, const std::string& reason);
  void on_group_changed(const group_changed& g);

  // ---- the door: lobbies and acceptor
  void put_up_door();
  void take_down_door();
  void door_failed(const std::string& what, const std::string& reason);
  void listen_from(std::size_t index);
  void cannot_listen(std::size_t index, const std::string& why);
  void try_port(std::size_t index);
  template <class F>
  void ask_to_listen(std::size_t index, F then);

  // ---- sessions made by their Logon
  caf::result<session_made> make_for(const make_session& m);
  void make(waiting_logon w);
  void wait_for(seat_number n, waiting_logon w);
  void make_from(template_seat& t, const session_spec& variant, const session_id& id, waiting_logon w);
  void make_room(template_seat& t, waiting_logon w);
  [[nodiscard]] std::string free_qualifier(session_id id) const;
  void know_stored_sessions(const std::string& store, store::message_store& opened);
  void count(const session_id& id, template_seat* t);
  void follow_link(seat_number n, const group_changed& g);
  void answer_waiting(session_seat& s);
  void wait_idly(seat_number n, bool was_refused = false);
  [[nodiscard]] std::optional<steady_time> patience_with(const session_seat& s) const;
  void retire_session(seat_number n, std::function<void()> then);
  void on_retired(seat_number n, const retired& r);
  void remove_seat(seat_number n, session_incarnation last);
  void forget_if_unused(const session_seat& s, session_incarnation last);

  // ---- operator
  caf::result<command_result> pass_on(const command_to& c);
  caf::result<parked_list> pass_on(const list_parked_of& l);
  [[nodiscard]] std::string why_not_asked(const session_id& id) const;
  template <class Answer, class Question>
  caf::result<Answer> ask_in_time(const session_group_actor& group, Question question, Answer too_late);
  void revive(seat_number n);
  caf::result<engine_status> status_of_everything();
  void finish(const std::shared_ptr<status_round>& round);
  [[nodiscard]] group_status without_answer(const session_seat& s, const std::string& reason) const;
  [[nodiscard]] std::vector<std::string> problems() const;

  // ---- stop
  caf::result<stopped> stop_all(const actors::stop& s);
  void look_whether_out();
  void time_is_over();
  void look_whether_handled();
  void write_down();
  void end_everything();
  void report_end();

  // ---- small words
  [[nodiscard]] reactor& control() const { return *self_->home_reactor(); }
  [[nodiscard]] reactor& shard(std::size_t n) const { return *around_.shards[n % around_.shards.size()]; }
  [[nodiscard]] reactor& home_of(const session_seat& s) const { return shard(stores_[s.store].spec->reactor); }
  [[nodiscard]] bool is_up() const { return phase_ != phase::idle && phase_ != phase::stopping && phase_ != phase::ended; }
  [[nodiscard]] session_seat* find(const session_id& id);
  seat_number seat(std::shared_ptr<const session_spec> spec);
  [[nodiscard]] static bool is_published(const session_seat& s) { return !s.made.from || !s.made.from->spec->has_own_qualifiers; }
  void record(severity s, std::string_view code, const session_id* id, std::string_view text) const;
  template <class Handle, class F>
  void watch(const Handle& child, F when_down);
  template <class Handle>
  void let_go(Handle& child);
  template <class F>
  timer_id at(steady_time when, F then);
  void forget(timer_id& t) {
    if (t.value != 0) control().cancel_timer(t);
    t = {};
  }

  pointer self_;
  supervisor_surroundings around_;
  phase phase_ = phase::idle;
  std::vector<store_seat> stores_;
  std::vector<template_seat> templates_;       // constant in number once made
  std::map<seat_number, session_seat> sessions_;  // in the order of the configuration, then of their making
  seat_number next_seat_ = 0;
  std::map<session_id, seat_number> by_id_;
  std::unordered_map<caf::actor_id, std::function<void(const std::string& reason)>> watched_;

  std::vector<lobby_actor> lobbies_;
  acceptor_actor acceptor_;
  second_chances door_again_;
  std::vector<port_seat> ports_;      // constant in number once made
  std::vector<listening> listening_;  // of them, so far

  caf::typed_response_promise<started> start_promise_;
  std::vector<caf::typed_response_promise<stopped>> stop_promises_;  // of everybody who asked, also while it stops
  timer_id limit_;  // of loading, or of the stop
  stop_step step_ = stop_step::logging_out;
  bool is_late_ = false;
  stopped result_;
  std::unique_ptr<store::background> opener_;  // last: it uses the others. Ended when it has tried what it is at
};

template <class F>
void supervisor::for_each_session_of(std::size_t store, F what) {
  for (auto& [n, s] : sessions_)
    if (s.store == store) what(s);
}

template <class Handle, class F>
void supervisor::watch(const Handle& child, F when_down) {
  watched_[child.id()] = std::move(when_down);
  self_->monitor(child);
}

template <class Handle>
void supervisor::let_go(Handle& child) {
  if (!child) return;
  watched_.erase(child.id());
  self_->demonitor(child.address());
  caf::anon_send_exit(caf::actor_cast<caf::actor>(child), caf::exit_reason::user_shutdown);
  child = Handle{};
}

template <class F>
timer_id supervisor::at(steady_time when, F then) {
  return control().start_timer(when, [keep = self_->keep_alive(), self = self_, then] { self->enter(then); });
}

}  // namespace troupe::actors
