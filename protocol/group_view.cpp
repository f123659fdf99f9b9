#include "protocol/group_view.hpp"

#include "protocol/tags.hpp"

#include <algorithm>
#include <cassert>

namespace troupe::protocol {
namespace {

bool holds(std::span<const field_ref> fields, std::uint32_t tag) {
  return std::any_of(fields.begin(), fields.end(), [&](const field_ref& f) { return f.tag == tag; });
}

bool may_be_member(std::uint32_t tag, std::span<const std::uint32_t> members) {
  if (members.empty()) return !is_trailer_tag(tag) && !is_header_tag(tag);
  return std::find(members.begin(), members.end(), tag) != members.end();
}

}  // namespace

group_view::group_view(std::string_view frame, std::span<const field_ref> fields, std::size_t count,
                       std::span<const std::uint32_t> members)
    : frame_(frame), count_(count) {
  if (count == 0 || fields.empty() || !may_be_member(fields[0].tag, members)) return;
  const std::uint32_t delimiter = fields[0].tag;
  std::size_t at = 0, last_entry = 0;
  for (; at < fields.size() && may_be_member(fields[at].tag, members); ++at) {
    if (fields[at].tag != delimiter) continue;
    if (size_ == count) break;
    ++size_;
    last_entry = at;
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
