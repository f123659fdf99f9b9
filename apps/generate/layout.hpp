// What is to be generated from a dictionary: which messages, groups and enumerations, what they are called and of what
// type their fields are. Everything is decided here; the writers only spell it out.
#pragma once

#include "apps/generate/field_kind.hpp"
#include "protocol/dictionary.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace troupe::generate {

struct group_layout;

struct field_layout {
  const protocol::field_definition* definition = nullptr;
  std::string name;         // of the member functions: "cl_ord_id"
  std::string enumeration;  // "side"; empty if there is none
  field_kind kind{};
};

struct member_layout {
  const field_layout* field = nullptr;
  const group_layout* group = nullptr;  // of a NumInGroup field
  bool is_required = false;
  bool is_writable = true;  // false: the untyped builder would refuse it in this place
  std::vector<const group_layout*> also_in;  // groups of the same scope whose entries have this tag, too
};

struct scope_layout {
  std::vector<member_layout> members;
};

// The same entries are the same type in all messages. Where messages give a NumInGroup field different entries, those that
// most of them use have the plain name.
struct group_layout {
  std::string name;      // "no_party_ids", or "quote_request_no_legs"
  const field_layout* count = nullptr;
  scope_layout scope;
  std::span<const std::uint32_t> all_tags;  // of the dictionary
};

struct message_layout {
  const protocol::message_definition* definition = nullptr;
  std::string name;  // "new_order_single"
  scope_layout scope;
};

// Refers to the dictionaries, which must outlive it.
struct layout {
  std::string version;  // of the messages' dictionary
  std::string name;     // the namespace: "fix44", or "acme::fix44"
  bool has_whole_seconds = false;  // FIX 4.0 and 4.1: timestamps have no fraction
  std::vector<std::unique_ptr<field_layout>> fields;  // ascending by tag
  std::vector<std::unique_ptr<group_layout>> groups;
  std::vector<message_layout> messages;
  scope_layout header, trailer;
  std::vector<std::string> remarks;  // what a user should know: names that had to differ from the rule
};

// `transport`: the dictionary of FIXT, for header, trailer and session messages; nullptr if `messages` has them.
[[nodiscard]] layout lay_out(const protocol::dictionary& messages, const protocol::dictionary* transport, std::string name_space);

}  // namespace troupe::generate
