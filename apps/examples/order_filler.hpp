// An application as a class with virtual functions: fills every order. What the README shows.
#pragma once

#include "actors/application.hpp"
#include "apps/examples/fill.hpp"
#include "protocol/tags.hpp"
#include "protocol/token.hpp"

namespace troupe::examples {

// [class]
class order_filler final : public actors::application {
 public:
  actors::handling on_message(actors::session_reference& session, const protocol::message_view& message,
                              const actors::message_info&) override {
    if (message.msg_type() != protocol::msg_type::NewOrderSingle) return actors::handling::unsupported;
    auto report = fill(message);  // a fix42::execution_report, see apps/examples/fill.cpp
    if (!report) return actors::handling::unsupported;
    // Made durable together with "this order is handled": after a crash both happened or neither.
    (void)session.submit(std::move(report.message), protocol::token_of(message.find(protocol::tag::ClOrdID).value_or("")));
    return actors::handling::handled;
  }
};
// [/class]

}  // namespace troupe::examples
