#include "protocol/mask.hpp"

namespace troupe::protocol {
namespace {

constexpr char soh = '\x01';
constexpr std::string_view hidden = "***";
constexpr std::string_view start_of_message = "\x01" "8=FIX";
constexpr std::size_t longest_data = 1 << 30;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::uint32_t power_of_ten(std::uint32_t at_least) {
  std::uint32_t p = 10;
  while (p <= at_least) p *= 10;
  return p;
}

// The value of the first field with this tag becomes ***.
void hide_field(std::string& frame, std::string_view start) {
  const auto at = frame.find(start);
  if (at == std::string::npos) return;
  const auto from = at + start.size();
  const auto end = frame.find(soh, from);
  frame.replace(from, end == std::string::npos ? std::string::npos : end - from, hidden);
}

}  // namespace

std::string masked_frame(std::string_view frame) {
  garbled_masker mask;
  mask.is_exact_ = true;
  std::string out;
  out.reserve(frame.size());
  mask.append(out, frame);
  if (!mask.has_hidden_) return out;
  hide_field(out, "\x01" "9=");
  if (const auto trailer = out.rfind("\x01" "10="); trailer != std::string::npos) out.replace(trailer + 4, 3, hidden);
  return out;
}

void garbled_masker::append(std::string& into, std::string_view bytes) {
  for (const char c : bytes) next(into, c);
}

void garbled_masker::next(std::string& into, char c) {
  switch (state_) {
    case state::plain:
    case state::tag_done: return plain(into, c);
    case state::msg_type:
      into += c;
      if (c != soh) type_ = type_ == type::unknown && c == 'A' ? type::logon : type::other;
      if (c == soh) state_ = state::plain;
      return;
    case state::length:
      if (is_digit(c)) {
        data_left_ = data_left_ < longest_data ? data_left_ * 10 + static_cast<std::size_t>(c - '0') : longest_data;
        return;
      }
      is_announced_ = c == soh;
      state_ = c == soh ? state::plain : state::secret;
      if (c == soh) into += c;
      return;
    case state::secret:
      if (c != soh) return;
      into += c;
      state_ = state::plain;
      return;
    case state::data:
      if (--data_left_ == 0) state_ = state::data_end;
      return;
    case state::data_end:
      if (c == soh) into += c;
      state_ = c == soh ? state::plain : state::lost;
      return;
    case state::lost:
      matched_ = c == start_of_message[matched_] ? matched_ + 1 : (c == soh ? 1 : 0);
      if (matched_ < start_of_message.size()) return;
      into += start_of_message;
      matched_ = 0;
      state_ = state::plain;
      return;
  }
}

void garbled_masker::plain(std::string& into, char c) {
  into += c;
  if (is_digit(c)) {
    if (state_ == state::tag_done) number_ = 0, has_digits_ = false;
    state_ = state::plain;
    number_ = (number_ % 100'000'000) * 10 + static_cast<std::uint32_t>(c - '0');
    has_digits_ = true;
  } else if (c == '=') {
    state_ = state::plain;
    if (has_digits_) begin_value(into);
    number_ = 0, has_digits_ = false;
  } else if ((c == ' ' || c == '\t') && has_digits_) {
    state_ = state::tag_done;
  } else {
    state_ = state::plain;
    number_ = 0, has_digits_ = false;
  }
}

bool garbled_masker::is(std::uint32_t tag) const {
  return is_exact_ ? number_ == tag : number_ % power_of_ten(tag) == tag;
}

void garbled_masker::begin_value(std::string& into) {
  const bool may_be_logon = !is_exact_ || type_ != type::other;
  const bool was_announced = is_announced_;
  is_announced_ = false;
  if (number_ == 35 && type_ == type::unknown) {
    state_ = state::msg_type;
  } else if (is(554) || is(925)) {
    hide(into, state::secret);
  } else if ((is(95) && may_be_logon) || is(1401) || is(1403)) {
    data_left_ = 0;
    hide(into, state::length);
  } else if ((is(96) && may_be_logon) || is(1402) || is(1404)) {
    hide(into, !was_announced ? state::secret : data_left_ == 0 ? state::data_end : state::data);
  }
}

void garbled_masker::hide(std::string& into, state then) {
  into += hidden;
  has_hidden_ = true;
  state_ = then;
}

}  // namespace troupe::protocol
