#include "protocol/group_view.hpp"

#include "protocol/tags.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace troupe::protocol {
namespace {

bool holds(std::span<const field_ref> fields, std::uint32_t tag) {
  return std::any_of(fields.begin(), fields.end(), [&](const field_ref& f) { return f.tag == tag; });
}

// Which tags may stand in an entry.
class membership {
 public:
  explicit membership(std::span<const std::uint32_t> members) : members_(members), is_ascending_(std::is_sorted(members.begin(), members.end())) {}

  [[nodiscard]] bool has(std::uint32_t tag) const {
    if (members_.empty()) return !is_trailer_tag(tag) && !is_header_tag(tag);
    if (is_ascending_) return std::binary_search(members_.begin(), members_.end(), tag);
    return std::find(members_.begin(), members_.end(), tag) != members_.end();
  }

 private:
  std::span<const std::uint32_t> members_;
  bool is_ascending_;
};

// The first field from here on that is known; without knowledge, that at hand.
std::size_t pass_unknown(std::span<const field_ref> fields, std::size_t at, std::span<const std::uint32_t> known) {
  while (!known.empty() && at < fields.size() && fields[at].tag != 0 && !std::binary_search(known.begin(), known.end(), fields[at].tag)) ++at;
  return at;
}

}  // namespace

group_view::group_view(std::string_view frame, std::span<const field_ref> fields, std::size_t count,
                       std::span<const std::uint32_t> members, std::span<const std::uint32_t> known)
    : frame_(frame), count_(count) {
  const membership entry{members};
  if (!fields.empty() && !entry.has(fields[0].tag)) fields = fields.subspan(pass_unknown(fields, 0, known));
  if (count == 0 || fields.empty() || !entry.has(fields[0].tag)) return;
  const std::uint32_t delimiter = fields[0].tag;
  std::size_t at = 0, last_entry = 0, entry_before = 0;
  for (; at < fields.size(); ++at) {
    if (fields[at].tag == delimiter) {
      if (size_ == count) break;
      ++size_;
      entry_before = std::exchange(last_entry, at);
      continue;
    }
    // Entries mostly look alike: what the one before has in this place needs no search.
    const std::size_t twin = entry_before + (at - last_entry);
    const bool is_alike = twin < last_entry && fields[twin].tag == fields[at].tag;
    if (is_alike || entry.has(fields[at].tag)) continue;
    const std::size_t next = pass_unknown(fields, at, known);
    const bool goes_on = next != at && next < fields.size() && entry.has(fields[next].tag) && (fields[next].tag != delimiter || size_ < count);
    if (!goes_on) break;
    at = next - 1;
  }
  if (members.empty() && last_entry > 0)
    at = static_cast<std::size_t>(std::find_if(fields.begin() + static_cast<std::ptrdiff_t>(last_entry), fields.begin() + static_cast<std::ptrdiff_t>(at),
                                               [&](const field_ref& f) { return !holds(fields.first(last_entry), f.tag); }) -
                                  fields.begin());
  fields_ = fields.first(at);
}

std::size_t group_view::entry_end(std::size_t begin) const {
  std::size_t end = begin + 1;
  while (end < fields_.size() && fields_[end].tag != fields_[0].tag) ++end;
  return end;
}

field_range group_view::operator[](std::size_t index) const {
  assert(index < size_);
  auto entry = begin();
  while (index-- > 0) ++entry;
  return *entry;
}

group_view::iterator::iterator(const group_view* group, std::size_t begin) : group_(group), begin_(begin) {
  end_ = begin_ < group_->fields_.size() ? group_->entry_end(begin_) : begin_;
}

field_range group_view::iterator::operator*() const {
  return {group_->frame_, group_->fields_.subspan(begin_, end_ - begin_)};
}

group_view::iterator& group_view::iterator::operator++() { return *this = iterator{group_, end_}; }

group_view::iterator group_view::iterator::operator++(int) {
  const iterator before = *this;
  ++*this;
  return before;
}

}  // namespace troupe::protocol
