// What a message is and where its number stands, before anything is done about it.
#pragma once

#include "protocol/field_fault.hpp"
#include "protocol/message_view.hpp"
#include "protocol/session_config.hpp"
#include "protocol/session_table.hpp"
#include "protocol/structure_check.hpp"
#include "protocol/tags.hpp"
#include "protocol/types.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace troupe::protocol {

struct verdict {
  verdict() {}  // and not `= default`, which would clear also what is not there
  message_class message = message_class::Unnumbered;
  sequence_class sequence = sequence_class::expected;
  seq_num number{};                      // 0 if it has none
  bool is_possible_duplicate = false;    // PossDupFlag(43)=Y
  std::optional<field_fault> fault;      // with Faulty and Offending
  bool is_tolerated = false;             // the dictionaries object, and are overruled: session_config::reject_invalid
  std::optional<field_fault> objection;  // of an application message that is delivered all the same: session_config::deliver_invalid
};

// Which checks a message has still to pass: one that was held has shown its identity when it arrived. One that waited was read before,
// and has passed none.
enum class scrutiny : std::uint8_t { arriving, waited, held };

// `expected`: the number we want next. `now`: for the accuracy of SendingTime(52). `checker`: the session's own.
[[nodiscard]] verdict classify(const message_view& message, const session_config& config, seq_num expected, utc_time now, scrutiny how, structure_checker& checker);

}  // namespace troupe::protocol
