#include "protocol/message.hpp"

#include "protocol/field_text.hpp"
#include "protocol/outgoing_tags.hpp"
#include "protocol/tags.hpp"

#include <algorithm>
#include <utility>

namespace troupe::protocol {
namespace {

constexpr auto nowhere = static_cast<std::size_t>(-1);

bool is_recomputed(std::uint32_t tag) { return tag == tag::BodyLength || tag == tag::CheckSum; }

bool is_not_ours(std::uint32_t tag) { return is_stamped_tag(tag) || is_trailer_tag(tag); }

[[noreturn]] void refuse(std::uint32_t tag, build_problem problem) { throw message_error{{tag, problem}}; }

void check_tag(std::uint32_t tag) {
  if (tag == 0 || tag > max_tag) refuse(tag, build_problem::invalid_tag);
  if (is_recomputed(tag)) refuse(tag, build_problem::stamped_by_session);
}

void check_value(std::uint32_t tag, std::string_view value) {
  if (value.empty()) refuse(tag, build_problem::empty_value);
  if (value.find(soh) != std::string_view::npos) refuse(tag, build_problem::soh_in_value);
}

}  // namespace

std::string value_text(const decimal& value) {
  if (value.exponent > 63 || value.exponent < -63) refuse(0, build_problem::bad_number);
  std::string text;
  append_decimal(text, value);
  return text;
}

std::string value_text(utc_time value, utc_precision precision) {
  std::string text;
  append_utc(text, value, precision);
  return text;
}

std::string value_text(std::chrono::year_month_day value) {
  std::string text;
  (void)append_date(text, value);  // an empty one is refused where it is written
  return text;
}

std::string value_text(time_of_day value, utc_precision precision) {
  std::string text;
  (void)append_time_of_day(text, value, precision);
  return text;
}

message::message(std::string_view msg_type, std::shared_ptr<const dictionary> defined) : defined_(std::move(defined)) {
  check_value(tag::MsgType, msg_type);
  insert(0, tag::MsgType, msg_type);
}

message::message(const message_view& from, std::shared_ptr<const dictionary> defined) : defined_(std::move(defined)) {
  bytes_.reserve(from.frame().size());
  fields_.reserve(from.fields().size());
  for (const auto& f : from.fields()) {
    if (is_recomputed(f.tag)) continue;
    bytes_.append(from.tag_text(f)).append(1, '=');
    fields_.push_back({f.tag, static_cast<std::uint32_t>(bytes_.size()), f.length, f.kinds});
    bytes_.append(from.value(f)).append(1, soh);
  }
}

// ---------------------------------------------------------------- where things are

message::part message::find_part(const path& where) const {
  part here{0, fields_.size(), nullptr};
  if (defined_)
    if (const auto* d = defined_->find_message(msg_type())) here.scope = &defined_->scope(*d);
  for (const auto& s : where) {
    const auto* scope = group_scope(here, s.count_tag);
    const auto group = group_in(here, s.count_tag);
    if (s.index >= group.size()) throw std::out_of_range{"group " + std::to_string(s.count_tag) + " has no entry " + std::to_string(s.index)};
    const auto entry = group[s.index].fields();
    const auto begin = static_cast<std::size_t>(entry.data() - fields_.data());
    here = {begin, begin + entry.size(), scope};
  }
  return here;
}

const dictionary_scope* message::group_scope(const part& around, std::uint32_t count_tag) const {
  if (!defined_) return nullptr;
  for (const auto* scope : {around.scope, around.begin == 0 ? &defined_->header() : nullptr}) {
    const auto at = scope == nullptr ? dictionary_scope::none : scope->find(count_tag);
    if (at != dictionary_scope::none && scope->members()[at].group != 0) return &defined_->scope(scope->members()[at].group);
  }
  return nullptr;
}

group_view message::group_in(const part& around, std::uint32_t count_tag) const {
  const auto* scope = group_scope(around, count_tag);
  const field_range range{bytes_, std::span{fields_}.subspan(around.begin, around.end - around.begin)};
  return scope == nullptr ? range.group(count_tag) : range.group(count_tag, scope->all_tags(), defined_->known_tags());
}

message::part message::group_part(const part& around, std::uint32_t count_tag) const {
  const std::size_t count = find_in(around, count_tag);
  return {count + 1, count + 1 + group_in(around, count_tag).fields().size(), group_scope(around, count_tag)};
}

std::size_t message::find_in(const part& where, std::uint32_t tag) const {
  for (std::size_t i = where.begin; i < where.end; ++i)
    if (fields_[i].tag == tag) return i;
  return nowhere;
}

// Of a data field, as the standard and the dictionary know it; 0: it is none.
std::uint32_t message::length_tag_of(std::uint32_t tag) const {
  return protocol::length_tag_of(tag, defined_ ? defined_->own_data_fields() : std::span<const data_field>{});
}

std::size_t message::header_end() const {
  std::size_t end = 0;
  const auto is_header = [&](std::uint32_t tag) {
    return is_header_tag(tag) || (defined_ && defined_->header().find(tag) != dictionary_scope::none);
  };
  while (end < fields_.size() && is_header(fields_[end].tag)) ++end;
  return end;
}

// In front of the first field that the dictionary puts behind it; without one behind all of its kind.
std::size_t message::place_for(const part& where, std::uint32_t tag) const {
  if (where.begin == 0 && is_header_tag(tag)) return header_end();
  std::size_t end = where.end;
  while (end > where.begin && is_trailer_tag(fields_[end - 1].tag)) --end;
  const std::size_t own = where.scope == nullptr ? dictionary_scope::none : where.scope->find(tag);
  if (own == dictionary_scope::none) return end;
  for (std::size_t i = where.begin == 0 ? header_end() : where.begin; i < end; ++i) {
    const auto other = where.scope->find(fields_[i].tag);
    if (other != dictionary_scope::none && other > own) return i;
  }
  return end;
}

group_view message::group(std::uint32_t count_tag) const { return group_in(find_part({}), count_tag); }

// ---------------------------------------------------------------- changes

message& message::put(std::uint32_t tag, std::string value) {
  put_in({}, tag, std::move(value));
  return *this;
}

void message::put_in(const path& where, std::uint32_t tag, std::string value) {
  check_tag(tag);
  check_value(tag, value);
  if (is_data_tag(tag) || is_length_tag(tag)) refuse(tag, build_problem::no_data_field);
  const part here = find_part(where);
  const std::size_t at = find_in(here, tag);
  if (group_scope(here, tag) != nullptr && (value != "0" || (at != nowhere && !group_in(here, tag).empty()))) refuse(tag, build_problem::delimiter);
  if (at != nowhere) return replace(at, value);
  insert(place_for(here, tag), tag, value);
}

message& message::set_data(std::uint32_t length_tag, std::uint32_t data_tag, std::string_view bytes) {
  put_data_in({}, length_tag, data_tag, bytes);
  return *this;
}

void message::put_data_in(const path& where, std::uint32_t length_tag, std::uint32_t data_tag, std::string_view bytes) {
  check_tag(length_tag);
  check_tag(data_tag);
  if (!may_be_data_pair(length_tag, data_tag)) refuse(data_tag, build_problem::no_data_field);
  if (bytes.empty()) refuse(data_tag, build_problem::empty_value);
  const std::string copy{bytes};  // they may be ours
  remove_in(where, data_tag);
  remove_in(where, length_tag);
  const std::size_t at = place_for(find_part(where), length_tag);
  insert(at, length_tag, std::to_string(copy.size()));
  insert(at + 1, data_tag, copy);
}

bool message::remove(std::uint32_t tag) { return remove_in({}, tag); }

bool message::remove_in(const path& where, std::uint32_t tag) {
  const part here = find_part(where);
  const std::size_t at = find_in(here, tag);
  if (at == nowhere || tag == tag::MsgType) return false;
  if (!where.empty() && at == here.begin) refuse(tag, build_problem::delimiter);
  const auto is_data_of = [&](std::size_t length) { return length + 1 < here.end && fields_[length].tag != 0 && length_tag_of(fields_[length + 1].tag) == fields_[length].tag; };
  const std::size_t begin = at > here.begin && is_data_of(at - 1) ? at - 1 : at;
  const bool is_group = group_scope(here, tag) != nullptr || may_be_group_count(tag);
  erase(begin, is_group && begin == at ? group_part(here, tag).end : is_data_of(begin) ? begin + 2 : at + 1);
  return true;
}

void message::add_entry_in(path& where, std::uint32_t count_tag, std::uint32_t delimiter, std::string value) {
  check_tag(count_tag);
  check_tag(delimiter);
  check_value(delimiter, value);
  const part here = find_part(where);
  const auto* scope = group_scope(here, count_tag);
  const auto entries = group_in(here, count_tag);
  const auto first = entries.empty() ? (scope == nullptr ? delimiter : scope->members().front().tag) : entries.fields().front().tag;
  if (first != delimiter) refuse(delimiter, build_problem::delimiter);
  const std::size_t index = entries.size();
  if (find_in(here, count_tag) == nowhere) insert(place_for(here, count_tag), count_tag, "0");
  const part old = group_part(find_part(where), count_tag);
  replace(old.begin - 1, std::to_string(index + 1));
  insert(old.end, delimiter, value);
  where.push_back({count_tag, index});
}

bool message::remove_entry(std::uint32_t count_tag, std::size_t index) { return remove_entry_in({}, count_tag, index); }

bool message::remove_entry_in(const path& where, std::uint32_t count_tag, std::size_t index) {
  const auto entries = group_in(find_part(where), count_tag);
  if (index >= entries.size()) return false;
  const std::size_t left = entries.size() - 1;
  auto entry_at = where;
  entry_at.push_back({count_tag, index});
  const part entry = find_part(entry_at);
  erase(entry.begin, entry.end);
  const std::size_t count = find_in(find_part(where), count_tag);
  if (left == 0)
    erase(count, count + 1);
  else
    replace(count, std::to_string(left));
  return true;
}

message_entry message::entry(std::uint32_t count_tag, std::size_t index) {
  path where{{count_tag, index}};
  (void)find_part(where);
  return {*this, std::move(where)};
}

outgoing_message message::outgoing() const {
  outgoing_message out{.msg_type = std::string{msg_type()}, .header = {}, .body = {}};
  const std::size_t body = header_end();
  std::vector<std::size_t> header;  // ascending, the group of NoHops(627) in one piece
  for (std::size_t i = 0; i < body; ++i)
    if (!is_not_ours(fields_[i].tag)) header.push_back(i);
  const auto rank = [&](std::size_t i) { return fields_[i].tag >= tag::NoHops && fields_[i].tag <= tag::HopRefID ? tag::NoHops : fields_[i].tag; };
  std::stable_sort(header.begin(), header.end(), [&](std::size_t a, std::size_t b) { return rank(a) < rank(b); });
  const auto bytes = [&](std::size_t i) { return std::string_view{bytes_}.substr(start_of(i), fields_[i].offset + fields_[i].length + 1 - start_of(i)); };
  for (const auto i : header) out.header += bytes(i);
  for (std::size_t i = body; i < fields_.size(); ++i)
    if (!is_not_ours(fields_[i].tag)) out.body += bytes(i);
  return out;
}

// ---------------------------------------------------------------- bytes

std::size_t message::start_of(std::size_t field) const {
  return field == 0 ? 0 : std::size_t{fields_[field - 1].offset} + fields_[field - 1].length + 1;
}

void message::move_behind(std::size_t from, std::ptrdiff_t by) {
  for (std::size_t i = from; i < fields_.size(); ++i) fields_[i].offset = static_cast<std::uint32_t>(static_cast<std::ptrdiff_t>(fields_[i].offset) + by);
}

void message::insert(std::size_t at, std::uint32_t tag, std::string_view value) {
  const std::size_t start = start_of(at);
  std::string text = std::to_string(tag) + '=';
  const auto offset = static_cast<std::uint32_t>(start + text.size());
  text.append(value).append(1, soh);
  bytes_.insert(start, text);
  move_behind(at, static_cast<std::ptrdiff_t>(text.size()));
  fields_.insert(fields_.begin() + static_cast<std::ptrdiff_t>(at), {tag, offset, static_cast<std::uint32_t>(value.size()), kinds_of(tag)});
}

void message::replace(std::size_t at, std::string_view value) {
  auto& field = fields_[at];
  const auto by = static_cast<std::ptrdiff_t>(value.size()) - static_cast<std::ptrdiff_t>(field.length);
  bytes_.replace(field.offset, field.length, value);
  field.length = static_cast<std::uint32_t>(value.size());
  move_behind(at + 1, by);
}

void message::erase(std::size_t begin, std::size_t end) {
  const std::size_t from = start_of(begin), to = start_of(end);
  bytes_.erase(from, to - from);
  fields_.erase(fields_.begin() + static_cast<std::ptrdiff_t>(begin), fields_.begin() + static_cast<std::ptrdiff_t>(end));
  move_behind(begin, -static_cast<std::ptrdiff_t>(to - from));
}

// ---------------------------------------------------------------- entries

field_range message_entry::range() const {
  const auto here = message_->find_part(where_);
  return {message_->bytes_, std::span{message_->fields_}.subspan(here.begin, here.end - here.begin)};
}

group_view message_entry::group(std::uint32_t count_tag) const { return message_->group_in(message_->find_part(where_), count_tag); }

message_entry& message_entry::set_data(std::uint32_t length_tag, std::uint32_t data_tag, std::string_view bytes) {
  message_->put_data_in(where_, length_tag, data_tag, bytes);
  return *this;
}

message_entry message_entry::entry(std::uint32_t count_tag, std::size_t index) const {
  auto where = where_;
  where.push_back({count_tag, index});
  (void)message_->find_part(where);
  return {*message_, std::move(where)};
}

}  // namespace troupe::protocol
