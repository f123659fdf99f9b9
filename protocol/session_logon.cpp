// Logon(A) from both sides, the hooks around it, and resets of the numbering.
#include "protocol/session_core.hpp"
#include "protocol/tags.hpp"

#include <utility>

namespace troupe::protocol {
namespace {

// HeartBtInt(108): 0 means none; negative, unreadable or absent is refused.
std::optional<std::chrono::seconds> heart_bt_int_of(const message_view& logon) {
  constexpr std::int64_t most = 24 * 60 * 60;
  const auto seconds = logon.find_int(tag::HeartBtInt);
  if (!seconds || *seconds < 0 || *seconds > most) return std::nullopt;
  return std::chrono::seconds{*seconds};
}

}  // namespace

// ---------------------------------------------------------------- initiator

void session::impl::begin_logon(instant now) {
  const auto deadline = now.steady + config_.logon_timeout;
  if (stall_.is_stalled()) {
    where_ = stage::preparing_logon{deadline, stage::preparing_logon::wait::store};
  } else if (config_.has_prepare_logon_hook) {
    where_ = stage::preparing_logon{deadline, stage::preparing_logon::wait::hook};
    emit(action::ask_prepare_logon{epoch_});
  } else {
    send_logon({}, now);
  }
}

void session::impl::on_logon_prepared(const event::logon_prepared& e, instant now) {
  const auto* preparing = std::get_if<stage::preparing_logon>(&where_);
  if (!preparing || e.epoch != epoch_ || preparing->for_what != stage::preparing_logon::wait::hook) return;
  if (stall_.is_stalled()) return defer(e);
  send_logon(e.fields, now);
}

// A reset that was not confirmed is begun again: 141=Y, 34=1, until it is.
bool session::impl::wants_reset() const {
  const bool is_fresh = next_sender_ == seq_num{1} && expected_ == seq_num{1};
  const bool is_reset_by_rule = (config_.reset_on_logout || config_.reset_on_disconnect) && is_fresh;
  return is_reset_pending_ || config_.send_reset_flag || config_.reset_on_logon || is_reset_by_rule;
}

outgoing_message session::impl::logon_of(std::chrono::seconds heart_bt_int, bool is_reset, std::string_view further) const {
  return logon({.heart_bt_int = heart_bt_int,
                .is_reset = is_reset,
                .further = further,
                .default_appl_ver_id = config_.default_appl_ver_id,
                .next_expected = config_.use_next_expected ? expected_ : seq_num{0},
                .is_test = config_.is_test});
}

void session::impl::send_logon(std::string_view further, instant now) {
  using purpose = stage::logon_sent::purpose;
  const bool is_reset = wants_reset();
  if (is_reset) begin_numbering(true, now);
  heart_bt_int_ = config_.heart_bt_int;
  where_ = stage::logon_sent{now.steady + config_.logon_timeout, is_reset ? purpose::reset_at_logon : purpose::log_on};
  say_logon(is_reset, now, further);
}

// What settings and hooks add is for the wire only.
void session::impl::say_logon(bool is_reset, instant now, std::string_view further) {
  send_secret_logon(logon_of(heart_bt_int_, is_reset, config_.logon_fields + std::string{further}), logon_of(heart_bt_int_, is_reset), now);
}

std::chrono::seconds session::impl::interval_for(std::chrono::seconds offered) const {
  return config_.override_heart_bt_int && config_.role == role::acceptor ? config_.heart_bt_int : offered;
}

// What neither side can know of the other before it logs on. Empty: none; else what is wrong with the Logon(A).
std::string session::impl::objection_to(const message_view& logon) {
  if (!heart_bt_int_of(logon)) return "HeartBtInt(108) must be 0 or more";
  if (logon.find(tag::EncryptMethod).value_or("0") != "0") return "EncryptMethod(98) must be 0";
  if (config_.is_test && logon.find_bool(tag::TestMessageIndicator).value_or(false) != *config_.is_test)
    return std::string{"TestMessageIndicator(464)="} + (*config_.is_test ? "Y" : "N") + " is expected: one side is for tests, and the other is not";
  return take_appl_version(logon);
}

void session::impl::establish(const inbound& in, instant now) {
  const bool is_new = std::get<stage::logon_sent>(where_).why != stage::logon_sent::purpose::reset_in_session;
  if (const auto objection = objection_to(in.message); !objection.empty()) return logout_and_close(objection, now);
  if (in.v.message == message_class::ResetLogon && !is_reset_pending_) {
    restart_numbers(in, now);  // theirs: goes up again with our answer
    if (is_new) emit(action::logged_on{});
    return;
  }
  if (is_reset_pending_) {
    if (in.v.number != seq_num{1})
      return logout_and_close("expected ResetSeqNumFlag(141)=Y with MsgSeqNum(34)=1, received " + std::to_string(in.v.number.value), now);
    is_reset_pending_ = false;
  }
  const logon_offer offer{in.v.number, heart_bt_int_, false, next_expected_in(in.message)};
  if (is_ahead_of_us(offer.next_expected, now)) return;
  go_up(heart_bt_int_, is_new, now);
  count_logon(offer, now);
  send_what_is_expected(offer, next_sender_, now);
}

// ---------------------------------------------------------------- NextExpectedMsgSeqNum(789)

std::optional<seq_num> session::impl::next_expected_in(const message_view& logon) const {
  return config_.use_next_expected ? logon.find_seq_num(tag::NextExpectedMsgSeqNum) : std::nullopt;
}

// It expects what we have never sent: one of the two has lost its numbers, and nobody can say which.
bool session::impl::is_ahead_of_us(std::optional<seq_num> next_expected, instant now) {
  if (!next_expected || *next_expected <= next_sender_) return false;
  logout_and_close("NextExpectedMsgSeqNum(789) too high, expecting at most " + std::to_string(next_sender_.value) + " but received " + std::to_string(next_expected->value), now);
  return true;
}

// FIXT 1.1: of which version the peer's messages are unless they say otherwise. Empty: taken; else what is wrong with it.
std::string session::impl::take_appl_version(const message_view& logon) {
  if (config_.default_appl_ver_id.empty()) return {};
  const std::string id{logon.find(tag::DefaultApplVerID).value_or("")};
  if (id.empty()) return "DefaultApplVerID(1137) is missing";
  if (!config_.dictionaries) return {};
  auto defined = config_.dictionaries.find_version(id);
  if (!defined) return "DefaultApplVerID(1137)=" + id.substr(0, 8) + " is not supported here";
  config_.dictionaries.application = std::move(defined);
  return {};
}

// The number of a Logon(A) that came too early is kept; what is missing in front of it is asked for.
void session::impl::count_logon(const logon_offer& offer, instant now) {
  if (offer.number == expected_) {
    ++expected_;
    return;
  }
  note("gap-open", "expected " + std::to_string(expected_.value) + ", Logon has " + std::to_string(offer.number.value));
  recovery_.hold(offer.number, {});
  if (offer.next_expected) recovery_.asked_by_logon(expected_, now.steady);  // ours says what is missing, and it heeds that
}

// In mid-session a Reject(3) may still speak about the old numbering, and a Logout(5) ends it as it would have before.
void session::impl::logon_denied(const inbound& in, instant now) {
  const bool is_logout = in.message.msg_type() == msg_type::Logout;
  if (is_resetting_in_session()) return is_logout ? answer_logout(in, now) : await_logon_reply(now);
  consume(in);
  close_link();
  end(end_reason::logon_refused, "the peer refused our Logon: " + std::string{in.message.find(tag::Text).value_or("no reason given")}, now);
}

bool session::impl::is_resetting_in_session() const {
  return std::get<stage::logon_sent>(where_).why == stage::logon_sent::purpose::reset_in_session;
}

// An acceptor that answers a Logon with a reset may have messages that came right behind that Logon.
void session::impl::await_logon_reply(instant now) {
  if (is_resetting_in_session() || config_.role == role::acceptor)
    note("reset-discarded", "a message of the old numbering, while the reset is not confirmed");
  else
    hang_up(end_reason::logon_refused, "the first message was not a Logon", now);
}

// ---------------------------------------------------------------- acceptor

std::string session::impl::refusal_text(const inbound& in) const {
  std::string text = "first message refused: ";
  text += to_string(in.v.message);
  if (in.v.fault) text += ", " + fault_text(in, *in.v.fault);
  return text;
}

void session::impl::consider_logon(const inbound& in, instant now) {
  if (const auto objection = objection_to(in.message); !objection.empty()) return hang_up(end_reason::logon_refused, objection, now);
  const logon_offer offer{in.v.number, interval_for(*heart_bt_int_of(in.message)), in.v.message == message_class::ResetLogon, next_expected_in(in.message)};
  if (!config_.has_authenticate_hook) return accept_logon(offer, now);
  where_ = stage::awaiting_authentication{now.steady + config_.logon_timeout, offer, {}};
  emit(action::ask_authenticate{epoch_, std::string{in.message.frame()}});
}

void session::impl::on_authenticated(const event::authenticated& e, instant now) {
  auto* asking = std::get_if<stage::awaiting_authentication>(&where_);
  if (!asking || e.epoch != epoch_) return;
  if (stall_.is_stalled()) return defer(e);
  if (!e.is_accepted) return hang_up(end_reason::logon_refused, e.text, now);
  const auto offer = asking->offer;
  auto kept = std::move(asking->kept);
  accept_logon(offer, now);
  receive_kept(std::move(kept), now);
}

void session::impl::accept_logon(const logon_offer& offer, instant now) {
  if (offer.is_reset || config_.reset_on_logon) {
    begin_numbering(false, now);
  } else if (is_reset_pending_) {
    heart_bt_int_ = offer.heart_bt_int;
    return request_reset(stage::logon_sent::purpose::reset_at_logon, now);
  } else if (offer.number < expected_) {
    return logout_and_close(too_low_text(offer.number), now);
  }
  if (is_ahead_of_us(offer.next_expected, now)) return;
  const auto next_sender = next_sender_;
  go_up(offer.heart_bt_int, true, now);
  count_logon(offer, now);
  say_logon(offer.is_reset, now);
  send_what_is_expected(offer, next_sender, now);
}

void session::impl::go_up(std::chrono::seconds heart_bt_int, bool is_new, instant now) {
  heart_bt_int_ = heart_bt_int;
  where_ = stage::established{};
  cancel_.reset();
  is_cancel_owed_ = config_.cancel_orders != cancel_rule::never;
  if (config_.check_silence)
    liveness_.start(heart_bt_int, config_.test_request_factor, config_.disconnect_factor, now.steady);
  else
    liveness_.start_unheard(heart_bt_int, now.steady);
  if (!is_new) return;
  emit(action::logged_on{});
  deliver_slot_ = 0;
}

// ---------------------------------------------------------------- resets

// A new generation: everything of the old one is void, and the store learns all of it in one batch.
void session::impl::begin_numbering(bool is_pending, instant now) {
  if (outbox_.is_open()) seal_batch();
  if (first_unsent_ != seq_num{0})
    note("reset-unsent", "messages " + std::to_string(first_unsent_.value) + " to " + std::to_string(next_sender_.previous().value) + " were not sent");
  ++generation_;
  next_sender_ = seq_num{1};
  expected_ = seq_num{1};
  first_unsent_ = seq_num{0};
  is_reset_pending_ = is_pending;
  numbered_since_ = now.utc;
  unhandled_.clear();
  recovery_.clear();
  replay_.clear();
  parking_.link_ended();
  gap_logout_.reset();
  deliver_slot_ = 0;
  open_batch().reset = reset{now.utc, is_pending};
  note("numbers-reset", is_pending ? "by us" : "by the peer or by setting");
}

// 141=Y from the peer, who is at 1 already: so are we, and say so.
void session::impl::restart_numbers(const inbound& in, instant now) {
  if (const auto objection = objection_to(in.message); !objection.empty()) return logout_and_close(objection, now);
  begin_numbering(false, now);
  ++expected_;
  go_up(interval_for(*heart_bt_int_of(in.message)), false, now);
  say_logon(true, now);
}

// Ours: 141=Y, 34=1, and nothing else counts until the peer has said the same.
void session::impl::request_reset(stage::logon_sent::purpose why, instant now) {
  begin_numbering(true, now);
  liveness_.stop();
  where_ = stage::logon_sent{now.steady + config_.logon_timeout, why};
  say_logon(true, now);
}

void session::impl::on_period_began(utc_time begin, instant now) {
  if (numbered_since_ >= begin || has_link()) return;
  begin_numbering(is_reset_pending_, now);
}

// While one Logon(A) is out there is no second one: the answer to the first would pass for the confirmation.
void session::impl::on_reset_requested(instant now) {
  const auto* sent = std::get_if<stage::logon_sent>(&where_);
  if (is_in<stage::established>()) return request_reset(stage::logon_sent::purpose::reset_in_session, now);
  if (sent && is_reset_pending_) return;
  begin_numbering(true, now);
  if (sent) hang_up(end_reason::our_logout, "numbers are reset while a Logon(A) of the old numbering is out", now);
}

}  // namespace troupe::protocol
