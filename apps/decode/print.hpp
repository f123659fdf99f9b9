// The ways to print a message. All text from outside is made printable.
#pragma once

#include "apps/decode/decoded.hpp"
#include "apps/decode/style.hpp"

#include <cstdint>
#include <span>
#include <string>

namespace troupe::decode {

// A head, a field a line, each fault under its field.
void print_long(std::string& into, const decoded_message& message, const style& look);
// A line: the head and the fields of the body.
void print_short(std::string& into, const decoded_message& message, const style& look);
// A line: these values, a tab between them; those of one tag with a comma between.
void print_values(std::string& into, const decoded_message& message, std::span<const std::uint32_t> tags);
// A line: FILE:LINE: text for each fault.
void print_faults(std::string& into, const decoded_message& message, const style& look);
// A line: one JSON object. With `tags` only these fields.
void print_json(std::string& into, const decoded_message& message, std::span<const std::uint32_t> tags);

void append_json_string(std::string& into, std::string_view text);

}  // namespace troupe::decode
