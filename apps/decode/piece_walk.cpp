#include "apps/decode/piece_walk.hpp"

#include "protocol/field_text.hpp"
#include "protocol/number.hpp"
#include "protocol/tags.hpp"

#include <algorithm>

namespace troupe::decode {

using protocol::is_digit;

bool begins_field(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && is_digit(text[end]) && end - at < 10) ++end;
  return end > at && end < text.size() && text[end] == '=';
}

bool piece_walk::next() {
  const bool is_first = at_.next == 0;
  if (at_.next >= text_.size() || (!is_first && at_.how != piece_end::separator)) return false;
  const std::uint32_t previous_tag = at_.tag;
  const std::string_view previous_value = is_first ? std::string_view{} : value();
  at_.begin = at_.next;
  read_head();
  if (!crosses_lines_ && (text_[at_.begin] == '\n' || text_.substr(at_.begin, 2) == "\r\n")) return false;
  if (!(at_.is_field && protocol::is_data_tag(at_.tag) && find_data_end(previous_tag, previous_value))) find_end(at_.value);
  return true;
}

void piece_walk::read_head() {
  const auto head = protocol::read_field_tag(text_, at_.begin);
  at_.is_field = head.is_field();
  at_.tag = head.tag;
  at_.value = head.is_field() ? head.value : at_.begin;
}

void piece_walk::end_at(std::size_t end, piece_end how, std::size_t length) {
  at_.end = end;
  at_.how = how;
  at_.next = end + length;
}

void piece_walk::find_end(std::size_t from) {
  std::size_t separator = text_.find(separator_, from);
  while (separator != std::string_view::npos && !is_true_separator(separator)) separator = text_.find(separator_, separator + 1);
  const bool is_last = separator == std::string_view::npos;
  const std::size_t stop = is_last ? text_.size() : separator;
  const std::size_t line = crosses_lines_ ? std::string_view::npos : text_.substr(0, stop).find('\n', from);
  if (line != std::string_view::npos) {
    const bool has_cr = line > from && text_[line - 1] == '\r';
    end_at(line - (has_cr ? 1 : 0), piece_end::line, 0);
  } else {
    end_at(stop, is_last ? piece_end::bytes : piece_end::separator, is_last ? 0 : separator_.size());
  }
}

bool piece_walk::is_true_separator(std::size_t at) const {
  const std::size_t behind = at + separator_.size();
  if (separator_[0] == protocol::soh || behind >= text_.size()) return true;
  return text_[behind] == '\n' || text_[behind] == '\r' || begins_field(text_, behind);
}

// A length counts SOH, of which a longer separator may have become more.
bool piece_walk::find_data_end(std::uint32_t length_tag, std::string_view length_value) {
  if (length_tag != protocol::find_data_field(at_.tag).length_tag) return false;
  const auto length = protocol::parse_unsigned(length_value);
  if (!length) return false;
  const std::size_t left = text_.size() - at_.value;
  std::size_t end = *length < left ? at_.value + static_cast<std::size_t>(*length) : text_.size();
  if (text_.substr(end, separator_.size()) != separator_ && separator_.size() > 1) {
    end = at_.value;
    for (std::uint64_t n = *length; n > 0 && end < text_.size(); --n) end += text_.substr(end, separator_.size()) == separator_ ? separator_.size() : 1;
  }
  if (text_.substr(end, separator_.size()) == separator_) {
    end_at(end, piece_end::separator, separator_.size());
    return true;
  }
  const bool is_short = end + separator_.size() > text_.size() && is_ == extent::growing;
  if (is_short) end_at(text_.size(), piece_end::bytes, 0);
  return is_short;
}

}  // namespace troupe::decode
