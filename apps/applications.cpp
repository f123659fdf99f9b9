#include "apps/applications.hpp"

#include "apps/echo.hpp"
#include "apps/executor.hpp"
#include "protocol/token.hpp"

namespace troupe::apps {
namespace {

using namespace actors;

class executor_application final : public application {
 public:
  handling on_message(session_reference& session, const protocol::message_view& message, const message_info& info) override {
    auto answer = executor_.on_message(message, info.is_possible_duplicate);
    if (answer.what == order_answer::unsupported) return handling::unsupported;
    if (answer.what == order_answer::filled) (void)session.submit(std::move(answer.report), answer.token);
    return handling::handled;
  }

 private:
  executor executor_;
};

class echo_application final : public application {
 public:
  handling on_message(session_reference& session, const protocol::message_view& message, const message_info& info) override {
    auto answer = echo_.on_message(message, info.is_possible_duplicate);
    if (answer.what == echo_answer::unsupported) return handling::unsupported;
    if (answer.what == echo_answer::sent_back) (void)session.submit(std::move(answer.message), token_of_answer(message));
    return handling::handled;
  }
  void on_logout(session_reference&, protocol::end_reason, std::string_view) override { echo_.on_logout(); }

 private:
  // One message of the peer, one answer: its MsgSeqNum(34) and SendingTime(52) tell it from all others, also after a reset.
  static submit_token token_of_answer(const protocol::message_view& m) {
    return protocol::token_of(std::string{m.find(34).value_or("")} + ' ' + std::string{m.find(52).value_or("")});
  }

  echo echo_;
};

}  // namespace

application_source application_of(application_kind kind, adapter_limits limits) {
  switch (kind) {
    case application_kind::executor: return hosted([](const session_id&) { return std::make_unique<executor_application>(); }, limits);
    case application_kind::echo: return hosted([](const session_id&) { return std::make_unique<echo_application>(); }, limits);
  }
  throw std::logic_error{"no such application"};
}

}  // namespace troupe::apps
