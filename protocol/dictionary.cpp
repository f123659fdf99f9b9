#include "protocol/dictionary.hpp"

#include "protocol/msg_type_key.hpp"

#include <algorithm>

namespace troupe::protocol {

const value_definition* field_definition::find_value(std::string_view value) const {
  const auto found = std::lower_bound(values.begin(), values.end(), value, [](const value_definition& v, std::string_view wanted) { return v.value < wanted; });
  return found != values.end() && found->value == value ? &*found : nullptr;
}

const field_definition* dictionary::find_field(std::string_view name) const {
  const auto found = std::find_if(fields_.begin(), fields_.end(), [&](const field_definition& f) { return f.name == name; });
  return found == fields_.end() ? nullptr : &*found;
}

const message_definition* dictionary::find_message(std::string_view msg_type) const {
  const auto key = msg_type_key(msg_type);
  if (key == 0) return nullptr;
  const auto found = std::lower_bound(types_.begin(), types_.end(), key, [](const auto& t, std::uint64_t wanted) { return t.first < wanted; });
  return found != types_.end() && found->first == key ? &messages_[found->second] : nullptr;
}

std::size_t dictionary::find_high(std::uint32_t tag) const {
  const auto found = std::lower_bound(fields_.begin(), fields_.end(), tag, [](const field_definition& f, std::uint32_t wanted) { return f.tag < wanted; });
  return found != fields_.end() && found->tag == tag ? static_cast<std::size_t>(found - fields_.begin()) : no_field;
}

std::string to_string(const dictionary_problem& problem, const std::string& file) {
  return file + ":" + (problem.line == 0 ? "" : std::to_string(problem.line) + ":") + " " + (problem.is_fatal ? "" : "warning: ") + problem.text;
}

}  // namespace troupe::protocol
