#include "protocol/utc.hpp"

namespace troupe::protocol {
namespace {

using namespace std::chrono;

constexpr std::size_t seconds_length = 17;  // YYYYMMDD-HH:MM:SS

// `count` digits at `at`, or -1. The caller has checked the length.
constexpr int digits(std::string_view text, std::size_t at, std::size_t count) {
  int value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    const char c = text[i];
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

void put_digits(char* to, std::uint64_t value, std::size_t count) {
  for (std::size_t i = count; i-- > 0; value /= 10) to[i] = static_cast<char>('0' + value % 10);
}

constexpr std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

constexpr std::int64_t tick_nanoseconds(utc_precision precision) {
  constexpr std::array<std::int64_t, 10> ticks{1'000'000'000, 100'000'000, 10'000'000, 1'000'000, 100'000, 10'000, 1'000, 100, 10, 1};
  return ticks[static_cast<std::size_t>(precision)];
}

// Eight characters as one number, so that all are looked at together: each is a byte, the first the lowest.
constexpr std::uint64_t eight(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return std::uint64_t{static_cast<unsigned char>(text[at + i])} << (8 * i); };
  return byte(0) | byte(1) | byte(2) | byte(3) | byte(4) | byte(5) | byte(6) | byte(7);
}

constexpr std::uint64_t in_each_byte(std::uint64_t value) { return value * 0x0101'0101'0101'0101; }

// Values of digits are 0 … 9: the high half is 0, and still is when 6 is added. A sum that runs over into the next byte comes from one
// that is none anyhow.
constexpr bool are_digits(std::uint64_t values) { return ((values | (values + in_each_byte(6))) & in_each_byte(0xf0)) == 0; }

// Of the values of eight digits: the number that the one at `at` and the next make. All pairs come of one multiplication.
class digit_pairs {
 public:
  explicit constexpr digit_pairs(std::uint64_t values) : pairs_(values * 10 + (values >> 8)) {}
  [[nodiscard]] constexpr unsigned at(std::size_t i) const { return static_cast<unsigned>(pairs_ >> (8 * i) & 0xff); }

 private:
  std::uint64_t pairs_;
};

// YYYYMMDD, in the years that utc_time holds.
std::optional<sys_days> day_of(std::uint64_t values) {
  if (!are_digits(values)) return std::nullopt;
  const digit_pairs pairs{values};
  const year_month_day date{year{static_cast<int>(pairs.at(0) * 100 + pairs.at(2))}, month{pairs.at(4)}, day{pairs.at(6)}};
  if (!date.ok() || date.year() < year{1678} || date.year() > year{2261}) return std::nullopt;
  return sys_days{date};
}

void put_date(char* to, const year_month_day& date) {
  put_digits(to, static_cast<std::uint64_t>(static_cast<int>(date.year())), 4);
  put_digits(to + 4, static_cast<unsigned>(date.month()), 2);
  put_digits(to + 6, static_cast<unsigned>(date.day()), 2);
}

void put_time(char* to, std::uint64_t hour, std::uint64_t minute, std::uint64_t second) {
  put_digits(to, hour, 2);
  to[2] = ':';
  put_digits(to + 3, minute, 2);
  to[5] = ':';
  put_digits(to + 6, second, 2);
}

void put_second(char* to, std::int64_t second) {
  const std::int64_t day = floor_div(second, 86'400);
  const auto of_day = static_cast<std::uint64_t>(second - day * 86'400);
  put_date(to, year_month_day{sys_days{days{day}}});
  to[8] = '-';
  put_time(to + 9, of_day / 3600, of_day / 60 % 60, of_day % 60);
}

std::size_t put_fraction(char* to, std::uint64_t nanoseconds, utc_precision precision) {
  const auto count = static_cast<std::size_t>(precision);
  if (count == 0) return 0;
  to[0] = '.';
  put_digits(to + 1, nanoseconds / static_cast<std::uint64_t>(tick_nanoseconds(precision)), count);
  return count + 1;
}

// Three digits at a time; the fourth three are picoseconds.
std::optional<nanoseconds> parse_long_fraction(std::string_view text) {
  if (text[0] != '.' || text.size() % 3 != 1 || text.size() < 4 || text.size() > 13) return std::nullopt;
  std::int64_t sum = 0, unit = 1'000'000;
  for (std::size_t at = 1; at < text.size(); at += 3, unit /= 1000) {
    const int three = digits(text, at, 3);
    if (three < 0) return std::nullopt;
    sum += three * unit;
  }
  return nanoseconds{sum};
}

// Milliseconds or nothing, as nearly all have it, without a call.
inline std::optional<nanoseconds> parse_fraction(std::string_view text) {
  if (text.empty()) return nanoseconds{0};
  if (text.size() != 4 || text[0] != '.') return parse_long_fraction(text);
  const auto digit = [&](std::size_t at) { return static_cast<unsigned>(text[at] - '0'); };
  const unsigned a = digit(1), b = digit(2), c = digit(3);
  return a > 9 || b > 9 || c > 9 ? std::nullopt : std::optional{nanoseconds{(a * 100 + b * 10 + c) * std::int64_t{1'000'000}}};
}

}  // namespace

utc_precision sending_time_precision(std::string_view begin_string) {
  const bool is_old = begin_string == "FIX.4.0" || begin_string == "FIX.4.1";
  return is_old ? utc_precision::seconds : utc_precision::milliseconds;
}

std::optional<utc_time> utc_reader::read(std::string_view text) {
  if (text.size() < seconds_length || text[8] != '-' || text[11] != ':' || text[14] != ':') return std::nullopt;
  if (const auto of_day = eight(text, 0); of_day != day_text_ || of_day == 0) {
    const auto day = day_of(of_day ^ eight("00000000", 0));
    if (!day) return std::nullopt;
    day_ = *day;
    day_text_ = of_day;
  }
  const auto of_time = eight(text, 9) ^ eight("00:00:00", 0);
  if (!are_digits(of_time)) return std::nullopt;
  const digit_pairs pairs{of_time};
  const unsigned h = pairs.at(0), mi = pairs.at(3), s = pairs.at(6);
  if (h > 23 || mi > 59 || s > 60) return std::nullopt;
  const auto fraction = parse_fraction(text.substr(seconds_length));
  if (!fraction) return std::nullopt;
  return utc_time{day_.time_since_epoch() + hours{h} + minutes{mi} + seconds{s} + *fraction};
}

std::optional<utc_time> parse_utc(std::string_view text) { return utc_reader{}.read(text); }

std::optional<year_month_day> parse_date(std::string_view text) {
  if (text.size() != 8) return std::nullopt;
  const int y = digits(text, 0, 4), m = digits(text, 4, 2), d = digits(text, 6, 2);
  if (y < 0 || m < 0 || d < 0) return std::nullopt;
  const year_month_day date{year{y}, month{static_cast<unsigned>(m)}, day{static_cast<unsigned>(d)}};
  return date.ok() ? std::optional{date} : std::nullopt;
}

std::optional<time_of_day> parse_time_of_day(std::string_view text) {
  if (text.size() < 8 || text[2] != ':' || text[5] != ':') return std::nullopt;
  const int h = digits(text, 0, 2), m = digits(text, 3, 2), s = digits(text, 6, 2);
  const bool is_leap_second = h == 23 && m == 59 && s == 60;
  if (h < 0 || m < 0 || s < 0 || h > 23 || m > 59 || (s > 59 && !is_leap_second)) return std::nullopt;
  const auto fraction = parse_fraction(text.substr(8));
  if (!fraction) return std::nullopt;
  return time_of_day{is_leap_second ? nanoseconds{hours{24}} : hours{h} + minutes{m} + seconds{s} + *fraction};
}

bool append_date(std::string& to, year_month_day date) {
  if (!date.ok() || date.year() < year{0} || date.year() > year{9999}) return false;
  std::array<char, 8> text;
  put_date(text.data(), date);
  to.append(text.data(), text.size());
  return true;
}

bool append_time_of_day(std::string& to, time_of_day time, utc_precision precision) {
  const auto since = time.since_midnight;
  if (since < nanoseconds{0} || since > hours{24}) return false;
  const bool is_leap_second = since == hours{24};
  const auto second = static_cast<std::uint64_t>(is_leap_second ? 86'399 : floor<seconds>(since).count());
  std::array<char, 18> text;
  put_time(text.data(), second / 3600, second / 60 % 60, second % 60 + (is_leap_second ? 1 : 0));
  const auto fraction = static_cast<std::uint64_t>((since % seconds{1}).count());
  to.append(text.data(), 8 + put_fraction(text.data() + 8, fraction, precision));
  return true;
}

void append_utc(std::string& to, utc_time time, utc_precision precision) { to += utc_text{}.at(time, precision); }

std::string_view utc_text::at(utc_time time, utc_precision precision) {
  const std::int64_t now = time.time_since_epoch().count();
  const std::int64_t tick = floor_div(now, tick_nanoseconds(precision));
  if (length_ == 0 || tick != tick_ || precision != precision_) {
    const std::int64_t second = floor_div(now, 1'000'000'000);
    if (length_ == 0 || second != second_) put_second(text_.data(), second);
    const auto fraction = static_cast<std::uint64_t>(now - second * 1'000'000'000);
    length_ = seconds_length + put_fraction(text_.data() + seconds_length, fraction, precision);
    tick_ = tick, second_ = second, precision_ = precision;
  }
  return {text_.data(), length_};
}

}  // namespace troupe::protocol
