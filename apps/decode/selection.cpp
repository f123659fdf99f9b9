#include "apps/decode/selection.hpp"

#include "protocol/field_text.hpp"
#include "protocol/number.hpp"
#include "protocol/tags.hpp"

#include <algorithm>

namespace troupe::decode {

std::optional<std::uint32_t> read_tag(std::string_view text, const find_tag_by_name& find) {
  const bool is_number = !text.empty() && std::all_of(text.begin(), text.end(), protocol::is_digit);
  if (!is_number) return text.empty() ? std::nullopt : find(text);
  const auto number = protocol::parse_unsigned(text);
  return number && *number > 0 && *number <= protocol::max_tag ? std::optional{static_cast<std::uint32_t>(*number)} : std::nullopt;
}

bool matches_pattern(std::string_view text, std::string_view pattern) {
  std::size_t at = 0, p = 0, star = pattern.npos, retry = 0;
  while (at < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      retry = at;
    } else if (p < pattern.size() && pattern[p] == text[at]) {
      ++p, ++at;
    } else if (star != pattern.npos) {
      p = star + 1;
      at = ++retry;
    } else {
      return false;
    }
  }
  return std::all_of(pattern.begin() + static_cast<std::ptrdiff_t>(p), pattern.end(), [](char c) { return c == '*'; });
}

std::optional<condition> condition::read(std::string_view text, const find_tag_by_name& find, std::string& why) {
  const std::size_t equals = text.find('=');
  condition made;
  made.is_negative_ = equals != text.npos && equals > 0 && text[equals - 1] == '!';
  const auto name = text.substr(0, equals == text.npos ? text.size() : equals - (made.is_negative_ ? 1 : 0));
  const auto tag = read_tag(name, find);
  if (!tag) {
    why = "'" + std::string{name} + "' is neither a tag nor the name of a field; expected TAG, TAG=VALUE or TAG!=VALUE, e.g. 35=8 or Side=BUY";
    return std::nullopt;
  }
  made.tag_ = *tag;
  for (std::size_t at = equals; at != text.npos;) {
    const std::size_t comma = text.find(',', at + 1);
    made.patterns_.emplace_back(text.substr(at + 1, comma == text.npos ? comma : comma - at - 1));
    at = comma;
  }
  return made;
}

bool condition::holds(const decoded_message& message) const { return is_there(message) != is_negative_; }

bool condition::is_there(const decoded_message& message) const {
  for (std::size_t i = 0; i < message.fields().size(); ++i)
    if (message.fields()[i].tag == tag_ && (patterns_.empty() || matches(message, i))) return true;
  return false;
}

bool condition::matches(const decoded_message& message, std::size_t field) const {
  const auto value = message.fields()[field].value;
  const auto has = [&](std::string_view text) {
    return std::any_of(patterns_.begin(), patterns_.end(), [text](const auto& p) { return matches_pattern(text, p); });
  };
  if (has(value)) return true;
  const auto* definition = message.places->fields()[field].definition;
  if (tag_ == protocol::tag::MsgType) return message.type != nullptr && has(message.type->name);
  if (definition == nullptr || !definition->is_enumerated()) return false;
  for (std::size_t at = 0; at <= value.size();) {  // the words of a multiple value
    const auto end = is_multiple_type(definition->type) ? std::min(value.find(' ', at), value.size()) : value.size();
    const auto* found = definition->find_value(value.substr(at, end - at));
    if (found != nullptr && (has(found->name) || has(found->value))) return true;
    at = end + 1;
  }
  return false;
}

}  // namespace troupe::decode
