#include "actors/testing/recording_application.hpp"

#include "protocol/tags.hpp"

#include <stdexcept>

namespace troupe::actors::testing {

namespace {

// What is done if nobody gave an application of his own.
class planned_application final : public application {
 public:
  explicit planned_application(std::shared_ptr<application_plan> plan) : plan_(std::move(plan)) {}

  handling on_message(session_reference& s, const protocol::message_view& m, const message_info& info) override {
    return plan_->answer ? plan_->answer(s, m, info) : handling::handled;
  }
  void on_outcome(session_reference& s, const submit_outcome& o) override {
    if (plan_->outcome) plan_->outcome(s, o);
  }
  void cancel_orders(session_reference& s, protocol::end_reason why, std::string_view) override {
    if (plan_->cancel) plan_->cancel(s, why);
  }
  admission authenticate(session_reference& s, const protocol::message_view& logon) override {
    return plan_->authenticate ? plan_->authenticate(s, logon) : admission{};
  }
  bool may_resend(session_reference& s, const protocol::message_view& m) override {
    return !plan_->may_resend || plan_->may_resend(s, m);
  }

 private:
  std::shared_ptr<application_plan> plan_;
};

class recording_application final : public application {
 public:
  recording_application(std::shared_ptr<application_log> log, std::shared_ptr<application_plan> plan, std::unique_ptr<application> inner)
      : log_(std::move(log)), plan_(std::move(plan)), inner_(std::move(inner)), life_(plan_->life()) {}

  void on_logon(session_reference& s) override {
    write({.session = s.id(), .what = log_entry::kind::logon});
    inner_->on_logon(s);
  }
  handling on_message(session_reference& s, const protocol::message_view& m, const message_info& info) override {
    write({.session = s.id(), .what = log_entry::kind::message, .number = info.number, .msg_type = std::string{m.msg_type()},
           .id = business_id(m), .is_marked = info.is_possible_duplicate});
    plan_->count_message();
    return inner_->on_message(s, m, info);
  }
  void on_logout(session_reference& s, protocol::end_reason why, std::string_view text) override {
    write({.session = s.id(), .what = log_entry::kind::logout, .text = std::string{to_string(why)} + ": " + std::string{text}});
    inner_->on_logout(s, why, text);
  }
  void on_outcome(session_reference& s, const submit_outcome& o) override {
    write({.session = s.id(), .what = log_entry::kind::outcome, .outcome = o});
    inner_->on_outcome(s, o);
  }
  void cancel_orders(session_reference& s, protocol::end_reason why, std::string_view text) override {
    write({.session = s.id(), .what = log_entry::kind::cancel, .text = std::string{to_string(why)} + ": " + std::string{text}});
    inner_->cancel_orders(s, why, text);
  }
  admission authenticate(session_reference& s, const protocol::message_view& logon) override { return inner_->authenticate(s, logon); }
  std::string prepare_logon(session_reference& s) override { return inner_->prepare_logon(s); }
  bool may_resend(session_reference& s, const protocol::message_view& m) override { return inner_->may_resend(s, m); }

 private:
  void write(log_entry e) {
    if (life_ == plan_->life()) log_->add(std::move(e));
  }

  std::shared_ptr<application_log> log_;
  std::shared_ptr<application_plan> plan_;
  std::unique_ptr<application> inner_;
  std::uint64_t life_;
};

}  // namespace

void application_plan::count_message() {
  if (throws_left_ <= 0 || --until_throw_ > 0) return;
  --throws_left_;
  throw std::runtime_error{"the application fails, as it was asked to"};
}

application_source recording(std::shared_ptr<application_log> log, std::shared_ptr<application_plan> plan) {
  return hosted([log = std::move(log), plan = std::move(plan)](const session_id& id) {
    auto inner = plan->inner ? plan->inner(id) : std::make_unique<planned_application>(plan);
    return std::make_unique<recording_application>(log, plan, std::move(inner));
  });
}

handling answer_orders(session_reference& session, const protocol::message_view& message, const message_info&) {
  if (message.msg_type() != "D") return handling::handled;
  const std::string order{message.find(11).value_or("")};
  const auto exec = "E" + order;
  const std::string soh(1, '\1');
  const auto result = session.submit({"8", "",
                  "37=" + order + soh + "11=" + order + soh + "17=" + exec + soh + "20=0" + soh + "150=2" + soh + "39=2" + soh + "55=TEST" +
                      soh + "54=1" + soh + "151=0" + soh + "14=1" + soh + "6=1" + soh},
                 token_of(exec));
  if (result != submit_result::taken) throw std::runtime_error{exec + " was not taken: " + std::string{to_string(result)}};
  return handling::handled;
}

std::string business_id(const protocol::message_view& message) {
  return std::string{message.find(17).value_or(message.find(11).value_or(""))};
}

// FNV-1a: the same in every process.
submit_token token_of(std::string_view id) {
  std::uint64_t hash = 14695981039346656037U;
  for (const char c : id) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  return submit_token{hash == 0 ? 1 : hash};
}

}  // namespace troupe::actors::testing
