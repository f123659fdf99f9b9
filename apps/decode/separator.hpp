// What separates the fields of a message in some text, found from the text itself.
#pragma once

#include <cstddef>
#include <string_view>

namespace troupe::decode {

struct message_start {
  std::string_view separator;  // a view into the text, or static; empty: no message begins here
  bool is_undecided = false;   // there are too few bytes to know
};

// `text` begins with `8=FIX`. The separator is what stands between BeginString's value and `9=`: SOH, `|`, `^A`, `\x01`, `<SOH>`, any
// one character or short text. Where that is broken, the first of the usual ones within the line counts.
[[nodiscard]] message_start find_separator(std::string_view text);

}  // namespace troupe::decode
