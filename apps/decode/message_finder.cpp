#include "apps/decode/message_finder.hpp"

#include "apps/decode/message_extent.hpp"
#include "protocol/field_text.hpp"

#include <algorithm>
#include <cstring>

namespace troupe::decode {
namespace {

constexpr std::string_view begin_text = "8=FIX";
constexpr std::size_t longest_before = 512;
constexpr std::size_t small_message = 1024 * 1024;

}  // namespace

void message_finder::append(std::string_view bytes) {
  const std::size_t keep_from = begin_ > longest_before ? begin_ - longest_before : 0;
  if (keep_from > 0) {
    bytes_.erase(0, keep_from);
    dropped_ += keep_from;
    begin_ -= keep_from, scan_ -= keep_from, passed_ -= keep_from;
  }
  bytes_ += bytes;
}

// The next place where a message may begin, or npos.
std::size_t message_finder::find_begin() {
  while (true) {
    const void* hit = ::memmem(bytes_.data() + scan_, bytes_.size() - scan_, begin_text.data(), begin_text.size());
    if (hit == nullptr) return std::string::npos;
    const auto at = static_cast<std::size_t>(static_cast<const char*>(hit) - bytes_.data());
    if (at == 0 || !protocol::is_digit(bytes_[at - 1])) return at;
    scan_ = at + begin_text.size();
  }
}

message_finder::outcome message_finder::next(bool is_all) {
  while (true) {
    const std::size_t at = find_begin();
    if (at == std::string::npos) {
      scan_ = std::max(scan_, bytes_.size() - std::min(bytes_.size(), begin_text.size() - 1));
      pass(scan_);
      return outcome::need_more;
    }
    scan_ = at;
    const std::size_t there = bytes_.size() - at;
    if (there < retry_size_ && !is_all) return outcome::need_more;
    auto extent = measure_message(std::string_view{bytes_}.substr(at), is_all, limit_);
    // Whatever length it waits for, it is not waited for any longer.
    if (extent.what == message_extent::kind::need_more && there > limit_) extent = measure_message(std::string_view{bytes_}.substr(at, limit_), true, limit_);
    if (extent.what == message_extent::kind::message && extent.length == limit_ && there > limit_) return skip(at);
    if (extent.what == message_extent::kind::none) {
      scan_ = at + begin_text.size();
      continue;
    }
    const bool is_message = extent.what == message_extent::kind::message;
    if (is_message && extent.length > limit_) return skip(at);
    pass(at);
    if (!is_message) {
      retry_size_ = there > small_message ? std::min(2 * there, limit_ + 1) : 0;
      return outcome::need_more;
    }
    locate(at);
    found_.bytes = std::string_view{bytes_}.substr(at, extent.length);
    found_.separator = extent.separator;
    retry_size_ = 0;
    scan_ = at + extent.length;
    pass(scan_);
    last_end_ = dropped_ + scan_;
    return outcome::message;
  }
}

message_finder::outcome message_finder::skip(std::size_t at) {
  pass(at);
  locate(at);
  found_.bytes = found_.separator = {};
  retry_size_ = 0;
  scan_ = at + limit_;
  pass(scan_);
  last_end_ = dropped_ + scan_;
  return outcome::too_long;
}

void message_finder::locate(std::size_t at) {
  pass(at);
  found_.offset = dropped_ + at;
  found_.line = line_;
  found_.column = found_.offset - line_begin_ + 1;
  found_.is_first = last_end_ <= line_begin_;
  const std::uint64_t from = std::max({line_begin_, last_end_, dropped_ + (at - std::min(at, longest_before)), dropped_});
  found_.before = std::string_view{bytes_}.substr(static_cast<std::size_t>(from - dropped_), static_cast<std::size_t>(found_.offset - from));
}

// Counts the lines up to there; nothing in front of it is needed any more.
void message_finder::pass(std::size_t end) {
  for (std::size_t at = passed_; at < end;) {
    const void* hit = std::memchr(bytes_.data() + at, '\n', end - at);
    if (hit == nullptr) break;
    at = static_cast<std::size_t>(static_cast<const char*>(hit) - bytes_.data()) + 1;
    ++line_;
    line_begin_ = dropped_ + at;
  }
  passed_ = std::max(passed_, end);
  begin_ = std::max(begin_, end);
}

}  // namespace troupe::decode
