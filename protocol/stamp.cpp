#include "protocol/stamp.hpp"

#include "protocol/byte_sum.hpp"
#include "protocol/field_text.hpp"
#include "protocol/frame_parts.hpp"
#include "protocol/number.hpp"
#include "protocol/tags.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

namespace troupe::protocol {
namespace {

// A field that a stamp writes itself.
struct stamped_field {
  std::uint32_t tag = 0;
  std::string_view prefix;
  std::string_view value;

  [[nodiscard]] std::size_t size() const { return prefix.size() + value.size() + 1; }
};

// Of one message, ascending. Those without a value are left out.
class stamped_fields {
 public:
  void add(std::uint32_t tag, std::string_view prefix, std::string_view value) {
    if (!value.empty()) fields_[count_++] = {tag, prefix, value};
  }
  // One that gives way to a field of the same tag in `extra`.
  void add_unless(std::string_view extra, std::uint32_t tag, std::string_view prefix, std::string_view value) {
    if (value.empty()) return;
    for (field_walk rest{extra}; rest.next();)
      if (rest.tag() == tag) return;
    add(tag, prefix, value);
  }
  [[nodiscard]] const stamped_field* begin() const { return fields_.data(); }
  [[nodiscard]] const stamped_field* end() const { return fields_.data() + count_; }

 private:
  std::array<stamped_field, 11> fields_;
  std::size_t count_ = 0;
};

struct number_text {
  std::array<char, 20> digits{};
  std::size_t length = 0;

  explicit number_text(std::uint64_t value)
      : length(static_cast<std::size_t>(std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr - digits.data())) {}
  [[nodiscard]] std::string_view view() const { return {digits.data(), length}; }
};

// Writes into bytes that are there already.
class pen {
 public:
  explicit pen(char* at) : at_(at) {}
  pen& put(std::string_view text) {
    std::memcpy(at_, text.data(), text.size());
    at_ += text.size();
    return *this;
  }
  pen& put(char c) {
    *at_++ = c;
    return *this;
  }
  void put(const stamped_field& field) { put(field.prefix).put(field.value).put(soh); }
  [[nodiscard]] char* at() const { return at_; }

 private:
  char* at_;
};

// Whether the stamp writes this field itself, so that one of the same tag among the extra ones has to give way.
bool is_stamped(const stamped_fields& stamped, std::uint32_t tag) {
  return tag == tag::MsgType || std::any_of(stamped.begin(), stamped.end(), [&](const stamped_field& f) { return f.tag == tag; });
}

std::size_t kept_size(const stamped_fields& stamped, std::string_view extra) {
  std::size_t size = 0;
  for (field_walk rest{extra}; rest.next();)
    if (!is_stamped(stamped, rest.tag())) size += rest.bytes().size();
  return size;
}

// Both are ascending; those of `extra` go in where they belong.
void put_merged(pen& to, const stamped_fields& stamped, std::string_view extra) {
  const auto* next = stamped.begin();
  for (field_walk rest{extra}; rest.next();) {
    if (is_stamped(stamped, rest.tag())) continue;
    while (next != stamped.end() && next->tag < rest.tag()) to.put(*next++);
    to.put(rest.bytes());
  }
  while (next != stamped.end()) to.put(*next++);
}

void put_check_sum(pen& to, const char* frame) {
  const std::uint32_t sum = byte_sum({frame, static_cast<std::size_t>(to.at() - frame)}) & 0xff;
  to.put("10=");
  for (const std::uint32_t digit : {sum / 100, sum / 10 % 10, sum % 10}) to.put(static_cast<char>('0' + digit));
  to.put(soh);
}

// Whether the body ends with a field, and a true CheckSum is all there is behind it.
bool is_closed(std::string_view frame, std::size_t body_end) {
  if (body_end + trailer_length != frame.size() || frame[body_end - 1] != soh) return false;
  const std::string_view trailer = frame.substr(body_end);
  return read_frame_trailer(trailer) == trailer_state::complete &&
         (byte_sum(frame.substr(0, body_end)) & 0xff) == check_sum_value(trailer);
}

byte_range append(std::string& wire, std::string_view begin_string, std::string_view msg_type, const stamped_fields& stamped,
                  std::string_view extra, std::string_view body) {
  std::size_t length = std::strlen("35=|") + msg_type.size() + kept_size(stamped, extra) + body.size();
  for (const stamped_field& field : stamped) length += field.size();
  const number_text body_length{length};
  const std::size_t begin = wire.size();
  const std::size_t size = std::strlen("8=|9=|") + begin_string.size() + body_length.length + length + trailer_length;
  wire.resize(begin + size);
  char* const frame = wire.data() + begin;
  pen to{frame};
  to.put("8=").put(begin_string).put("\x01" "9=").put(body_length.view()).put("\x01" "35=").put(msg_type).put(soh);
  put_merged(to, stamped, extra);
  to.put(body);
  put_check_sum(to, frame);
  return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(size)};
}

}  // namespace

