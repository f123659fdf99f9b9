// What must hold for the frames of one session, seen from outside: what is stored under a number, and what goes to the wire.
//
// A number of a numbering has one content for ever; nothing is on the wire before it is stored; first sendings ascend;
// what is sent again says so; no application message hides behind a gap fill. Whatever is broken is kept as text.
#pragma once

#include "protocol/commit.hpp"
#include "protocol/framer.hpp"
#include "protocol/message_view.hpp"
#include "protocol/session_config.hpp"
#include "protocol/tags.hpp"
#include "protocol/validate.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::test {

class wire_watch {
 public:
  explicit wire_watch(const protocol::session_config& config) : config_(&config) {}

  std::vector<std::string> broken;
  bool (*is_withheld)(protocol::seq_num) = nullptr;  // must not be sent again

  // A record is about to be stored under this number of the present numbering.
  void recorded(const protocol::record& r, std::string_view frame) {
    const auto number = std::to_string(r.number.value);
    protocol::message_view view;
    if (!is_whole(frame, view)) return;
    check(view.find_seq_num(protocol::tag::MsgSeqNum) == r.number, "the record of " + number + " carries another MsgSeqNum(34)");
    const auto [at, is_new] = at_->content.emplace(r.number, content{r.kind, text_of(view), false});
    check(is_new, "MsgSeqNum " + number + " is used twice");
  }
  // The store has it.
  void stored(const protocol::commit_batch& batch) {
    for (const auto& r : batch.records)
      if (const auto known = at_->content.find(r.number); known != at_->content.end()) known->second.is_stored = true;
  }
  // From now on it is about this numbering; after a crash it may be one that was left already.
  void turn_to(protocol::numbering_generation generation) { at_ = &numberings_[generation]; }
  // A crash: what is not stored has never been.
  void forget_unstored() {
    for (auto& [generation, known] : numberings_) std::erase_if(known.content, [](const auto& c) { return !c.second.is_stored; });
  }

  // A batch of the present numbering reaches an open connection.
  void transmitted(const protocol::commit_batch& batch) {
    for (const auto& run : batch.transmit) {
      std::string_view rest = std::string_view{batch.bytes}.substr(run.offset, run.length);
      check(rest.size() == run.length, "a run that lies outside of its batch");
      while (!rest.empty()) {
        protocol::framer cut;
        const auto f = cut.next(rest);
        if (f.what != protocol::frame_result::kind::frame || f.consumed != f.frame.size()) return check(false, "no frame: " + shown(rest));
        on_wire(f.frame);
        rest.remove_prefix(f.consumed);
      }
    }
  }

 private:
  struct content {
    protocol::record_kind kind;
    std::string text;
    bool is_stored;
  };
  struct numbering {
    std::map<protocol::seq_num, wire_watch::content> content;
    protocol::seq_num last_first{};  // sent for the first time
  };

  void check(bool holds, const std::string& what) {
    if (!holds) broken.push_back(what);
  }

  bool is_whole(std::string_view frame, protocol::message_view& view) {
    protocol::framer cut;
    const auto f = cut.next(frame);
    const bool is_frame = f.what == protocol::frame_result::kind::frame && f.frame == frame && view.assign(frame, config_->dictionaries.own_data_fields()) == protocol::parse_error::none;
    check(is_frame, "no true frame: " + shown(frame));
    if (!is_frame) return false;
    check(view.begin_string() == config_->id.begin_string && view.find(protocol::tag::SenderCompID) == config_->id.sender_comp_id &&
              view.find(protocol::tag::TargetCompID) == config_->id.target_comp_id && view.find_utc(protocol::tag::SendingTime),
          "a header that is not the session's: " + shown(frame));
    return true;
  }

  void on_wire(std::string_view frame) {
    protocol::message_view view;
    if (!is_whole(frame, view)) return;
    const auto number = view.find_seq_num(protocol::tag::MsgSeqNum).value_or(protocol::seq_num{});
    const bool is_again = view.find_bool(protocol::tag::PossDupFlag).value_or(false);
    if (is_again && view.msg_type() == protocol::msg_type::SequenceReset) return filled(number, view.find_seq_num(protocol::tag::NewSeqNo).value_or(protocol::seq_num{}));
    validate_admin(view, frame);
    const auto known = at_->content.find(number);
    if (known == at_->content.end() || !known->second.is_stored) return check(false, "on the wire before it is stored: " + shown(frame));
    // What hooks and settings add to a Logon(A) is not stored.
    if (view.msg_type() != protocol::msg_type::Logon) check(known->second.text == text_of(view), "MsgSeqNum " + std::to_string(number.value) + " was " + shown(known->second.text) + " and is " + shown(text_of(view)));
    check(!is_again || !is_withheld || known->second.kind != protocol::record_kind::application || !is_withheld(number), "sent again, though the application did not want it: " + shown(frame));
    if (is_again) return check(view.find(protocol::tag::OrigSendingTime).has_value(), "sent again without OrigSendingTime(122): " + shown(frame));
    check(number > at_->last_first, "sent for the first time, but behind " + std::to_string(at_->last_first.value) + ": " + shown(frame));
    at_->last_first = std::max(at_->last_first, number);
  }

  void filled(protocol::seq_num begin, protocol::seq_num next) {
    check(begin < next, "a gap fill that leads nowhere: " + std::to_string(begin.value) + " to " + std::to_string(next.value));
    if (!config_->resend_messages || config_->has_may_resend_hook || config_->fill_damaged_records) return;
    for (auto at = at_->content.lower_bound(begin); at != at_->content.end() && at->first < next; ++at)
      check(at->second.kind != protocol::record_kind::application, "MsgSeqNum " + std::to_string(at->first.value) + " is filled and was " + shown(at->second.text));
  }

  // What the application submits is its own affair.
  void validate_admin(const protocol::message_view& view, std::string_view frame) {
    if (!config_->dictionaries || !protocol::is_admin_msg_type(view.msg_type()) || view.msg_type() == protocol::msg_type::Reject) return;
    const auto fault = protocol::validate(view, config_->dictionaries, {});
    check(!fault, "the dictionary objects to " + shown(frame) + (fault ? ": " + protocol::describe(*fault, view, config_->dictionaries) : ""));
  }

  // What stays the same when it is sent again.
  static std::string text_of(const protocol::message_view& view) {
    std::string text;
    for (const auto& f : view.fields()) {
      switch (f.tag) {
        case protocol::tag::BodyLength:
        case protocol::tag::CheckSum:
        case protocol::tag::PossDupFlag:
        case protocol::tag::SendingTime:
        case protocol::tag::OrigSendingTime:
        case protocol::tag::LastMsgSeqNumProcessed: break;
        default: text += std::to_string(f.tag) + "=" + std::string{view.value(f)} + "\x01";
      }
    }
    return text;
  }
  static std::string shown(std::string_view bytes) {
    std::string text{bytes};
    std::replace(text.begin(), text.end(), '\x01', '|');
    return text;
  }

  const protocol::session_config* config_;
  std::map<protocol::numbering_generation, numbering> numberings_;
  numbering* at_ = nullptr;  // the present one
};

}  // namespace troupe::test
