// The body of a message with its fields in ascending order of their tags, a repeating group staying together behind its
// count.
#pragma once

#include "protocol/message_view.hpp"

#include <string>

namespace troupe::acceptance {

struct echoed_fields {
  std::string header;  // what the session does not stamp itself: 50, 57, 97, 115 …
  std::string body;
};

// The fields of a message that was received, as they go back: values byte for byte, nothing of what the session stamps.
[[nodiscard]] echoed_fields ascending(const protocol::message_view& message);

}  // namespace troupe::acceptance
