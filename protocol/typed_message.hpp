// What generated messages stand on (docs/typed-messages.md): a typed message is a thin skin over message_view,
// group_view and message_builder, with nothing of its own but names and types. All lifetimes and rules are theirs.
#pragma once

#include "protocol/field_range.hpp"
#include "protocol/group_view.hpp"
#include "protocol/message_builder.hpp"
#include "protocol/multiple_value.hpp"

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <span>
#include <string_view>

namespace troupe::protocol {

// Numbers that integer fields take: neither a bool nor a character, and nothing with a fraction.
template <class Number>
concept integer_value = std::integral<Number> && !std::same_as<Number, bool> && !std::same_as<Number, char> && !std::same_as<Number, wchar_t> &&
                        !std::same_as<Number, char8_t> && !std::same_as<Number, char16_t> && !std::same_as<Number, char32_t>;

// message_view and message.
template <class Message>
concept has_range = requires(const Message& m) {
  { m.range() } -> std::same_as<field_range>;
};

// A character or number as the enumeration of its field; one that the enumeration does not name keeps its value.
template <class Enumeration, class Value>
[[nodiscard]] constexpr std::optional<Enumeration> as_enumeration(const std::optional<Value>& value) {
  return value ? std::optional{static_cast<Enumeration>(*value)} : std::nullopt;
}

// A group of a message: where its entries are is known by the tags that may stand in them.
struct group_tags {
  std::uint32_t count_tag = 0;
  std::span<const std::uint32_t> members;
};

// For a tag that stands both in `fields` and in entries of these groups: `fields` from the one on that stands in none of them; empty
// if there is none.
[[nodiscard]] inline field_range outside_of_groups(const field_range& fields, std::uint32_t tag, std::initializer_list<group_tags> groups, std::span<const std::uint32_t> known) {
  const auto all = fields.fields();
  for (std::size_t i = 0; i < all.size();) {
    if (all[i].tag == tag) return fields.from(i);
    const auto* const group = std::find_if(groups.begin(), groups.end(), [&](const group_tags& g) { return g.count_tag == all[i].tag; });
    const auto entries = group == groups.end() ? std::span<const field_ref>{} : fields.from(i).group(group->count_tag, group->members, known).fields();
    i = entries.empty() ? i + 1 : static_cast<std::size_t>(entries.data() + entries.size() - all.data());
  }
  return {};
}

// Base of all generated views: of messages, of the header and trailer, of entries.
class typed_view {
 public:
  explicit typed_view(const field_range& fields) : fields_(fields) {}
  template <has_range Message>
  explicit typed_view(const Message& message) : fields_(message.range()) {}

  // The same fields without types, for tags that the dictionary does not have.
  [[nodiscard]] const field_range& fields() const { return fields_; }

 protected:
  field_range fields_;
};

// The entries of a repeating group, see group_view. Its iterator holds the entry it stands at, so that
// `for (auto& party : order.no_party_ids())` works; the entry may be copied and outlives the iterator.
template <class Entry>
class typed_group {
 public:
  class iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = Entry;
    using difference_type = std::ptrdiff_t;
    using pointer = const Entry*;
    using reference = const Entry&;

    iterator() = default;
    iterator(const group_view* entries, const field_range& entry) : entries_(entries), entry_(entry) {}

    [[nodiscard]] const Entry& operator*() const { return entry_; }
    [[nodiscard]] const Entry* operator->() const { return &entry_; }
    iterator& operator++() {
      entry_ = Entry{entries_->entry_behind(entry_.fields())};
      return *this;
    }
    iterator operator++(int) {
      const iterator before = *this;
      ++*this;
      return before;
    }
    // Iterators of one group: behind the last entry both stand at none.
    [[nodiscard]] bool operator==(const iterator& other) const { return entry_.fields().fields().data() == other.entry_.fields().fields().data(); }

   private:
    const group_view* entries_ = nullptr;
    Entry entry_;
  };

  explicit typed_group(const group_view& entries) : entries_(entries) {}

  [[nodiscard]] std::size_t count() const { return entries_.count(); }  // what NumInGroup says
  [[nodiscard]] std::size_t size() const { return entries_.size(); }    // entries there are
  [[nodiscard]] bool empty() const { return entries_.empty(); }
  [[nodiscard]] iterator begin() const { return {&entries_, entries_.first_entry()}; }
  [[nodiscard]] iterator end() const { return {&entries_, field_range{}}; }
  [[nodiscard]] Entry operator[](std::size_t index) const { return Entry{entries_[index]}; }  // index < size(); walks the entries

 private:
  group_view entries_;
};

// Base of all generated messages that are written.
class typed_builder {
 public:
  // The same message without types, for tags that the dictionary does not have.
  [[nodiscard]] message_builder& untyped() { return message_; }
  [[nodiscard]] const std::optional<build_error>& error() const { return message_.error(); }
  // The message, moved out; all groups must be closed. Afterwards this one is of no use but to be destroyed.
  [[nodiscard]] build_result build() { return message_.build(); }

 protected:
  explicit typed_builder(std::string_view msg_type) : message_(msg_type) {}

  message_builder message_;
};

// Base of the generated headers that are written. Refers to the message.
class typed_header_builder {
 protected:
  explicit typed_header_builder(message_builder& message) : message_(&message) {}

  message_builder* message_;
};

// Base of all generated groups that are written; see group_builder.
class typed_group_builder {
 public:
  [[nodiscard]] group_builder& untyped() { return group_; }

 protected:
  template <class Around>  // message_builder, or group_builder
  typed_group_builder(Around& around, std::uint32_t count_tag, std::uint32_t delimiter) : group_(around.group(count_tag, delimiter)) {}

  group_builder group_;
};

// The message as a generated view, if it is one of those.
template <class View, has_range Message>
[[nodiscard]] std::optional<View> as(const Message& message) {
  return message.msg_type() == View::msg_type ? std::optional<View>{std::in_place, message} : std::nullopt;
}

// Calls `handler` with the view that fits MsgType(35). False: none of them.
//
//   dispatch<fix44::new_order_single_view, fix44::order_cancel_request_view>(message, [&](const auto& request) { take(request); });
template <class... Views, has_range Message, class Handler>
bool dispatch(const Message& message, Handler&& handler) {
  const auto msg_type = message.msg_type();
  return ((msg_type == Views::msg_type ? (handler(Views{message}), true) : false) || ...);
}

}  // namespace troupe::protocol
