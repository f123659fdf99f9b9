// Everything that gets a number, and how it becomes part of a commit.
#include "protocol/field_text.hpp"
#include "protocol/outgoing_tags.hpp"
#include "protocol/session_core.hpp"
#include "protocol/stamp.hpp"
#include "protocol/tag_kinds.hpp"
#include "protocol/tags.hpp"

#include <utility>

namespace troupe::protocol {
namespace {

constexpr std::size_t max_batch_bytes = 8 * 1024 * 1024;

bool ends_with_soh(std::string_view fields) { return fields.empty() || fields.back() == '\x01'; }

// Reject(3) is administrative, but which application message deserves one only the application knows.
bool may_be_submitted(std::string_view type) {
  if (type.size() != 1) return !type.empty();
  return std::string_view{"01245A"}.find(type.front()) == std::string_view::npos;
}

bool is_of_a_duplicate(std::uint32_t tag) { return tag == tag::PossDupFlag || tag == tag::OrigSendingTime; }

// Header fields at the front of a body would be taken for the session's own when the message is sent again.
bool begins_with_stamped(std::string_view body) {
  for (field_walk fields{body}; fields.next() && (kinds_of(fields.tag()) & tag_kind::header) != 0;)
    if (is_stamped_tag(fields.tag())) return true;
  return false;
}

}  // namespace

bool is_well_formed(const outgoing_message& message, const session_config& config) {
  if (!may_be_submitted(message.msg_type) || !ends_with_soh(message.header) || !ends_with_soh(message.body)) return false;
  field_walk header{message.header};
  std::size_t end = 0;
  for (; header.next(); end = header.end())
    if (is_stamped_tag(header.tag()) && !(config.allow_poss_dup && is_of_a_duplicate(header.tag()))) return false;
  return end == message.header.size() && !begins_with_stamped(message.body);
}

// ---------------------------------------------------------------- the application's wishes

std::optional<action::refusal> session::impl::refusal_of(const outgoing_message& message) const {
  if (stall_.is_stalled()) return action::refusal::store_stalled;
  if (is_in<stage::logging_out>()) return action::refusal::logging_out;
  if (!is_in<stage::established>()) return action::refusal::not_logged_on;
  if (!is_well_formed(message, config_)) return action::refusal::malformed;
  if (outbox_.uncommitted_bytes() > config_.max_uncommitted_bytes) return action::refusal::too_much_in_flight;
  return std::nullopt;
}

void session::impl::on_submit(event::submit&& e, instant now) {
  if (is_to_be_parked(e.message)) return park(std::move(e), now);
  if (const auto why = refusal_of(e.message))
    emit(action::refused{e.token, *why});
  else
    send_submitted(e, now);
}

void session::impl::send_submitted(const event::submit& e, instant now) {
  const bool is_reject = e.message.msg_type == msg_type::Reject;
  const bool is_turn = is_in<stage::established>() && first_unsent_ == seq_num{0} && replay_.is_idle();
  send(e.message, is_reject ? record_kind::administrative : record_kind::application, e.token, is_turn, now);
}

// The messages and what they gave rise to are one transaction, on whichever connection: what cannot go out now is asked for
// by the peer after the next Logon.
void session::impl::on_handled(event::handled&& e, instant now) {
  if (stall_.is_stalled()) return defer(std::move(e));
  if (e.generation != generation_) {
    for (const auto& s : e.submits) emit(action::refused{s.token, action::refusal::numbers_reset});
    return;
  }
  // Handled by an earlier incarnation's delivery, and told to us before we ask the peer for it again.
  if (e.up_to >= expected_ && !is_serving()) expected_ = e.up_to.next();
  const auto refused = unhandled_.handled(e.up_to);
  for (const auto& s : e.submits) {
    if (is_well_formed(s.message, config_))
      send_submitted(s, now);
    else
      emit(action::refused{s.token, action::refusal::malformed});
  }
  for (const auto& r : refused) answer_beyond_limit(r, now);
}

void session::impl::on_unsupported(const event::unsupported& e, instant now) {
  if (stall_.is_stalled()) return defer(e);
  const auto frame = unhandled_.find(e.number);
  if (!frame || scratch_.assign(*frame) != parse_error::none) return;
  if (e.failure.empty()) return send_submitted({submit_token{0}, unsupported_message_type(scratch_)}, now);
  note("handling-failed", "MsgSeqNum(34) " + std::to_string(e.number.value) + " is rejected, the application failed on it: " + e.failure);
  send_submitted({submit_token{0}, application_not_available(scratch_)}, now);
}

// What it was given before may have had its effect: all of it comes again, marked.
void session::impl::on_application_restarted() {
  auto again = unhandled_.again();
  if (again.empty()) return;
  emit(action::deliver{generation_, std::move(again), {}});
  deliver_slot_ = 0;
}

// ---------------------------------------------------------------- numbers and frames

// Pages of a replay are written whole, so an administrative message never stands in the middle of one. Behind a backlog it
// waits like everything else, unless the connection ends with it.
seq_num session::impl::send_admin(const outgoing_message& message, instant now, urgency how) {
  const bool is_turn = first_unsent_ == seq_num{0} || how == urgency::at_once;
  return send(message, record_kind::administrative, submit_token{0}, is_turn && has_link(), now);
}

// What a hook added (passwords, signatures) goes to the wire and not into the store: a Logon(A) is never sent again, so its
// record only has to say that the number was used.
void session::impl::send_secret_logon(const outgoing_message& message, const outgoing_message& as_stored, instant now) {
  if (message.body == as_stored.body) {
    send_admin(message, now, urgency::at_once);
    return;
  }
  auto& batch = open_batch();
  const auto offset = batch.bytes.size();
  append_frame(batch.bytes, header_for(message, now), message.header, message.body, clock_text_);
  outbox_.transmit_tail(offset);
  const auto stored_offset = batch.bytes.size();
  append_frame(batch.bytes, header_for(as_stored, now), as_stored.header, as_stored.body, clock_text_);
  outbox_.record_tail(record_kind::administrative, next_sender_, submit_token{0}, stored_offset);
  ++next_sender_;
  liveness_.sent(now.steady);
}

wire_header session::impl::header_for(const outgoing_message& message, instant now) const {
  return {.begin_string = config_.id.begin_string,
          .msg_type = message.msg_type,
          .sender_comp_id = config_.id.sender_comp_id,
          .target_comp_id = config_.id.target_comp_id,
          .number = next_sender_,
          .sending_time = now.utc,
          .sender_sub_id = config_.sender_sub_id,
          .target_sub_id = config_.target_sub_id,
          .sender_location_id = config_.sender_location_id,
          .target_location_id = config_.target_location_id,
          .last_processed = last_processed(),
          .precision = config_.time_precision};
}

seq_num session::impl::send(const outgoing_message& message, record_kind kind, submit_token token, bool may_transmit, instant now) {
  auto& batch = open_batch();
  const auto offset = batch.bytes.size();
  const auto number = next_sender_;
  append_frame(batch.bytes, header_for(message, now), message.header, message.body, clock_text_);
  ++next_sender_;
  outbox_.record_tail(kind, number, token, offset);
  if (may_transmit) {
    outbox_.transmit_tail(offset);
    liveness_.sent(now.steady);
  } else if (first_unsent_ == seq_num{0} && (is_in<stage::established>() || is_in<stage::logon_sent>())) {
    first_unsent_ = number;
  }
  return number;
}

// ---------------------------------------------------------------- commits

durable_numbers session::impl::numbers() const {
  return {generation_, next_sender_, unhandled_.next_target(expected_), is_reset_pending_, is_cancel_owed_};
}

commit_batch& session::impl::open_batch() {
  if (outbox_.is_open() && (outbox_.batch().epoch != epoch_ || outbox_.batch().bytes.size() > max_batch_bytes)) seal_batch();
  if (!outbox_.is_open()) {
    outbox_.open(epoch_);
    commit_slot_ = out_.size();
    out_.emplace_back(action::commit{});
  }
  return outbox_.batch();
}

// Until those in front of it go to the store again, a batch is only kept: it is handed out with them.
void session::impl::seal_batch() {
  auto batch = outbox_.seal(numbers());
  if (!batch || (stall_.is_waiting() && batch->id != commit_id{0})) return;
  std::get<action::commit>(out_[commit_slot_]).batch = std::move(batch);
}

void session::impl::close_link() {
  open_batch().close_after_flush = true;
  seal_batch();
}

}  // namespace troupe::protocol
