// MultipleCharValue and MultipleStringValue: several values in one field, a space between them, as in ExecInst(18).
#pragma once

#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace troupe::protocol {

// Value: std::string_view, or an enumeration over char. Refers to the text it was made from. Spaces that are too many
// give empty strings, and are no characters; of several characters in one place an enumeration sees none.
template <class Value>
class multiple_value {
 public:
  class iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = Value;
    using difference_type = std::ptrdiff_t;
    using pointer = void;
    using reference = Value;

    iterator() = default;
    iterator(std::string_view text, std::size_t begin) : text_(text), begin_(begin) { settle(); }

    [[nodiscard]] Value operator*() const {
      if constexpr (std::is_enum_v<Value>) return static_cast<Value>(text_[begin_]);
      else return text_.substr(begin_, end_ - begin_);
    }
    iterator& operator++() {
      begin_ = end_ < text_.size() ? end_ + 1 : std::string_view::npos;
      settle();
      return *this;
    }
    iterator operator++(int) {
      const iterator before = *this;
      ++*this;
      return before;
    }
    [[nodiscard]] bool operator==(const iterator& other) const { return begin_ == other.begin_; }

   private:
    // On a value, or behind the last one.
    void settle() {
      while (begin_ != std::string_view::npos) {
        end_ = text_.find(' ', begin_);
        if (end_ == std::string_view::npos) end_ = text_.size();
        if (!std::is_enum_v<Value> || end_ - begin_ == 1) return;
        begin_ = end_ < text_.size() ? end_ + 1 : std::string_view::npos;
      }
    }

    std::string_view text_;
    std::size_t begin_ = std::string_view::npos;
    std::size_t end_ = 0;
  };

  multiple_value() = default;
  // nullopt, an absent field, has no values.
  explicit multiple_value(std::optional<std::string_view> text) : text_(text) {}

  [[nodiscard]] std::optional<std::string_view> text() const { return text_; }
  [[nodiscard]] bool empty() const { return begin() == end(); }
  [[nodiscard]] bool contains(Value value) const {
    for (const Value each : *this)
      if (each == value) return true;
    return false;
  }
  [[nodiscard]] iterator begin() const { return text_ ? iterator{*text_, 0} : iterator{}; }
  [[nodiscard]] iterator end() const { return {}; }

 private:
  std::optional<std::string_view> text_;
};

// The values with a space between them, as they stand on the wire.
template <class Value>
[[nodiscard]] std::string join_values(std::initializer_list<Value> values) {
  std::string text;
  for (const Value value : values) {
    if (!text.empty()) text += ' ';
    if constexpr (std::is_enum_v<Value>) text += static_cast<char>(value);
    else text += value;
  }
  return text;
}

}  // namespace troupe::protocol
