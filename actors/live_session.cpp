#include "actors/live_session.hpp"

#include "actors/deliver_lent.hpp"
#include "actors/way_out.hpp"
#include "protocol/session.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <unordered_set>

namespace troupe::actors {

namespace {

namespace action = protocol::action;
namespace event = protocol::event;

constexpr std::size_t page_of_parked = 100;
constexpr std::size_t bytes_of_parked = 256 * 1024;

class live_session {
 public:
  using handle_type = session_actor;
  using pointer = pinned<handle_type::base>*;
  static constexpr const char* name = "session";

  live_session(pointer self, session_surroundings around) : self_(self), around_(std::move(around)) {}
  handle_type::behavior_type make_behavior();
  [[nodiscard]] std::string about() const { return to_string(around_.config.id); }

 private:
  // ---- life
  void on_loaded(const loaded& l);
  void attach();
  void be_ready();
  void change_application(const application_replaced& r);
  void on_commit_failed(const commit_failed& f);

  // ---- events
  [[nodiscard]] protocol::instant now() const { return self_->home_reactor()->now(); }
  template <class Event>
  void feed(Event&& e) {
    machine_->on(std::forward<Event>(e), now_);
  }
  // One turn: all events of one message, then their actions.
  template <class F>
  void turn(F&& events) {
    if (!machine_) return;
    now_ = now();
    events();
    carry_out_actions();
  }
  template <class Event>
  void turn_with(Event e) {
    turn([&] { feed(std::move(e)); });
  }
  void on_link_down(const link_down& l);
  void on_received(const received& r);
  void on_frame(const received_frame& f, const std::shared_ptr<const void>& owner);
  void on_submit(const submit& s);
  void on_handled(const handled& h);
  void answer_from_store(const handled& h);
  void on_committed(const committed& c);
  [[nodiscard]] parked_list page_of(const list_parked& l) const;
  caf::result<command_result> on_drop(const drop_parked& d);

  // ---- actions
  void carry_out_actions();
  void carry_out(const action::commit& a);
  void carry_out(action::deliver& a);
  void carry_out(const action::fetch_replay& a);
  void carry_out(action::ask_authenticate& a);
  void carry_out(const action::ask_prepare_logon& a);
  void carry_out(action::ask_may_resend& a);
  void carry_out(const action::abort& a) {
    if (a.epoch == way_out_.epoch()) way_out_.abort(self_, a.why);
  }
  void carry_out(const action::pause_read&) { way_out_.pause(self_); }
  void carry_out(const action::resume_read&) { way_out_.resume(self_); }
  void carry_out(const action::accepted& a) {
    if (a.was_parked) from_group_.insert(a.token.value);
    outcomes_.push_back({a.token, a.number, std::nullopt});
  }
  void carry_out(const action::parked& a) { outcomes_.push_back({a.token, seq_num{}, std::nullopt, true}); }
  void carry_out(action::cancel_orders& a);
  void carry_out(const action::refused& a) {
    using enum action::refusal;
    if (a.reason == expired || a.reason == damaged || a.reason == dropped) from_group_.insert(a.token.value);
    outcomes_.push_back({a.token, seq_num{}, a.reason});
  }
  void carry_out(const action::parked_dropped& a);
  void carry_out(const action::state_changed&) { is_status_due_ = true; }
  void carry_out(const action::logged_on&);
  void carry_out(const action::ended& a);
  void carry_out(const action::note& a) { deliver(self_, around_.group, session_note{std::string{a.code}, a.text, false}); }
  void carry_out(const action::needs_operator& a) { deliver(self_, around_.group, session_note{"needs-operator", a.text, true}); }
  void say_sent(const protocol::commit_batch& batch);
  void tell_outcomes();
  void ask_may_resend_again();
  void ask_to_cancel_again();
  void arm_timer();
  [[nodiscard]] session_status status() const;
  [[nodiscard]] const session_id& id() const { return around_.config.id; }
  [[nodiscard]] handle_type me() const { return handle_type{self_}; }

