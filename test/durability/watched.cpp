#include "test/durability/watched.hpp"

#include "actors/reactor.hpp"
#include "apps/demo/decorated_network.hpp"
#include "test/durability/records.hpp"

#include <unistd.h>

#include <string>

namespace troupe::durability {

namespace {

using namespace actors;

class watched_stream final : public demo::forwarding_stream {
 public:
  watched_stream(std::unique_ptr<stream> inner, fault_plan& faults) : forwarding_stream(std::move(inner)), faults_(faults) {}

  io_result write(std::span<const std::string_view> parts) override {
    faults_.pass(fault_point::before_transmit);
    auto result = inner_->write(parts);
    if (result.status == io_status::done) faults_.pass(fault_point::after_transmit);
    return result;
  }

 private:
  fault_plan& faults_;
};

class watched_application final : public application {
 public:
  watched_application(std::shared_ptr<application> inner, application_watch& watch, reactor& home) : inner_(std::move(inner)), watch_(watch), home_(home) {}

  void on_logon(session_reference& session) override {
    watch_.is_on = true;
    inner_->on_logon(session);
  }
  handling on_message(session_reference& session, const protocol::message_view& message, const message_info& info) override {
    watch_.faults.pass(fault_point::after_deliver);
    const bool is_early = watch_.fault == handling_fault::early;
    const auto result = is_early ? handle_later(session, message, info) : inner_->on_message(session, message, seen(info));
    watch_.faults.pass(fault_point::before_handled);
    return result;
  }
  void on_logout(session_reference& session, protocol::end_reason why, std::string_view text) override {
    watch_.is_on = false;
    inner_->on_logout(session, why, text);
  }
  void on_outcome(session_reference& session, const submit_outcome& outcome) override {
    if (!outcome.refused) watch_.outcomes.write({outcome.number, name_of(outcome.token), false});
    inner_->on_outcome(session, outcome);
  }

 private:
  [[nodiscard]] message_info seen(message_info info) const {
    if (watch_.fault == handling_fault::unmarked) info.is_possible_duplicate = false;
    return info;
  }
  handling handle_later(const session_reference& session, const protocol::message_view& message, const message_info& info) {
    home_.post([inner = inner_, copy = session_reference{session}, frame = std::string{message.frame()}, info]() mutable {
      protocol::message_view view;
      if (view.assign(frame) == protocol::parse_error::none) (void)inner->on_message(copy, view, info);
    });
    return handling::handled;
  }

  std::shared_ptr<application> inner_;
  application_watch& watch_;
  reactor& home_;
};

}  // namespace

network_decorator watch_streams(fault_plan& faults) {
  return demo::decorate_streams([&faults](std::unique_ptr<stream> inner) { return std::make_unique<watched_stream>(std::move(inner), faults); });
}

// Without its record nothing that follows proves anything.
void watched_messages::in(const protocol::session_id&, std::string_view frame) noexcept try {
  const auto r = record_of(frame);
  if (!r) throw std::runtime_error{"bytes that are no message: " + std::string{frame}};
  if (r->is_gap_fill) return;
  file_.write({r->message.number, r->content, r->is_marked});
  if (r->is_application) faults_.pass(fault_point::before_deliver);
} catch (const std::exception& e) {
  const std::string line = std::string{"failed: what came cannot be written down: "} + e.what() + '\n';
  ::_exit(::write(STDOUT_FILENO, line.data(), line.size()) > 0 ? 1 : 2);
}

application_source watch_application(application_factory make, application_watch& watch) {
  return [make = std::move(make), &watch](reactor& home, const session_reference& session) {
    return hosted([make, &watch, &home](const session_id& id) { return std::make_unique<watched_application>(make(id), watch, home); })(home, session);
  };
}

}  // namespace troupe::durability
