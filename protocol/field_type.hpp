// The data types of FIX fields, and which texts are values of them.
//
// Source: "FIX Datatypes" of FIX 4.0 to 5.0 SP2. A type of an old version that was renamed later is the later one
// (UTCDate is UTCDateOnly, Time of FIX 4.0 and 4.1 is UTCTimestamp, Date is LocalMktDate).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace troupe::protocol {

enum class field_type : std::uint8_t {
  String,
  Char,
  Boolean,
  Int,
  Length,
  NumInGroup,
  SeqNum,
  TagNum,
  DayOfMonth,
  Float,
  Qty,
  Price,
  PriceOffset,
  Amt,
  Percentage,
  MultipleCharValue,
  MultipleStringValue,
  Country,
  Currency,
  Exchange,
  Language,
  MonthYear,
  Tenor,
  UTCTimestamp,
  UTCTimeOnly,
  UTCDateOnly,
  LocalMktDate,
  LocalMktTime,
  TZTimeOnly,
  TZTimestamp,
  XID,
  XIDREF,
  Data,
  XMLData,
};

// "UTCTimestamp", as the standard writes it.
[[nodiscard]] std::string_view to_string(field_type type);
// By the name a dictionary uses, in any case; nullopt if there is no such type.
[[nodiscard]] std::optional<field_type> find_field_type(std::string_view name);
// What a value of it looks like, for messages: "digits with at most one '.', '-' in front if negative".
[[nodiscard]] std::string_view describe_format(field_type type);

// Whether this text is a value of the type. An empty text is of none but String, Data and XMLData. Fractions of a second have 3, 6, 9 or 12 digits; a
// second 60 is one only in the last minute of a day in UTC. No allocation.
[[nodiscard]] bool has_format(field_type type, std::string_view text);

[[nodiscard]] constexpr bool is_data_type(field_type type) { return type == field_type::Data || type == field_type::XMLData; }
// Several values in one field, a space between them; each is to be found in the field's enumeration.
[[nodiscard]] constexpr bool is_multiple_type(field_type type) {
  return type == field_type::MultipleCharValue || type == field_type::MultipleStringValue;
}
// Written as text without a rule of its own, so that an enumeration says all there is to say about its form.
[[nodiscard]] constexpr bool is_text_type(field_type type) {
  return type == field_type::String || type == field_type::Char || is_multiple_type(type);
}

}  // namespace troupe::protocol
