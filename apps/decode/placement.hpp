// Where each field of a message stands by its dictionary: in which entry of which group, and what it is called.
#pragma once

#include "apps/decode/frame_reader.hpp"
#include "protocol/validate.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace troupe::decode {

struct placed_field {
  const protocol::field_definition* definition = nullptr;  // none: the dictionary does not know the tag
  std::uint16_t depth = 0;     // groups around it
  std::uint32_t entry = 0;     // of the innermost group, from 1
  bool begins_entry = false;
  bool is_group_count = false; // entries follow, one deeper
};

// One for many messages. Lenient: what is out of place goes where it does the least harm; validation says what is wrong.
class placement {
 public:
  void place(const frame_reader& message, const protocol::dictionaries& defined);
  [[nodiscard]] const std::vector<placed_field>& fields() const { return fields_; }

 private:
  struct open_group {
    const protocol::dictionary_scope* scope;
    std::uint32_t delimiter;
    std::uint32_t entries;
  };
  void leave_groups_for(std::uint32_t tag, const protocol::dictionary_scope* body);
  [[nodiscard]] std::uint32_t group_of(std::uint32_t tag, const protocol::dictionary_scope* body, const protocol::dictionaries& defined, const protocol::dictionary*& of) const;

  std::vector<placed_field> fields_;
  std::vector<open_group> open_;
  const protocol::dictionary_scope* header_ = nullptr;
  const protocol::dictionary_scope* trailer_ = nullptr;
};

// MsgType(35) by name; null if it is none of these.
[[nodiscard]] const protocol::message_definition* find_message(std::string_view msg_type, const protocol::dictionaries& defined);
[[nodiscard]] const protocol::field_definition* find_field(std::uint32_t tag, const protocol::dictionaries& defined);

}  // namespace troupe::decode
