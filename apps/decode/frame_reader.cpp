#include "apps/decode/frame_reader.hpp"

#include "apps/decode/piece_walk.hpp"
#include "protocol/byte_sum.hpp"
#include "protocol/field_text.hpp"
#include "protocol/number.hpp"
#include "protocol/tags.hpp"

#include <optional>

namespace troupe::decode {
namespace {

using protocol::soh;

struct frame_ends {
  std::size_t body = 0;       // behind BodyLength(9)
  std::size_t check_sum = 0;  // where 10= begins
};

// By the bytes, as the last field is CheckSum(10) in what could be right.
std::optional<frame_ends> find_ends(std::string_view frame) {
  const std::size_t first = frame.find(soh);
  if (first == frame.npos || frame.substr(first + 1, 2) != "9=") return std::nullopt;
  const std::size_t second = frame.find(soh, first + 1);
  if (second == frame.npos || frame.size() < second + 2) return std::nullopt;
  const std::size_t last = frame.rfind(soh, frame.size() - 2);
  if (last == frame.npos || last < second || frame.substr(last + 1, 3) != "10=") return std::nullopt;
  return frame_ends{second + 1, last + 1};
}

std::string three_digits(std::uint32_t sum) {
  const std::string text = std::to_string(sum % 256);
  return std::string(3 - text.size(), '0') + text;
}

std::string shown(std::string_view value) { return value.size() > 20 ? std::string{value.substr(0, 20)} + "…" : std::string{value}; }

// \xNN as message logs write control characters.
void append_unescaped(std::string& into, std::string_view text) {
  const auto digit = [](char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1; };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_escape = text[i] == '\\' && i + 3 < text.size() && text[i + 1] == 'x' && digit(text[i + 2]) >= 0 && digit(text[i + 3]) >= 0;
    into += is_escape ? static_cast<char>(digit(text[i + 2]) * 16 + digit(text[i + 3])) : text[i];
    if (is_escape) i += 3;
  }
}

}  // namespace

void frame_reader::read(std::string_view bytes, std::string_view separator) {
  faults_.clear();
  const bool is_soh = separator.size() == 1 && separator[0] == soh;
  if (is_soh && bytes.ends_with(soh)) {
    frame_ = bytes;
  } else {
    join(bytes, separator);
    if (!is_true()) try_other_forms(separator);
    if (is_soh) faults_.push_back({shown_fault::at_end, 0, "no SOH behind the last field"});
  }
  index();
  check();
}

std::string_view frame_reader::find(std::uint32_t tag) const {
  for (const auto& f : fields_)
    if (f.tag == tag) return f.value;
  return {};
}

void frame_reader::join(std::string_view bytes, std::string_view separator) {
  joined_.clear();
  piece_walk walk{bytes, separator, piece_walk::extent::whole};
  while (walk.next()) {
    joined_ += bytes.substr(walk.at().begin, walk.at().end - walk.at().begin);
    joined_ += soh;
  }
  frame_ = joined_;
}

bool frame_reader::is_true() const {
  const auto ends = find_ends(frame_);
  return ends && protocol::parse_unsigned(frame_.substr(frame_.find("9=", 5) + 2, ends->body - frame_.find("9=", 5) - 3)) == ends->check_sum - ends->body &&
         frame_.substr(ends->check_sum + 3, 3) == three_digits(protocol::byte_sum(frame_.substr(0, ends->check_sum)));
}

// Where lengths and sums are false as it stands, values may hold SOH that became separators, or escaped bytes.
void frame_reader::try_other_forms(std::string_view separator) {
  other_.clear();
  for (std::size_t at = 0; at < joined_.size();) {
    const bool is_separator = std::string_view{joined_}.substr(at, separator.size()) == separator;
    other_ += is_separator ? soh : joined_[at];
    at += is_separator ? separator.size() : 1;
  }
  frame_ = other_;
  if (is_true()) return;
  if (joined_.find("\\x") != std::string::npos) {
    other_.clear();
    append_unescaped(other_, joined_);
    frame_ = other_;
    if (is_true()) return;
  }
  frame_ = joined_;
}

void frame_reader::index() {
  fields_.clear();
  const auto error = view_.assign(frame_);
  is_indexed_ = error == protocol::parse_error::none;
  if (is_indexed_) {
    for (const auto& f : view_.fields()) fields_.push_back({f.tag, true, {}, view_.value(f)});
    const char* begin = frame_.data();
    for (auto& f : fields_) {
      const auto length = static_cast<std::size_t>(f.value.data() - 1 - begin);
      f.tag_text = {begin, length};
      begin = f.value.data() + f.value.size() + 1;
    }
    return;
  }
  piece_walk walk{frame_, std::string_view{&soh, 1}, piece_walk::extent::whole};
  while (walk.next() && fields_.size() < protocol::message_view::max_fields) {
    const piece& p = walk.at();
    fields_.push_back({p.tag, p.is_field, p.is_field ? frame_.substr(p.begin, p.value - 1 - p.begin) : std::string_view{}, walk.value()});
    if (!p.is_field) faults_.push_back({fields_.size() - 1, 0, "this is no field: expected a tag number and '='"});
  }
  if (error == protocol::parse_error::first_three_fields) faults_.push_back({0, 0, "the first three fields are to be BeginString(8), BodyLength(9), MsgType(35)"});
  if (error == protocol::parse_error::too_many_fields) faults_.push_back({shown_fault::at_end, 0, "too many fields; the rest is not shown"});
}

void frame_reader::check() {
  const bool has_trailer = !fields_.empty() && fields_.back().tag == protocol::tag::CheckSum;
  if (has_trailer) return check_trailer();
  faults_.push_back({shown_fault::at_end, protocol::tag::CheckSum, "the message ends without CheckSum(10)"});
}

void frame_reader::check_trailer() {
  const auto& last = fields_.back();
  const auto check_sum = static_cast<std::size_t>(last.tag_text.data() - frame_.data());
  if (fields_.size() > 1 && fields_[1].tag == protocol::tag::BodyLength && !is_masked(fields_[1].value)) {
    const auto body = static_cast<std::size_t>(fields_[1].value.data() + fields_[1].value.size() + 1 - frame_.data());
    const std::size_t length = check_sum > body ? check_sum - body : 0;
    if (protocol::parse_unsigned(fields_[1].value) != length)
      faults_.push_back({1, protocol::tag::BodyLength, "BodyLength(9) is " + shown(fields_[1].value) + ", should be " + std::to_string(length)});
  }
  if (is_masked(last.value)) return;
  const std::string sum = three_digits(protocol::byte_sum(frame_.substr(0, check_sum)));
  if (last.value != sum) faults_.push_back({fields_.size() - 1, protocol::tag::CheckSum, "CheckSum(10) is " + shown(last.value) + ", should be " + sum});
}

}  // namespace troupe::decode
