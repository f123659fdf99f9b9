#include "protocol/inner_frame_search.hpp"

#include "protocol/byte_sum.hpp"
#include "protocol/field_text.hpp"
#include "protocol/frame_parts.hpp"
#include "protocol/number.hpp"
#include "protocol/tags.hpp"

#include <algorithm>
#include <utility>

namespace troupe::protocol {
namespace {

constexpr std::size_t max_tag_digits = 9;

// The tag of the field at `at` and where its value begins; tag 0 if it has none, or not yet.
std::pair<std::uint32_t, std::size_t> read_tag(std::string_view body, std::size_t at) {
  std::uint32_t tag = 0;
  const std::size_t last = std::min(body.size(), at + max_tag_digits + 1);
  for (std::size_t i = at; i < last; ++i) {
    if (body[i] == '=') return {tag, i + 1};
    if (body[i] < '0' || body[i] > '9') break;
    tag = tag * 10 + static_cast<unsigned>(body[i] - '0');
  }
  return {0, at};
}

bool is_true_frame(std::string_view frame) {
  if (frame.size() < trailer_length) return false;
  const std::string_view trailer = frame.substr(frame.size() - trailer_length);
  const std::string_view summed = frame.substr(0, frame.size() - trailer_length);
  return read_frame_trailer(trailer) == trailer_state::complete && (byte_sum(summed) & 0xff) == check_sum_value(trailer);
}

}  // namespace

std::optional<std::size_t> inner_frame_search::find(std::string_view arrived, std::size_t body, std::size_t body_end) {
  const std::string_view known = arrived.substr(0, body_end);
  if (at_ == 0) at_ = looked_ = body;
  while (at_ < known.size()) {
    field now;
    if (!note_begin(known, body_end) || !read_field(known, body_end, now)) break;
    previous_ = now;
    at_ = looked_ = now.end + 1;
    if (begin_ != 0 && at_ == end_ && is_true_frame(known.substr(begin_, end_ - begin_))) return begin_;
    if (at_ >= end_) begin_ = end_ = 0;
  }
  return std::nullopt;
}

// Takes down the header of a frame that begins at `at_`, if one does and it ends within the body.
bool inner_frame_search::note_begin(std::string_view known, std::size_t limit) {
  const frame_header header = read_frame_header(known.substr(at_), limit - at_);
  if (header.what == frame_header::state::incomplete) return known.size() == limit;
  if (header.what == frame_header::state::complete) begin_ = at_, end_ = at_ + header.body_end + trailer_length;
  return true;
}

bool inner_frame_search::read_field(std::string_view known, std::size_t limit, field& into) {
  const auto [tag, value] = read_tag(known, at_);
  into = {tag, value, 0};
  if (const auto end = claimed_end(into, known, limit)) {
    into.end = *end;
    if (*end >= known.size()) return false;
    if (known[*end] == soh) return true;
  }
  into.end = known.find(soh, looked_);
  if (into.end != std::string_view::npos) return true;
  looked_ = known.size();
  return false;
}

// Where a data field ends according to the length field in front of it; nothing if that is no use.
std::optional<std::size_t> inner_frame_search::claimed_end(const field& data, std::string_view known, std::size_t limit) const {
  if (data.tag == 0 || !is_data_tag(data.tag) || previous_.tag != find_data_field(data.tag).length_tag) return std::nullopt;
  const auto length = parse_unsigned(known.substr(previous_.value, previous_.end - previous_.value));
  if (!length || *length >= limit - data.value) return std::nullopt;
  return data.value + static_cast<std::size_t>(*length);
}

}  // namespace troupe::protocol
