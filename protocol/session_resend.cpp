// Serving the peer's ResendRequest(2), and streaming what got its number meanwhile.
#include "protocol/session_core.hpp"
#include "protocol/stamp.hpp"
#include "protocol/tags.hpp"

#include <algorithm>
#include <utility>

namespace troupe::protocol {
namespace {

std::string range_text(seq_num begin, seq_num end) { return std::to_string(begin.value) + " to " + std::to_string(end.value); }

std::optional<field_fault> range_fault(seq_num begin, seq_num end) {
  if (begin == seq_num{0}) return field_fault{session_reject_reason::ValueIsIncorrect, tag::BeginSeqNo};
  if (end != seq_num{0} && end < begin) return field_fault{session_reject_reason::ValueIsIncorrect, tag::EndSeqNo};
  return std::nullopt;
}

}  // namespace

// Frames of a page, appended to the open batch.
struct session::impl::page_writer final : replay_sink {
  impl& s;
  instant now;
  unsigned resent = 0;

  page_writer(impl& owner, instant when) : s(owner), now(when) {}

  void resend(const stored_record& message) override {
    ++resent;
    auto& bytes = s.open_batch().bytes;
    const auto offset = bytes.size();
    if (append_resend(bytes, message.frame, s.restamp_at(now), s.clock_text_)) s.outbox_.transmit_tail(offset);
  }

  // It was never on the wire: no PossDupFlag(43), and the SendingTime(52) of now.
  void send_first(const stored_record& message) override {
    auto& bytes = s.open_batch().bytes;
    const auto offset = bytes.size();
    if (append_delayed(bytes, message.frame, s.restamp_at(now), s.clock_text_)) s.outbox_.transmit_tail(offset);
  }

