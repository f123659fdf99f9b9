#include "actors/application_adapter.hpp"

#include "actors/deliver.hpp"
#include "actors/handled_ledger.hpp"

#include <deque>
#include <span>
#include <utility>

namespace troupe::actors {

namespace {

// Of the exception that is being handled; for a log, so not all of a long one.
std::string what_was_thrown() {
  constexpr std::size_t longest = 500;
  try {
    throw;
  } catch (const std::exception& e) {
    return *e.what() != '\0' ? std::string{e.what()}.substr(0, longest) : "an exception without a text";
  } catch (...) {
    return "something that is no std::exception";
  }
}

class application_adapter {
 public:
  using handle_type = application_actor;
  using pointer = pinned<handle_type::base>*;
  static constexpr const char* name = "application";

  application_adapter(pointer self, application_factory make, session_reference session, adapter_limits limits)
      : self_(self), make_(std::move(make)), reference_(std::move(session)), limits_(limits) {}
  handle_type::behavior_type make_behavior();
  [[nodiscard]] std::string about() const { return to_string(reference_.id()); }

 private:
  void on_attached(const attached& a);
  void log_out(protocol::end_reason why, std::string_view text);
  void on_delivery(const delivery& d);
  void handle(const delivery& d);
  void read(const protocol::inbound_message& m, std::span<const protocol::field_ref> index);
  void handle_one(const protocol::inbound_message& m, handled& so_far);
  void close(handled so_far);
  void say(handled h);
  void on_confirmed(const handling_committed& c);
  [[nodiscard]] authentication ask(const authenticate& a);
  [[nodiscard]] resend_decision ask(const may_resend& m);
  [[nodiscard]] bool parses(std::string_view frame) { return view_.assign(frame, data_fields_) == protocol::parse_error::none; }

  pointer self_;
  application_factory make_;
  session_reference reference_;
  adapter_limits limits_;
  std::unique_ptr<application> object_;
  application_client session_;
  session_incarnation incarnation_{};
  handled_ledger ledger_;
  std::deque<delivery> waiting_;  // bounded by the session: max_unhandled_messages
  std::vector<protocol::data_field> data_fields_;  // of the session's own dictionary
  protocol::message_view view_;
  bool is_on_ = false;                // between on_logon and on_logout
  std::vector<submit> submits_;   // of the delivery that is being handled
};

application_adapter::handle_type::behavior_type application_adapter::make_behavior() {
  object_ = make_(reference_.id());
  return {
      [this](const attached& a) { on_attached(a); },
      [this](const logged_on&) {
        is_on_ = true;
        object_->on_logon(reference_);
      },
      [this](const delivery& d) { on_delivery(d); },
      [this](const handling_committed& c) { on_confirmed(c); },
      [this](const outcomes& o) {
        for (const auto& one : o.list) object_->on_outcome(reference_, one);
      },
      [this](const logged_out& l) { log_out(l.why, l.text); },
      [this](const authenticate& a) { return ask(a); },
      [this](const prepare_logon& p) {
        return logon_fields{p.epoch, object_->prepare_logon(reference_)};
      },
      [this](const may_resend& m) { return ask(m); },
      [this](const cancel_orders& c) { object_->cancel_orders(reference_, c.why, c.text); },
  };
}

void application_adapter::log_out(protocol::end_reason why, std::string_view text) {
  if (std::exchange(is_on_, false)) object_->on_logout(reference_, why, text);
}

// A session that died took its link along, and could not say so.
// What was handled under an older numbering can neither be committed any more nor looked up.
void application_adapter::on_attached(const attached& a) {
  if (a.incarnation != incarnation_) log_out(protocol::end_reason::link_lost, "the session was started again");
  session_ = a.session;
  incarnation_ = a.incarnation;
  data_fields_ = a.data_fields;
  waiting_.clear();
  ledger_.attach(a.incarnation);
  for (const auto& h : ledger_.unconfirmed()) deliver(self_, session_, h);
}

void application_adapter::on_delivery(const delivery& d) {
  if (d.incarnation != incarnation_) return;
  if (!waiting_.empty() || ledger_.unconfirmed().size() >= limits_.max_unconfirmed) waiting_.push_back(d);
  else handle(d);
}

// What was handled before a callback threw is handled.
void application_adapter::handle(const delivery& d) {
  handled so_far{.incarnation = d.incarnation, .generation = d.generation, .up_to = {}, .submits = {}, .unsupported = {}, .failed = {}};
  try {
    std::span<const protocol::field_ref> indexes{d.fields};
    for (const auto& m : d.messages) {
      read(m, indexes.first(m.field_count));
      indexes = indexes.subspan(m.field_count);
      handle_one(m, so_far);
    }
  } catch (...) {
    close(std::move(so_far));
    throw;
  }
  close(std::move(so_far));
}

void application_adapter::read(const protocol::inbound_message& m, std::span<const protocol::field_ref> index) {
  if (!index.empty()) return view_.assign(m.frame, index);
  if (!parses(m.frame)) throw std::logic_error{"the session delivered a message that cannot be parsed"};
}

void application_adapter::handle_one(const protocol::inbound_message& m, handled& so_far) {
  const auto before = submits_.size();
  try {
    const application_turn turn{reference_, submits_};
    const auto result = object_->on_message(reference_, view_, {m.number, m.is_possible_duplicate, m.invalid.get()});
    if (result == handling::unsupported) so_far.unsupported.push_back(m.number);
  } catch (...) {
    submits_.resize(before);
    if (!limits_.rejects_what_throws) throw;
    so_far.failed.push_back({m.number, what_was_thrown()});
  }
  so_far.up_to = m.number;
}

void application_adapter::close(handled so_far) {
  so_far.submits = std::exchange(submits_, {});
  say(std::move(so_far));
}

void application_adapter::say(handled h) {
  if (h.up_to == seq_num{}) return;
  ledger_.add(h);
  deliver(self_, session_, std::move(h));
}

void application_adapter::on_confirmed(const handling_committed& c) {
  if (c.incarnation != incarnation_) return;
  ledger_.confirm(c.generation, c.up_to);
  while (!waiting_.empty() && ledger_.unconfirmed().size() < limits_.max_unconfirmed) {
    const auto next = std::move(waiting_.front());
    waiting_.pop_front();
    handle(next);
  }
}

authentication application_adapter::ask(const authenticate& a) {
  if (!parses(a.logon)) return {a.epoch, false, "not a Logon"};
  auto answer = object_->authenticate(reference_, view_);
  return {a.epoch, answer.is_accepted, std::move(answer.text)};
}

resend_decision application_adapter::ask(const may_resend& m) {
  resend_decision decision{m.generation, {}};
  for (const auto& c : m.candidates)
    if (parses(c.frame) && !object_->may_resend(reference_, view_)) decision.withheld.push_back(c.number);
  return decision;
}

}  // namespace

application_source hosted(application_factory make, adapter_limits limits) {
  return [make = std::move(make), limits](reactor& home, const session_reference& session) {
    return home.spawn<application_adapter>(make, session, limits);
  };
}

}  // namespace troupe::actors
