// Numbers, decimals, timestamps and identities as text.
#include "protocol/decimal.hpp"
#include "protocol/number.hpp"
#include "protocol/tag_marks.hpp"
#include "protocol/tags.hpp"
#include "protocol/types.hpp"
#include "protocol/utc.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>
#include <limits>
#include <random>

using namespace troupe::protocol;
using namespace std::chrono_literals;

namespace {

std::string text_of(const decimal& value) {
  std::string text;
  append_decimal(text, value);
  return text;
}

std::string text_of(utc_time time, utc_precision precision) {
  std::string text;
  append_utc(text, time, precision);
  return text;
}

constexpr utc_time leap_day = std::chrono::sys_days{std::chrono::year{2024} / 2 / 29} + 23h + 59min + 58s + 123'456'789ns;

}  // namespace

BOOST_AUTO_TEST_SUITE(values_suite)

BOOST_AUTO_TEST_CASE(a_session_id_reads_as_begin_string_sender_target_qualifier) {
  session_id id{"FIX.4.2", "ME", "YOU", ""};
  BOOST_TEST(to_string(id) == "FIX.4.2:ME->YOU");
  id.qualifier = "2";
  BOOST_TEST(to_string(id) == "FIX.4.2:ME->YOU:2");
  BOOST_TEST(std::hash<session_id>{}(id) == std::hash<session_id>{}(session_id{id}));
}

BOOST_AUTO_TEST_CASE(an_int_is_digits_with_at_most_a_minus_in_front) {
  BOOST_TEST(parse_int("-12").value() == -12);
  BOOST_TEST(parse_int("0012").value() == 12);
  BOOST_TEST(parse_int("-9223372036854775808").value() == std::numeric_limits<std::int64_t>::min());
  for (const auto* bad : {"", "-", "+1", " 1", "1 ", "1.0", "1e3", "9223372036854775808", "--1"}) BOOST_TEST(!parse_int(bad), bad);
  BOOST_TEST(parse_unsigned("18446744073709551615").value() == std::numeric_limits<std::uint64_t>::max());
  for (const auto* bad : {"", "-1", "+1", "18446744073709551616"}) BOOST_TEST(!parse_unsigned(bad), bad);
}

BOOST_AUTO_TEST_CASE(a_decimal_keeps_the_digits_it_came_with) {
  for (const auto* text : {"0", "1.50", "-0.001", "100", "0.00000001", "-9223372036854775808", "9223372036854775807", "12.3456789012345678"})
    BOOST_TEST(text_of(parse_decimal(text).value()) == text);
  BOOST_TEST(text_of(parse_decimal("00100").value()) == "100");
  BOOST_TEST(text_of(parse_decimal(".5").value()) == "0.5");
  BOOST_TEST(text_of(parse_decimal("5.").value()) == "5");
  BOOST_TEST(text_of(decimal{12, 3}) == "12000");
  BOOST_TEST(text_of(decimal{0, 3}) == "0");
}

