#include "protocol/field_type.hpp"

#include <algorithm>
#include <array>

namespace troupe::protocol {
namespace {

struct type_row {
  field_type type;
  std::string_view name;
  std::string_view format;
};

constexpr std::string_view a_number = "digits with at most one '.', a '-' in front if negative";
constexpr std::string_view a_count = "digits only";
constexpr std::string_view a_date = "YYYYMMDD, a day of the calendar";

// In the order of the enumeration.
constexpr std::array rows{
    type_row{field_type::String, "String", "text without NUL"},
    type_row{field_type::Char, "char", "one character"},
    type_row{field_type::Boolean, "Boolean", "Y or N"},
    type_row{field_type::Int, "int", "digits, a '-' in front if negative"},
    type_row{field_type::Length, "Length", a_count},
    type_row{field_type::NumInGroup, "NumInGroup", a_count},
    type_row{field_type::SeqNum, "SeqNum", a_count},
    type_row{field_type::TagNum, "TagNum", "a tag: digits without leading zeros"},
    type_row{field_type::DayOfMonth, "DayOfMonth", "1 to 31"},
    type_row{field_type::Float, "float", a_number},
    type_row{field_type::Qty, "Qty", a_number},
    type_row{field_type::Price, "Price", a_number},
    type_row{field_type::PriceOffset, "PriceOffset", a_number},
    type_row{field_type::Amt, "Amt", a_number},
    type_row{field_type::Percentage, "Percentage", a_number},
    type_row{field_type::MultipleCharValue, "MultipleCharValue", "single characters, one space between them"},
    type_row{field_type::MultipleStringValue, "MultipleStringValue", "words, one space between them"},
    type_row{field_type::Country, "Country", "two letters (ISO 3166)"},
    type_row{field_type::Currency, "Currency", "three letters (ISO 4217)"},
    type_row{field_type::Exchange, "Exchange", "text without spaces (ISO 10383, or an exchange code of old)"},
    type_row{field_type::Language, "Language", "two letters (ISO 639-1)"},
    type_row{field_type::MonthYear, "MonthYear", "YYYYMM, YYYYMMDD or YYYYMMwW with W from 1 to 5"},
    type_row{field_type::Tenor, "Tenor", "D, W, M or Y and a number above 0"},
    type_row{field_type::UTCTimestamp, "UTCTimestamp", "YYYYMMDD-HH:MM:SS, with a fraction of 3, 6, 9 or 12 digits if any"},
    type_row{field_type::UTCTimeOnly, "UTCTimeOnly", "HH:MM:SS, with a fraction of 3, 6, 9 or 12 digits if any"},
    type_row{field_type::UTCDateOnly, "UTCDateOnly", a_date},
    type_row{field_type::LocalMktDate, "LocalMktDate", a_date},
    type_row{field_type::LocalMktTime, "LocalMktTime", "HH:MM:SS"},
    type_row{field_type::TZTimeOnly, "TZTimeOnly", "HH:MM or HH:MM:SS, then Z, +hh, -hh, +hh:mm, -hh:mm or nothing"},
    type_row{field_type::TZTimestamp, "TZTimestamp", "YYYYMMDD-HH:MM:SS with a fraction if any, then Z, +hh, -hh, +hh:mm, -hh:mm or nothing"},
    type_row{field_type::XID, "XID", "text without spaces"},
    type_row{field_type::XIDREF, "XIDREF", "text without spaces"},
    type_row{field_type::Data, "data", "any bytes, as many as its length field says"},
    type_row{field_type::XMLData, "XMLData", "any bytes, as many as its length field says"},
};

constexpr bool are_in_order() {
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (static_cast<std::size_t>(rows[i].type) != i) return false;
  return rows.size() == static_cast<std::size_t>(field_type::XMLData) + 1;
}
static_assert(are_in_order());

// Names of earlier versions, and of dictionaries that spell in their own way.
struct old_name {
  std::string_view name;
  field_type type;
};
constexpr std::array old_names{
    old_name{"Time", field_type::UTCTimestamp},
    old_name{"Date", field_type::LocalMktDate},
    old_name{"UTCDate", field_type::UTCDateOnly},
    old_name{"MultipleValueString", field_type::MultipleStringValue},
    old_name{"Quantity", field_type::Qty},
    old_name{"Pattern", field_type::String},
    old_name{"Reserved100Plus", field_type::Int},
    old_name{"Reserved1000Plus", field_type::Int},
    old_name{"Reserved4000Plus", field_type::Int},
};

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

std::string_view to_string(field_type type) { return rows[static_cast<std::size_t>(type)].name; }

std::string_view describe_format(field_type type) { return rows[static_cast<std::size_t>(type)].format; }

std::optional<field_type> find_field_type(std::string_view name) {
  for (const auto& row : rows)
    if (is_same_name(row.name, name)) return row.type;
  for (const auto& old : old_names)
    if (is_same_name(old.name, name)) return old.type;
  return std::nullopt;
}

}  // namespace troupe::protocol