  void fill(seq_num begin, seq_num next) override {
    auto& bytes = s.open_batch().bytes;
    const auto offset = bytes.size();
    const auto message = gap_fill(next);
    auto header = s.header_for(message, now);
    header.number = begin;
    header.is_possible_duplicate = true;
    header.orig_sending_time = now.utc;
    append_frame(bytes, header, message.header, message.body, s.clock_text_);
    s.outbox_.transmit_tail(offset);
  }
};

restamp session::impl::restamp_at(instant now) const { return {now.utc, last_processed(), config_.time_precision}; }

void session::impl::serve_resend(const inbound& in, instant now) {
  const auto begin = in.message.find_seq_num(tag::BeginSeqNo).value_or(seq_num{0});
  const auto asked_end = in.message.find_seq_num(tag::EndSeqNo).value_or(seq_num{0});
  consume(in);
  if (const auto fault = range_fault(begin, asked_end)) return send_reject(in, *fault, now);

  const auto last_sent = (first_unsent_ == seq_num{0} ? next_sender_ : first_unsent_).previous();
  const auto end = asked_end == seq_num{0} ? last_sent : std::min(asked_end, last_sent);
  if (begin > end) return note("resend-nothing", "asked from " + std::to_string(begin.value) + ", sent up to " + std::to_string(last_sent.value));
  if (const auto text = why_too_wide({begin, end}, "ResendRequest"); !text.empty())
    refuse_resend({begin, end}, protocol::reject(in.message, in.v.number, {session_reject_reason::ValueIsIncorrect, tag::EndSeqNo}, text), text, now);
  else
    resend({begin, end}, "", now);
}

void session::impl::resend(replay_range asked, std::string_view how, instant now) {
  const auto text = std::string{how} + range_text(asked.begin, asked.end);
  switch (replay_.request(asked)) {
    case session_replay::answer::serving: return note("resend-asked", text);
    case session_replay::answer::already_serving: return note("resend-repeated", text);
    case session_replay::answer::too_many_waiting: return note("resend-dropped", text);
    case session_replay::answer::looping: return complain_of_loop(asked, now);
  }
}

// What the peer has not got is sent again without being asked for, up to and over the Logon(A). `next_sender`: what it should expect. What
// was given a number while we waited for the peer's Logon(A) was never sent, and follows as such. It is held to the same limits as a
// ResendRequest(2): refused, the peer asks for what it misses in parts.
void session::impl::send_what_is_expected(const logon_offer& offer, seq_num next_sender, instant now) {
  const auto next_expected = offer.next_expected.value_or(seq_num{0});
  const auto end = first_unsent_ == seq_num{0} ? next_sender_ : first_unsent_;
  if (next_expected == seq_num{0} || next_expected >= std::min(next_sender, end)) return;
  const replay_range asked{next_expected, end.previous()};
  if (const auto text = why_too_wide(asked, "NextExpectedMsgSeqNum(789)"); !text.empty())
    refuse_resend(asked, reject_of_next_expected(offer.number, text + "; ask for them with ResendRequest"), text, now);
  else
    resend(asked, "by NextExpectedMsgSeqNum(789): ", now);
}

void session::impl::complain_of_loop(replay_range asked, instant now) {
  if (is_in<stage::established>()) complain("ResendRequest(2) " + range_text(asked.begin, asked.end) + " over and over", end_reason::protocol_violation, now);
}

// Empty: it is not. Sent again in part, the rest would be missed without a word.
std::string session::impl::why_too_wide(replay_range asked, std::string_view by) const {
  const auto span = asked.end.value - asked.begin.value + 1;
  if (config_.max_resend_span == 0 || span <= config_.max_resend_span) return {};
  return std::string{by} + " for " + std::to_string(span) + " messages, at most " + std::to_string(config_.max_resend_span) + " are sent again at a time";
}

void session::impl::refuse_resend(replay_range asked, const outgoing_message& reject, std::string text, instant now) {
  if (replay_.is_loop(asked)) return complain_of_loop(asked, now);
  note("resend-refused", std::move(text));
  send_admin(reject, now);
}

void session::impl::serve_resend_first(const inbound& in, instant now) {
  serve_resend(in, now);
  if (is_in<stage::established>()) hold(in, std::string_view{});
}

// The next page is wanted as soon as the connection has room for it, and the rate allows it.
void session::impl::pump_replay(instant now) {
  if (replay_.is_idle() && first_unsent_ != seq_num{0} && is_in<stage::established>())
    replay_.stream({first_unsent_, next_sender_.previous()});
  if (unwritten_ >= config_.replay_low_water || now.steady < resend_not_before_) return;
  resend_not_before_ = {};
  if (const auto range = replay_.next_fetch())
    emit(action::fetch_replay{generation_, range->begin, range->end, page_records(), config_.replay_page_bytes, replay_.question()});
}

bool session::impl::is_held_by_rate() const {
  return is_serving() && !stall_.is_stalled() && replay_.wants_page() && unwritten_ < config_.replay_low_water && resend_not_before_ != steady_time{};
}

// With a rate, a page is a tenth of a second's, so that the messages come evenly.
std::size_t session::impl::page_records() const {
  if (config_.resend_rate == 0) return config_.replay_page_records;
  return std::clamp<std::size_t>(config_.resend_rate / 10, 1, config_.replay_page_records);
}

void session::impl::on_replay_page(event::replay_page&& e, instant now) {
  if (!is_serving() || e.page.generation != generation_ || !replay_.awaits(e.question)) return;
  if (stall_.is_stalled()) return defer(std::move(e));
  if (!config_.has_may_resend_hook || !replay_.is_resending()) return emit_page(e.page, {}, now);

  action::ask_may_resend question{generation_, {}, replay_.question()};
  for (const auto& r : e.page.records)
    if (r.kind == record_kind::application && !r.is_damaged) question.candidates.push_back(r);
  if (question.candidates.empty()) return emit_page(e.page, {}, now);
  replay_.keep(std::move(e.page));
  emit(std::move(question));
}

void session::impl::on_resend_decided(const event::resend_decided& e, instant now) {
  if (!is_serving() || e.generation != generation_) return;
  if (stall_.is_stalled()) return defer(e);
  if (const auto page = replay_.release(e.question)) emit_page(*page, e.withheld, now);
}

void session::impl::emit_page(const replay_page& page, std::span<const seq_num> withheld, instant now) {
  const auto before = open_batch().bytes.size();
  page_writer writer{*this, now};
  const auto made = replay_.emit(page, withheld, writer);
  unwritten_ += open_batch().bytes.size() - before;
  if (config_.resend_rate != 0 && writer.resent != 0) resend_not_before_ = now.steady + std::chrono::nanoseconds{std::chrono::seconds{writer.resent}} / config_.resend_rate;
  liveness_.sent(now.steady);
  if (made.streamed) first_unsent_ = made.streamed->next() == next_sender_ ? seq_num{0} : made.streamed->next();
  if (made.lost) on_record_lost(*made.lost, now);
}

// What the store cannot vouch for is not sent, and not passed over either unless the operator says so.
void session::impl::on_record_lost(seq_num number, instant now) {
  const auto text = "message " + std::to_string(number.value) + " is damaged or missing in the store: not resent";
  emit(action::needs_operator{text});
  if (first_unsent_ != seq_num{0} && is_in<stage::established>()) complain({}, end_reason::our_logout, now);
}

}  // namespace troupe::protocol
