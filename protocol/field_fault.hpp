// What is wrong with a message, in the words of a Reject(3).
#pragma once

#include "protocol/tags.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace troupe::protocol {

// SessionRejectReason(373) and, if a tag is to blame, RefTagID(371).
struct field_fault {
  session_reject_reason reason{};
  std::optional<std::int64_t> tag{};  // as it came: may be zero or negative
  bool is_conditional = false;        // a field that is missing only because of another one
};

// A message that would have been rejected, and goes to the application instead (session_config::deliver_invalid).
struct objection {
  field_fault fault;
  std::string text;  // for people: which field, what came, what was expected
};

}  // namespace troupe::protocol