  // Which numbers are durable once a commit is.
  struct open_commit {
    commit_id id{};
    numbering_generation generation{};
    seq_num next_target{};
    [[nodiscard]] bool says_the_same(const open_commit& o) const { return generation == o.generation && next_target == o.next_target; }
  };

  pointer self_;
  session_surroundings around_;
  way_out way_out_;
  timer_actor timer_;
  std::optional<protocol::session> machine_;  // from `loaded` on
  session_incarnation incarnation_{};
  numbering_generation loaded_generation_{};  // what was durable when this incarnation began: in this numbering …
  seq_num loaded_target_{};                   // … everything before this
  protocol::instant now_{};                   // of this turn
  protocol::message_view view_;               // reused for every frame
  std::vector<protocol::any_action> actions_;
  std::vector<submit_outcome> outcomes_;      // of this turn
  std::unordered_set<std::uint64_t> from_group_;  // tokens whose outcome the group wants, too
  std::map<std::uint64_t, caf::typed_response_promise<command_result>> drops_;  // the operator's, under way to the store
  std::uint64_t last_drop_ = 0;
  std::deque<protocol::commit_ptr> unsaid_;   // under way to the store: in no log and no count yet
  commit_id last_unsaid_{};
  std::deque<open_commit> open_commits_;      // that advance the target number
  open_commit confirmed_;
  std::optional<may_resend> open_question_;   // asked again when the application is replaced
  std::uint64_t question_ = 0;                // of the machine: the open one's
  std::optional<cancel_orders> open_cancel_;  // said again when the application is replaced
  std::uint64_t last_cancel_ = 0;
  std::optional<steady_time> armed_;
  bool is_application_on_ = false;            // was told `logged_on`
  bool is_status_due_ = false;
  bool is_ready_ = false;
  std::uint64_t messages_in_ = 0;
  std::uint64_t messages_out_ = 0;
};

live_session::handle_type::behavior_type live_session::make_behavior() {
  self_->send(around_.store, load{id(), me(), now().utc});
  return {
      [this](const link_up& l) { turn_with(event::link_up{l.epoch}); },
      [this](const received& r) { on_received(r); },
      [this](const wrote& w) { turn_with(event::wrote{w.epoch, w.unwritten}); },
      [this](const link_down& l) { on_link_down(l); },
      [this](tick) {
        armed_.reset();
        turn_with(event::deadline{});
      },
      [this](const submit& s) { turn([&] { on_submit(s); }); },
      [this](const std::vector<submit>& list) {
        turn([&] {
          for (const auto& s : list) on_submit(s);
        });
      },
      [this](const handled& h) { turn([&] { on_handled(h); }); },
      [this](const committed& c) { on_committed(c); },
      [this](const commit_failed& f) { on_commit_failed(f); },
      [this](const page_fetched& p) {
        if (p.incarnation == incarnation_) turn_with(event::replay_page{p.page, p.question});
      },
      [this](const loaded& l) { on_loaded(l); },
      [this](const load_failed& f) {
        if (!f.is_tried_again) throw std::runtime_error{"load failed: " + f.reason};
        deliver(self_, around_.group, session_note{"store-unavailable", f.reason, false});
      },
      [this](const logout_request& l) { turn_with(event::logout_requested{l.text}); },
      [this](reset_request) { turn_with(event::reset_requested{}); },
      [this](const period_began& p) { turn_with(event::period_began{p.begin}); },
      [this](const application_replaced& r) { change_application(r); },
      [this](connecting) { turn_with(event::connecting{}); },
      [this](const link_owner& l) { way_out_.open(l); },
      [this](status_of) {
        return status();
      },
      [this](const list_parked& l) { return page_of(l); },
      [this](const drop_parked& d) { return on_drop(d); },
      [this](const timer_owner& t) {
        timer_ = t.timer;
        armed_.reset();
        if (machine_) arm_timer();
      },
  };
}

// ---------------------------------------------------------------- life

void live_session::on_loaded(const loaded& l) {
  now_ = now();
  incarnation_ = l.snapshot.incarnation;
  loaded_generation_ = l.snapshot.generation;
  loaded_target_ = l.snapshot.next_target;
  confirmed_ = {commit_id{}, l.snapshot.generation, l.snapshot.next_target};
  machine_.emplace(around_.config, l.snapshot, now_);
  attach();
}

// What the application says while it handles `attached` comes before its answer.
void live_session::attach() {
  if (!around_.application) return;
  const auto own = around_.config.dictionaries.own_data_fields();
  const attached a{id(), incarnation_, machine_->generation(), machine_->handled_target(), me(), {own.begin(), own.end()}};
  self_->request(around_.application, caf::infinite, a).then([this] { be_ready(); }, [](const caf::error&) {});
}

void live_session::be_ready() {
  if (std::exchange(is_ready_, true)) return;
  carry_out_actions();
  self_->send(around_.group, session_ready{incarnation_});
}

void live_session::change_application(const application_replaced& r) {
  around_.application = r.application;
  if (!machine_) return;
  attach();
  ask_to_cancel_again();  // before anything of a session that is up again
  if (is_application_on_) deliver(self_, around_.application, logged_on{id()});
  turn_with(event::application_restarted{});
  ask_may_resend_again();
}

void live_session::on_commit_failed(const commit_failed& f) {
  if (f.incarnation != incarnation_) return;
  if (!f.is_fenced) return turn_with(event::commit_failed{f.from, f.reason});
  deliver(self_, around_.group, session_note{"session-fenced", f.reason, true});
  throw std::runtime_error{"a newer incarnation owns this session: " + f.reason};
}

// ---------------------------------------------------------------- events

// A link that never came up has no epoch in the machine: there it ends the one before.
void live_session::on_link_down(const link_down& l) {
  if (l.epoch != way_out_.epoch() || !way_out_.is_open()) return;
  way_out_.close();
  turn([&] {
    const bool never_was = machine_->state() == protocol::session_state::Connecting;
    feed(event::link_down{never_was ? machine_->epoch() : l.epoch, l.reason});
  });
}

void live_session::on_received(const received& r) {
  turn([&] {
    for (const auto& f : r.frames) on_frame(f, r.block);
  });
  way_out_.give_credit(self_, r);
}

void live_session::on_frame(const received_frame& f, const std::shared_ptr<const void>& owner) {
  if (around_.messages) around_.messages->in(id(), f.bytes);
  if (f.error != protocol::framing_error::none) return feed(event::garbled{to_string(f.error), f.bytes});
  const auto error = view_.assign(f.bytes, around_.config.dictionaries.own_data_fields());
  if (error != protocol::parse_error::none) return feed(event::garbled{to_string(error), f.bytes});
  ++messages_in_;
  feed(event::frame{view_, owner});
}

void live_session::on_submit(const submit& s) {
  if (self_->current_sender() == around_.group) from_group_.insert(s.token.value);
  feed(submit{s});
}

void live_session::on_handled(const handled& h) {
  if (h.incarnation != incarnation_) return;  // the adapter repeats it
  const auto generation = machine_->generation();
  const bool was_committed = h.generation == generation && h.generation == loaded_generation_ && h.up_to < loaded_target_;
  if (was_committed || h.generation < generation) return answer_from_store(h);
  for (const auto number : h.unsupported) feed(event::unsupported{number});
  for (const auto& f : h.failed) feed(event::unsupported{f.number, f.what});
  feed(event::handled{h.generation, h.up_to, h.submits});
}

// It was committed by an older incarnation, and with it what was submitted, unless it was malformed; or it belongs to an older
// numbering, and may have been. If the store dies over it nothing is confirmed, and the
// application says it again to the next incarnation.
void live_session::answer_from_store(const handled& h) {
  auto open = std::make_shared<std::size_t>(1);
  const auto one_less = [this, open, done = handling_committed{id(), incarnation_, h.generation, h.up_to}] {
    if (--*open == 0) deliver(self_, around_.application, handling_committed{done});
  };
  for (const auto& s : h.submits) {
    if (s.token == submit_token{}) continue;
    ++*open;
    const auto why_not = h.generation < machine_->generation() ? protocol::action::refusal::numbers_reset : protocol::action::refusal::malformed;
    const auto on_found = [this, one_less, why_not, token = s.token](const token_found& f) {
      if (f.number) outcomes_.push_back({token, *f.number, std::nullopt});
      else if (f.is_parked) outcomes_.push_back({token, seq_num{}, std::nullopt, true});
      else outcomes_.push_back({token, seq_num{}, why_not});
      tell_outcomes();
      one_less();
    };
    self_->request(around_.store, caf::infinite, find_token{id(), s.token}).then(on_found, [](const caf::error&) {});
  }
  one_less();
}

void live_session::on_committed(const committed& c) {
  if (c.incarnation != incarnation_) return;
  for (; !unsaid_.empty() && unsaid_.front()->id <= c.up_to; unsaid_.pop_front()) say_sent(*unsaid_.front());
  turn_with(event::committed{c.up_to});
  const auto before = confirmed_;
  for (; !open_commits_.empty() && open_commits_.front().id <= c.up_to; open_commits_.pop_front()) confirmed_ = open_commits_.front();
  if (!confirmed_.says_the_same(before))
    deliver(self_, around_.application, handling_committed{id(), incarnation_, confirmed_.generation, confirmed_.next_target.previous()});
}

parked_list live_session::page_of(const list_parked& l) const {
  if (!machine_) return {"the session is still being loaded; try again", {}};
  auto page = machine_->parked_page(l.after, page_of_parked, bytes_of_parked);
  const bool is_last = page.empty() || machine_->parked_page(page.back().place, 1, 1).empty();
  return {{}, std::move(page), is_last};
}

caf::result<command_result> live_session::on_drop(const drop_parked& d) {
  if (!is_ready_) return command_result{false, "the session is still being loaded; try again"};
  auto promise = self_->make_response_promise<command_result>();
  const auto question = ++last_drop_;
  drops_.emplace(question, promise);
  turn_with(event::drop_parked{d.token, question});
  return promise;
}

void live_session::carry_out(const action::parked_dropped& a) {
  auto asked = drops_.extract(a.question);
  if (asked.empty()) return;
  command_result r{a.count > 0, "nothing was dropped: no such submit waits here"};
  if (a.is_stalled) r.text = "nothing was dropped: the store takes nothing just now (StoreStalled); look at the event log, then try again";
  if (r.is_done) r.text = std::to_string(a.count) + (a.count == 1 ? " submit was" : " submits were") + " dropped, and the application is told";
  asked.mapped().deliver(std::move(r));
}

// It is on its way since it is durable.
void live_session::say_sent(const protocol::commit_batch& batch) {
  messages_out_ += batch.records.size();
  if (!around_.messages) return;
  for (const auto& range : batch.transmit) around_.messages->out(id(), std::string_view{batch.bytes}.substr(range.offset, range.length));
}

// ---------------------------------------------------------------- actions

void live_session::carry_out_actions() {
  actions_.clear();
  machine_->take(actions_);
  for (auto& any : actions_) std::visit([this](auto& a) { carry_out(a); }, any);
  tell_outcomes();
  arm_timer();
  if (std::exchange(is_status_due_, false)) deliver(self_, around_.group, status());
}

void live_session::carry_out(const action::commit& a) {
  const auto& last = open_commits_.empty() ? confirmed_ : open_commits_.back();
  const open_commit next{a.batch->id, a.batch->generation, a.batch->next_target};
  if (next.id > last.id && !next.says_the_same(last)) open_commits_.push_back(next);
  if (a.batch->id > last_unsaid_) unsaid_.push_back(a.batch);  // not when it is asked for once more
  last_unsaid_ = std::max(last_unsaid_, a.batch->id);
  commit c{id(), a.batch, me(), {}};
  way_out_.address(c);
  deliver(self_, around_.store, std::move(c));
}

// Taken in place, it leaves its lists for the next one. Sent, they go with it: to another thread, or behind what waits for the application.
void live_session::carry_out(action::deliver& a) {
  delivery d{id(), incarnation_, a.generation, std::move(a.messages), std::move(a.fields)};
  if (deliver_lent(self_, around_.application, d)) machine_->reuse({d.generation, std::move(d.messages), std::move(d.fields)});
}

void live_session::carry_out(const action::fetch_replay& a) {
  deliver(self_, around_.store, fetch_page{id(), incarnation_, a.begin, a.end, a.max_records, a.max_bytes, a.question, me()});
}

void live_session::carry_out(action::ask_authenticate& a) {
  const auto epoch = a.epoch;
  self_->request(around_.application, caf::infinite, authenticate{id(), epoch, std::move(a.logon)})
      .then([this](const authentication& x) { turn_with(event::authenticated{x.epoch, x.is_accepted, x.text}); },
            [this, epoch](const caf::error&) { turn_with(event::authenticated{epoch, false, "the application is not there"}); });
}

// No answer: the link's time limit for a Logon ends it.
void live_session::carry_out(const action::ask_prepare_logon& a) {
  self_->request(around_.application, caf::infinite, prepare_logon{id(), a.epoch})
      .then([this](const logon_fields& x) { turn_with(event::logon_prepared{x.epoch, x.fields}); }, [](const caf::error&) {});
}

void live_session::carry_out(action::ask_may_resend& a) {
  open_question_ = may_resend{id(), a.generation, std::move(a.candidates)};
  question_ = a.question;
  ask_may_resend_again();
}

void live_session::ask_may_resend_again() {
  if (!open_question_) return;
  self_->request(around_.application, caf::infinite, *open_question_)
      .then(
          [this, question = question_](const resend_decision& d) {
            if (question == question_) open_question_.reset();
            turn_with(event::resend_decided{d.generation, d.withheld, question});
          },
          [](const caf::error&) {});
}

void live_session::carry_out(action::cancel_orders& a) {
  deliver(self_, around_.group, session_note{"cancel-orders", a.text, false});
  open_cancel_ = cancel_orders{id(), a.why, std::move(a.text)};
  ask_to_cancel_again();
}

void live_session::ask_to_cancel_again() {
  if (!open_cancel_) return;
  const auto question = ++last_cancel_;
  self_->request(around_.application, caf::infinite, *open_cancel_)
      .then(
          [this, question] {
            if (question != last_cancel_) return;
            open_cancel_.reset();
            turn_with(event::orders_cancelled{});
          },
          [](const caf::error&) {});
}

void live_session::carry_out(const action::logged_on&) {
  is_application_on_ = true;
  deliver(self_, around_.application, logged_on{id()});
}

void live_session::carry_out(const action::ended& a) {
  if (std::exchange(is_application_on_, false)) deliver(self_, around_.application, logged_out{id(), a.why, a.text});
  open_question_.reset();
  deliver(self_, around_.group, session_ended{incarnation_, way_out_.epoch(), a.why, a.text});
}

void live_session::tell_outcomes() {
  if (outcomes_.empty()) return;
  outcomes all{id(), std::exchange(outcomes_, {})};
  outcomes of_group{id(), {}};
  for (const auto& o : all.list)
    if (!from_group_.empty() && from_group_.contains(o.token.value)) {
      of_group.list.push_back(o);
      if (!o.is_parked) from_group_.erase(o.token.value);
    }
  deliver(self_, around_.application, std::move(all));
  if (!of_group.list.empty()) deliver(self_, around_.group, std::move(of_group));
}

void live_session::arm_timer() {
  const auto next = machine_->next_deadline();
  if (next == armed_ || !timer_) return;
  armed_ = next;
  if (next) deliver(self_, timer_, arm{*next});
  else deliver(self_, timer_, disarm{});
}

session_status live_session::status() const {
  if (!machine_) return {.incarnation = incarnation_};
  const auto oldest = machine_->oldest_parked();
  return {incarnation_,          machine_->state(),          machine_->generation(), machine_->next_sender(), machine_->expected_target(),
          machine_->handled_target(), machine_->epoch(), messages_in_,           messages_out_,          machine_->parked(),
          machine_->parked_bytes(), oldest ? now().utc - *oldest : steady_time{}};
}

}  // namespace

session_actor spawn_session(reactor& home, session_surroundings around) { return home.spawn<live_session>(std::move(around)); }

}  // namespace troupe::actors
