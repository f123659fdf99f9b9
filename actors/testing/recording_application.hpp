// An application that writes down what it sees, does what a test tells it, and fails when it is asked to.
//
//   auto plan = std::make_shared<application_plan>();
//   plan->answer = answer_orders;                                  // an ExecutionReport(8) for each NewOrderSingle(D)
//   plan->throw_at(3);                                             // the third message from now: after it was written down
//   spec.application = recording(log, plan);
#pragma once

#include "actors/application_adapter.hpp"
#include "actors/testing/application_log.hpp"

#include <atomic>
#include <functional>
#include <memory>

namespace troupe::actors::testing {

// Shared by all lives of the applications of one engine; set hooks before it starts, switches at any time from any thread.
struct application_plan {
  // The application that is tested: made anew with each life, told everything after it was written down, and asked. Then the
  // hooks below are not used.
  application_factory inner;
  // Called for each message after it was written down, in on_message: may submit, may throw. Empty: nothing is done.
  std::function<handling(session_reference&, const protocol::message_view&, const message_info&)> answer;
  std::function<void(session_reference&, const submit_outcome&)> outcome;
  std::function<void(session_reference&, protocol::end_reason)> cancel;
  std::function<admission(session_reference&, const protocol::message_view& logon)> authenticate;
  std::function<bool(session_reference&, const protocol::message_view&)> may_resend;

  // The n-th message from now on (1: the next), and the `times - 1` behind it, are written down and then throw.
  void throw_at(std::int64_t n, std::int64_t times = 1) {
    throws_left_ = times;
    until_throw_ = n;
  }
  // A life of the engine has ended: what its applications still do is not written down.
  void end_life() { ++life_; }

  // -- for the application
  void count_message();
  [[nodiscard]] std::uint64_t life() const { return life_; }

 private:
  std::atomic<std::int64_t> until_throw_{0};
  std::atomic<std::int64_t> throws_left_{0};
  std::atomic<std::uint64_t> life_{1};
};

[[nodiscard]] application_source recording(std::shared_ptr<application_log> log, std::shared_ptr<application_plan> plan);

// Answers each NewOrderSingle(35=D) with a fill, ExecID(17) = "E" + ClOrdID(11), whose token is made from that ExecID.
handling answer_orders(session_reference& session, const protocol::message_view& message, const message_info& info);

// ExecID(17) if there is one, else ClOrdID(11): what tells two messages of business apart.
[[nodiscard]] std::string business_id(const protocol::message_view& message);
// A token that is the same whenever it is made from the same id, never 0.
[[nodiscard]] submit_token token_of(std::string_view id);

}  // namespace troupe::actors::testing
