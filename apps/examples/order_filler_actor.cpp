#include "apps/examples/order_filler_actor.hpp"

#include "actors/deliver.hpp"
#include "actors/handled_ledger.hpp"
#include "apps/examples/fill.hpp"
#include "protocol/tags.hpp"
#include "protocol/token.hpp"

namespace troupe::examples {
namespace {

using namespace actors;

// [actor]
class order_filler_actor {
 public:
  using handle_type = application_actor;
  using pointer = pinned<handle_type::base>*;

  explicit order_filler_actor(pointer self) : self_(self) {}

  handle_type::behavior_type make_behavior() {
    return {
        [this](const attached& a) { attach(a); },
        [](const logged_on&) {},
        [this](const delivery& d) { fill_orders(d); },
        [this](const handling_committed& c) { ledger_.confirm(c.generation, c.up_to); },
        [](const outcomes&) {},
        [](const logged_out&) {},
        [](const authenticate& a) { return authentication{a.epoch, true, {}}; },
        [](const prepare_logon& p) { return logon_fields{p.epoch, {}}; },
        [](const may_resend& m) { return resend_decision{m.generation, {}}; },
        [](const cancel_orders&) {},
    };
  }

 private:
  // The session is there (again): what it has not confirmed is said once more, before anything new.
  void attach(const attached& a) {
    session_ = a.session;
    incarnation_ = a.incarnation;
    ledger_.attach(a.incarnation);
    for (const auto& h : ledger_.unconfirmed()) deliver(self_, session_, h);
  }

  void fill_orders(const delivery& d) {
    if (d.incarnation != incarnation_) return;
    handled done{d.incarnation, d.generation, {}, {}, {}};
    for (const auto& m : d.messages) {
      done.up_to = m.number;
      if (order_.assign(m.frame) != protocol::parse_error::none) continue;
      auto report = order_.msg_type() == protocol::msg_type::NewOrderSingle ? fill(order_) : protocol::build_result{};
      if (report.message.msg_type.empty()) done.unsupported.push_back(m.number);
      else done.submits.push_back({protocol::token_of(order_.find(protocol::tag::ClOrdID).value_or("")), std::move(report.message)});
    }
    ledger_.add(done);
    deliver(self_, session_, std::move(done));
  }

  pointer self_;
  application_client session_;
  session_incarnation incarnation_{};
  handled_ledger ledger_;
  protocol::message_view order_;
};
// [/actor]

}  // namespace

application_source order_filler_actors() {
  return [](reactor& home, const session_reference&) { return home.spawn<order_filler_actor>(); };
}

}  // namespace troupe::examples
