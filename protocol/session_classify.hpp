// What a message is and where its number stands, before anything is done about it.
#pragma once

#include "protocol/message_view.hpp"
#include "protocol/session_config.hpp"
#include "protocol/session_table.hpp"
#include "protocol/tags.hpp"
#include "protocol/types.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace troupe::protocol {

// What a Reject(3) will say: SessionRejectReason(373) and, if a tag is to blame, RefTagID(371).
struct field_fault {
  session_reject_reason reason{};
  std::optional<std::int64_t> tag{};  // as it came: may be zero or negative
  bool is_conditional = false;        // a field that is missing only because of another one
};

struct verdict {
  message_class message = message_class::Unnumbered;
  sequence_class sequence = sequence_class::expected;
  seq_num number{};                      // 0 if it has none
  bool is_possible_duplicate = false;    // PossDupFlag(43)=Y
  std::optional<field_fault> fault;      // with Faulty and Offending
  bool is_tolerated = false;             // the dictionaries object, and are overruled: session_config::reject_invalid
};

// Which checks a message has still to pass: one that was held has shown its identity when it arrived.
enum class scrutiny : std::uint8_t { arriving, held };

// `expected`: the number we want next. `now`: for the accuracy of SendingTime(52).
[[nodiscard]] verdict classify(const message_view& message, const session_config& config, seq_num expected, utc_time now, scrutiny how);

}  // namespace troupe::protocol
