// The text of a settings file, cut into sections, keys and values; nothing is understood yet.
//
//   # a comment needs a line of its own
//   [DEFAULT]
//   Key=value
//
// The rules are QuickFIX's: white space around lines, keys and values does not count; the value goes from the first '='
// to the end of the line, a '#' in it included; keys are compared without regard to case. Environment variables and '~'
// are not expanded. Every key and value knows where it stands, so that a problem can be pointed at.
#pragma once

#include "actors/events.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::actors {

// Both count from 1; columns count bytes. Line 0: the file as a whole.
struct text_position {
  std::uint32_t line = 0;
  std::uint32_t column = 0;

  auto operator<=>(const text_position&) const = default;
};

// One thing wrong with a settings file: what was found, what was expected, what to do.
struct settings_problem {
  actors::severity severity = actors::severity::error;
  text_position at;
  std::string text;
  bool is_of_one_session = false;  // an error that costs one session only (ContinueInitializationOnError=Y): the rest of the file holds
};

struct settings_entry {
  std::string key;
  std::string value;
  text_position key_at;
  text_position value_at;
};

enum class section_kind : std::uint8_t { defaults, session, unknown };  // unknown: an error, without its entries

struct settings_section {
  section_kind kind = section_kind::defaults;
  text_position at;
  std::vector<settings_entry> entries;  // of a key that is given twice, all; the last one counts
};

struct settings_file {
  std::vector<settings_section> sections;
  std::vector<settings_problem> problems;
};

// Never throws but for want of memory; whatever is no section, comment or key=value is a problem.
[[nodiscard]] settings_file cut_settings(std::string_view text);

[[nodiscard]] bool equal_ignoring_case(std::string_view a, std::string_view b);

}  // namespace troupe::actors
