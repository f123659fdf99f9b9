// One message, understood: what the ways of printing it work from.
#pragma once

#include "apps/decode/frame_reader.hpp"
#include "apps/decode/message_finder.hpp"
#include "apps/decode/placement.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace troupe::decode {

struct decoded_message {
  std::string_view input;  // name of the file; "-": standard input
  const found_message* where = nullptr;
  const frame_reader* frame = nullptr;
  const placement* places = nullptr;
  const protocol::dictionaries* defined = nullptr;
  const protocol::message_definition* type = nullptr;
  std::string_view time;                 // of the line, else SendingTime(52)
  const std::vector<shown_fault>* faults = nullptr;  // all, in the order of the fields
  bool shows_secrets = false;

  [[nodiscard]] const std::vector<shown_field>& fields() const { return frame->fields(); }
  // The value as it may be shown, *** for a secret.
  [[nodiscard]] std::string_view value(std::size_t field) const;
  // Name of the field; empty if the dictionary does not know it.
  [[nodiscard]] std::string_view name(std::size_t field) const;
};

// "orders.log:12", and ":345" if it is not the first of its line.
void append_place(std::string& into, const decoded_message& message);

// What an enumerated value means, of several words each, with a comma between; nothing if nothing is known.
void append_meaning(std::string& into, const decoded_message& message, std::size_t field);

}  // namespace troupe::decode
