#include "protocol/message_builder.hpp"

#include "protocol/field_text.hpp"
#include "protocol/number.hpp"
#include "protocol/outgoing_tags.hpp"
#include "protocol/tags.hpp"

#include <cassert>
#include <utility>

namespace troupe::protocol {
namespace {

constexpr std::int32_t furthest_exponent = 40;
// Most messages need no more: one allocation.
constexpr std::size_t usual_body = 384;

void append_field(std::string& to, std::uint32_t tag, std::string_view value) {
  append_unsigned(to, tag);
  to.append(1, '=').append(value).append(1, soh);
}

}  // namespace

std::string_view to_string(build_problem problem) {
  switch (problem) {
    case build_problem::no_msg_type:
      return "no MsgType";
    case build_problem::stamped_by_session:
      return "stamped by the session";
    case build_problem::trailer:
      return "belongs to the trailer";
    case build_problem::invalid_tag:
      return "not a valid tag number";
    case build_problem::empty_value:
      return "no value";
    case build_problem::soh_in_value:
      return "SOH in a value that is no data field";
    case build_problem::bad_number:
      return "a number too long to be written";
    case build_problem::bad_time:
      return "no such day or time of day";
    case build_problem::no_data_field:
      return "a data field goes with its length field, through data()";
    case build_problem::delimiter:
      return "an entry that does not begin with the group's first field";
    case build_problem::not_innermost:
      return "a group within is still open";
    case build_problem::header_in_group:
      return "a header field in a group";
  }
  return "unknown";
}

std::string to_string(const build_error& error) { return std::to_string(error.tag) + ": " + std::string{to_string(error.problem)}; }

// ---------------------------------------------------------------- message

message_builder& message_builder::data(std::uint32_t length_tag, std::uint32_t data_tag, std::string_view bytes) {
  if (is_innermost(nullptr, length_tag)) write_data(length_tag, data_tag, bytes);
  return *this;
}

group_builder message_builder::group(std::uint32_t count_tag, std::uint32_t delimiter) {
  if (!is_innermost(nullptr, count_tag)) assert(error_);
  return {*this, count_tag, delimiter};
}

build_result message_builder::build() {
  assert(innermost_ == nullptr);
  if (error_) return {{}, error_};
  return {std::move(message_), std::nullopt};
}

void message_builder::restart(std::string_view msg_type) {
  assert(innermost_ == nullptr);
  message_.msg_type = msg_type;
  message_.header.clear();
  message_.body.clear();
  message_.body.reserve(usual_body);
  error_.reset();
  if (msg_type.empty() || msg_type.find(soh) != std::string_view::npos) fail(tag::MsgType, build_problem::no_msg_type);
}

void message_builder::write(std::uint32_t tag, std::string_view value) {
  if (!may_write(tag)) return;
  if (is_data_tag(tag) || is_length_tag(tag)) return fail(tag, build_problem::no_data_field);
  if (value.empty()) return fail(tag, build_problem::empty_value);
  if (value.find(soh) != std::string_view::npos) return fail(tag, build_problem::soh_in_value);
  put(tag, value);
}

void message_builder::write(std::uint32_t tag, const decimal& value) {
  if (value.exponent > furthest_exponent || value.exponent < -furthest_exponent) return fail(tag, build_problem::bad_number);
  scratch_.clear();
  append_decimal(scratch_, value);
  write(tag, std::string_view{scratch_});
}

void message_builder::write(std::uint32_t tag, utc_time value, utc_precision precision) {
  utc_text text;
  write(tag, text.at(value, precision));
}

void message_builder::write(std::uint32_t tag, std::chrono::year_month_day value) {
  scratch_.clear();
  append_date(scratch_, value) ? write(tag, std::string_view{scratch_}) : fail(tag, build_problem::bad_time);
}

void message_builder::write(std::uint32_t tag, time_of_day value, utc_precision precision) {
  scratch_.clear();
  append_time_of_day(scratch_, value, precision) ? write(tag, std::string_view{scratch_}) : fail(tag, build_problem::bad_time);
}

void message_builder::write_unsigned(std::uint32_t tag, std::uint64_t value) {
  scratch_.clear();
  append_unsigned(scratch_, value);
  write(tag, std::string_view{scratch_});
}

void message_builder::write_data(std::uint32_t length_tag, std::uint32_t data_tag, std::string_view bytes) {
  if (!may_write(length_tag) || !may_write(data_tag)) return;
  if (!may_be_data_pair(length_tag, data_tag)) return fail(data_tag, build_problem::no_data_field);
  if (bytes.empty()) return fail(data_tag, build_problem::empty_value);
  std::string in_header;
  std::string& to = is_header_tag(length_tag) ? in_header : message_.body;
  scratch_.clear();
  append_unsigned(scratch_, bytes.size());
  append_field(to, length_tag, scratch_);
  append_field(to, data_tag, bytes);
  if (!in_header.empty()) put_header(length_tag, in_header);
}

bool message_builder::is_innermost(const group_builder* writer, std::uint32_t tag) {
  if (innermost_ == writer) return true;
  fail(tag, build_problem::not_innermost);
  return false;
}

bool message_builder::may_write(std::uint32_t tag) {
  if (error_) return false;
  if (tag == 0 || tag > max_tag) fail(tag, build_problem::invalid_tag);
  else if (is_stamped_tag(tag)) fail(tag, build_problem::stamped_by_session);
  else if (is_trailer_tag(tag)) fail(tag, build_problem::trailer);
  return !error_;
}

void message_builder::put(std::uint32_t tag, std::string_view value) {
  if (!is_header_tag(tag) || innermost_ != nullptr) return append_field(message_.body, tag, value);
  std::string field;
  append_field(field, tag, value);
  put_header(tag, field);
}

// Behind all header fields with a smaller or the same tag.
void message_builder::put_header(std::uint32_t tag, std::string_view field) {
  std::size_t at = message_.header.size();
  std::size_t begin = 0;
  for (field_walk walk{message_.header}; walk.next(); begin = walk.end())
    if (walk.tag() > tag) {
      at = begin;
      break;
    }
  message_.header.insert(at, field);
}

// The group of NoHops(627) is written where all groups are, and belongs elsewhere.
void message_builder::move_to_header(std::size_t begin, std::uint32_t tag) {
  const std::string group = message_.body.substr(begin);
  message_.body.resize(begin);
  put_header(tag, group);
}

void message_builder::fail(std::uint32_t tag, build_problem problem) {
  if (!error_) error_ = build_error{tag, problem};
}

// ---------------------------------------------------------------- group

group_builder::group_builder(message_builder& message, std::uint32_t count_tag, std::uint32_t delimiter)
    : message_(message), outer_(message.innermost_), count_tag_(count_tag), is_header_(is_header_tag(count_tag)), delimiter_(delimiter) {
  message_.innermost_ = this;
  if (message_.may_write(count_tag) && is_header_ && (outer_ != nullptr || count_tag != tag::NoHops)) message_.fail(count_tag, build_problem::header_in_group);
  begin_ = message_.message_.body.size();
}

group_builder::~group_builder() { close(); }

group_builder& group_builder::entry() {
  if (!message_.is_innermost(this, count_tag_)) return *this;
  end_entry();
  ++entries_;
  entry_begin_ = message_.message_.body.size();
  return *this;
}

group_builder& group_builder::data(std::uint32_t length_tag, std::uint32_t data_tag, std::string_view bytes) {
  if (may_write(length_tag)) message_.write_data(length_tag, data_tag, bytes);
  return *this;
}

group_builder group_builder::group(std::uint32_t count_tag, std::uint32_t delimiter) {
  if (!may_write(count_tag)) assert(message_.error_);
  return {message_, count_tag, delimiter};
}

bool group_builder::may_write(std::uint32_t tag) {
  if (!message_.is_innermost(this, tag)) return false;
  if (is_header_tag(tag) != is_header_) message_.fail(tag, build_problem::header_in_group);
  else if (entries_ == 0) message_.fail(tag, build_problem::delimiter);
  else if (is_at_entry_start() && delimiter_ != 0 && tag != delimiter_) message_.fail(tag, build_problem::delimiter);
  if (is_at_entry_start()) delimiter_ = tag;
  return !message_.error_;
}

bool group_builder::is_at_entry_start() const { return message_.message_.body.size() == entry_begin_; }

void group_builder::end_entry() {
  if (entries_ > 0 && is_at_entry_start()) message_.fail(count_tag_, build_problem::delimiter);
}

void group_builder::close() {
  assert(message_.innermost_ == this);
  message_.innermost_ = outer_;
  end_entry();
  if (message_.error_ || entries_ == 0) return;
  std::string& count = message_.scratch_;
  count.clear();
  append_unsigned(count, count_tag_);
  append_unsigned(count.append(1, '='), entries_);
  message_.message_.body.insert(begin_, count.append(1, soh));
  if (is_header_) message_.move_to_header(begin_, count_tag_);
}

}  // namespace troupe::protocol
