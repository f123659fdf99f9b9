#include "apps/decode/placement.hpp"

#include "protocol/tags.hpp"

namespace troupe::decode {

using protocol::dictionary_scope;

const protocol::message_definition* find_message(std::string_view msg_type, const protocol::dictionaries& defined) {
  if (!defined || msg_type.empty()) return nullptr;
  const auto* found = defined.session->find_message(msg_type);
  return found == nullptr ? defined.application->find_message(msg_type) : found;
}

const protocol::field_definition* find_field(std::uint32_t tag, const protocol::dictionaries& defined) {
  if (!defined || tag == 0) return nullptr;
  const auto* found = defined.application->find_field(tag);
  return found == nullptr ? defined.session->find_field(tag) : found;
}

void placement::place(const frame_reader& message, const protocol::dictionaries& defined) {
  fields_.clear();
  open_.clear();
  header_ = defined ? &defined.session->header() : nullptr;
  trailer_ = defined ? &defined.session->trailer() : nullptr;
  const auto type = message.find(protocol::tag::MsgType);
  const auto* definition = find_message(type, defined);
  const protocol::dictionary* home = definition == nullptr ? nullptr : defined.session->find_message(type) == definition ? defined.session.get() : defined.application.get();
  const dictionary_scope* body = definition == nullptr ? nullptr : &home->scope(*definition);
  const auto& fields = message.fields();
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const std::uint32_t tag = fields[i].tag;
    placed_field placed{find_field(tag, defined)};
    if (tag != 0) leave_groups_for(tag, body);
    placed.depth = static_cast<std::uint16_t>(open_.size());
    if (!open_.empty()) {
      placed.begins_entry = tag == open_.back().delimiter;
      placed.entry = open_.back().entries += placed.begins_entry ? 1 : 0;
    }
    const protocol::dictionary* of = home;
    if (const auto group = tag == 0 ? 0 : group_of(tag, body, defined, of); group != 0 && i + 1 < fields.size()) {
      const auto& entries = of->scope(group);
      placed.is_group_count = entries.find(fields[i + 1].tag) != dictionary_scope::none;
      if (placed.is_group_count) open_.push_back({&entries, fields[i + 1].tag, 0});
    }
    fields_.push_back(placed);
  }
}

// A field that no scope knows stays where it is.
void placement::leave_groups_for(std::uint32_t tag, const dictionary_scope* body) {
  const auto has = [tag](const dictionary_scope* scope) { return scope != nullptr && scope->find(tag) != dictionary_scope::none; };
  for (std::size_t depth = open_.size(); depth > 0; --depth) {
    if (has(open_[depth - 1].scope)) {
      open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(depth), open_.end());
      return;
    }
  }
  if (has(body) || has(header_) || has(trailer_)) open_.clear();
}

std::uint32_t placement::group_of(std::uint32_t tag, const dictionary_scope* body, const protocol::dictionaries& defined, const protocol::dictionary*& of) const {
  const auto look = [tag](const dictionary_scope* scope) {
    const auto position = scope == nullptr ? dictionary_scope::none : scope->find(tag);
    return position == dictionary_scope::none ? nullptr : &scope->members()[position];
  };
  const auto* member = open_.empty() ? look(body) : look(open_.back().scope);
  if (member == nullptr && open_.empty()) {
    if ((member = look(header_)) != nullptr) of = defined.session.get();
  }
  return member == nullptr ? 0 : member->group;
}

}  // namespace troupe::decode
