// What a message does to a session: classify it, look the row up, react.
#include "protocol/field_text.hpp"
#include "protocol/number.hpp"
#include "protocol/session_core.hpp"
#include "protocol/tags.hpp"

#include <utility>

namespace troupe::protocol {
namespace {

// For whoever keeps it long: a frame that is not a copy keeps the whole read alive that it came with.
kept_frame copy(std::string_view frame) {
  auto owner = std::make_shared<const std::string>(frame);
  return {*owner, owner};
}

// Somebody who has no owner for a frame lends it to us for this call only.
kept_frame keep(std::string_view frame, const std::shared_ptr<const void>& owner) {
  return owner ? kept_frame{frame, owner} : copy(frame);
}

bool is_business(const field_fault& fault, const message_view& message) {
  return fault.is_conditional && !message.is_admin() && has_business_reject(message.begin_string());
}

std::string text_in(const message_view& message) { return std::string{message.find(tag::Text).value_or(std::string_view{})}; }

}  // namespace

void session::impl::on_frame(const event::frame& e, instant now) {
  if (!has_link()) return;
  if (stall_.is_stalled()) return defer(keep(e.message.frame(), e.owner));
  liveness_.received(now.steady);
  receive(e.message, e.owner, scrutiny::arriving, now);
  if (recovery_.is_open()) drain_held(now);
}

void session::on(const event::frame& e, instant now) {
  impl_->on_frame(e, now);
  impl_->settle(now);
}

void session::impl::receive(const message_view& message, const std::shared_ptr<const void>& owner, scrutiny how, instant now) {
  const bool starts_anew = config_.reset_on_logon && is_in<stage::awaiting_logon>();
  const auto expected = starts_anew ? seq_num{1} : expected_;
  const verdict v = classify(message, config_, expected, now.utc, how, checker_);
  const bool is_beyond_limit = throttle_.is_on() && how == scrutiny::arriving && count_arrival(v, now);
  const inbound in{message, owner, v, is_beyond_limit};
  if (in.v.is_tolerated) note("invalid-tolerated", "MsgSeqNum " + std::to_string(in.v.number.value) + ": " + dictionary_text(in));
  const auto* row = find_transition(state(), in.v.message, in.v.sequence);
  if (row && row->then == reaction::deliver)
    deliver(in, now);  // as nearly always
  else if (row)
    react(row->then, in, now);
  else
    note("forbidden-cell", std::string{to_string(state())} + " " + std::string{to_string(in.v.message)});
}

void session::impl::react(reaction what, const inbound& in, instant now) {
  switch (what) {
    case reaction::accept_logon: return consider_logon(in, now);
    case reaction::establish: return establish(in, now);
    case reaction::logon_denied: return logon_denied(in, now);
    case reaction::await_logon_reply: return await_logon_reply(now);
    case reaction::restart_numbers: return restart_numbers(in, now);
    case reaction::refuse_reset:
      return logout_and_close("ResetSeqNumFlag(141)=Y needs MsgSeqNum(34)=1, received " + std::to_string(in.v.number.value), now);
    case reaction::refuse_second_logon: return logout_and_close("Logon(A) while logged on", now);
    case reaction::hang_up: return hang_up(end_reason::logon_refused, refusal_text(in), now);
    case reaction::keep_for_later: return keep_for_later(in, now);
    case reaction::consume:
      if (in.v.message == message_class::Heartbeat) parking_.heard(in.message.find(tag::TestReqID).value_or(std::string_view{}));
      return consume(in);
    case reaction::answer_test_request:
      send_admin(heartbeat(in.message.find(tag::TestReqID).value_or(std::string_view{})), now);
      return consume(in);
    case reaction::serve_resend: return serve_resend(in, now);
    case reaction::serve_resend_first: return serve_resend_first(in, now);
    case reaction::note_reject:
      note("reject-received", text_in(in.message));
      return consume(in);
    case reaction::fill_gap: return fill_gap(in, now);
    case reaction::move_expected: return move_expected(in, now);
    case reaction::deliver: return deliver(in, now);
    case reaction::hold: return hold(in, in.message.frame());
    case reaction::leave_gap: return note("gap-left", std::to_string(in.v.number.value));
    case reaction::ignore: return;
    case reaction::answer_logout:
      if (config_.fill_gap_before_logout && in.v.sequence == sequence_class::too_high) return await_fill(in, now);
      return answer_logout(in, now);
    case reaction::finish_logout: return finish_logout(in, now);
    case reaction::reject: return reject(in, now);
    case reaction::reject_and_logout:
      send_reject(in, *in.v.fault, now);
      consume(in);
      send_admin(logout({}), now, urgency::at_once);
      return leave(end_reason::protocol_violation, std::string{text_of(in.v.fault->reason)}, now);
    case reaction::logout_too_low: return logout_and_close(too_low_text(in.v.number), now);
    case reaction::logout_wrong_version: return complain("Incorrect BeginString", end_reason::protocol_violation, now);
    case reaction::logout_unnumbered: return logout_and_close("Required tag missing (34)", now);
  }
}

// The held ones whose turn has come; each may be the last if it ends the session.
void session::impl::drain_held(instant now) {
  while (is_serving()) {
    auto next = recovery_.take(expected_);
    if (!next) return;
    const held_message& message = *next;
    if (message->empty())
      ++expected_;  // dealt with when it came
    else if (scratch_.assign(*message, config_.dictionaries.own_data_fields()) == parse_error::none)
      receive(scratch_, message, scrutiny::held, now);
  }
}

void session::impl::receive_kept(std::vector<kept_frame> kept, instant now) {
  for (const auto& k : kept) {
    if (!has_link() || scratch_.assign(k.frame, config_.dictionaries.own_data_fields()) != parse_error::none) return;
    receive(scratch_, k.owner, scrutiny::waited, now);
  }
  drain_held(now);
}

void session::impl::keep_for_later(const inbound& in, instant now) {
  auto& asking = std::get<stage::awaiting_authentication>(where_);
  asking.kept.push_back(copy(in.message.frame()));
  asking.kept_bytes += in.message.frame().size();
  if (asking.kept.size() > config_.max_held_messages || asking.kept_bytes > config_.max_held_bytes) hang_up(end_reason::logon_refused, "too much before our Logon", now);
}

// Only a message in its turn counts; a rejected one does as well.
void session::impl::consume(const inbound& in) {
  if (in.v.sequence == sequence_class::expected) ++expected_;
}

// When it is read, and not when a gap in front of it has closed; what the peer repeats it was asked for. True: it is beyond the limit.
bool session::impl::count_arrival(const verdict& v, instant now) {
  if (v.message != message_class::Application || v.is_possible_duplicate || !is_in<stage::established>()) return false;
  const bool is_beyond = !throttle_.has_room(now.steady);
  if (!is_beyond || config_.beyond_limit == throttle_action::delay) throttle_.count(now.steady);
  return is_beyond;
}

void session::impl::deliver(const inbound& in, instant now) {
  if (in.is_beyond_limit && config_.beyond_limit != throttle_action::delay) return refuse_beyond_limit(in, now);
  const auto invalid = in.v.objection ? objection_in(in) : nullptr;  // says so, and so before the batch is looked up
  const bool is_lent = in.owner && !unhandled_.is_to_be_copied(in.owner);
  const auto copied = is_lent ? kept_frame{} : copy(in.message.frame());
  const auto& owner = is_lent ? in.owner : copied.owner;
  const auto frame = is_lent ? in.message.frame() : copied.frame;
  if (deliver_slot_ == 0) {
    emit(action::deliver{generation_, std::move(spare_.messages), std::move(spare_.fields)});
    deliver_slot_ = out_.size();
  }
  auto& batch = std::get<action::deliver>(out_[deliver_slot_ - 1]);
  const auto fields = in.message.fields();
  batch.fields.insert(batch.fields.end(), fields.data(), fields.data() + fields.size());
  batch.messages.push_back({in.v.number, frame, in.v.is_possible_duplicate, owner, static_cast<std::uint32_t>(fields.size()), invalid});
  unhandled_.add(batch.messages.back());
  ++expected_;
}

std::shared_ptr<const objection> session::impl::objection_in(const inbound& in) {
  auto text = fault_text(in, *in.v.objection);
  note("invalid-delivered", "MsgSeqNum " + std::to_string(in.v.number.value) + ": " + text);
  return std::make_shared<const objection>(objection{*in.v.objection, std::move(text)});
}

void session::impl::refuse_beyond_limit(const inbound& in, instant now) {
  const auto text = limit_text();
  note("throttled", "MsgSeqNum " + std::to_string(in.v.number.value) + ": " + text);
  if (config_.beyond_limit == throttle_action::logout) return complain(text, end_reason::protocol_violation, now);  // it is missing, and asked for later
  consume(in);
  auto kept = copy(in.message.frame());
  const inbound_message refused{in.v.number, kept.frame, false, std::move(kept.owner), 0, nullptr};
  if (unhandled_.is_empty()) return answer_beyond_limit(refused, now);
  unhandled_.add_refused(refused);
}

// Not before what came in front of it is handled: else a restart would find the answer sent, and the message not counted.
void session::impl::answer_beyond_limit(const inbound_message& refused, instant now) {
  if (scratch_.assign(refused.frame, config_.dictionaries.own_data_fields()) == parse_error::none)
    send_submitted({submit_token{0}, beyond_limit(scratch_, limit_text())}, now);
}

std::string session::impl::limit_text() const {
  return "more than " + std::to_string(config_.inbound_limit) + " messages in " + std::to_string(config_.inbound_period.count()) + " ms";
}

void session::impl::hold(const inbound& in, std::string_view frame) {
  const bool was_open = recovery_.is_open();
  if (!recovery_.hold(in.v.number, frame)) return note("held-full", std::to_string(in.v.number.value));
  if (!was_open) note("gap-open", "expected " + std::to_string(expected_.value) + ", received " + std::to_string(in.v.number.value));
}

// What the dictionaries object to; empty if they do not.
std::string session::impl::dictionary_text(const inbound& in) const {
  if (!config_.dictionaries) return {};
  const auto fault = validate(in.message, config_.dictionaries, config_.validation);
  return fault ? describe(*fault, in.message, config_.dictionaries) : std::string{};
}

std::string session::impl::fault_text(const inbound& in, const field_fault& fault) const {
  if (auto text = dictionary_text(in); !text.empty()) return text;
  return std::string{text_of(fault.reason)} + (fault.tag ? " (" + std::to_string(*fault.tag) + ")" : "");
}

void session::impl::reject(const inbound& in, instant now) {
  if (!config_.reset_on_error && !config_.disconnect_on_error) {
    send_reject(in, *in.v.fault, now);
    return consume(in);
  }
  const auto text = "MsgSeqNum " + std::to_string(in.v.number.value) + " would be rejected: " + fault_text(in, *in.v.fault);
  if (!config_.reset_on_error) {
    consume(in);
    return hang_up(end_reason::protocol_violation, text, now);
  }
  send_admin(logout(text), now, urgency::at_once);
  close_link();
  end(end_reason::protocol_violation, text, now);
  begin_numbering(true, now);
}

// Its number is not counted: it may be as wrong as the rest, and a message that is still missing is asked for in the end.
void session::impl::reject_garbled(std::string_view bytes, std::string_view why, instant now) {
  if (!config_.reject_garbled || !is_in<stage::established>() || stall_.is_stalled()) return;
  std::string_view type, number;
  for (field_walk fields{bytes}; fields.next();) {
    if (fields.tag() == tag::MsgType && type.empty()) type = fields.value();
    if (fields.tag() == tag::MsgSeqNum && number.empty()) number = fields.value();
  }
  const auto counted = parse_unsigned(number);
  if (!counted || *counted == 0 || type == msg_type::Reject) return;
  send_admin(reject_of_garbled(config_.id.begin_string, seq_num{*counted}, type, why), now);
  note("reject-sent", "MsgSeqNum " + std::to_string(*counted) + ": " + std::string{why});
}

void session::impl::send_reject(const inbound& in, const field_fault& fault, instant now) {
  note("reject-sent", "MsgSeqNum " + std::to_string(in.v.number.value) + ": " + fault_text(in, fault));
  // What a message lacks because of another of its fields is no fault of the session: from FIX 4.2 on there is an answer of its own.
  if (is_business(fault, in.message))
    send_submitted({submit_token{0}, conditionally_required_field_missing(in.message, fault)}, now);
  else
    send_admin(protocol::reject(in.message, in.v.number, fault), now);
}

// 10: NewSeqNo(36) must lead on.
void session::impl::fill_gap(const inbound& in, instant now) {
  const auto next = in.message.find_seq_num(tag::NewSeqNo).value_or(seq_num{0});
  if (next > in.v.number) {
    expected_ = next;
  } else {
    send_reject(in, {session_reject_reason::ValueIsIncorrect, std::nullopt}, now);
    consume(in);
  }
}

// 11: higher is taken, equal is nothing, lower is refused; the number of the message itself does not count.
void session::impl::move_expected(const inbound& in, instant now) {
  const auto next = in.message.find_seq_num(tag::NewSeqNo);
  if (!next) {
    const bool is_absent = !in.message.find(tag::NewSeqNo);
    const auto why = is_absent ? session_reject_reason::RequiredTagMissing : session_reject_reason::IncorrectDataFormatForValue;
    return send_reject(in, {why, tag::NewSeqNo}, now);
  }
  if (*next < expected_) return send_reject(in, {session_reject_reason::ValueIsIncorrect, std::nullopt}, now);
  note("sequence-reset", "from " + std::to_string(expected_.value) + " to " + std::to_string(next->value));
  expected_ = *next;
}

// ---------------------------------------------------------------- Logout

void session::impl::leave(end_reason why, std::string text, instant now) {
  liveness_.stop();
  where_ = stage::logging_out{now.steady + config_.logout_timeout, why, std::move(text)};
}

// Logout(5), and time for the peer to answer it.
void session::impl::complain(std::string text, end_reason why, instant now) {
  send_admin(logout(text), now, urgency::at_once);
  leave(why, std::move(text), now);
}

std::string session::impl::too_low_text(seq_num received) const {
  return "MsgSeqNum too low, expecting " + std::to_string(expected_.value) + " but received " + std::to_string(received.value);
}

void session::impl::logout_and_close(std::string text, instant now) {
  send_admin(logout(text), now, urgency::at_once);
  close_link();
  end(is_in<stage::established>() ? end_reason::protocol_violation : end_reason::logon_refused, std::move(text), now);
}

// Its number is kept like that of anything that was dealt with: a fill may end with it or go over it.
void session::impl::await_fill(const inbound& in, instant now) {
  hold(in, std::string_view{});
  if (!gap_logout_) gap_logout_ = gap_logout{in.v.number, now.steady + config_.gap_timeout, text_in(in.message)};
}

void session::impl::check_gap_logout(instant now) {
  if (!gap_logout_ || (expected_ <= gap_logout_->number && now.steady < gap_logout_->deadline)) return;
  auto text = std::exchange(gap_logout_, std::nullopt)->text;
  send_admin(logout({}), now, urgency::at_once);
  leave(end_reason::peer_logout, std::move(text), now);
}

// 13b: answer, and leave hanging up to the peer for a while.
void session::impl::answer_logout(const inbound& in, instant now) {
  consume(in);
  send_admin(logout({}), now, urgency::at_once);
  leave(end_reason::peer_logout, text_in(in.message), now);
}

void session::impl::finish_logout(const inbound& in, instant now) {
  consume(in);
  auto leaving = std::get<stage::logging_out>(std::move(where_));
  close_link();
  end(leaving.why, std::move(leaving.text), now);
}

}  // namespace troupe::protocol
