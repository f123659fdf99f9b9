#include "protocol/field_text.hpp"
#include "protocol/field_type.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace troupe::protocol {
namespace {

bool are_digits(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), is_digit); }

bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

bool are_letters(std::string_view text, std::size_t count) { return text.size() == count && std::all_of(text.begin(), text.end(), is_letter); }

std::string_view without_sign(std::string_view text) { return !text.empty() && text[0] == '-' ? text.substr(1) : text; }

// A count that fits into 63 bits, whatever leading zeros there are.
bool is_count(std::string_view text) {
  if (!are_digits(text)) return false;
  const auto first = std::min(text.find_first_not_of('0'), text.size());
  const auto digits = text.substr(first);
  return digits.size() < 19 || (digits.size() == 19 && digits <= "9223372036854775807");
}

bool is_float(std::string_view text) {
  text = without_sign(text);
  const auto point = text.find('.');
  if (point == std::string_view::npos) return are_digits(text);
  const auto whole = text.substr(0, point), part = text.substr(point + 1);
  return (are_digits(whole) && (part.empty() || are_digits(part))) || (whole.empty() && are_digits(part));
}

bool is_tag(std::string_view text) { return are_digits(text) && text[0] != '0' && text.size() <= 9; }

// Two digits at `at`; above 99 if they are none.
unsigned pair_at(std::string_view text, std::size_t at) {
  return is_digit(text[at]) && is_digit(text[at + 1]) ? static_cast<unsigned>((text[at] - '0') * 10 + (text[at + 1] - '0')) : 100;
}

bool is_day_of_month(std::string_view text) {
  if (!are_digits(text) || text.size() > 2) return false;
  const unsigned day = text.size() == 1 ? static_cast<unsigned>(text[0] - '0') : pair_at(text, 0);
  return day >= 1 && day <= 31;
}

bool is_month(std::string_view text) { return are_digits(text.substr(0, 4)) && pair_at(text, 4) >= 1 && pair_at(text, 4) <= 12; }

bool is_date(std::string_view text) {
  if (text.size() != 8 || !is_month(text) || pair_at(text, 6) > 99) return false;
  const auto year = static_cast<int>(pair_at(text, 0) * 100 + pair_at(text, 2));
  return std::chrono::year_month_day{std::chrono::year{year}, std::chrono::month{pair_at(text, 4)}, std::chrono::day{pair_at(text, 6)}}.ok();
}

bool is_month_year(std::string_view text) {
  if (text.size() == 6) return is_month(text);
  if (text.size() != 8) return false;
  return text[6] == 'w' ? is_month(text) && text[7] >= '1' && text[7] <= '5' : is_date(text);
}

bool is_fraction(std::string_view text) {
  const std::size_t count = text.size() - 1;
  return text[0] == '.' && count % 3 == 0 && count >= 3 && count <= 12 && are_digits(text.substr(1));
}

// HH:MM:SS at the front. A leap second is added at the end of a day in UTC; elsewhere that is any time with 60.
bool is_clock(std::string_view text, bool is_utc) {
  if (text.size() < 8 || text[2] != ':' || text[5] != ':') return false;
  const unsigned hour = pair_at(text, 0), minute = pair_at(text, 3), second = pair_at(text, 6);
  if (hour > 23 || minute > 59) return false;
  return second <= 59 || (second == 60 && (!is_utc || (hour == 23 && minute == 59)));
}

bool is_utc_time(std::string_view text) { return is_clock(text, true) && (text.size() == 8 || is_fraction(text.substr(8))); }

bool is_utc_timestamp(std::string_view text) {
  return text.size() >= 17 && text[8] == '-' && is_date(text.substr(0, 8)) && is_utc_time(text.substr(9));
}

// Z, +hh, -hh, +hh:mm, -hh:mm, or nothing, which is local time.
bool is_zone(std::string_view text) {
  if (text.empty() || text == "Z") return true;
  if ((text[0] != '+' && text[0] != '-') || text.size() < 3 || pair_at(text, 1) > 15) return false;
  return text.size() == 3 || (text.size() == 6 && text[3] == ':' && pair_at(text, 4) <= 59);
}

bool is_zoned_time(std::string_view text) {
  if (text.size() < 5 || text[2] != ':' || pair_at(text, 0) > 23 || pair_at(text, 3) > 59) return false;
  if (text.size() == 5 || text[5] != ':') return is_zone(text.substr(5));
  return is_clock(text, false) && is_zone(text.substr(8));
}

bool is_zoned_timestamp(std::string_view text) {
  if (text.size() < 17 || text[8] != '-' || !is_date(text.substr(0, 8)) || !is_clock(text.substr(9), false)) return false;
  const auto rest = text.substr(17);
  const auto zone = std::min(rest.find_first_of("Z+-"), rest.size());
  return (zone == 0 || is_fraction(rest.substr(0, zone))) && is_zone(rest.substr(zone));
}

bool are_words(std::string_view text, bool is_single) {
  for (std::size_t at = 0; at <= text.size();) {
    const auto end = std::min(text.find(' ', at), text.size());
    if (end == at || (is_single && end != at + 1)) return false;
    at = end + 1;
  }
  return text.find('\0') == std::string_view::npos;
}

bool is_tenor(std::string_view text) {
  return text.size() >= 2 && text.size() <= 10 && std::string_view{"DWMY"}.find(text[0]) != std::string_view::npos && text[1] != '0' && are_digits(text.substr(1));
}

bool is_word(std::string_view text) { return !text.empty() && text.find(' ') == std::string_view::npos && text.find('\0') == std::string_view::npos; }

}  // namespace

bool has_format(field_type type, std::string_view text) {
  switch (type) {
    case field_type::String: return text.find('\0') == std::string_view::npos;
    case field_type::Char: return text.size() == 1 && text[0] != '\0';
    case field_type::Boolean: return text == "Y" || text == "N";
    case field_type::Int: return is_count(without_sign(text));
    case field_type::Length:
    case field_type::NumInGroup:
    case field_type::SeqNum: return is_count(text);
    case field_type::TagNum: return is_tag(text);
    case field_type::DayOfMonth: return is_day_of_month(text);
    case field_type::Float:
    case field_type::Qty:
    case field_type::Price:
    case field_type::PriceOffset:
    case field_type::Amt:
    case field_type::Percentage: return is_float(text);
    case field_type::MultipleCharValue: return are_words(text, true);
    case field_type::MultipleStringValue: return are_words(text, false);
    case field_type::Country:
    case field_type::Language: return are_letters(text, 2);
    case field_type::Currency: return are_letters(text, 3);
    case field_type::MonthYear: return is_month_year(text);
    case field_type::Tenor: return is_tenor(text);
    case field_type::UTCTimestamp: return is_utc_timestamp(text);
    case field_type::UTCTimeOnly: return is_utc_time(text);
    case field_type::UTCDateOnly:
    case field_type::LocalMktDate: return is_date(text);
    case field_type::LocalMktTime: return text.size() == 8 && is_clock(text, false);
    case field_type::TZTimeOnly: return is_zoned_time(text);
    case field_type::TZTimestamp: return is_zoned_timestamp(text);
    case field_type::Exchange:
    case field_type::XID:
    case field_type::XIDREF: return is_word(text);
    case field_type::Data:
    case field_type::XMLData: return true;
  }
  return true;
}

}  // namespace troupe::protocol
