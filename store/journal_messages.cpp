#include "store/journal_messages.hpp"

#include <algorithm>
#include <cstring>

namespace troupe::store::journal {

using namespace protocol;

namespace {

std::uint32_t size_of(const record_row& row) { return row.size_and_kind & largest_frame; }

}  // namespace

messages_of_segment::messages_of_segment(std::uint64_t segment, std::uint32_t seed, const std::string& path) : segment_(segment), seed_(seed), file_(open_to_read(path)) {
  const auto size = store::size_of(file_.get(), path);
  rows_.emplace(file_.get(), path, size);
  frames_.emplace(file_.get(), path, size);
}

stored_record messages_of_segment::at(const reference& r, std::uint32_t name_check) {
  if (r.entry != at_ || head_.size == 0) go_to(r.entry);
  stored_record lost{record_kind::application, seq_num{r.number}, seq_num{r.number}, {}, true, {}};
  if (r.record >= head_.records) return lost;
  go_to_row(r.record);
  const auto row = row_at(r.record);
  const bool is_within = frame_at_ + size_of(row) <= head_.size;
  const auto frame = is_within ? bytes_at(frames_, at_ + frame_at_, size_of(row)) : std::string_view{};
  auto found = told_by(row);
  if (row.number == r.number && is_within && frame.size() == size_of(row) && fits(row, frame, generation_, name_check)) {
    found.frame = frame;
    return found;
  }
  found.is_damaged = true;
  return row.number == r.number && is_vouched_for() ? found : lost;
}

void messages_of_segment::go_to(std::uint32_t offset) {
  at_ = offset;
  row_ = 0;
  head_ = {};
  is_vouched_for_.reset();
  const auto bytes = bytes_at(rows_, offset, meta_size(0, 0));
  if (bytes.size() < meta_size(0, 0)) return;
  entry_head head;
  entry_numbers numbers;
  std::memcpy(&head, bytes.data(), sizeof head);
  std::memcpy(&numbers, bytes.data() + sizeof head, sizeof numbers);
  frame_at_ = meta_size(head.records, head.parked) + head.name;
  if (head.place != place_of(segment_, offset) || frame_at_ > head.size) return;
  head_ = head;
  generation_ = numbers.generation;
}

// From where it is, or from the first one.
void messages_of_segment::go_to_row(std::uint32_t row) {
  if (row < row_ / 2) {
    row_ = 0;
    frame_at_ = meta_size(head_.records, head_.parked) + head_.name;
  }
  for (; row_ < row; ++row_) frame_at_ += size_of(row_at(row_));
  for (; row_ > row; --row_) frame_at_ -= size_of(row_at(row_ - 1));
}

record_row messages_of_segment::row_at(std::uint32_t row) {
  record_row r;
  const auto bytes = bytes_at(rows_, at_ + meta_size(row, 0), sizeof r);
  if (bytes.size() == sizeof r) std::memcpy(&r, bytes.data(), sizeof r);
  return r;
}

bool messages_of_segment::is_vouched_for() {
  if (!is_vouched_for_) {
    const auto bytes = bytes_at(rows_, at_, meta_size(head_.records, head_.parked) + head_.name);
    is_vouched_for_ = entry_view::read_without_frames(bytes, place_of(segment_, at_), seed_).has_value();
  }
  return *is_vouched_for_;
}

std::string_view messages_of_segment::bytes_at(std::optional<file_window>& window, std::uint64_t offset, std::uint64_t size) {
  if (window) return window->at(offset, static_cast<std::size_t>(size));
  return offset >= mapped_.size() ? std::string_view{} : mapped_.substr(offset, static_cast<std::size_t>(size));
}

std::vector<reference>::const_iterator first_for(const std::vector<reference>& all, std::uint64_t begin) {
  const auto behind = std::upper_bound(all.begin(), all.end(), begin, [](std::uint64_t n, const reference& r) { return n < r.number; });
  return behind == all.begin() ? behind : behind - 1;
}

}  // namespace troupe::store::journal
