// In which C++ type a field is read and written.
#pragma once

#include "protocol/dictionary.hpp"

#include <cstdint>

namespace troupe::generate {

enum class field_kind : std::uint8_t {
  text,         // std::string_view; with an enumeration, constants of that type
  character,    // char
  characters,   // an enumeration over char
  integer,      // std::int64_t
  integers,     // an enumeration over std::int64_t
  seq_num,      // protocol::seq_num
  flag,         // bool
  decimal,      // protocol::decimal
  timestamp,    // protocol::utc_time
  date,         // std::chrono::year_month_day
  time_of_day,  // protocol::time_of_day
  several_characters,  // protocol::multiple_value of an enumeration over char
  several_texts,       // protocol::multiple_value of std::string_view
  data,         // std::string_view, written with its length
  length,       // of data: std::int64_t, written with it
};

// A field whose enumeration does not fit its type (a Char of two characters, an Int that is no number) is text.
// That a field is the length of a data field only the data field knows: never `length`.
[[nodiscard]] field_kind kind_of(const protocol::field_definition& field);

// Whether its enumeration becomes an enum class; else constants in a namespace.
[[nodiscard]] constexpr bool has_enum_class(field_kind kind) {
  return kind == field_kind::characters || kind == field_kind::integers || kind == field_kind::several_characters;
}

}  // namespace troupe::generate
