// A message of one's own: to keep, copy and change. Reads as a message_view does.
//
//   message order{received, fix44};                       // copies the bytes; the dictionary tells where groups end
//   order.set(tag::Price, decimal{1235, -2}).remove(tag::ExpireTime);
//   order.add_entry(tag::NoPartyIDs, tag::PartyID, "DESK").set(tag::PartyRole, 13);
//   session.submit(order.outgoing(), token);
//
// A value: copies are independent. For the hot path there are message_view and message_builder; every change here moves what stands
// behind it. Views that it gives (ranges, groups, values) end with the next change and with the message.
//
// Fields keep their order. A new one goes where the dictionary puts it; without one behind all others of its kind, header
// or body, or of its entry. BodyLength(9) and CheckSum(10) are not kept: they would be wrong after the first change.
//
// Whoever writes what would not be a field on the wire gets a message_error and a message that has not changed.
#pragma once

#include "protocol/decimal.hpp"
#include "protocol/dictionary.hpp"
#include "protocol/message_builder.hpp"
#include "protocol/message_view.hpp"
#include "protocol/outgoing_message.hpp"
#include "protocol/utc.hpp"

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::protocol {

class message_error : public std::invalid_argument {
 public:
  explicit message_error(const build_error& e) : std::invalid_argument(to_string(e)), error_(e) {}
  [[nodiscard]] const build_error& error() const { return error_; }

 private:
  build_error error_;
};

// Values as they stand on the wire: text, char, bool (Y or N), every integer type, decimal, utc_time, year_month_day, time_of_day.
[[nodiscard]] inline std::string value_text(std::string_view value) { return std::string{value}; }
[[nodiscard]] inline std::string value_text(const char* value) { return value; }
[[nodiscard]] inline std::string value_text(char value) { return std::string(1, value); }
[[nodiscard]] inline std::string value_text(bool value) { return value ? "Y" : "N"; }
template <std::integral Number>
[[nodiscard]] std::string value_text(Number value) { return std::to_string(value); }
template <std::floating_point Number>
std::string value_text(Number value) = delete;  // prices and quantities are decimals
[[nodiscard]] std::string value_text(const decimal& value);
[[nodiscard]] std::string value_text(utc_time value, utc_precision precision = utc_precision::milliseconds);
[[nodiscard]] std::string value_text(std::chrono::year_month_day value);                                         // empty: there is no such day
[[nodiscard]] std::string value_text(time_of_day value, utc_precision precision = utc_precision::milliseconds);  // empty: no time of day

template <class... Value>
concept field_value = requires(const Value&... value) { value_text(value...); };

class message_entry;

class message {
 public:
  // A new one, without fields but MsgType(35).
  explicit message(std::string_view msg_type, std::shared_ptr<const dictionary> defined = {});
  // A copy. `defined` has the message's groups; without it they are told apart as group_view does without members.
  explicit message(const message_view& from, std::shared_ptr<const dictionary> defined = {});

  [[nodiscard]] std::string_view msg_type() const { return find(tag::MsgType).value_or(std::string_view{}); }
  // All fields, header first; those of groups in place. See field_range.
  [[nodiscard]] field_range range() const { return {bytes_, fields_}; }
  [[nodiscard]] std::span<const field_ref> fields() const { return fields_; }
  [[nodiscard]] std::string_view value(const field_ref& field) const { return range().value(field); }
  [[nodiscard]] std::optional<std::string_view> find(std::uint32_t tag) const { return range().find(tag); }
  [[nodiscard]] std::optional<std::int64_t> find_int(std::uint32_t tag) const { return range().find_int(tag); }
  [[nodiscard]] std::optional<seq_num> find_seq_num(std::uint32_t tag) const { return range().find_seq_num(tag); }
  [[nodiscard]] std::optional<bool> find_bool(std::uint32_t tag) const { return range().find_bool(tag); }
  [[nodiscard]] std::optional<utc_time> find_utc(std::uint32_t tag) const { return range().find_utc(tag); }
  [[nodiscard]] std::optional<decimal> find_decimal(std::uint32_t tag) const { return range().find_decimal(tag); }
  [[nodiscard]] std::optional<std::chrono::year_month_day> find_date(std::uint32_t tag) const { return range().find_date(tag); }
  [[nodiscard]] std::optional<time_of_day> find_time_of_day(std::uint32_t tag) const { return range().find_time_of_day(tag); }
  [[nodiscard]] std::optional<char> find_char(std::uint32_t tag) const { return range().find_char(tag); }
  // Of the message itself. With a dictionary its members are known.
  [[nodiscard]] group_view group(std::uint32_t count_tag) const;

  // Replaces the field, or adds it. Not for data, nor for NumInGroup fields (but 0 where there is no entry).
  template <class... Value>
    requires field_value<Value...>
  message& set(std::uint32_t tag, const Value&... value) { return put(tag, value_text(value...)); }
  // A data field with its length field in front.
  message& set_data(std::uint32_t length_tag, std::uint32_t data_tag, std::string_view bytes);
  // False: it was not there. A NumInGroup field goes with all its entries, a data field with its length field.
  bool remove(std::uint32_t tag);

  // A new last entry, which begins with this field, the delimiter; the count follows.
  template <class... Value>
    requires field_value<Value...>
  message_entry add_entry(std::uint32_t count_tag, std::uint32_t delimiter, const Value&... value);
  // index < group(count_tag).size(), or std::out_of_range.
  [[nodiscard]] message_entry entry(std::uint32_t count_tag, std::size_t index);
  // False: there is no such entry. With the last one the NumInGroup field goes, too.
  bool remove_entry(std::uint32_t count_tag, std::size_t index);

  // To submit: without what the session stamps (8, 34, 35, 43, 49, 52, 56, 122).
  [[nodiscard]] outgoing_message outgoing() const;

 private:
  friend class message_entry;
  struct step {
    std::uint32_t count_tag;
    std::size_t index;
  };
  using path = std::vector<step>;  // to an entry; empty: the message
  struct part {                    // of fields_
    std::size_t begin;
    std::size_t end;
    const dictionary_scope* scope;  // nullptr: not known
  };

  [[nodiscard]] part find_part(const path& where) const;
  [[nodiscard]] part group_part(const part& around, std::uint32_t count_tag) const;  // entries only
  [[nodiscard]] group_view group_in(const part& around, std::uint32_t count_tag) const;
  [[nodiscard]] const dictionary_scope* group_scope(const part& around, std::uint32_t count_tag) const;
  [[nodiscard]] std::size_t find_in(const part& where, std::uint32_t tag) const;
  [[nodiscard]] std::size_t place_for(const part& where, std::uint32_t tag) const;
  [[nodiscard]] std::size_t header_end() const;
  [[nodiscard]] std::uint32_t length_tag_of(std::uint32_t tag) const;

  message& put(std::uint32_t tag, std::string value);
  void put_in(const path& where, std::uint32_t tag, std::string value);
  void put_data_in(const path& where, std::uint32_t length_tag, std::uint32_t data_tag, std::string_view bytes);
  bool remove_in(const path& where, std::uint32_t tag);
  void add_entry_in(path& where, std::uint32_t count_tag, std::uint32_t delimiter, std::string value);
  bool remove_entry_in(const path& where, std::uint32_t count_tag, std::size_t index);

  [[nodiscard]] std::size_t start_of(std::size_t field) const;
  void insert(std::size_t at, std::uint32_t tag, std::string_view value);
  void replace(std::size_t at, std::string_view value);
  void erase(std::size_t begin, std::size_t end);
  void move_behind(std::size_t from, std::ptrdiff_t by);

  std::string bytes_;  // tag=value SOH …
  std::vector<field_ref> fields_;
  std::shared_ptr<const dictionary> defined_;
};

// One entry of a group of a message, or of an entry. Refers to the message, by its place: an entry that is removed in front of it
// makes it the next one.
class message_entry {
 public:
  [[nodiscard]] field_range range() const;
  [[nodiscard]] std::optional<std::string_view> find(std::uint32_t tag) const { return range().find(tag); }
  [[nodiscard]] group_view group(std::uint32_t count_tag) const;

  template <class... Value>
    requires field_value<Value...>
  message_entry& set(std::uint32_t tag, const Value&... value) {
    message_->put_in(where_, tag, value_text(value...));
    return *this;
  }
  message_entry& set_data(std::uint32_t length_tag, std::uint32_t data_tag, std::string_view bytes);
  // The delimiter stays: std::invalid_argument.
  bool remove(std::uint32_t tag) { return message_->remove_in(where_, tag); }

  template <class... Value>
    requires field_value<Value...>
  message_entry add_entry(std::uint32_t count_tag, std::uint32_t delimiter, const Value&... value) {
    auto where = where_;
    message_->add_entry_in(where, count_tag, delimiter, value_text(value...));
    return {*message_, std::move(where)};
  }
  [[nodiscard]] message_entry entry(std::uint32_t count_tag, std::size_t index) const;
  bool remove_entry(std::uint32_t count_tag, std::size_t index) { return message_->remove_entry_in(where_, count_tag, index); }

 private:
  friend class message;
  message_entry(message& m, message::path where) : message_(&m), where_(std::move(where)) {}

  message* message_;
  message::path where_;
};

template <class... Value>
  requires field_value<Value...>
message_entry message::add_entry(std::uint32_t count_tag, std::uint32_t delimiter, const Value&... value) {
  path where;
  add_entry_in(where, count_tag, delimiter, value_text(value...));
  return {*this, std::move(where)};
}

}  // namespace troupe::protocol
