// The handlers of an application actor that agrees to everything and does nothing, but for those that a test is about.
#pragma once

#include "actors/messages.hpp"

#include <functional>

namespace troupe::actors::test {

struct application_parts {
  std::function<void(const attached&)> on_attached = [](const attached&) {};
  std::function<void(const delivery&)> on_delivery = [](const delivery&) {};
  std::function<caf::result<authentication>(const authenticate&)> on_authenticate = [](const authenticate& a) { return authentication{a.epoch, true, {}}; };
  std::function<caf::result<resend_decision>(const may_resend&)> on_may_resend = [](const may_resend& m) { return resend_decision{m.generation, {}}; };
};

inline application_actor::behavior_type quiet_application(application_parts p = {}) {
  return {[then = std::move(p.on_attached)](const attached& a) { then(a); },
          [](const logged_on&) {},
          [then = std::move(p.on_delivery)](const delivery& d) { then(d); },
          [](const handling_committed&) {},
          [](const outcomes&) {},
          [](const logged_out&) {},
          [then = std::move(p.on_authenticate)](const authenticate& a) { return then(a); },
          [](const prepare_logon& l) { return logon_fields{l.epoch, {}}; },
          [then = std::move(p.on_may_resend)](const may_resend& m) { return then(m); },
          [](const cancel_orders&) {}};
}

}  // namespace troupe::actors::test
