#include "actors/store_keeper.hpp"

#include "actors/deliver.hpp"
#include "store/store_unavailable.hpp"

#include <algorithm>
#include <utility>

namespace troupe::actors {

namespace {

bool stores_nothing(const commit& c) { return c.batch->id == commit_id{}; }
bool has_wire_part(const commit& c) { return !c.batch->transmit.empty() || c.batch->close_after_flush; }

}  // namespace

store_keeper::store_keeper(pointer self, std::shared_ptr<store::message_store> store, reactor& clock)
    : self_(self), store_(std::move(store)), clock_(clock) {}

store_keeper::~store_keeper() {
  if (again_.value != 0) clock_.cancel_timer(again_);
  refuse_all("the store has ended");
}

store_keeper::handle_type::behavior_type store_keeper::make_behavior() {
  return {
      [this](const load& l) { on_load(l); },
      [this](const commit& c) { on_commit(c); },
      [this](const fetch_page& f) { on_fetch(f); },
      [this](const find_token& f) { return on_find(f); },
      [this](flush_now) {
        is_flush_due_ = false;
        flush();
      },
      [this](tick) { ask_again(); },
      [this](const forget_unused& f) { return on_forget(f); },
  };
}

void store_keeper::on_commit(const commit& c) {
  if (self_->home_reactor()) return flush_some({c});
  gather(c);
}

void store_keeper::gather(const commit& c) {
  gathered_.push_back(c);
  if (gathered_.size() >= max_group) return flush();
  if (std::exchange(is_flush_due_, true)) return;
  self_->send(handle_type{self_}, flush_now{});
}

void store_keeper::flush() {
  if (!gathered_.empty()) flush_some(std::exchange(gathered_, {}));
}

// What is refused does not reach the store; what stores nothing only keeps its place.
void store_keeper::flush_some(std::vector<commit> taken) {
  batches_.clear();
  for (const auto& c : taken)
    if (!stores_nothing(c) && !is_refused(line_of(c.id), c)) batches_.push_back({&c.id, c.batch.get()});
  results_.assign(batches_.size(), {});
  if (!batches_.empty()) store_->commit(batches_, results_);
  std::size_t at = 0;
  for (const auto& c : taken) {
    const bool was_tried = at < batches_.size() && batches_[at].batch == c.batch.get();
    settle(c, was_tried ? results_[at++] : store::commit_result{});
  }
}

bool store_keeper::is_refused(const line& l, const commit& c) const {
  return l.refusing_from != commit_id{} && c.batch->id != l.refusing_from;
}

void store_keeper::settle(const commit& c, const store::commit_result& result) {
  auto& l = line_of(c.id);
  if (is_refused(l, c)) {
    if (stores_nothing(c)) l.waiting.push_back(c);
    return;
  }
  if (stores_nothing(c)) return forward(c);
  if (result.status != store::commit_status::done) return refuse(c, result);
  l.last = c.batch->id;
  l.refusing_from = {};
  forward(c);
  for (const auto& w : std::exchange(l.waiting, {})) forward(w);
  deliver(self_, c.reply_to, committed{c.batch->incarnation, c.batch->id});
}

void store_keeper::refuse(const commit& c, const store::commit_result& result) {
  const bool is_fenced = result.status == store::commit_status::wrong_incarnation ||
                         result.status == store::commit_status::out_of_order;
  if (!is_fenced) line_of(c.id).refusing_from = c.batch->id;
  deliver(self_, c.reply_to, commit_failed{c.batch->incarnation, c.batch->id, result.reason, is_fenced});
}

void store_keeper::forward(const commit& c) {
  if (has_wire_part(c)) deliver(self_, c.then, transmit{c.batch});
}

void store_keeper::on_load(const load& l) {
  flush();
  const auto answer = [this, l] {
    lines_.erase(l.id);
    try {
      deliver(self_, l.reply_to, loaded{store_->load(l.id, l.now)});
    } catch (const store::store_taken&) {
      throw;  // it is not this session's trouble alone
    } catch (const store::store_error& e) {
      deliver(self_, l.reply_to, load_failed{e.what()});
    }
  };
  ask({.answer = answer, .delay = [this, l](const std::string& why) { deliver(self_, l.reply_to, load_failed{why, true}); }});
}

void store_keeper::on_fetch(const fetch_page& f) {
  flush();
  const auto answer = [this, f] {
    auto page = store_->fetch(f.id, f.begin, f.end, f.max_records, f.max_bytes);
    deliver(self_, f.reply_to, page_fetched{f.incarnation, std::move(page), f.question});
  };
  ask({.answer = answer});
}

caf::result<token_found> store_keeper::on_find(const find_token& f) {
  flush();
  if (f.token == submit_token{}) return token_found{};  // whoever asks for nothing wants to know that all is committed
  auto promise = self_->make_response_promise<caf::typed_response_promise<token_found>>();
  ask({.answer = [this, f, promise]() mutable { promise.deliver(fate_of(f)); },
       .refuse = [promise](const std::string& why) mutable { promise.deliver(caf::make_error(caf::sec::runtime_error, why)); }});
  return promise;
}

token_found store_keeper::fate_of(const find_token& f) {
  const auto number = store_->find_token(f.id, f.token);
  return {number, !number && store_->is_parked(f.id, f.token)};
}

forgotten store_keeper::on_forget(const forget_unused& f) {
  flush();
  if (!unanswered_.empty() || !store_->forget_unused(f.id, f.of)) return {};
  lines_.erase(f.id);
  return {true};
}

// In the order of asking: a later question waits behind one that waits.
void store_keeper::ask(question q) {
  unanswered_.push_back(std::move(q));
  if (unanswered_.size() == 1) ask_again();
}

void store_keeper::ask_again() {
  try {
    for (; !unanswered_.empty(); unanswered_.pop_front()) {
      unanswered_.front().answer();
      waited_ = pause_ = {};
    }
  } catch (const store::store_unavailable& e) {
    wait_a_while(e.what());
  } catch (const store::store_error& e) {
    give_up(e.what());
  }
}

void store_keeper::wait_a_while(const std::string& why) {
  if (waited_ >= patience) give_up(why + "; tried again for " + std::to_string(waited_.count() / 1000) + " s");
  if (waited_.count() == 0 && unanswered_.front().delay) unanswered_.front().delay(why);
  pause_ = std::clamp(pause_ * 2, first_pause, longest_pause);
  waited_ += pause_;
  if (!self_->home_reactor()) return wait_elsewhere();
  again_ = clock_.start_timer(clock_.now().steady + pause_, [keep = self_->keep_alive(), self = self_, this] {
    self->enter([this] {
      again_ = {};
      ask_again();
    });
  });
}

// Our thread goes on committing meanwhile.
void store_keeper::wait_elsewhere() {
  const auto us = caf::actor_cast<caf::weak_actor_ptr>(handle_type{self_});
  clock_.post([&clock = clock_, pause = pause_, us] {
    clock.start_timer(clock.now().steady + pause, [us] {
      if (const auto still = us.lock()) caf::anon_send(caf::actor_cast<handle_type>(still), tick{});
    });
  });
}

// A promise that dies with us would leave whoever asked waiting.
void store_keeper::refuse_all(const std::string& why) {
  for (auto& q : std::exchange(unanswered_, {}))
    if (q.refuse) q.refuse(why);
}

void store_keeper::give_up(const std::string& why) {
  refuse_all(why);
  throw store::store_error(why);
}

store_actor spawn_store(reactor& home, std::shared_ptr<store::message_store> store, bool may_detach) {
  if (!may_detach || !store->is_blocking()) return home.spawn<store_keeper>(std::move(store), std::ref(home));
  return home.system().spawn<actor_of<store_keeper>, caf::detached>(static_cast<reactor*>(nullptr), std::move(store), std::ref(home));
}

}  // namespace troupe::actors
