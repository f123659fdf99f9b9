// Writes the body of a message, field by field, as it will stand on the wire.
//
//   message_builder order{msg_type::NewOrderSingle};
//   order.field(tag::ClOrdID, "A-1").field(tag::OrderQty, 100).field(tag::Price, decimal{1234, -2});
//   {
//     auto parties = order.group(tag::NoPartyIDs);
//     parties.entry().field(tag::PartyID, "BROKER").field(tag::PartyRole, 1);
//   }
//   build_result built = order.build();
//
// Fields go out in the order they are written; those of the standard header go to the header, ascending, wherever they
// are written. What the session stamps itself is refused, and so is what would not be one field on the wire. Nothing
// throws: the first error is kept, the calls behind it do nothing, and `build` tells.
#pragma once

#include "protocol/decimal.hpp"
#include "protocol/outgoing_message.hpp"
#include "protocol/types.hpp"
#include "protocol/utc.hpp"

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::protocol {

enum class build_problem : std::uint8_t {
  no_msg_type,         // empty, or with SOH
  stamped_by_session,  // 8 9 10 34 35 43 49 52 56 122
  trailer,             // 89 and 93 stand behind the body: only what signs a whole message can write them
  invalid_tag,         // 0, or above 9 digits
  empty_value,
  soh_in_value,        // of a field that is no data field
  bad_number,          // a decimal that would be longer than 64 digits
  bad_time,            // a day or a time of day that there is not
  no_data_field,       // length and data tag of `data` are no pair, or one of a pair is written with `field`
  delimiter,           // an entry that is empty, or does not begin with the group's delimiter: the one given, or that of the first entry
  not_innermost,       // written through a group while one within it, or through the message while a group, is open
  header_in_group,     // a header field in a repeating group of the body, or another one in the header's group, NoHops(627)
};
[[nodiscard]] std::string_view to_string(build_problem problem);

struct build_error {
  std::uint32_t tag = 0;
  build_problem problem{};
};
// "52: stamped by the session"
[[nodiscard]] std::string to_string(const build_error& error);

struct build_result {
  outgoing_message message;  // empty with an error
  std::optional<build_error> error;

  [[nodiscard]] explicit operator bool() const { return !error; }
};

class group_builder;

// Values of fields: text (string_view, std::string, const char*), char, bool (Y or N), every integer type, decimal,
// year_month_day, and utc_time and time_of_day, with a utc_precision behind it if milliseconds are not wanted.
//
// Neither copied nor moved: open groups refer to it.
class message_builder {
 public:
  explicit message_builder(std::string_view msg_type) { restart(msg_type); }
  message_builder(const message_builder&) = delete;
  message_builder& operator=(const message_builder&) = delete;

  template <class... Value>
  message_builder& field(std::uint32_t tag, const Value&... value) {
    if (is_innermost(nullptr, tag)) write(tag, value...);
    return *this;
  }
  // A data field with its length field in front; `bytes` may be any, SOH included.
  message_builder& data(std::uint32_t length_tag, std::uint32_t data_tag, std::string_view bytes);

  // Opens a repeating group, closed when the group_builder goes; see there. `delimiter`: what its entries must begin with;
  // 0: with what the first one begins.
  [[nodiscard]] group_builder group(std::uint32_t count_tag, std::uint32_t delimiter = 0);

  [[nodiscard]] const std::optional<build_error>& error() const { return error_; }

  // The message, moved out; all groups must be closed. To write another one with this builder, `restart` it.
  [[nodiscard]] build_result build();
  void restart(std::string_view msg_type);

 private:
  friend class group_builder;

  void write(std::uint32_t tag, std::string_view value);
  void write(std::uint32_t tag, const char* value) { write(tag, std::string_view{value}); }
  void write(std::uint32_t tag, char value) { write(tag, std::string_view{&value, 1}); }
  void write(std::uint32_t tag, bool value) { write(tag, value ? 'Y' : 'N'); }
  template <std::signed_integral Number>
  void write(std::uint32_t tag, Number value) { write(tag, decimal{value, 0}); }
  template <std::unsigned_integral Number>
  void write(std::uint32_t tag, Number value) { write_unsigned(tag, value); }
  void write(std::uint32_t tag, const decimal& value);
  void write(std::uint32_t tag, utc_time value, utc_precision precision = utc_precision::milliseconds);
  void write(std::uint32_t tag, std::chrono::year_month_day value);
  void write(std::uint32_t tag, time_of_day value, utc_precision precision = utc_precision::milliseconds);
  void write_unsigned(std::uint32_t tag, std::uint64_t value);
  void write_data(std::uint32_t length_tag, std::uint32_t data_tag, std::string_view bytes);

  [[nodiscard]] bool is_innermost(const group_builder* writer, std::uint32_t tag);
  [[nodiscard]] bool may_write(std::uint32_t tag);
  void put(std::uint32_t tag, std::string_view value);
  void put_header(std::uint32_t tag, std::string_view field);
  void move_to_header(std::size_t begin, std::uint32_t tag);
  void fail(std::uint32_t tag, build_problem problem);

  outgoing_message message_;
  std::string scratch_;  // of a value or a header field on its way to its place
  std::optional<build_error> error_;
  group_builder* innermost_ = nullptr;
};

// One open repeating group. `entry` begins the next entry; every entry must begin with the same tag. The count is written
// when the group_builder goes, and a group without an entry is left out altogether.
class group_builder {
 public:
  group_builder(message_builder& message, std::uint32_t count_tag, std::uint32_t delimiter = 0);
  ~group_builder();
  group_builder(const group_builder&) = delete;
  group_builder& operator=(const group_builder&) = delete;

  group_builder& entry();

  template <class... Value>
  group_builder& field(std::uint32_t tag, const Value&... value) {
    if (may_write(tag)) message_.write(tag, value...);
    return *this;
  }
  group_builder& data(std::uint32_t length_tag, std::uint32_t data_tag, std::string_view bytes);

  // A group within the present entry.
  [[nodiscard]] group_builder group(std::uint32_t count_tag, std::uint32_t delimiter = 0);

 private:
  friend class message_builder;

  [[nodiscard]] bool may_write(std::uint32_t tag);
  [[nodiscard]] bool is_at_entry_start() const;
  void end_entry();
  void close();

  message_builder& message_;
  group_builder* const outer_;
  const std::uint32_t count_tag_;
  const bool is_header_;
  std::size_t begin_ = 0;  // of the first entry in the body
  std::size_t entries_ = 0;
  std::uint32_t delimiter_;  // 0: not known yet
  std::size_t entry_begin_ = 0;
};

}  // namespace troupe::protocol
