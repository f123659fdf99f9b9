// What one version of FIX, or one counterparty, defines: fields, messages, groups; compiled into flat tables.
//
// A *scope* is a run of fields that belong together: a message's body, the header, the trailer, one entry of a repeating
// group. Components are dissolved into the scopes that use them. Each member of a scope has a position, its place in the
// definition's order.
//
// Immutable once made, so that any number of threads may use one; share it by `std::shared_ptr<const dictionary>`. All
// references and views that it gives live as long as it does. Looking up takes no string hashing: fields are found by an
// array, members by a small table of their scope, message types by their bytes as a number.
#pragma once

#include "protocol/dictionary_model.hpp"
#include "protocol/field_type.hpp"
#include "protocol/tags.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::protocol {

struct value_definition {
  std::string value;  // "1"
  std::string name;   // "BUY"
};

struct field_definition {
  std::uint32_t tag = 0;
  field_type type = field_type::String;
  bool allows_other_values = false;      // the enumeration is open
  std::uint32_t length_tag = 0;          // of a data field: the field that says how long it is
  std::uint32_t data_tag = 0;            // of such a length field, from FIX 4.3 on: the data field that must follow it
  std::string name;
  std::vector<value_definition> values;  // ascending by value; empty if not enumerated
  std::array<std::uint64_t, 2> short_values{};  // which single ASCII characters are values, one bit each

  [[nodiscard]] bool is_enumerated() const { return !values.empty(); }
  [[nodiscard]] bool has_value(std::string_view value) const {
    if (value.size() != 1) return find_value(value) != nullptr;
    const auto c = static_cast<unsigned char>(value[0]);
    return c < 128 && (short_values[c / 64] >> (c % 64) & 1) != 0;
  }
  [[nodiscard]] const value_definition* find_value(std::string_view value) const;
};

struct scope_member {
  std::uint32_t tag = 0;
  std::uint32_t group = 0;  // number of the scope of its entries, if it is a NumInGroup field; else 0
  std::uint16_t field = 0;  // index of its definition
  bool is_required = false;
};

// Fields of an optional component: if one of them is there, the component is, and with it what it requires.
struct optional_block {
  std::uint16_t begin = 0;  // positions
  std::uint16_t end = 0;
  std::vector<std::uint16_t> required;
};

class dictionary_scope {
 public:
  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  [[nodiscard]] std::span<const scope_member> members() const { return members_; }
  // The position of a tag, or none.
  [[nodiscard]] std::size_t find(std::uint32_t tag) const {
    for (std::size_t at = slot_of(tag);; at = (at + 1) & (slots_.size() - 1)) {
      if (slots_[at].tag == 0) return none;  // a free one; nor is 0 a tag
      if (slots_[at].tag == tag) return slots_[at].position;
    }
  }
  // Bits of the required positions, 64 a word.
  [[nodiscard]] std::span<const std::uint64_t> required() const { return required_; }
  [[nodiscard]] std::span<const optional_block> optional_blocks() const { return blocks_; }
  // Of a group: the tags of its entries, those of nested groups included, ascending. For group_view.
  [[nodiscard]] std::span<const std::uint32_t> all_tags() const { return all_tags_; }

 private:
  friend class dictionary_compiler;
  struct slot {
    std::uint32_t tag = 0;
    std::uint32_t position = 0;
  };
  [[nodiscard]] std::size_t slot_of(std::uint32_t tag) const { return (tag * 0x9E3779B1U) >> shift_; }

  std::vector<scope_member> members_;
  std::vector<slot> slots_;  // a power of two, at least half of it free
  unsigned shift_ = 31;
  std::vector<std::uint64_t> required_;
  std::vector<optional_block> blocks_;
  std::vector<std::uint32_t> all_tags_;
};

struct message_definition {
  std::string name;      // "NewOrderSingle"
  std::string msg_type;  // "D"
  bool is_admin = false;
  std::uint32_t scope = 0;
};

class dictionary {
 public:
  // What is bounded when a dictionary is made; more is an error of the dictionary.
  static constexpr std::size_t max_fields = 65'535;
  static constexpr std::size_t max_members = 4'096;      // of one scope
  static constexpr std::size_t max_all_members = 1'000'000;
  static constexpr std::size_t max_depth = 16;           // of groups in groups, and of components in components
  static constexpr std::size_t max_problems = 100;       // errors told, and as many warnings

  // "FIX.4.4", "FIXT.1.1", "FIX.5.0SP2"
  [[nodiscard]] const std::string& version() const { return version_; }

  [[nodiscard]] const field_definition* find_field(std::uint32_t tag) const {
    const std::size_t at = tag < low_tags_.size() ? low_tags_[tag] : find_high(tag);
    return at == no_field ? nullptr : &fields_[at];
  }
  [[nodiscard]] const field_definition* find_field(std::string_view name) const;  // slow: for people, not for messages
  [[nodiscard]] const field_definition& field(const scope_member& member) const { return fields_[member.field]; }
  [[nodiscard]] const message_definition* find_message(std::string_view msg_type) const;

  [[nodiscard]] const dictionary_scope& scope(std::uint32_t number) const { return scopes_[number]; }
  [[nodiscard]] const dictionary_scope& scope(const message_definition& message) const { return scopes_[message.scope]; }
  [[nodiscard]] const dictionary_scope& header() const { return scopes_[header_scope]; }
  [[nodiscard]] const dictionary_scope& trailer() const { return scopes_[trailer_scope]; }

  // Data fields that the standard does not have: for message_view::assign.
  [[nodiscard]] std::span<const data_field> own_data_fields() const { return own_data_; }

  // Ascending by tag; in the order of the definition.
  [[nodiscard]] std::span<const field_definition> fields() const { return fields_; }
  // Tags of all fields, ascending.
  [[nodiscard]] std::span<const std::uint32_t> known_tags() const { return known_tags_; }
  [[nodiscard]] std::span<const message_definition> messages() const { return messages_; }

 private:
  friend class dictionary_compiler;
  static constexpr std::uint16_t no_field = 65'535;
  static constexpr std::uint32_t header_scope = 1, trailer_scope = 2;  // 0 is no scope
  [[nodiscard]] std::size_t find_high(std::uint32_t tag) const;

  std::string version_;
  std::vector<field_definition> fields_;
  std::vector<std::uint16_t> low_tags_;  // by tag: index of the field, or no_field
  std::vector<message_definition> messages_;
  std::vector<std::pair<std::uint64_t, std::uint16_t>> types_;  // MsgType of at most 8 bytes as a number; ascending
  std::vector<dictionary_scope> scopes_;
  std::vector<data_field> own_data_;
  std::vector<std::uint32_t> known_tags_;
};

struct compiled_dictionary {
  std::shared_ptr<const dictionary> made;    // empty if a problem is fatal
  std::vector<dictionary_problem> problems;      // in the order of lines
};

// Resolves names, dissolves components, builds the tables. Never throws for what the model says.
[[nodiscard]] compiled_dictionary compile_dictionary(const dictionary_model& model);

// Reads the QuickFIX XML schema: the format that counterparties hand out. `xml` at most 64 MiB. Problems carry lines.
[[nodiscard]] compiled_dictionary read_dictionary(std::string_view xml);

}  // namespace troupe::protocol
