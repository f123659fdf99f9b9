#include "protocol/field_type.hpp"

#include <boost/test/unit_test.hpp>

#include <initializer_list>
#include <string>
#include <string_view>

using namespace troupe::protocol;
using namespace std::string_view_literals;

namespace {

void takes(field_type type, std::initializer_list<std::string_view> texts) {
  for (const auto text : texts) BOOST_TEST(has_format(type, text), to_string(type) << " should take '" << text << "'");
}
void refuses(field_type type, std::initializer_list<std::string_view> texts) {
  for (const auto text : texts) BOOST_TEST(!has_format(type, text), to_string(type) << " should refuse '" << text << "'");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(field_type_suite)

BOOST_AUTO_TEST_CASE(every_type_has_a_name_by_which_it_is_found_and_a_format) {
  for (int i = 0; i <= static_cast<int>(field_type::XMLData); ++i) {
    const auto type = static_cast<field_type>(i);
    BOOST_TEST((find_field_type(to_string(type)) == type));
    BOOST_TEST(!describe_format(type).empty());
  }
  BOOST_TEST((find_field_type("UTCTIMESTAMP") == field_type::UTCTimestamp));
  BOOST_TEST((find_field_type("MULTIPLEVALUESTRING") == field_type::MultipleStringValue));
  BOOST_TEST((find_field_type("DATE") == field_type::LocalMktDate));
  BOOST_TEST(!find_field_type("STRINGS"));
  BOOST_TEST(!find_field_type(""));
}

BOOST_AUTO_TEST_CASE(whole_numbers) {
  takes(field_type::Int, {"0", "-1", "007", "9223372036854775807", "-9223372036854775807", "0000000000000000000000001"});
  refuses(field_type::Int, {"", "-", "+1", " 1", "1 ", "1.0", "0x1", "1e3", "9223372036854775808", "--1"});
  takes(field_type::NumInGroup, {"0", "2147483647", "02"});
  refuses(field_type::NumInGroup, {"-1", "", "x", "1.", "99999999999999999999"});
  takes(field_type::TagNum, {"1", "999999999"});
  refuses(field_type::TagNum, {"0", "01", "-1", "1000000000"});
  takes(field_type::DayOfMonth, {"1", "01", "31"});
  refuses(field_type::DayOfMonth, {"0", "00", "32", "001", "x"});
}

BOOST_AUTO_TEST_CASE(decimals) {
  for (const auto type : {field_type::Price, field_type::Qty, field_type::Amt, field_type::Float, field_type::Percentage, field_type::PriceOffset}) {
    takes(type, {"0", "1", "-1", "002000.00", "1.", ".5", "-.5", "-0.0", "123456789012345678901234567890.123456789"});
    refuses(type, {"", ".", "-", "-.", "+1", "1.2.3", "1,5", "NaN", "inf", "0x1F", "1e5", "1.5 ", " 1", "1-", "--1"});
  }
}

BOOST_AUTO_TEST_CASE(times_in_utc) {
  takes(field_type::UTCTimestamp, {"20240315-14:30:00", "20240315-14:30:00.123", "20240315-14:30:00.123456", "20240315-14:30:00.123456789",
                                   "20240315-14:30:00.123456789012", "20240229-00:00:00", "20161231-23:59:60", "20161231-23:59:60.999"});
  refuses(field_type::UTCTimestamp, {"", "20240315", "20240315-14:30", "20240315 14:30:00", "20240315-14:30:00.", "20240315-14:30:61", "20240315-24:00:00",
                                     "20240315-14:60:00", "20230229-00:00:00", "20240315-14:30:00.1", "20240315-14:30:00.1234", "20240315-14:30:00.1234567890123",
                                     "20240315-14:30:00Z", "20240315-12:00:60", "20241315-14:30:00", "2024031514:30:00", "20240315-14:30:00.12x"});
  takes(field_type::UTCTimeOnly, {"00:00:00", "23:59:60", "14:30:00.123456789012"});
  refuses(field_type::UTCTimeOnly, {"14:30", "24:00:00", "14:30:60", "14:30:00,123", "1:02:03"});
}

BOOST_AUTO_TEST_CASE(dates) {
  for (const auto type : {field_type::LocalMktDate, field_type::UTCDateOnly}) {
    takes(type, {"20240229", "20001231"});
    refuses(type, {"", "20240230", "2024315", "20241301", "20240100", "2024-1-1", "202403151"});
  }
  takes(field_type::MonthYear, {"202403", "20240315", "202403w1", "202403w5"});
  refuses(field_type::MonthYear, {"", "2024", "202413", "202403w0", "202403w6", "202403W1", "20240230", "2024033"});
  takes(field_type::Tenor, {"D5", "M3", "W13", "Y1"});
  refuses(field_type::Tenor, {"", "5D", "D", "D0", "D05", "X3", "M3 "});
}

BOOST_AUTO_TEST_CASE(times_with_a_zone) {
  takes(field_type::TZTimeOnly, {"07:39Z", "02:39-05", "15:39+08", "13:09+05:30", "07:39:00Z", "07:39", "07:39:60"});
  refuses(field_type::TZTimeOnly, {"", "7:39Z", "07:39z", "07:39+5", "07:39+16", "07:39+05:60", "07:39:61Z", "24:00Z", "07:39+0530"});
  takes(field_type::TZTimestamp, {"20060901-07:39:00Z", "20060901-02:39:00-05", "20060901-13:09:00+05:30", "20060901-13:09:00.123+05:30", "20060901-13:09:00"});
  refuses(field_type::TZTimestamp, {"20060901", "20060931-07:39:00Z", "20060901-07:39Z", "20060901-13:09:00.+05", "20060901-13:09:00+"});
  takes(field_type::LocalMktTime, {"00:00:00", "23:59:59"});
  refuses(field_type::LocalMktTime, {"24:00:00", "12:00", "12:00:00.000"});
}

BOOST_AUTO_TEST_CASE(texts) {
  takes(field_type::String, {"", "any text, with = and \t", "\xe3\x81\x95"});
  refuses(field_type::String, {"IB\0M"sv});
  takes(field_type::Char, {"a", " ", "="});
  refuses(field_type::Char, {"", "ab", "\0"sv});
  takes(field_type::Boolean, {"Y", "N"});
  refuses(field_type::Boolean, {"", "y", "1", "YN", "true"});
  takes(field_type::Currency, {"EUR", "usd"});
  refuses(field_type::Currency, {"", "EURO", "E1R", "EU"});
  takes(field_type::Country, {"US"});
  refuses(field_type::Country, {"USA", "1", ""});
  takes(field_type::Exchange, {"XNYS", "N", "0"});
  refuses(field_type::Exchange, {"", "NEW YORK"});
  takes(field_type::MultipleCharValue, {"A", "A B C"});
  refuses(field_type::MultipleCharValue, {"", "AB", "A  B", " A", "A ", "A BC"});
  takes(field_type::MultipleStringValue, {"AB", "AB CD E"});
  refuses(field_type::MultipleStringValue, {"", "AB  CD", " AB", "AB "});
  takes(field_type::Data, {"", "any\0thing\x01"sv});
}

BOOST_AUTO_TEST_SUITE_END()
