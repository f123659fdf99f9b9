// Any bytes through framer, view and structure check. The first two bytes choose how the stream is cut into reads; what
// comes out must not depend on it.
#include "protocol/framer.hpp"
#include "protocol/group_view.hpp"
#include "protocol/message_view.hpp"
#include "protocol/stamp.hpp"
#include "protocol/structure_check.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace troupe::protocol;

constexpr std::size_t max_frame = 4096;

void require(bool holds) {
  if (!holds) std::abort();
}

void look_at_groups(const field_range& range, int depth) {
  if (depth == 0) return;
  for (const field_ref& field : range.fields().first(std::min<std::size_t>(range.fields().size(), 8)))
    for (const field_range entry : range.group(field.tag)) {
      require(!entry.fields().empty());
      look_at_groups(entry, depth - 1);
    }
}

void look_at(std::string_view frame) {
  message_view view;
  if (view.assign(frame) != parse_error::none) return require(view.fields().empty());
  std::size_t end = 0;
  for (const field_ref& field : view.fields()) {
    const std::string_view tag_text = view.tag_text(field);
    require(field.offset == end + tag_text.size() + 1 && frame[field.offset - 1] == '=');
    end = field.offset + field.length + 1;
    require(end <= frame.size() && frame[end - 1] == '\x01');
  }
  require(end == frame.size());
  look_at_groups(view.range(), 2);
  (void)structure_check(view);
  std::string wire;
  if (append_resend(wire, frame, {utc_time{}})) require(framer{}.next(wire).consumed == wire.size());
}

// What was heard, a line each.
std::vector<std::string> hear(std::string_view stream, std::size_t first, std::size_t step, frame_check check = frame_check::length_and_sum) {
  std::vector<std::string> heard;
  framer cutter{max_frame, check};
  std::string unread;
  for (std::size_t at = 0, length = first; at < stream.size(); at += length, length = step) {
    unread += stream.substr(at, length);
    for (;;) {
      const frame_result result = cutter.next(unread);
      require(result.consumed <= unread.size());
      require(result.what == frame_result::kind::need_more || result.consumed > 0);
      if (result.what == frame_result::kind::frame) heard.emplace_back(result.frame);
      if (result.what == frame_result::kind::garbled) heard.emplace_back(to_string(result.error));
      unread.erase(0, result.consumed);
      if (result.what == frame_result::kind::need_more) break;
    }
    require(unread.size() < cutter.max_unread());
  }
  return heard;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view stream{reinterpret_cast<const char*>(data) + 2, size - 2};
  const auto whole = hear(stream, stream.size() + 1, 1);
  require(hear(stream, 1, 1) == whole);
  require(hear(stream, data[0] + 1U, data[1] + 1U) == whole);
  for (const std::string& frame : whole) look_at(frame);
  for (const auto check : {frame_check::length, frame_check::neither}) require(hear(stream, stream.size() + 1, 1, check) == hear(stream, data[0] + 1U, data[1] + 1U, check));
  look_at(stream);
  return 0;
}
