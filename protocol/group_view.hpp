// A repeating group of a message, or of an entry of another group: iterates its entries over the index.
//
//   for (const field_range party : message.group(tag::NoPartyIDs))
//     use(party.find(tag::PartyID), party.group(tag::NoPartySubIDs));
//
// The delimiter is the tag that follows the count; every entry begins with it and goes to the next one. As many entries
// are given as there are, but never more than the count says: size() != count() is for the dictionary to complain about.
//
// Where the last entry ends cannot be seen on the wire, it must be known:
//   - with `members`, all tags that may stand in an entry, those of nested groups (counts included): at the first
//     field that is not one of them. Exact. In ascending order they are found faster.
//   - without: in the trailer, or earlier, at the first field whose tag occurs in no earlier entry, if there is an earlier
//     one. A field that only the last entry has, and all behind it, is then not seen; with one entry, fields of the
//     message that follow the group are taken for fields of the entry. Good for printing and for groups one
//     knows to be regular; otherwise give the members.
// With `known`, all tags of the dictionary in ascending order, a field that it does not know at all is passed over where an entry
// goes on behind it, as validation does that puts up with such fields.
#pragma once

#include "protocol/field_range.hpp"

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <string_view>

namespace troupe::protocol {

class group_view {
 public:
  class iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = field_range;
    using difference_type = std::ptrdiff_t;
    using pointer = void;
    using reference = field_range;

    iterator() = default;
    iterator(const group_view* group, std::size_t begin);

    [[nodiscard]] field_range operator*() const;
    iterator& operator++();
    iterator operator++(int);
    [[nodiscard]] bool operator==(const iterator& other) const { return begin_ == other.begin_; }

   private:
    const group_view* group_ = nullptr;
    std::size_t begin_ = 0;  // of the entry, in the group's fields
    std::size_t end_ = 0;
  };

  group_view() = default;

  // `fields` begins with the field behind the count and goes to the end of the surrounding range.
  group_view(std::string_view frame, std::span<const field_ref> fields, std::size_t count, std::span<const std::uint32_t> members,
             std::span<const std::uint32_t> known = {});

  [[nodiscard]] std::size_t count() const { return count_; }  // what NumInGroup says; 0 if absent or not a number
  [[nodiscard]] std::size_t size() const { return size_; }    // entries there are
  [[nodiscard]] bool empty() const { return size_ == 0; }
  // All fields of all entries.
  [[nodiscard]] std::span<const field_ref> fields() const { return fields_; }

  [[nodiscard]] iterator begin() const { return {this, 0}; }
  [[nodiscard]] iterator end() const { return {this, fields_.size()}; }
  [[nodiscard]] field_range operator[](std::size_t index) const;  // index < size(); walks the entries

  // Entries one by one, for those who keep the entry they stand at: the first, the one behind `entry`. Without fields: there is
  // none.
  [[nodiscard]] field_range first_entry() const { return entry_at(0); }
  [[nodiscard]] field_range entry_behind(const field_range& entry) const {
    return entry_at(static_cast<std::size_t>(entry.fields().data() - fields_.data()) + entry.fields().size());
  }

 private:
  [[nodiscard]] std::size_t entry_end(std::size_t begin) const;
  [[nodiscard]] field_range entry_at(std::size_t begin) const {
    return begin < fields_.size() ? field_range{frame_, fields_.subspan(begin, entry_end(begin) - begin)} : field_range{};
  }

  std::string_view frame_;
  std::span<const field_ref> fields_;
  std::size_t count_ = 0;
  std::size_t size_ = 0;
};

}  // namespace troupe::protocol