byte_range append_frame(std::string& wire, const wire_header& header, std::string_view extra_header, std::string_view body, utc_text& clock) {
  const utc_precision precision = header.precision ? *header.precision : sending_time_precision(header.begin_string);
  const number_text number{header.number.value};
  const number_text last{header.last_processed.value};
  utc_text orig_clock;
  stamped_fields stamped;
  stamped.add(tag::MsgSeqNum, "34=", number.view());
  stamped.add(tag::PossDupFlag, "43=", header.is_possible_duplicate ? "Y" : "");
  stamped.add(tag::SenderCompID, "49=", header.sender_comp_id);
  stamped.add_unless(extra_header, tag::SenderSubID, "50=", header.sender_sub_id);
  stamped.add(tag::SendingTime, "52=", clock.at(header.sending_time, precision));
  stamped.add(tag::TargetCompID, "56=", header.target_comp_id);
  stamped.add_unless(extra_header, tag::TargetSubID, "57=", header.target_sub_id);
  if (header.orig_sending_time) stamped.add(tag::OrigSendingTime, "122=", orig_clock.at(*header.orig_sending_time, precision));
  stamped.add_unless(extra_header, tag::SenderLocationID, "142=", header.sender_location_id);
  stamped.add_unless(extra_header, tag::TargetLocationID, "143=", header.target_location_id);
  if (header.last_processed != seq_num{0}) stamped.add(tag::LastMsgSeqNumProcessed, "369=", last.view());
  return append(wire, header.begin_string, header.msg_type, stamped, extra_header, body);
}

byte_range append_frame(std::string& wire, const wire_header& header, std::string_view extra_header, std::string_view body) {
  utc_text clock;
  return append_frame(wire, header, extra_header, body, clock);
}

namespace {

enum class occasion : std::uint8_t { again, delayed };

std::optional<byte_range> append_stored(std::string& wire, std::string_view stored_frame, occasion why, const restamp& now, utc_text& clock) {
  const frame_header ends = read_frame_header(stored_frame, stored_frame.size());
  if (ends.what != frame_header::state::complete || !is_closed(stored_frame, ends.body_end)) return std::nullopt;
  const std::string_view fields = stored_frame.substr(ends.body, ends.body_end - ends.body);
  const std::string_view begin_string = stored_frame.substr(2, stored_frame.find(soh) - 2);
  std::string_view msg_type, number, original;
  std::size_t body = 0;
  for (field_walk rest{fields}; rest.next() && is_header_tag(rest.tag()); body = rest.end()) {
    if (rest.tag() == tag::MsgType) msg_type = rest.value();
    if (rest.tag() == tag::MsgSeqNum) number = rest.value();
    if (rest.tag() == tag::SendingTime) original = rest.value();
  }
  if (msg_type.empty() || number.empty() || original.empty()) return std::nullopt;
  const bool is_again = why == occasion::again;
  const utc_precision precision = now.precision ? *now.precision : sending_time_precision(begin_string);
  const number_text last{now.last_processed.value};
  stamped_fields stamped;
  stamped.add(tag::MsgSeqNum, "34=", number);
  stamped.add(tag::PossDupFlag, "43=", is_again ? "Y" : "");
  stamped.add(tag::SendingTime, "52=", clock.at(now.sending_time, precision));
  stamped.add(tag::OrigSendingTime, "122=", is_again ? original : std::string_view{});
  if (now.last_processed != seq_num{0}) stamped.add(tag::LastMsgSeqNumProcessed, "369=", last.view());
  return append(wire, begin_string, msg_type, stamped, fields.substr(0, body), fields.substr(body));
}

}  // namespace

std::optional<byte_range> append_resend(std::string& wire, std::string_view stored_frame, const restamp& now, utc_text& clock) {
  return append_stored(wire, stored_frame, occasion::again, now, clock);
}

std::optional<byte_range> append_delayed(std::string& wire, std::string_view stored_frame, const restamp& now, utc_text& clock) {
  return append_stored(wire, stored_frame, occasion::delayed, now, clock);
}

std::optional<byte_range> append_resend(std::string& wire, std::string_view stored_frame, const restamp& now) {
  utc_text clock;
  return append_resend(wire, stored_frame, now, clock);
}

}  // namespace troupe::protocol
