#include "apps/decode/decoded.hpp"

#include "apps/decode/printable.hpp"
#include "protocol/mask.hpp"
#include "protocol/tags.hpp"

namespace troupe::decode {
namespace {

// RawData(96) is a secret in a Logon only; of a message without a type nobody knows. Lengths tell of what they measure.
bool is_secret(std::uint32_t tag, std::string_view msg_type) {
  const bool may_be_logon = msg_type.empty() || msg_type == "A";
  if (tag == 95 || tag == 96) return may_be_logon;
  return protocol::is_secret_tag(tag);
}

}  // namespace

std::string_view decoded_message::value(std::size_t field) const {
  const auto& f = fields()[field];
  if (!shows_secrets && !f.value.empty() && is_secret(f.tag, frame->find(protocol::tag::MsgType))) return "***";
  return f.value;
}

std::string_view decoded_message::name(std::size_t field) const {
  const auto* definition = places->fields()[field].definition;
  return definition == nullptr ? std::string_view{} : definition->name;
}

void append_place(std::string& into, const decoded_message& message) {
  into += message.input;
  into += ':';
  into += std::to_string(message.where->line);
  if (message.where->is_first) return;
  into += ':';
  into += std::to_string(message.where->column);
}

void append_meaning(std::string& into, const decoded_message& message, std::size_t field) {
  const auto* definition = message.places->fields()[field].definition;
  const auto value = message.fields()[field].value;
  if (definition == nullptr || value.empty()) return;
  if (definition->tag == protocol::tag::MsgType) {
    if (message.type != nullptr) into += message.type->name;
    return;
  }
  if (!definition->is_enumerated()) return;
  const bool is_multiple = is_multiple_type(definition->type);
  const std::size_t begin = into.size();
  for (std::size_t at = 0; at <= value.size();) {
    const auto end = is_multiple ? std::min(value.find(' ', at), value.size()) : value.size();
    if (const auto* found = definition->find_value(value.substr(at, end - at))) {
      if (into.size() > begin) into += ", ";
      into += found->name;
    }
    at = end + 1;
  }
}

}  // namespace troupe::decode
