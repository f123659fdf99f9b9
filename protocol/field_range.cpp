#include "protocol/field_range.hpp"

#include "protocol/group_view.hpp"
#include "protocol/number.hpp"
#include "protocol/utc.hpp"

namespace troupe::protocol {

std::optional<std::int64_t> field_range::find_int(std::uint32_t tag) const {
  const auto text = find(tag);
  return text ? parse_int(*text) : std::nullopt;
}

std::optional<seq_num> field_range::find_seq_num(std::uint32_t tag) const {
  const auto text = find(tag);
  const auto number = text ? parse_unsigned(*text) : std::nullopt;
  return number ? std::optional{seq_num{*number}} : std::nullopt;
}

std::optional<bool> field_range::find_bool(std::uint32_t tag) const {
  const auto text = find(tag);
  if (text == "Y") return true;
  if (text == "N") return false;
  return std::nullopt;
}

std::optional<utc_time> field_range::find_utc(std::uint32_t tag) const {
  const auto text = find(tag);
  return text ? parse_utc(*text) : std::nullopt;
}

std::optional<decimal> field_range::find_decimal(std::uint32_t tag) const {
  const auto text = find(tag);
  return text ? parse_decimal(*text) : std::nullopt;
}

std::optional<std::chrono::year_month_day> field_range::find_date(std::uint32_t tag) const {
  const auto text = find(tag);
  return text ? parse_date(*text) : std::nullopt;
}

std::optional<time_of_day> field_range::find_time_of_day(std::uint32_t tag) const {
  const auto text = find(tag);
  return text ? parse_time_of_day(*text) : std::nullopt;
}

std::optional<char> field_range::find_char(std::uint32_t tag) const {
  const auto text = find(tag);
  return text && text->size() == 1 ? std::optional{text->front()} : std::nullopt;
}

group_view field_range::group(std::uint32_t count_tag, std::span<const std::uint32_t> members, std::span<const std::uint32_t> known) const {
  const field_ref* const count = find_field(count_tag);
  if (!count) return {};
  const auto claimed = parse_unsigned(value(*count));
  const auto behind = static_cast<std::size_t>(count - fields_.data()) + 1;
  return {frame_, fields_.subspan(behind), static_cast<std::size_t>(claimed.value_or(0)), members, known};
}

}  // namespace troupe::protocol