BOOST_AUTO_TEST_CASE(a_decimal_literal_is_exact) {
  static_assert((101.250_dec).mantissa == 101'250 && (101.250_dec).exponent == -3);
  static_assert((9'223'372'036'854'775'807_dec).mantissa == std::numeric_limits<std::int64_t>::max());
  BOOST_CHECK(parse_decimal("0.1") == 0.1_dec);
  BOOST_CHECK(parse_decimal("-0.1") == -0.1_dec);
  BOOST_CHECK(parse_decimal(".5") == .5_dec);
}

BOOST_AUTO_TEST_CASE(what_is_no_fix_float_is_no_decimal) {
  for (const auto* bad : {"", "-", ".", "-.", "+1", "1,5", "1.2.3", "NaN", "0x1F", "1e5", "1.5 ", " 1", "9223372036854775808", "1-"})
    BOOST_TEST(!parse_decimal(bad), bad);
}

BOOST_AUTO_TEST_CASE(decimals_compare_as_numbers) {
  BOOST_CHECK((decimal{150, -2} == decimal{15, -1}));
  BOOST_CHECK((decimal{1, 1} == decimal{10, 0}));
  BOOST_CHECK((decimal{0, 5} == decimal{0, -5}));
  BOOST_CHECK((decimal{-1, 0} < decimal{1, -18}));
  BOOST_CHECK((decimal{-2, 0} < decimal{-19, -1}));
  BOOST_CHECK((decimal{15, -1} < decimal{151, -2}));
  BOOST_CHECK((decimal{1, 18} > decimal{999'999'999'999'999'999, 0}));
  BOOST_CHECK((decimal{std::numeric_limits<std::int64_t>::min(), 0} < decimal{std::numeric_limits<std::int64_t>::max(), -2'000'000'000}));
  BOOST_CHECK((decimal{1, 2'000'000'000} > decimal{1, -2'000'000'000}));
}

BOOST_AUTO_TEST_CASE(decimals_of_one_exponent_compare_as_their_mantissas_at_any_scale) {
  std::mt19937_64 random{1};
  for (int i = 0; i < 2000; ++i) {
    const auto a = static_cast<std::int64_t>(random() % 2'000'000) - 1'000'000, b = static_cast<std::int64_t>(random() % 2'000'000) - 1'000'000;
    std::int64_t scaled = b;
    const int scale = static_cast<int>(random() % 10);
    for (int k = 0; k < scale; ++k) scaled *= 10;
    BOOST_CHECK((decimal{a, -3} <=> decimal{scaled, -3 - scale}) == (a <=> b));
  }
}

BOOST_AUTO_TEST_CASE(a_timestamp_is_written_with_the_digits_asked_for) {
  BOOST_TEST(text_of(leap_day, utc_precision::seconds) == "20240229-23:59:58");
  BOOST_TEST(text_of(leap_day, utc_precision::milliseconds) == "20240229-23:59:58.123");
  BOOST_TEST(text_of(leap_day, utc_precision::microseconds) == "20240229-23:59:58.123456");
  BOOST_TEST(text_of(leap_day, utc_precision::nanoseconds) == "20240229-23:59:58.123456789");
  BOOST_TEST(text_of(utc_time{-1ns}, utc_precision::nanoseconds) == "19691231-23:59:59.999999999");
}

BOOST_AUTO_TEST_CASE(a_timestamp_is_read_with_0_3_6_or_9_digits) {
  for (const auto precision : {utc_precision::seconds, utc_precision::milliseconds, utc_precision::microseconds, utc_precision::nanoseconds}) {
    const std::string text = text_of(leap_day, precision);
    BOOST_TEST(text_of(parse_utc(text).value(), precision) == text);
  }
}

BOOST_AUTO_TEST_CASE(picoseconds_are_read_and_cut_off) {
  BOOST_TEST(text_of(parse_utc("20240229-23:59:58.123456789999").value(), utc_precision::nanoseconds) == "20240229-23:59:58.123456789");
  BOOST_TEST(!parse_utc("20240229-23:59:58.12345678999x"));
}

BOOST_AUTO_TEST_CASE(a_day_and_a_time_of_day_are_read_and_written) {
  using namespace std::chrono;
  const auto date_text = [](year_month_day date) {
    std::string text;
    return append_date(text, date) ? text : "none";
  };
  const auto time_text = [](time_of_day time, utc_precision precision) {
    std::string text;
    return append_time_of_day(text, time, precision) ? text : "none";
  };
  BOOST_CHECK(parse_date("20240229") == year{2024} / 2 / 29);
  BOOST_TEST(date_text(year{2024} / 2 / 29) == "20240229");
  BOOST_TEST(date_text(year{2023} / 2 / 29) == "none");
  BOOST_TEST(date_text(year{10'000} / 1 / 1) == "none");
  for (const auto* bad : {"", "20230229", "20241301", "2024022", "202402290", "2024-2-9", "2024022x"}) BOOST_TEST(!parse_date(bad), bad);

  BOOST_CHECK(parse_time_of_day("09:30:00.250") == time_of_day{9h + 30min + 250ms});
  BOOST_CHECK(parse_time_of_day("23:59:60") == time_of_day{24h});
  BOOST_CHECK(parse_time_of_day("00:00:00.000000001999") == time_of_day{1ns});
  BOOST_TEST(time_text({9h + 30min + 250ms}, utc_precision::seconds) == "09:30:00");
  BOOST_TEST(time_text({9h + 30min + 250ms}, utc_precision::microseconds) == "09:30:00.250000");
  BOOST_TEST(time_text({24h}, utc_precision::milliseconds) == "23:59:60.000");
  BOOST_TEST(time_text({24h + 1ns}, utc_precision::seconds) == "none");
  BOOST_TEST(time_text({-1ns}, utc_precision::seconds) == "none");
  for (const auto* bad : {"", "09:30", "24:00:00", "09:60:00", "12:00:60", "9:30:00", "09:30:00.", "09:30:00.1", "09:30:00Z", "09-30-00"}) BOOST_TEST(!parse_time_of_day(bad), bad);
}

BOOST_AUTO_TEST_CASE(second_60_is_the_first_moment_of_the_next_minute) {
  BOOST_CHECK(parse_utc("20161231-23:59:60") == parse_utc("20170101-00:00:00"));
}

BOOST_AUTO_TEST_CASE(what_is_no_utc_timestamp_is_not_read) {
  for (const auto* bad : {"", "20240229", "20240229-23:59", "20240229 23:59:58", "20230229-23:59:58", "20241301-00:00:00", "20240100-00:00:00",
                          "20240229-24:00:00", "20240229-23:60:00", "20240229-23:59:61", "20240229-23:59:58.", "20240229-23:59:58.1",
                          "20240229-23:59:58.12a", "20240229-23:59:58,123", "20240229-23:59:58.1234567890", "2024-229-23:59:58",
                          "00000000-00:00:00", "99991231-23:59:59", "20240229-23:59:58Z"})
    BOOST_TEST(!parse_utc(bad), bad);
}

BOOST_AUTO_TEST_CASE(a_utc_text_follows_every_change_of_time_and_precision) {
  utc_text text;
  std::mt19937_64 random{2};
  utc_time now = leap_day;
  for (int i = 0; i < 2000; ++i) {
    now += std::chrono::nanoseconds{static_cast<std::int64_t>(random() % 3'000'000'000) - 1'000'000'000};
    const utc_precision precision = random() % 4 == 0 ? utc_precision::seconds : utc_precision::milliseconds;
    BOOST_TEST(text.at(now, precision) == text_of(now, precision));
  }
}

BOOST_AUTO_TEST_CASE(sending_time_has_seconds_before_fix_4_2_and_then_milliseconds) {
  BOOST_CHECK(sending_time_precision("FIX.4.0") == utc_precision::seconds);
  BOOST_CHECK(sending_time_precision("FIX.4.1") == utc_precision::seconds);
  BOOST_CHECK(sending_time_precision("FIX.4.2") == utc_precision::milliseconds);
  BOOST_CHECK(sending_time_precision("FIXT.1.1") == utc_precision::milliseconds);
}

BOOST_AUTO_TEST_CASE(length_and_data_tags_find_each_other) {
  BOOST_TEST(find_data_field(tag::RawData).length_tag == tag::RawDataLength);
  BOOST_TEST(find_length_field(tag::RawDataLength).data_tag == tag::RawData);
  BOOST_TEST(find_data_field(tag::Symbol).data_tag == 0U);
  for (std::uint32_t tag = 1; tag < 50'000; ++tag) {
    BOOST_REQUIRE(is_data_tag(tag) == (find_data_field(tag).data_tag == tag));
    BOOST_REQUIRE(is_length_tag(tag) == (find_length_field(tag).data_tag != 0));
  }
}

BOOST_AUTO_TEST_CASE(a_reader_of_timestamps_says_what_a_single_reading_says) {
  utc_reader reader;
  const std::string nuls = std::string(8, '\0') + "-07:08:09";
  for (const std::string& text : {nuls, std::string{"20240506-07:08:09.123"}, std::string{"20240506-23:59:60"}, std::string{"20240507-00:00:00"},
                                  std::string{"20240230-07:08:09"}, std::string{"20240507-24:00:00"}, std::string{"2024050x-07:08:09"}, std::string{"20240507-12:00:00.000001"},
                                  std::string{"20240506-07:08:09.12"}, std::string{"20240506-07:08:09.1x3"}, std::string{"22620101-00:00:00"}, std::string{"20240506-07:08:09"}})
    BOOST_TEST((reader.read(text) == parse_utc(text)), text);
  BOOST_TEST(!utc_reader{}.read(nuls));
}

BOOST_AUTO_TEST_CASE(marks_of_a_message_are_none_of_the_next_however_many_there_were) {
  tag_marks marks;
  for (int i = 0; i < 200'000; ++i) {
    const auto seen = marks.begin();
    if (i % 65'536 < 2) BOOST_REQUIRE(seen.insert(35) && !seen.insert(35) && seen.insert(511));
  }
}

BOOST_AUTO_TEST_SUITE_END()
