// A session that is up and receives orders, one behind the other, with nothing around it that costs: the store confirms at once, the
// application handles at once. For what a message costs in the machine, beside cutting and indexing alone.
#pragma once

#include "protocol/framer.hpp"
#include "protocol/message_view.hpp"
#include "protocol/session.hpp"
#include "protocol/session_messages.hpp"
#include "protocol/stamp.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe::test {

inline constexpr protocol::utc_time flow_time = protocol::utc_time{std::chrono::sys_days{std::chrono::year{2024} / 5 / 6}} + std::chrono::hours{9};

// Orders in the order of their numbers, back to back, from `first` on.
inline std::string orders(std::size_t count, std::uint64_t first) {
  std::string bytes;
  for (std::size_t i = 0; i < count; ++i)
    protocol::append_frame(bytes, {"FIX.4.4", "D", "BUYSIDE1", "VENUE01", protocol::seq_num{first + i}, flow_time}, {},
                           "11=ORD-0000042\x01" "21=1\x01" "55=MSFT\x01" "54=1\x01" "60=20240506-09:30:01.234\x01" "38=1500\x01" "40=2\x01" "44=413.75\x01" "59=0\x01");
  return bytes;
}

// Cuts and indexes them one after the other, over and over.
class order_stream {
 public:
  static constexpr std::size_t length = 4096;

  // False: that was the last one; the next is the first again.
  bool next() {
    if (at_ == bytes_->size()) {
      at_ = 0;
      return false;
    }
    const auto cut = cutter_.next(std::string_view{*bytes_}.substr(at_, 1024));
    at_ += cut.consumed;
    return view_.assign(cut.frame) == protocol::parse_error::none;
  }
  [[nodiscard]] const protocol::message_view& message() const { return view_; }
  [[nodiscard]] const std::shared_ptr<const void>& owner() const { return owner_; }

 private:
  std::shared_ptr<const std::string> bytes_ = std::make_shared<const std::string>(orders(length, 2));
  std::shared_ptr<const void> owner_ = bytes_;
  std::size_t at_ = 0;
  protocol::framer cutter_;
  protocol::message_view view_;
};

class session_flow {
 public:
  session_flow() {
    machine_.on(protocol::event::link_up{protocol::connection_epoch{1}}, now_);
    log_on();
  }

  // One read with so many orders; then they are handled, and the number behind them is committed and confirmed.
  void receive(std::size_t count) {
    for (; count > 0; --count) {
      while (!stream_.next()) log_on();
      machine_.on(protocol::event::frame{stream_.message(), stream_.owner()}, now_);
    }
    carry_out();
    machine_.on(protocol::event::handled{machine_.generation(), last_delivered_, {}}, now_);
    carry_out();
    machine_.on(protocol::event::committed{last_commit_}, now_);
    carry_out();
  }
  // One message from the application to the wire.
  void submit(protocol::outgoing_message message) {
    machine_.on(protocol::event::submit{protocol::submit_token{++last_token_}, std::move(message)}, now_);
    carry_out();
    machine_.on(protocol::event::committed{last_commit_}, now_);
    carry_out();
  }
  [[nodiscard]] const protocol::session& machine() const { return machine_; }
  [[nodiscard]] std::uint64_t accepted() const { return accepted_; }

 private:
  static protocol::session_config config() {
    protocol::session_config c;
    c.id = {"FIX.4.4", "VENUE01", "BUYSIDE1", {}};
    c.role = protocol::role::acceptor;
    return c;
  }
  // With ResetSeqNumFlag(141)=Y: the stream begins anew.
  void log_on() {
    protocol::message_view view;
    if (view.assign(logon_) == protocol::parse_error::none) machine_.on(protocol::event::frame{view, nullptr}, now_);
    carry_out();
    machine_.on(protocol::event::committed{last_commit_}, now_);
    carry_out();
  }
  void carry_out() {
    machine_.take(actions_);
    for (auto& a : actions_) {
      if (auto* c = std::get_if<protocol::action::commit>(&a)) {
        if (c->batch->id != protocol::commit_id{}) last_commit_ = c->batch->id;
      } else if (auto* d = std::get_if<protocol::action::deliver>(&a)) {
        last_delivered_ = d->messages.back().number;
        machine_.reuse(std::move(*d));
      } else if (std::holds_alternative<protocol::action::accepted>(a)) {
        ++accepted_;
      }
    }
    actions_.clear();
  }
  static std::string logon() {
    std::string bytes;
    protocol::append_frame(bytes, {"FIX.4.4", "A", "BUYSIDE1", "VENUE01", protocol::seq_num{1}, flow_time}, {}, "98=0\x01" "108=30\x01" "141=Y\x01");
    return bytes;
  }

  protocol::instant now_{std::chrono::seconds{1000}, flow_time};
  protocol::session machine_{config(), protocol::session_snapshot{}, now_};
  std::string logon_ = logon();
  order_stream stream_;
  std::vector<protocol::any_action> actions_;
  protocol::seq_num last_delivered_{};
  protocol::commit_id last_commit_{};
  std::uint64_t last_token_ = 0;
  std::uint64_t accepted_ = 0;
};

}  // namespace troupe::test
