#include "store/journal_messages.hpp"

#include <algorithm>
#include <cstring>

namespace troupe::store::journal {

using namespace protocol;

messages_of_segment::messages_of_segment(std::uint64_t segment, std::uint32_t seed, const std::string& path) : segment_(segment), seed_(seed), file_(open_to_read(path)) {
  window_.emplace(file_.get(), path, size_of(file_.get(), path));
}

stored_record messages_of_segment::at(const reference& r, std::uint32_t name_check) {
  if (r.entry != at_ || !entry_) go_to(r.entry);
  stored_record lost{record_kind::application, seq_num{r.number}, seq_num{r.number}, {}, true, {}};
  if (!entry_ || r.record >= entry_->head().records) return lost;
  for (; row_ < r.record; ++row_) frame_at_ += entry_->record(row_).size_and_kind & largest_frame;
  for (; row_ > r.record; --row_) frame_at_ -= entry_->record(row_ - 1).size_and_kind & largest_frame;
  auto found = entry_->stored(r.record, frame_at_, name_check);
  return found.number.value == r.number ? found : lost;
}

void messages_of_segment::go_to(std::uint32_t offset) {
  at_ = offset;
  row_ = 0;
  const auto bytes = bytes_at(offset, sizeof(entry_head));
  std::uint32_t size = 0;
  if (bytes.size() == sizeof(entry_head)) std::memcpy(&size, bytes.data(), sizeof size);
  entry_ = entry_view::read(bytes_at(offset, size), place_of(segment_, offset), seed_);
  if (entry_) frame_at_ = entry_->frames_begin();
}

std::string_view messages_of_segment::bytes_at(std::uint64_t offset, std::size_t size) {
  if (window_) return window_->at(offset, size);
  return offset >= mapped_.size() ? std::string_view{} : mapped_.substr(offset, size);
}

std::vector<reference>::const_iterator first_for(const std::vector<reference>& all, std::uint64_t begin) {
  const auto behind = std::upper_bound(all.begin(), all.end(), begin, [](std::uint64_t n, const reference& r) { return n < r.number; });
  return behind == all.begin() ? behind : behind - 1;
}

}  // namespace troupe::store::journal
