#include "apps/generate/field_kind.hpp"

#include "protocol/number.hpp"

#include <algorithm>
#include <set>

namespace troupe::generate {
namespace {

using protocol::field_definition;
using protocol::field_type;

bool has_characters(const field_definition& field) {
  return std::all_of(field.values.begin(), field.values.end(), [](const auto& v) { return v.value.size() == 1; });
}

// Numbers, each once: 1 and 01 cannot both be one enumerator.
bool has_numbers(const field_definition& field) {
  std::set<std::int64_t> seen;
  return std::all_of(field.values.begin(), field.values.end(), [&](const auto& v) {
    const auto number = protocol::parse_int(v.value);
    return number && seen.insert(*number).second;
  });
}

field_kind enumerated(const field_definition& field, bool fits, field_kind plain, field_kind with_values) {
  if (!field.is_enumerated()) return plain;
  return fits ? with_values : field_kind::text;
}

}  // namespace

field_kind kind_of(const field_definition& field) {
  switch (field.type) {
    case field_type::Char:
      return enumerated(field, has_characters(field), field_kind::character, field_kind::characters);
    case field_type::Boolean:
      return field_kind::flag;
    case field_type::Length:
    case field_type::Int:
    case field_type::NumInGroup:
    case field_type::TagNum:
    case field_type::DayOfMonth:
      return enumerated(field, has_numbers(field), field_kind::integer, field_kind::integers);
    case field_type::SeqNum:
      return field_kind::seq_num;
    case field_type::Float:
    case field_type::Qty:
    case field_type::Price:
    case field_type::PriceOffset:
    case field_type::Amt:
    case field_type::Percentage:
      return field_kind::decimal;
    case field_type::MultipleCharValue:
      return enumerated(field, has_characters(field), field_kind::text, field_kind::several_characters);
    case field_type::MultipleStringValue:
      return field_kind::several_texts;
    case field_type::UTCTimestamp:
      return field_kind::timestamp;
    case field_type::UTCDateOnly:
    case field_type::LocalMktDate:
      return field_kind::date;
    case field_type::UTCTimeOnly:
    case field_type::LocalMktTime:
      return field_kind::time_of_day;
    case field_type::Data:
    case field_type::XMLData:
      return field_kind::data;
    default:
      return field_kind::text;
  }
}

}  // namespace troupe::generate
